import * as z from 'zod/v4';
import type { ApiCore } from '../api-core';
import { parseConditions } from '../../buffer/conditions';
import { MAX_EXPORTS } from '../../pure/bounds';
import { emptyReply, reply, route } from '../route';
import { databaseOf } from './check-table';
import { exportIdOf, exportOf } from './export-of';
import { revokeTokens } from './export-tokens';
import { exportExists, storeId, tooMany } from './keboola-ids';
import { requireExport, requireReceiver } from './project-receivers';
import { changedExport, newExport, shownExport, shownTask } from './schemas';
import { showExport } from './shown';
import { BODY_BYTES_OF_TASK } from './task-routes';
import { showTask } from './tasks/show-task';

const define = route<ApiCore>();

const ONE = '/v1/receivers/{receiver}/exports/{export}';
const ALL = '/v1/receivers/{receiver}/exports';

export const exportRoutes = [
	define({
		method: 'POST',
		pattern: ALL,
		operation: 'createExport',
		summary: 'Begins to make an export of a receiver.',
		scope: 'develop',
		input: { body: { as: 'json', schema: newExport, maxBytes: BODY_BYTES_OF_TASK } },
		output: { 202: { description: 'The task that makes it.', json: shownTask } },
		errors: [
			'ERR_RECEIVER_UNKNOWN',
			'ERR_CONFIG_INVALID',
			'ERR_TEMPLATE_SYNTAX',
			'ERR_DEFINITION_EXISTS',
			'ERR_DEFINITION_LIMIT',
			'ERR_TASK_RUNNING',
		],
		handle: async ({ core, path, body, project, note }) => {
			const { id: receiverId, exports } = await requireReceiver(
				core.stored,
				project,
				path.receiver,
			);
			const exportId = exportIdOf(body);
			note({ export: exportId });
			if (exports.some(({ definition: { config } }) => config.id === exportId))
				throw exportExists(exportId);
			if (exports.length >= MAX_EXPORTS) throw tooMany('export', MAX_EXPORTS);
			const database = databaseOf(core.tables, project);
			exportOf(body, { receiverId: storeId(project, receiverId), database });
			const work = { type: 'export.create', project, receiverId, exportId, wanted: body } as const;
			return reply(202, showTask(await core.tasks.start(work), core.baseUrl));
		},
	}),

	define({
		method: 'GET',
		pattern: ALL,
		operation: 'listExports',
		summary: 'Lists the exports of a receiver, by id.',
		scope: 'view',
		output: {
			200: { description: 'All of them.', json: z.object({ exports: z.array(shownExport) }) },
		},
		errors: ['ERR_RECEIVER_UNKNOWN'],
		handle: async ({ core, path, project }) => {
			const { id, exports } = await requireReceiver(core.stored, project, path.receiver);
			return reply(200, { exports: exports.map((one) => showExport(one, id)) });
		},
	}),

	define({
		method: 'GET',
		pattern: ONE,
		operation: 'getExport',
		summary: 'Shows an export.',
		scope: 'view',
		output: { 200: { description: 'The export.', json: shownExport } },
		errors: ['ERR_RECEIVER_UNKNOWN', 'ERR_EXPORT_NOT_FOUND'],
		handle: async ({ core, path, project }) => {
			const receiver = await requireReceiver(core.stored, project, path.receiver);
			return reply(200, showExport(requireExport(receiver, path.export), receiver.id));
		},
	}),

	define({
		method: 'PATCH',
		pattern: ONE,
		operation: 'updateExport',
		summary: 'Begins to change an export; what its mapping and its table say stands in the task.',
		scope: 'develop',
		input: { body: { as: 'json', schema: changedExport, maxBytes: BODY_BYTES_OF_TASK } },
		output: { 200: { description: 'The task that changes it.', json: shownTask } },
		errors: [
			'ERR_RECEIVER_UNKNOWN',
			'ERR_EXPORT_NOT_FOUND',
			'ERR_CONFIG_INVALID',
			'ERR_DEFINITION_HELD',
			'ERR_TASK_RUNNING',
		],
		handle: async ({ core, path, body, project }) => {
			const receiver = await requireReceiver(core.stored, project, path.receiver);
			const { revision } = requireExport(receiver, path.export);
			parseConditions(body.conditions ?? {});
			const task = await core.tasks.start({
				type: 'export.update',
				project,
				receiverId: receiver.id,
				exportId: path.export,
				wanted: body,
				revision,
			});
			return reply(200, showTask(task, core.baseUrl));
		},
	}),

	define({
		method: 'DELETE',
		pattern: ONE,
		operation: 'deleteExport',
		summary: 'Removes an export with what waits in it; its table stays.',
		scope: 'develop',
		output: { 200: { description: 'It is removed.' } },
		errors: [
			'ERR_RECEIVER_UNKNOWN',
			'ERR_EXPORT_NOT_FOUND',
			'ERR_DEFINITION_HELD',
			'ERR_DOCUMENT_CONFLICT',
		],
		handle: async ({ core, path, project }) => {
			const receiver = await requireReceiver(core.stored, project, path.receiver);
			const { definition } = requireExport(receiver, path.export);
			await core.stored.removeExport(definition.id, 'drop');
			await revokeTokens(core.access, [definition.id]);
			return emptyReply(200);
		},
	}),
];
