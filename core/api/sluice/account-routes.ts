/** Service accounts. They are about all projects, so that nobody makes an account that may more than they do. */
import * as z from 'zod/v4';
import { addAccount, changeAccount, removeAccount } from '../access/change-access';
import { grantsSchema, labelSchema } from '../access/documents';
import { listAccounts } from '../access/read-access';
import type { AccessCore } from '../api-core';
import { emptyReply, reply, route } from '../route';
import { shownAccount, showAccount } from './shown-access';

const define = route<AccessCore>();
const about = { scope: 'administer', of: 'all' } as const;

export const accountRoutes = [
	define({
		...about,
		method: 'GET',
		pattern: '/v1/sluice/accounts',
		operation: 'listAccounts',
		summary: 'Lists the service accounts, by id.',
		output: {
			200: {
				description: 'All of them, and the ids of those that cannot be read.',
				json: z.object({ accounts: z.array(shownAccount), unreadable: z.array(z.string()) }),
			},
		},
		handle: async ({ core }) => {
			const { good, bad } = await listAccounts(core.access.documents);
			const accounts = good.map(({ value }) => showAccount(value));
			return reply(200, { accounts, unreadable: [...bad] });
		},
	}),

	define({
		...about,
		method: 'POST',
		pattern: '/v1/sluice/accounts',
		operation: 'addAccount',
		summary: 'Makes a service account; it lets nobody in before it has a credential.',
		input: {
			body: {
				as: 'json',
				schema: z.strictObject({
					label: labelSchema,
					grants: grantsSchema,
					allowsBasic: z.boolean().optional(),
				}),
			},
		},
		output: { 201: { description: 'The account.', json: shownAccount } },
		errors: ['ERR_CONFIG_INVALID'],
		handle: async ({ core, body, note }) => {
			const account = await addAccount(core.access, body);
			note({ account: account.id });
			return reply(201, showAccount(account));
		},
	}),

	define({
		...about,
		method: 'PATCH',
		pattern: '/v1/sluice/accounts/{account}',
		operation: 'changeAccount',
		summary: 'Changes the label, the roles or the use of Basic; what is not given stays.',
		input: {
			body: {
				as: 'json',
				schema: z.strictObject({
					label: labelSchema.optional(),
					grants: grantsSchema.optional(),
					allowsBasic: z.boolean().optional(),
				}),
			},
		},
		output: { 200: { description: 'The account.', json: shownAccount } },
		errors: ['ERR_ACCESS_UNKNOWN', 'ERR_DOCUMENT_CONFLICT'],
		handle: async ({ core, path, body }) =>
			reply(200, showAccount(await changeAccount(core.access, path.account, body))),
	}),

	define({
		...about,
		method: 'DELETE',
		pattern: '/v1/sluice/accounts/{account}',
		operation: 'removeAccount',
		summary: 'Removes an account with all of its credentials.',
		output: { 204: { description: 'It is gone.' } },
		errors: ['ERR_ACCESS_UNKNOWN'],
		handle: async ({ core, path }) => {
			await removeAccount(core.access, path.account);
			return emptyReply(204);
		},
	}),
];
