import * as z from 'zod/v4';
import { sealCredentialsAgain } from '../access/change-access';
import type { AccessCore } from '../api-core';
import { reply, route } from '../route';

const define = route<AccessCore>();

export const secretRoutes = [
	define({
		method: 'POST',
		pattern: '/v1/sluice/secrets:seal-again',
		operation: 'sealSecretsAgain',
		summary: 'Seals all secrets with the newest key, so that a former one can go.',
		scope: 'administer',
		of: 'all',
		output: {
			200: {
				description:
					'How many were written, and which cannot be opened: those need their former key.',
				json: z.object({
					definitions: z.int(),
					credentials: z.int(),
					unreadable: z.array(z.string()),
				}),
			},
		},
		errors: ['ERR_SECRET_KEY', 'ERR_DOCUMENT_CONFLICT'],
		handle: async ({ core }) => {
			const { count, bad } = await core.sealDefinitions();
			const credentials = await sealCredentialsAgain(core.access);
			return reply(200, {
				definitions: count,
				credentials: credentials.count,
				unreadable: [
					...bad.map(({ kind, id }) => `${kind} ${id}`),
					...credentials.bad.map((id) => `credential ${id}`),
				],
			});
		},
	}),
];
