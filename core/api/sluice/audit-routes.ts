import * as z from 'zod/v4';
import type { AccessCore } from '../api-core';
import { reply, route } from '../route';
import { showEntry, shownEntry } from './shown-access';

const define = route<AccessCore>();

/** A query is text. */
const limit = z
	.string()
	.regex(/^\d{1,4}$/)
	.transform(Number)
	.refine((value) => value >= 1 && value <= 1_000, 'expected 1 to 1000')
	.optional();

export const auditRoutes = [
	define({
		method: 'GET',
		pattern: '/v1/sluice/audit',
		operation: 'listAudit',
		summary: 'Lists who changed what, newest first.',
		scope: 'administer',
		of: 'all',
		input: {
			query: z.object({ limit, project: z.string().optional(), about: z.string().optional() }),
		},
		output: {
			200: {
				description: 'The newest entries; the log keeps 10,000.',
				json: z.object({ entries: z.array(shownEntry) }),
			},
		},
		handle: async ({ core, query }) => {
			const entries = await core.audit.list(query);
			return reply(200, { entries: entries.map(showEntry) });
		},
	}),
];
