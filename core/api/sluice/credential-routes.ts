/** Credentials of service accounts. A secret is in the answer that makes it; later it is shown only where it is sealed, and by name. */
import * as z from 'zod/v4';
import {
	addCredential,
	revealCredential,
	revokeCredential,
	rotateCredential,
	type MadeCredential,
} from '../access/change-access';
import { lastUses } from '../access/credential-uses';
import { ACCESS_BOUNDS, grantsSchema, labelSchema, limitsSchema } from '../access/documents';
import { listCredentials } from '../access/read-access';
import type { AccessCore } from '../api-core';
import { emptyReply, reply, route } from '../route';
import { madeCredential, shownCredential, showCredential } from './shown-access';

const define = route<AccessCore>();
const about = { scope: 'administer', of: 'all' } as const;
const CREDENTIAL = '/v1/sluice/credentials/{credential}';

export const credentialRoutes = [
	define({
		...about,
		method: 'GET',
		pattern: '/v1/sluice/credentials',
		operation: 'listCredentials',
		summary: 'Lists credentials, by id, without their secrets.',
		input: { query: z.object({ account: z.string().optional() }) },
		output: {
			200: {
				description: 'All, or those of an account, and the ids of those that cannot be read.',
				json: z.object({ credentials: z.array(shownCredential), unreadable: z.array(z.string()) }),
			},
		},
		handle: async ({ core, query, receivedAt }) => {
			const { documents } = core.access;
			const { good, bad } = await listCredentials(documents);
			const uses = await lastUses(documents);
			const credentials = good
				.map(({ value }) => value)
				.filter(({ account }) => query.account === undefined || account === query.account)
				.map((one) => showCredential(one, receivedAt, uses.get(one.id)));
			return reply(200, { credentials, unreadable: [...bad] });
		},
	}),

	define({
		...about,
		method: 'POST',
		pattern: '/v1/sluice/accounts/{account}/credentials',
		operation: 'addCredential',
		summary: 'Makes a token or a key of an account, and shows its secret.',
		input: {
			body: {
				as: 'json',
				schema: z.strictObject({
					kind: z.enum(['token', 'key']),
					label: labelSchema,
					keeps: z.enum(['hashed', 'sealed']).optional(),
					grants: grantsSchema.optional(),
					limits: limitsSchema.optional(),
					expiresAt: z.iso.datetime().optional(),
				}),
			},
		},
		output: { 201: { description: 'The credential and its secret.', json: madeCredential } },
		errors: ['ERR_ACCESS_UNKNOWN', 'ERR_CONFIG_INVALID', 'ERR_SECRET_KEY'],
		handle: async ({ core, path, body, receivedAt, note }) => {
			const { expiresAt, ...given } = body;
			const made = await addCredential(core.access, path.account, {
				...given,
				expiresAt: expiresAt === undefined ? undefined : Date.parse(expiresAt),
			});
			note({ credential: made.credential.id });
			return reply(201, showMade(made, receivedAt));
		},
	}),

	define({
		...about,
		method: 'POST',
		pattern: `${CREDENTIAL}:rotate`,
		operation: 'rotateCredential',
		summary: 'Gives a credential a new secret and shows it; the former one lets in for a while.',
		input: {
			body: {
				as: 'json',
				isOptional: true,
				schema: z
					.strictObject({
						formerSeconds: z
							.int()
							.min(0)
							.max(ACCESS_BOUNDS.formerMs.max / 1_000)
							.optional(),
					})
					.optional(),
			},
		},
		output: { 200: { description: 'The credential and its secret.', json: madeCredential } },
		errors: ['ERR_ACCESS_UNKNOWN', 'ERR_DOCUMENT_CONFLICT', 'ERR_SECRET_KEY'],
		handle: async ({ core, path, body, receivedAt }) => {
			const formerMs = body?.formerSeconds === undefined ? undefined : body.formerSeconds * 1_000;
			const made = await rotateCredential(core.access, path.credential, formerMs);
			return reply(200, showMade(made, receivedAt));
		},
	}),

	define({
		...about,
		method: 'POST',
		pattern: `${CREDENTIAL}:reveal`,
		operation: 'revealCredential',
		summary: 'Shows the secret of a credential that is sealed. It is written into the audit log.',
		output: {
			200: { description: 'The secret.', json: z.object({ secret: z.string() }) },
		},
		errors: ['ERR_ACCESS_UNKNOWN', 'ERR_CONFIG_INVALID', 'ERR_SECRET_UNREADABLE'],
		handle: async ({ core, path }) =>
			reply(200, { secret: await revealCredential(core.access, path.credential) }),
	}),

	define({
		...about,
		method: 'DELETE',
		pattern: CREDENTIAL,
		operation: 'revokeCredential',
		summary: 'Revokes a credential: it lets nobody in from now on.',
		output: { 204: { description: 'It is gone.' } },
		errors: ['ERR_ACCESS_UNKNOWN'],
		handle: async ({ core, path }) => {
			await revokeCredential(core.access, path.credential);
			return emptyReply(204);
		},
	}),
];

function showMade({ credential, secret }: MadeCredential, now: number) {
	return { credential: showCredential(credential, now), secret };
}
