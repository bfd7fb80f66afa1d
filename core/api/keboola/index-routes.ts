/** What tells of the API itself (K26); for everybody. */
import * as z from 'zod/v4';
import type { ApiCore } from '../api-core';
import { emptyReply, reply, route } from '../route';

const define = route<ApiCore>();

export const indexRoutes = [
	define({
		method: 'GET',
		pattern: '/',
		operation: 'redirectToIndex',
		summary: 'Leads to /v1.',
		scope: 'open',
		output: { 301: { description: 'The address.' } },
		handle: async () => emptyReply(301, { location: '/v1' }),
	}),

	define({
		method: 'GET',
		pattern: '/v1',
		operation: 'getIndex',
		summary: 'Tells which API this is, and where its documentation is.',
		scope: 'open',
		output: {
			200: { description: 'Both.', json: z.object({ api: z.string(), documentation: z.string() }) },
		},
		handle: async ({ core }) =>
			reply(200, { api: 'buffer', documentation: `${core.baseUrl}/v1/documentation` }),
	}),

	define({
		method: 'GET',
		pattern: '/health-check',
		operation: 'checkHealth',
		summary: 'Answers as long as the API is served; whether pushes are taken is told by /readyz.',
		scope: 'open',
		output: { 200: { description: 'OK.', text: 'text/plain; charset=utf-8' } },
		handle: async () => ({ status: 200, text: 'OK' }) as const,
	}),
];
