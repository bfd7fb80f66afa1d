/** What tells of the API itself, and of who asks. */
import * as z from 'zod/v4';
import { RELEASE } from '../../runtime/release';
import { PRINCIPAL_KINDS } from '../access/principal';
import { SCOPES } from '../access/roles';
import { reply, route } from '../route';

const define = route<unknown>();

export const indexRoutes = [
	define({
		method: 'GET',
		pattern: '/v1/sluice',
		operation: 'getIndex',
		summary: 'Tells which API this is, and where its documentation is.',
		scope: 'open',
		output: {
			200: {
				description: 'The API and its release.',
				json: z.object({ api: z.string(), release: z.string(), documentation: z.string() }),
			},
		},
		handle: async () =>
			reply(200, {
				api: 'sluice',
				release: RELEASE,
				documentation: '/v1/sluice/openapi.json',
			}),
	}),

	define({
		method: 'GET',
		pattern: '/v1/sluice/me',
		operation: 'getMe',
		summary: 'Tells who asks by this credential, and what they may do.',
		scope: 'view',
		of: 'caller',
		output: {
			200: {
				description: 'The credential, without its secret.',
				json: z.object({
					kind: z.enum(PRINCIPAL_KINDS),
					id: z.string(),
					account: z.string(),
					label: z.string(),
					grants: z.array(z.object({ project: z.string(), role: z.enum(SCOPES) })),
				}),
			},
		},
		handle: async ({ principal }) => {
			if (!principal) throw new TypeError('a route that is not open has a principal');
			const { kind, id, account, label, grants } = principal;
			return reply(200, { kind, id, account, label, grants: [...grants] });
		},
	}),
];
