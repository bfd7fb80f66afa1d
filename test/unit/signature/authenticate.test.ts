import assert from 'node:assert/strict';
import { ConfigError } from '../../../core/errors';
import { RELEASED_AT } from '../../../core/runtime/release';
import { authenticate } from '../../../core/signature/authenticate';
import type { SchemeConfig } from '../../../core/signature/schemes/index';
import { signBody } from '../../../core/signature/sign-body';
import { validateAuth, validateSignatures } from '../../../core/signature/validate-schemes';
import { validateSecret } from '../../../core/signature/validate-secret';

const NOW = 1_700_000_000_000;
const body = new TextEncoder().encode('{}');
const url: SchemeConfig = {
	kind: 'url-secret',
	secrets: ['open-'.repeat(4), 'sesame-sesame-sesame'],
};
const jwt: SchemeConfig = { kind: 'body-jwt', secrets: ['s'], header: 'X-Mine' };

describe('authenticate', () => {
	const cases: [
		name: string,
		auth: SchemeConfig[],
		request: { urlSecret?: string; token?: string },
		code: string | undefined,
	][] = [
		['lets everybody in when none is named', [{ kind: 'none' }], {}, undefined],
		['lets nobody in when nothing is configured', [], { urlSecret: '' }, 'ERR_SIGNATURE_MISMATCH'],
		['takes any of the URL secrets', [url], { urlSecret: 'sesame-sesame-sesame' }, undefined],
		[
			'refuses a wrong URL secret',
			[url],
			{ urlSecret: 'sesame-sesame-sesam' },
			'ERR_URL_SECRET_MISMATCH',
		],
		['refuses a missing URL secret', [url], {}, 'ERR_SIGNATURE_MISSING'],
		[
			'takes a URL secret in the spelling of a path',
			[{ kind: 'url-secret', secrets: ['%61-ü=%2f'] }],
			{ urlSecret: 'a-%C3%BC=%2F' },
			undefined,
		],
		[
			'never takes an empty URL secret',
			[{ kind: 'url-secret', secrets: [''] }],
			{ urlSecret: '' },
			'ERR_SIGNATURE_MISMATCH',
		],
		['takes a token from the named header', [jwt], { token: 'good' }, undefined],
		['is content with one success', [url, jwt], { urlSecret: 'wrong', token: 'good' }, undefined],
		[
			'reports what was wrong rather than what was missing',
			[jwt, url],
			{ urlSecret: 'wrong' },
			'ERR_URL_SECRET_MISMATCH',
		],
		['reports a missing token', [jwt], {}, 'ERR_SIGNATURE_MISSING'],
		[
			'refuses a token without a secret to check it with',
			[{ kind: 'body-jwt', secrets: [] }],
			{ token: 'good' },
			'ERR_SIGNATURE_MISMATCH',
		],
	];
	for (const [name, auth, { urlSecret, token }, code] of cases) {
		it(name, async () => {
			const headers = token ? { 'x-mine': [await signBody({ body, secret: 's', now: NOW })] } : {};
			const result = authenticate({ method: 'POST', headers, body, urlSecret, now: NOW }, auth);
			await (code === undefined ? result : assert.rejects(result, { code }));
		});
	}

	it('takes no fault of ours for a refusal', async () => {
		const broken = { kind: 'url-secret', secrets: undefined } as unknown as SchemeConfig;
		const request = { method: 'POST', headers: {}, body, urlSecret: 'x', now: NOW };
		await assert.rejects(authenticate(request, [broken, jwt]), TypeError);
	});

	it('takes nothing for a secret that is no text', async () => {
		const nothing = [undefined] as unknown as string[];
		const token = await signBody({ body, secret: 'undefined', now: NOW });
		const request = {
			method: 'POST',
			headers: { 'x-mine': [token] },
			body,
			urlSecret: 'undefined',
			now: NOW,
		};
		for (const way of [
			{ ...url, secrets: nothing },
			{ ...jwt, secrets: nothing },
		]) {
			await assert.rejects(authenticate(request, [way]), {
				details: { reason: 'empty_secret' },
			});
		}
	});

	it('blames its own clock where that is older than the release, and a good token seems to be of the future', async () => {
		const sign = async (secret: string, ahead: number) => ({
			method: 'POST',
			headers: { 'x-mine': [await signBody({ body, secret, now: NOW + ahead })] },
			body,
			now: NOW,
		});
		const at = async (
			ahead: number,
			releasedAt: number,
			secret = 's',
			auth: SchemeConfig[] = [jwt],
		) => authenticate(await sign(secret, ahead), auth, releasedAt);
		const clock = { code: 'ERR_CLOCK_NOT_SET', status: 503, retryAfterMs: 30_000 };
		await assert.rejects(at(3_600_000, NOW + 1), clock);
		await assert.rejects(at(3_600_000, NOW + 1, 's', [url, jwt]), clock);
		await assert.rejects(at(3_600_000, NOW), { code: 'ERR_TOKEN_NOT_YET_VALID' });
		await assert.rejects(at(3_600_000, NOW + 1, 'other'), { code: 'ERR_SIGNATURE_MISMATCH' });
		await assert.rejects(at(-86_400_000, NOW + 1), { code: 'ERR_TOKEN_EXPIRED' });
		await at(0, NOW + 1);
		assert(RELEASED_AT <= Date.now());
	});

	it('refuses two signatures', async () => {
		const token = await signBody({ body, secret: 's', now: NOW });
		await assert.rejects(
			authenticate({ method: 'POST', headers: { 'x-mine': [token, token] }, body, now: NOW }, [
				jwt,
			]),
			{
				code: 'ERR_TOKEN_MALFORMED',
			},
		);
	});
});

describe('validateAuth', () => {
	it('takes what can work', () => {
		validateAuth([{ kind: 'none' }], 'auth');
		validateAuth([url, { ...jwt, algs: ['HS512'], leewaySeconds: 0, allowSha1: true }], 'auth');
	});

	const bad: [path: string, auth: unknown][] = [
		['auth', []],
		['auth', undefined],
		['auth', Array(11).fill(url)],
		['auth', [{ kind: 'none' }, url]],
		['auth[0].kind', [{ kind: 'kerberos' }]],
		['auth[0].kind', [null]],
		['auth[0].secrets', [{ kind: 'url-secret', secrets: [] }]],
		['auth[0].secrets', [{ kind: 'url-secret' }]],
		['auth[1].secrets[1]', [url, { kind: 'body-jwt', secrets: ['a', ' '] }]],
		['auth[0].secrets[0]', [{ kind: 'body-jwt', secrets: [''] }]],
		['auth[0].secrets[0]', [{ kind: 'body-jwt', secrets: ['x'.repeat(16_385)] }]],
		['auth[0].header', [{ ...jwt, header: 'a b' }]],
		['auth[0].algs', [{ ...jwt, algs: [] }]],
		['auth[0].algs', [{ ...jwt, algs: ['none'] }]],
		['auth[0].leewaySeconds', [{ ...jwt, leewaySeconds: -1 }]],
		['auth[0].leewaySeconds', [{ ...jwt, leewaySeconds: 3601 }]],
		['auth[0].leewaySeconds', [{ ...jwt, leewaySeconds: '60' }]],
		['auth[0].allowSha1', [{ ...jwt, allowSha1: 'yes' }]],
		['auth[0].claim', [{ ...jwt, claim: '' }]],
		['auth[0].claim', [{ ...jwt, claim: 'exp' }]],
		['auth[0].claim', [{ ...jwt, claim: 'a\nb' }]],
		['auth[0].claim', [{ ...jwt, claim: 'x'.repeat(101) }]],
		['auth[0].header', [{ ...jwt, header: 'x'.repeat(201) }]],
		['auth[0].secret', [{ ...jwt, secret: 'hunter2' }]],
		['auth[0].kind', ['none']],
		['auth[0].kind', [[]]],
		['auth[0].secrets', [{ ...jwt, secrets: Array(11).fill('s') }]],
		['auth[0].secrets', [{ ...jwt, secrets: 's' }]],
	];
	for (const [path, auth] of bad) {
		it(`names ${path} in ${JSON.stringify(auth)?.slice(0, 60)}`, () => {
			assert.throws(
				() => validateAuth(auth as SchemeConfig[], 'auth'),
				(error: unknown) => error instanceof ConfigError && error.details['path'] === path,
			);
		});
	}

	const long = 'x'.repeat(16);
	const secrets: [kind: 'url-secret' | 'body-jwt', secret: unknown, isRight: boolean][] = [
		['url-secret', long, true],
		['url-secret', 'x'.repeat(128), true],
		['url-secret', `${'A9._~-'.repeat(3)}`, true],
		['url-secret', 'x'.repeat(8), true],
		['url-secret', 'x'.repeat(7), false],
		['url-secret', '12345', false],
		['url-secret', 'x'.repeat(129), false],
		['url-secret', ` ${long}`, false],
		['url-secret', `${long}\n`, false],
		['url-secret', `${long}/x`, false],
		['url-secret', `${long}%41`, false],
		['url-secret', `${long}ü`, false],
		['url-secret', `${long} ${long}`, false],
		['url-secret', '', false],
		['url-secret', 7, false],
		['body-jwt', 'x', true],
		['body-jwt', 'x'.repeat(16_384), true],
		['body-jwt', 'ein Wort, ü und 🙂', true],
		['body-jwt', '', false],
		['body-jwt', ' \t', false],
		['body-jwt', 'x ', false],
		['body-jwt', '\u00a0x', false],
		['body-jwt', 'a\u0000b', false],
		['body-jwt', 'a\nb', false],
		['body-jwt', 'a\ud800', false],
		['body-jwt', 'x'.repeat(16_385), false],
	];
	for (const [kind, secret, isRight] of secrets) {
		const shown = JSON.stringify(secret);
		it(`${isRight ? 'takes' : 'refuses'} ${shown.slice(0, 40)} as the secret of ${kind}`, () => {
			const check = (): void => validateAuth([{ kind, secrets: [secret as string] }], 'auth');
			if (isRight) return check();
			assert.throws(check, (error: unknown) => {
				assert.ok(error instanceof ConfigError);
				assert.equal(error.details['path'], 'auth[0].secrets[0]');
				assert.match(error.message, kind === 'url-secret' ? /8 to 128/ : /1 to 16384/);
				return true;
			});
		});
	}

	it('asks 16 characters of a secret that is given out here', () => {
		validateSecret('address', 'x'.repeat(16), 'urlSecret');
		assert.throws(() => validateSecret('address', 'x'.repeat(15), 'urlSecret'), {
			message: /16 to 128/,
		});
	});

	it('names the blank around a secret', () => {
		assert.throws(() => validateSecret('signature', 'x ', 'secret'), {
			message: /got "white space around it"/,
		});
	});

	it('never shows a secret', () => {
		assert.throws(
			() => validateAuth([{ kind: 'url-secret', secrets: ['hunter2/'] }], 'auth'),
			(error: Error) => !error.message.includes('hunter2'),
		);
	});
});

describe('validateSignatures', () => {
	it('takes none, and several whose headers differ', () => {
		assert.deepEqual(validateSignatures([], 'signatures'), []);
		assert.deepEqual(
			validateSignatures([jwt, { ...jwt, header: 'X-Other', alg: 'HS512' }], 'signatures'),
			['x-mine', 'x-other'],
		);
	});

	it('takes what stands in for a secret where it is told to', () => {
		const reference = { ...jwt, secrets: [{ secretRef: 'a' }] };
		assert.throws(() => validateSignatures([reference], 'signatures'), ConfigError);
		validateSignatures([reference], 'signatures', (value) => typeof value === 'object');
	});

	const bad: [path: string, signatures: unknown][] = [
		['signatures', undefined],
		['signatures', jwt],
		['signatures', Array(11).fill(jwt)],
		['signatures[0].kind', [{ kind: 'none' }]],
		['signatures[0].kind', [url]],
		['signatures[1].kind', [jwt, { kind: 'x' }]],
		['signatures[1]', [jwt, { ...jwt, header: 'X-MINE' }]],
		['signatures[0].secrets', [{ kind: 'body-jwt', secrets: [] }]],
		['signatures[0].secrets[0]', [{ kind: 'body-jwt', secrets: [''] }]],
		['signatures[0].header', [{ ...jwt, header: 'a:b' }]],
		['signatures[0].alg', [{ ...jwt, alg: 'RS256' }]],
		['signatures[0].expiresInSeconds', [{ ...jwt, expiresInSeconds: 0 }]],
		['signatures[0].expiresInSeconds', [{ ...jwt, expiresInSeconds: 86_401 }]],
	];
	for (const [path, signatures] of bad) {
		it(`names ${path} in ${JSON.stringify(signatures)?.slice(0, 60)}`, () => {
			assert.throws(
				() => validateSignatures(signatures, 'signatures'),
				(error: unknown) => error instanceof ConfigError && error.details['path'] === path,
			);
		});
	}
});
