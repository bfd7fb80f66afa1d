/** What the successor of the Buffer has beside it (K113, K117, K118), as far as it fits. */
import * as z from 'zod/v4';
import type { ApiCore } from '../api-core';
import { ReceiveError } from '../../errors';
import { countersOf } from '../../operate/verbs/counters-of';
import { disable } from '../../operate/verbs/disable';
import { enable } from '../../operate/verbs/states';
import { previewPush } from '../../pipeline/preview';
import { newSecret } from '../../runtime/ids';
import { reply, route } from '../route';
import { pushRefusal } from './push-refusal';
import { TOKEN_HEADER } from './receiver-of';
import { requireExport, requireReceiver } from './project-receivers';
import { shownReceiver } from './schemas';
import { showReceiver } from './shown';

const define = route<ApiCore>();

const ONE = '/v1/receivers/{receiver}/exports/{export}';

const UNKNOWN = ['ERR_RECEIVER_UNKNOWN', 'ERR_EXPORT_NOT_FOUND'] as const;

const state = z.object({
	state: z.enum(['ACTIVE', 'PAUSED', 'USER_DISABLED', 'SYSTEM_DISABLED']),
});

const amount = z.object({ recordsCount: z.int(), recordsSize: z.int() });

/** The full id of an export of the project. @throws CoreError ERR_RECEIVER_UNKNOWN, ERR_EXPORT_NOT_FOUND */
async function fullIdOf(
	{ stored }: Pick<ApiCore, 'stored'>,
	project: string,
	path: { readonly receiver: string; readonly export: string },
): Promise<string> {
	const receiver = await requireReceiver(stored, project, path.receiver);
	return requireExport(receiver, path.export).definition.id;
}

export const operateRoutes = [
	define({
		method: 'PUT',
		pattern: `${ONE}/disable`,
		operation: 'disableExport',
		summary: 'Disables an export: what waits in it and what comes is dropped, and counted.',
		scope: 'develop',
		output: {
			200: {
				description: 'Its state, and how many records were dropped.',
				json: state.extend({ dropped: z.int() }),
			},
		},
		errors: UNKNOWN,
		handle: async ({ core, path, project }) => {
			const exportId = await fullIdOf(core, project, path);
			const done = await disable(core.pipeline, exportId, { confirm: 'all' });
			if ('done' in done) throw new TypeError('it was confirmed');
			return reply(200, { state: done.state, dropped: done.dropped });
		},
	}),

	define({
		method: 'PUT',
		pattern: `${ONE}/enable`,
		operation: 'enableExport',
		summary: 'Enables an export that was disabled.',
		scope: 'develop',
		output: { 200: { description: 'Its state.', json: state } },
		errors: [...UNKNOWN, 'ERR_CONFIG_INVALID'],
		handle: async ({ core, path, project }) => {
			const exportId = await fullIdOf(core, project, path);
			return reply(200, { state: (await enable(core.pipeline, exportId)).state });
		},
	}),

	define({
		method: 'GET',
		pattern: `${ONE}/statistics/total`,
		operation: 'getStatistics',
		summary: 'Counts the records of an export since it was made, and those that wait.',
		scope: 'view',
		output: {
			200: {
				description:
					'Those that wait, those that are in the table, and those that were lost or set aside.',
				json: state.extend({
					received: z.int(),
					buffered: amount,
					importing: z.int(),
					imported: z.int(),
					dropped: z.int(),
					dead: amount,
				}),
			},
		},
		errors: UNKNOWN,
		handle: async ({ core, path, project }) => {
			const exportId = await fullIdOf(core, project, path);
			const found = await countersOf(core.pipeline, exportId);
			// Its rows were removed with it a moment ago.
			if (!found) throw new ReceiveError('ERR_EXPORT_NOT_FOUND', 'the export is being removed');
			return reply(200, {
				state: found.state,
				received: found.acceptedTotal,
				buffered: { recordsCount: found.rows, recordsSize: found.bytes },
				importing: found.openRows,
				imported: found.ackedTotal,
				dropped: found.droppedTotal + found.purgedTotal,
				dead: { recordsCount: found.deadRows, recordsSize: found.deadBytes },
			});
		},
	}),

	define({
		method: 'POST',
		pattern: '/v1/receivers/{receiver}/rotate-secret',
		operation: 'rotateSecret',
		summary: 'Gives the URL of a receiver a new secret; the former one lets nobody in any more.',
		scope: 'develop',
		output: { 200: { description: 'The receiver with its new URL.', json: shownReceiver } },
		errors: ['ERR_RECEIVER_UNKNOWN', 'ERR_DEFINITION_HELD', 'ERR_DOCUMENT_CONFLICT'],
		handle: async ({ core, path, principal, project }) => {
			const { definition, revision } = await requireReceiver(core.stored, project, path.receiver);
			const auth = [{ kind: 'url-secret', secrets: [newSecret()] }] as const;
			await core.stored.putReceiver({ ...definition.config, auth }, { ifRevision: revision });
			const found = await requireReceiver(core.stored, project, path.receiver);
			return reply(200, await showReceiver(found, { core, principal, project }));
		},
	}),

	define({
		method: 'POST',
		pattern: '/v1/receivers/{receiver}/test',
		operation: 'testReceiver',
		summary: 'Shows the rows that a request would make in each export; nothing is stored.',
		scope: 'viewPayloads',
		// Nothing is another one behind it.
		isChange: false,
		input: { isPush: true },
		output: {
			200: {
				description: 'By export the cells of its row; none where it takes no such event.',
				json: z.object({
					exports: z.array(
						z.object({
							exportId: z.string(),
							rows: z.array(z.unknown()),
						}),
					),
				}),
			},
		},
		errors: [
			'ERR_RECEIVER_UNKNOWN',
			'ERR_BODY_TOO_LARGE',
			'ERR_BODY_UNREADABLE',
			'ERR_CONTENT_TYPE',
			'ERR_TEMPLATE_RUNTIME',
			'ERR_EXPORTS_REFUSED',
		],
		handle: async ({ core, path, project, request }) => {
			const { definition, exports } = await requireReceiver(core.stored, project, path.receiver);
			let refusal: unknown;
			const open = {
				...definition.config,
				auth: [{ kind: 'none' }],
				secretHeaders: [TOKEN_HEADER],
			} as const;
			const { records } = await previewPush(
				open as never,
				exports.map(({ definition: { config } }) => config),
				request,
				{ onRefused: (error) => (refusal = error) },
			);
			if (!records) throw pushRefusal(refusal);
			return reply(200, {
				exports: exports.map(({ definition: { config } }, at) => ({
					exportId: config.id,
					rows: [...(records[at] ?? [])],
				})),
			});
		},
	}),
];
