/** What operators do with the buffers of a project, whoever has made them, by their full ids. */
import * as z from 'zod/v4';
import type { ApiCore } from '../api-core';
import { projectOf } from '../../config';
import { ReceiveError } from '../../errors';
import { listDeadLetters, replay } from '../../operate/verbs/dead-letters';
import { flush } from '../../operate/verbs/flush';
import { PAGE } from '../../pure/bounds';
import { reply, route } from '../route';

const define = route<ApiCore>();

const ONE = '/v1/sluice/projects/{project}/exports/{export}';
const errors = ['ERR_EXPORT_NOT_FOUND'] as const;
const target = (path: Readonly<Record<string, string>>) => ({ export: path['export'] });

const number = (min: number, max: number) =>
	z
		.string()
		.regex(/^\d{1,10}$/)
		.transform(Number)
		.pipe(z.int().min(min).max(max))
		.optional();

export const exportRoutes = [
	define({
		method: 'POST',
		pattern: `${ONE}:flush`,
		operation: 'flushExport',
		summary: 'Delivers what waits in an export now, whatever its conditions say.',
		scope: 'operate',
		target,
		output: {
			200: {
				description: 'Whether what waited is due now, or nothing waited; and how many rows did.',
				json: z.object({ flushed: z.boolean(), rows: z.int() }),
			},
		},
		errors,
		handle: async ({ core, path, project }) => {
			const exportId = await exportOfProject(core, project, path.export);
			const { flushed, rows } = await flush(core.pipeline, exportId);
			return reply(200, { flushed, rows });
		},
	}),

	define({
		method: 'GET',
		pattern: `${ONE}/dead-letters`,
		operation: 'listDeadLetters',
		summary: 'Lists the dead letters of an export, oldest first, without their rows.',
		// What an endpoint answered may hold anything.
		scope: 'viewPayloads',
		target,
		input: {
			query: z.object({
				limit: number(PAGE.min, PAGE.max),
				offset: number(0, Number.MAX_SAFE_INTEGER),
			}),
		},
		output: {
			200: {
				description: 'A page of them. Instants are milliseconds since the Unix epoch.',
				json: z.object({
					deadLetters: z.array(
						z.object({
							batchId: z.string(),
							rows: z.int(),
							bytes: z.int(),
							firstAt: z.number(),
							lastAt: z.number(),
							deadAt: z.number(),
							attempts: z.int(),
							code: z.string(),
							message: z.string(),
						}),
					),
				}),
			},
		},
		errors,
		handle: async ({ core, path, project, query }) => {
			const exportId = await exportOfProject(core, project, path.export);
			const letters = await listDeadLetters(core.pipeline, { exportId, ...query });
			return reply(200, {
				deadLetters: letters.map(({ batchId, count, sizeBytes, error, ...one }) => ({
					batchId,
					rows: count,
					bytes: sizeBytes,
					firstAt: one.firstAt,
					lastAt: one.lastAt,
					deadAt: one.deadAt,
					attempts: one.attempts,
					code: error.code,
					message: error.message,
				})),
			});
		},
	}),

	define({
		method: 'POST',
		pattern: `${ONE}/dead-letters:replay`,
		operation: 'replayDeadLetters',
		summary: 'Delivers the dead letters of an export again, from the first attempt.',
		scope: 'operate',
		target,
		output: {
			200: {
				description: 'How many there were.',
				json: z.object({ batches: z.int(), rows: z.int() }),
			},
		},
		errors,
		handle: async ({ core, path, project }) => {
			const exportId = await exportOfProject(core, project, path.export);
			return reply(200, await replay(core.pipeline, { exportId }));
		},
	}),
];

/** @returns its full id @throws CoreError ERR_EXPORT_NOT_FOUND, also for one of another project */
async function exportOfProject(
	{ stored }: ApiCore,
	project: string,
	exportId: string,
): Promise<string> {
	const found = await stored.find('export', exportId);
	if (found) {
		const { config } = found.definition;
		const receiver = await stored.find('receiver', config.receiverId);
		if ((projectOf(config) ?? receiver?.definition.config.project) === project) return exportId;
	}
	throw new ReceiveError(
		'ERR_EXPORT_NOT_FOUND',
		`there is no buffer ${JSON.stringify(exportId)} in the project`,
	);
}
