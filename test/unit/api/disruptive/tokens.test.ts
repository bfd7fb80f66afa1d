import assert from 'node:assert/strict';
import {
	addCredential,
	removeAccount,
	revokeCredential,
} from '../../../../core/api/access/change-access';
import { openKeyWorld } from '../../../support/api/key-world';

describe('the token endpoint of service accounts', () => {
	let world: Awaited<ReturnType<typeof openKeyWorld>>;
	beforeEach(async () => (world = await openKeyWorld({ allowsBasic: false })));
	afterEach(() => world.close());

	const refused = async (assertion: string, form: Record<string, string> = {}) => {
		const { status, json } = await world.token(assertion, form);
		assert.equal(status, 400);
		assert.match(String(json['error_description']), /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
		return json['error'];
	};

	it('takes an assertion of the key for this address, and no other', async () => {
		const { tokenEndpoint } = world;
		for (const audience of [
			tokenEndpoint.replace('http:', 'https:'),
			['https://other.example/', tokenEndpoint],
		]) {
			assert.equal((await world.token(await world.assertion({ audience }))).status, 200);
		}
		for (const wrong of [
			{ audience: tokenEndpoint.replace('127.0.0.1', 'localhost') },
			{ audience: `${tokenEndpoint}/` },
			{ audience: [] },
			{ issuer: 'other' },
			{ keyId: '0'.repeat(20) },
			{ keyId: world.account.id },
			{ lastsSeconds: 3_601 },
			{ lastsSeconds: -61 },
		]) {
			const error = await refused(await world.assertion(wrong));
			assert.equal(error, 'invalid_grant', JSON.stringify(wrong));
		}
		assert.equal(await refused('a.b.c'), 'invalid_grant');
		assert.equal(await refused('"\u00fc\\'), 'invalid_grant');
	});

	it('ends with its key and with its account', async () => {
		const { json } = await world.token(await world.assertion());
		const authorization = `Bearer ${String(json['access_token'])}`;
		assert.equal((await world.list(authorization)).status, 200);
		// The assertion itself lets nobody in.
		assert.equal((await world.list(`Bearer ${await world.assertion()}`)).status, 401);
		const other = await openKeyWorld();
		assert.equal((await other.list(authorization)).status, 401);
		await removeAccount(other.core.access, other.account.id);
		assert.equal((await other.token(await other.assertion())).status, 400);
		await other.close();
		await revokeCredential(world.core.access, world.credential.id);
		assert.equal((await world.list(authorization)).status, 401);
		assert.equal(await refused(await world.assertion()), 'invalid_grant');
	});

	it('gives none to a key whose day is over', async () => {
		const { core, account, clock } = world;
		const expiresAt = clock.now() + 60_000;
		const given = { kind: 'key', label: 'for a minute', expiresAt } as const;
		const { credential, secret } = await addCredential(core.access, account.id, given);
		const its = { keyId: credential.id, secret };
		assert.equal((await world.token(await world.assertion(its))).status, 200);
		await clock.advance(60_000);
		assert.equal(await refused(await world.assertion(its)), 'invalid_grant');
	});

	it('says in its own form what is no request for a token', async () => {
		const assertion = await world.assertion();
		assert.equal(await refused(assertion, { grant_type: 'password' }), 'unsupported_grant_type');
		assert.equal(await refused(''), 'invalid_request');
		assert.equal(await refused('x'.repeat(8_193)), 'invalid_request');
		for (const [method, path, body] of [
			['POST', '/oauth2/token', 'assertion=a&assertion=b'],
			['POST', '/oauth2/token', ''],
			['GET', '/oauth2/token', undefined],
			['POST', '/oauth2/tokens', ''],
			['POST', '/oauth2/token?grant_type=x&assertion=y', ''],
		] as const) {
			const init = { ...(body === undefined ? {} : { body }), headers: FORM };
			const response = await world.callTokens(method, path, init);
			const json = (await response.json()) as Record<string, unknown>;
			assert.deepEqual(Object.keys(json), ['error', 'error_description'], `${method} ${path}`);
			assert.ok(response.status >= 400 && response.status < 500);
		}
		const json = await world.callTokens('POST', '/oauth2/token', {
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ assertion }),
		});
		assert.equal(json.status, 400);
	});

	it('makes whoever guesses wait, as everywhere', async () => {
		const wrong = await world.assertion({ secret: 'x'.repeat(48) });
		for (let i = 0; i < 20; i++) assert.equal((await world.token(wrong)).status, 400);
		const { status, headers, json } = await world.token(await world.assertion());
		assert.deepEqual([status, json['error']], [429, 'temporarily_unavailable']);
		assert.match(String(headers.get('retry-after')), /^\d+$/);
	});
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
