/** Both APIs of data connectors on a real port, with a service account and one of its keys. */
import { SignJWT } from 'jose';
import { Access } from '../../../core/api/access/access';
import { addAccount, addCredential } from '../../../core/api/access/change-access';
import type { Credential } from '../../../core/api/access/documents';
import { disruptiveDialect } from '../../../core/api/disruptive/disruptive-dialect';
import { tokenDialect } from '../../../core/api/disruptive/token-dialect';
import { apiCore } from '../../../core/api/open-api';
import { DefinitionWorld } from '../definition-world';
import { openApiWorld } from './api-world';

const PATH = '/oauth2/token';

export async function openKeyWorld(
	o: { readonly allowsBasic?: boolean; readonly rate?: Credential['limits']['rate'] } = {},
) {
	const world = await DefinitionWorld.open('memory');
	const { clock, pipeline } = world;
	const stored = await world.api({ keys: 'a'.repeat(64) });
	const core = apiCore({ pipeline, stored, clock, baseUrl: '' });
	const access = new Access(core.access);
	const { allowsBasic = true, rate } = o;
	const grants = [{ project: 'p1', role: 'develop' }] as const;
	const account = await addAccount(core.access, { label: 'a service', grants, allowsBasic });
	const { credential, secret } = await addCredential(core.access, account.id, {
		kind: 'key',
		label: 'a key',
		limits: rate ? { rate } : {},
	});
	const ports = { access, audit: core.audit, clock };
	const connectors = await openApiWorld(disruptiveDialect, core, { ports });
	const tokens = await openApiWorld(tokenDialect, core, { ports });
	const basic = `Basic ${btoa(`${credential.id}:${secret}`)}`;

	return {
		core,
		clock,
		account,
		credential,
		secret,
		origin: connectors.origin,
		tokenEndpoint: `${tokens.origin}${PATH}`,
		list: (authorization = basic) =>
			connectors.call('GET', '/v2/projects/p1/dataconnectors', { headers: { authorization } }),
		/** As clients sign it (D83). */
		async assertion(
			a: {
				readonly secret?: string;
				readonly audience?: string | string[];
				readonly issuer?: string;
				readonly keyId?: string;
				readonly lastsSeconds?: number;
			} = {},
		): Promise<string> {
			const now = Math.floor(clock.now() / 1_000);
			return new SignJWT({})
				.setProtectedHeader({ alg: 'HS256', kid: a.keyId ?? credential.id })
				.setIssuedAt(now)
				.setExpirationTime(now + (a.lastsSeconds ?? 3_600))
				.setAudience(a.audience ?? `${tokens.origin}${PATH}`)
				.setIssuer(a.issuer ?? account.id)
				.sign(Buffer.from(a.secret ?? secret));
		},
		async token(assertion: string, form: Readonly<Record<string, string>> = {}) {
			const body = new URLSearchParams({
				grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
				assertion,
				...form,
			});
			const response = await tokens.call('POST', PATH, { body });
			const { status, headers } = response;
			return { status, headers, json: (await response.json()) as Record<string, unknown> };
		},
		callTokens: tokens.call,
		async close() {
			await connectors.close();
			await tokens.close();
			await world.close();
		},
	};
}
