/** All definitions of the store, to keep them as a file and to take them over from one. */
import * as z from 'zod/v4';
import type { ApiCore } from '../api-core';
import { definitionFile, exportDefinitions } from '../definitions/definition-file';
import { importDefinitions } from '../definitions/import-definitions';
import { reply, route } from '../route';

const define = route<ApiCore>();
const about = { scope: 'develop', of: 'all' } as const;

/** Of a file: 100 receivers with 20 exports each have some megabytes. */
const MAX_FILE_BYTES = 16 * 1_048_576;

export const definitionRoutes = [
	define({
		...about,
		method: 'GET',
		pattern: '/v1/sluice/definitions',
		operation: 'exportDefinitions',
		summary: 'All receivers and exports as one file, with references in the places of secrets.',
		output: {
			200: {
				description: 'The file, and what cannot be read.',
				json: definitionFile.extend({ unreadable: z.array(z.string()) }),
			},
		},
		handle: async ({ core }) => reply(200, await exportDefinitions(core.stored)),
	}),

	define({
		...about,
		method: 'POST',
		pattern: '/v1/sluice/definitions:import',
		operation: 'importDefinitions',
		summary:
			'Makes the receivers and exports of a file; without the secrets that they need nothing is done, and each is named.',
		// Each definition has an entry of its own.
		isChange: false,
		input: {
			body: {
				as: 'json',
				maxBytes: MAX_FILE_BYTES,
				schema: z.strictObject({
					file: definitionFile,
					secrets: z.record(z.string(), z.string().min(1).max(65_536)).optional(),
					replace: z.boolean().optional(),
				}),
			},
		},
		output: {
			200: {
				description: 'What became of each.',
				json: z.object({
					definitions: z.array(
						z.object({
							kind: z.enum(['receiver', 'export']),
							id: z.string(),
							became: z.enum(['imported', 'kept', 'skipped', 'failed']),
							code: z.string().optional(),
							message: z.string().optional(),
						}),
					),
				}),
			},
		},
		handle: async ({ core, body, principal, project, ip }) => {
			const definitions = await importDefinitions(core.stored, body.file, {
				secrets: body.secrets ?? {},
				isReplacing: body.replace ?? false,
				audited: (path, change) => {
					const call = { operation: 'importDefinition', principal, project, path: { ...path }, ip };
					return core.audit.around(call, change);
				},
			});
			return reply(200, { definitions });
		},
	}),
];
