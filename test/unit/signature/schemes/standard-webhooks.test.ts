import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { authenticate } from '../../../../core/signature/authenticate';
import type { StandardWebhooksConfig } from '../../../../core/signature/schemes/standard-webhooks';
import { signRequest } from '../../../../core/signature/sign-request';
import { validateAuth, validateSignatures } from '../../../../core/signature/validate-schemes';

const BODY = Buffer.from('{"name":"Zoë ✓"}');
const secretOf = (fill: number) => `whsec_${Buffer.alloc(24, fill).toString('base64')}`;
const [NEW, OLD] = [secretOf(1), secretOf(2)];

const pair = (() => {
	const { privateKey, publicKey } = generateKeyPairSync('ed25519');
	const raw = (key: typeof publicKey, name: 'd' | 'x') =>
		Buffer.from(String(key.export({ format: 'jwk' })[name]), 'base64url');
	const [seed, open] = [raw(privateKey, 'd'), raw(publicKey, 'x')];
	return {
		secret: `whsk_${Buffer.concat([seed, open]).toString('base64')}`,
		seed: `whsk_${seed.toString('base64')}`,
		open: `whpk_${open.toString('base64')}`,
	};
})();

const config = (more: Partial<StandardWebhooksConfig> = {}): StandardWebhooksConfig => ({
	kind: 'standard-webhooks',
	secrets: [NEW, OLD],
	...more,
});

const sign = (
	more: Partial<StandardWebhooksConfig> = {},
	id = 'exports/r1/é#1',
	now = Date.now(),
) => signRequest({ method: 'POST', url: 'https://x/', body: BODY, now, id }, [config(more)]);

const lists = (headers: Readonly<Record<string, string>>): Record<string, string[]> =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));

const verify = (
	headers: Readonly<Record<string, string[]>>,
	more: Partial<StandardWebhooksConfig> = {},
	body: Uint8Array = BODY,
) => authenticate({ method: 'POST', headers, body, now: Date.now() }, [config(more)]);

const refused = (promise: Promise<unknown>, reason: string) =>
	assert.rejects(promise, { status: 401, details: { reason } });

describe('the scheme standard-webhooks', () => {
	it('signs so that the public libraries accept it, by either secret', async () => {
		for (const secret of [NEW, OLD]) {
			const signed = await sign();
			assert.deepEqual(new StandardWebhook(secret).verify(BODY, { ...signed }), { name: 'Zoë ✓' });
			const svix = await sign({ headerPrefix: 'svix' });
			new SvixWebhook(secret).verify(BODY, { ...svix });
			assert.throws(() => new SvixWebhook(secretOf(3)).verify(BODY, { ...svix }));
		}
		const other = new StandardWebhook(secretOf(3));
		const signed = await sign();
		assert.throws(() => other.verify(BODY, { ...signed }), /No matching signature/);
	});

	it('accepts what the public libraries sign', async () => {
		const now = new Date();
		const timestamp = String(Math.floor(now.getTime() / 1_000));
		for (const [secret, secretAt] of [
			[NEW, 0],
			[OLD, 1],
		] as const) {
			const signature = new StandardWebhook(secret).sign('msg_1', now, BODY.toString());
			const headers = { 'webhook-id': ['msg_1'], 'webhook-timestamp': [timestamp] };
			const sent = { ...headers, 'webhook-signature': [`v1,AAAA v2,x ${signature}`] };
			assert.deepEqual(await verify(sent), { secretAt });
			await refused(verify(sent, {}, Buffer.from('{}')), 'bad_signature');
			await refused(verify({ ...sent, 'webhook-id': ['msg_2'] }), 'bad_signature');
			await refused(verify({ ...sent, 'webhook-id': ['msg_1', 'msg_1'] }), 'several_headers');
			await refused(verify(headers), 'missing_header');
			await refused(verify({ ...sent, 'webhook-signature': ['v1 v1,'] }), 'bad_signature');
			const many = Array.from({ length: 51 }, () => signature).join(' ');
			await refused(verify({ ...sent, 'webhook-signature': [many] }), 'too_many_signatures');
		}
	});

	it('signs and verifies with a pair of keys', async () => {
		for (const secret of [pair.secret, pair.seed]) {
			const headers = lists(await sign({ secrets: [secret] }));
			assert.match(headers['webhook-signature']?.[0] ?? '', /^v1a,/);
			assert.deepEqual(await verify(headers, { secrets: [NEW, pair.open] }), { secretAt: 1 });
			await refused(verify(headers, { secrets: [pair.open] }, Buffer.from('{}')), 'bad_signature');
			await refused(verify(headers), 'bad_signature');
		}
		const both = lists(await sign({ secrets: [NEW, pair.secret] }));
		assert.deepEqual(await verify(both, { secrets: [pair.open] }), { secretAt: 0 });
		assert.deepEqual(await verify(both, { secrets: [OLD, NEW] }), { secretAt: 1 });
	});

	it('refuses what was signed too long ago or too far ahead', async () => {
		const at = async (offsetMs: number, more: Partial<StandardWebhooksConfig> = {}) =>
			verify(lists(await sign({}, 'm', Date.now() + offsetMs)), more);
		await at(-290_000);
		await refused(at(-302_000), 'timestamp_too_old');
		await refused(at(302_000), 'timestamp_in_future');
		await refused(at(-12_000, { toleranceSeconds: 10 }), 'timestamp_too_old');
	});

	it('names a message alike in every attempt, in a form that headers and the signed text take', async () => {
		const [first, second] = [await sign(), await sign()];
		assert.equal(first['webhook-id'], second['webhook-id']);
		assert.match(first['webhook-id'] ?? '', /^msg_[\w-]{27}$/);
		assert.notEqual((await sign({}, 'another'))['webhook-id'], first['webhook-id']);
	});

	it('lets the former secret sign until its time is over', async () => {
		const until = new Date(Date.now() + 60_000).toISOString();
		const count = async (now: number) =>
			(await sign({ allSignUntil: until }, 'm', now))['webhook-signature']?.split(' ').length;
		assert.equal(await count(Date.now()), 2);
		assert.equal(await count(Date.parse(until)), 1);
	});

	it('refuses secrets by which it could not do what it is to do', () => {
		const bad = (secret: string, validate: typeof validateAuth | typeof validateSignatures) =>
			assert.throws(
				() => validate([config({ secrets: [NEW, secret] })], 'a'),
				(error: Error) => {
					assert.ok(error.message.startsWith('a[0].secrets[1]: '), error.message);
					return !error.message.includes(secret.slice(6));
				},
			);
		for (const secret of ['whsec_=', 'not base64!', 'whpk_AAAA', 'whsk_AAAA', 'whsec_whsec_a']) {
			bad(secret, validateAuth);
			bad(secret, validateSignatures);
		}
		bad(pair.open, validateSignatures);
		validateAuth([config({ secrets: [pair.open, Buffer.alloc(24).toString('base64')] })], 'a');
		assert.throws(() => validateAuth([config({ headerPrefix: 'a b' })], 'a'), /headerPrefix/);
	});
});
