import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { authenticate, findWay } from '../../../../core/signature/authenticate';
import { COOL_DOWN_MS, FRESH_MS } from '../../../../core/signature/jwt/key-set-cache';
import { validateAuth } from '../../../../core/signature/validate-schemes';

const URL_OF_SET = 'https://issuer.example.com/keys';
const START = Date.UTC(2027, 0, 1);
const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

interface Issuer {
	readonly pairs: Record<string, { publicKey: KeyObject; privateKey: KeyObject }>;
	fetched: number;
	answer: () => Promise<{ status: number; text: string }>;
}

describe('the scheme jwks', () => {
	let issuer: Issuer;
	let now: number;
	let fetchText: (url: string) => ReturnType<Issuer['answer']>;
	beforeEach(() => {
		now = START;
		const made: Issuer = {
			pairs: { one: pair() },
			fetched: 0,
			async answer() {
				const named = Object.entries(made.pairs);
				const keys = named.map(async ([kid, { publicKey }]) => ({
					...(await exportJWK(publicKey)),
					kid,
				}));
				return { status: 200, text: JSON.stringify({ keys: await Promise.all(keys) }) };
			},
		};
		issuer = made;
		fetchText = async (url) => {
			assert.equal(url, URL_OF_SET);
			issuer.fetched++;
			return issuer.answer();
		};
	});

	const token = (kid: string | undefined = 'one', claims: object = {}, by = kid ?? 'one') =>
		new SignJWT({ aud: 'me', exp: Math.floor(now / 1_000) + 600, ...claims })
			.setProtectedHeader({ alg: 'ES256', ...(kid === undefined ? {} : { kid }) })
			.sign((issuer.pairs[by] ?? pair()).privateKey);
	const verify = async (given: string | Promise<string> = token(), config: object = {}) =>
		authenticate(
			{
				method: 'POST',
				headers: { authorization: [`Bearer ${await given}`] },
				body: new Uint8Array(),
				now,
				fetchText,
			},
			[{ kind: 'jwks', url: URL_OF_SET, audience: 'me', ...config }],
		);
	const refused = (given: string | Promise<string>, reason: string, config?: object) =>
		assert.rejects(verify(given, config), { status: 401, details: { reason } }, reason);
	const unavailable = (given?: Promise<string>, config?: object) =>
		assert.rejects(verify(given, config), { code: 'ERR_SENDER_UNAVAILABLE', status: 503 });

	it('lets in what a key of the set has signed, and fetches the set once', async () => {
		const { claims } = await verify();
		assert.equal(claims?.['aud'], 'me');
		await verify(token());
		await verify(token(undefined, {}, 'one'));
		assert.equal(issuer.fetched, 1);
	});

	it('is told by its place among the ways, behind one that needs no key set', async () => {
		const headers = { authorization: [`Bearer ${await token()}`] };
		const request = { method: 'POST', headers, body: new Uint8Array(), now, fetchText };
		const { wayAt } = await findWay(request, [
			{ kind: 'bearer', secrets: ['another-token'] },
			{ kind: 'jwks', url: URL_OF_SET, audience: 'you' },
			{ kind: 'jwks', url: URL_OF_SET, audience: 'me' },
		]);
		assert.equal(wayAt, 2);
	});

	it('lets nothing else in', async () => {
		await refused(token('one', {}, 'other'), 'bad_signature');
		await refused(token('one', { aud: 'you' }), 'wrong_audience');
		await refused(token('one', { exp: 1 }), 'expired');
		await refused(token('one', { exp: undefined }), 'no_exp');
		await refused(token('one', { iss: 'x' }), 'wrong_issuer', { issuer: 'y' });
		await refused(token(), 'alg_not_allowed', { algs: ['RS256'] });
		await refused('a.b.c', 'malformed_token');
		const shared = new SignJWT({ aud: 'me' }).setProtectedHeader({ alg: 'HS256', kid: 'one' });
		await refused(shared.sign(Buffer.alloc(32)), 'alg_not_allowed');
	});

	it('fetches once for all who wait', async () => {
		const given = await token();
		let answer = (): void => {};
		const held = new Promise<void>((resolve) => (answer = resolve));
		const { answer: before } = issuer;
		issuer.answer = () => held.then(before);
		const all = Promise.all(Array.from({ length: 20 }, () => verify(given)));
		await new Promise((resolve) => setImmediate(resolve));
		answer();
		await all;
		assert.equal(issuer.fetched, 1);
	});

	it('asks again for a key that it does not know, and no more often than the cool-down allows', async () => {
		await verify();
		issuer.pairs['two'] = pair();
		await refused(token('two'), 'unknown_key');
		assert.equal(issuer.fetched, 1);
		now += COOL_DOWN_MS;
		await verify(token('two'));
		assert.equal(issuer.fetched, 2);
		for (let times = 0; times < 10; times++) await refused(token('made-up'), 'unknown_key');
		assert.equal(issuer.fetched, 2);
		now += COOL_DOWN_MS;
		await refused(token('made-up'), 'unknown_key');
		assert.equal(issuer.fetched, 3);
		await verify(token());
	});

	it('forgets a key that the issuer has taken back, without holding a request up', async () => {
		await verify();
		issuer.pairs['two'] = pair();
		const old = await token('one', { exp: Math.floor(now / 1_000) + 3_600 });
		delete issuer.pairs['one'];
		now += FRESH_MS;
		let answer = (): void => {};
		const held = new Promise<void>((resolve) => (answer = resolve));
		const { answer: given } = issuer;
		issuer.answer = () => held.then(given);
		await verify(old);
		assert.equal(issuer.fetched, 2);
		answer();
		await new Promise((resolve) => setImmediate(resolve));
		await refused(old, 'unknown_key');
	});

	it('goes on with the keys it knows while the issuer is away, until they are too old; then it is closed', async () => {
		await verify();
		issuer.answer = () => Promise.reject(new Error('away'));
		now += 23 * 3_600_000;
		await verify(token());
		now += 3_600_000;
		await unavailable(token());
		now += COOL_DOWN_MS;
		await unavailable(token());
		assert.equal(issuer.fetched, 4);
		await unavailable(token());
		assert.equal(issuer.fetched, 4);
	});

	it('is closed where the set was never fetched, whatever comes back', async () => {
		const { answer } = issuer;
		for (const [status, text] of [
			[500, ''],
			[302, '{"keys":[]}'],
			[200, 'no json'],
			[200, '{"keys":{}}'],
			[200, '{"keys":[{"kty":"oct","k":"AAAA","kid":"one"}]}'],
			[200, '{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"}]}'],
		] as const) {
			issuer.answer = async () => ({ status, text });
			now += COOL_DOWN_MS;
			await unavailable(token());
		}
		issuer.answer = answer;
		now += COOL_DOWN_MS;
		await verify(token());
	});

	it('takes no key that is for encryption, or of another algorithm', async () => {
		const { answer } = issuer;
		for (const more of [{ use: 'enc' }, { key_ops: ['encrypt'] }, { alg: 'ES384' }]) {
			issuer.answer = async () => {
				const { text } = await answer();
				const { keys } = JSON.parse(text) as { keys: object[] };
				return {
					status: 200,
					text: JSON.stringify({ keys: keys.map((one) => ({ ...one, ...more })) }),
				};
			};
			now += COOL_DOWN_MS;
			await assert.rejects(verify(token()));
		}
	});

	it('leaves another way its turn while its issuer is away', async () => {
		issuer.answer = () => Promise.reject(new Error('away'));
		const request = {
			method: 'POST',
			headers: { authorization: [`Bearer ${await token()}`], 'x-api-key': ['right'] },
			body: new Uint8Array(),
			now,
			fetchText,
		};
		const away = { kind: 'jwks', url: URL_OF_SET, audience: 'me' } as const;
		await authenticate(request, [away, { kind: 'header-key', secrets: ['right'] }]);
	});

	it('is refused without https, or without a word of who the token is for', () => {
		const check = (config: object) => () => validateAuth([{ kind: 'jwks', ...config }], 'auth');
		assert.doesNotThrow(check({ url: URL_OF_SET, audience: 'me' }));
		for (const [config, message] of [
			[{ audience: 'me' }, /auth\[0\]\.url: expected an https URL/],
			[{ url: 'http://a.example/keys', audience: 'me' }, /auth\[0\]\.url: expected an https URL/],
			[{ url: 'https://u:p@a.example/', audience: 'me' }, /auth\[0\]\.url: expected an https URL/],
			[{ url: URL_OF_SET }, /auth\[0\]\.audience: expected audience, issuer or both/],
			[{ url: URL_OF_SET, issuer: 'x', maxAgeSeconds: 59 }, /maxAgeSeconds: expected/],
		] as const)
			assert.throws(check(config), { message });
	});
});
