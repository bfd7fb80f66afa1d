import type { ApiCore } from '../api-core';
import { reply, route } from '../route';
import { refreshTokens } from './export-tokens';
import { requireReceiver } from './project-receivers';
import { shownReceiver } from './schemas';
import { showReceiver } from './shown';

export const tokenRoutes = [
	route<ApiCore>()({
		method: 'POST',
		pattern: '/v1/receivers/{receiver}/tokens/refresh',
		operation: 'refreshReceiverTokens',
		summary:
			"Gives the tokens of a receiver's exports other secrets; makes those that are missing.",
		scope: 'develop',
		output: { 200: { description: 'The receiver.', json: shownReceiver } },
		errors: [
			'ERR_RECEIVER_UNKNOWN',
			'ERR_ACCESS_UNKNOWN',
			'ERR_CONFIG_INVALID',
			'ERR_DOCUMENT_CONFLICT',
		],
		handle: async ({ core, path, principal, project }) => {
			const receiver = await requireReceiver(core.stored, project, path.receiver);
			const account = principal?.account ?? '';
			await refreshTokens(core.access, receiver, { account, project });
			return reply(200, await showReceiver(receiver, { core, principal, project }));
		},
	}),
];
