import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { SignatureError } from '../../../core/errors';
import { checksumOf } from '../../../core/signature/checksum';
import { signBody } from '../../../core/signature/sign-body';
import { verifyBody } from '../../../core/signature/verify-body';

const NOW = 1_700_000_000_500;
const body = Buffer.from('{"a":1}');
const rejects = (result: Promise<unknown>, code: string, reason: string) =>
	assert.rejects(result, { code, details: { reason } });
const segment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('signBody', () => {
	it('makes a token of the vendor form', async () => {
		const [header, claims] = (await signBody({ body, secret: 's', now: NOW }))
			.split('.')
			.map((part) => Buffer.from(part, 'base64url').toString());
		assert.equal(header, '{"alg":"HS256","typ":"JWT"}');
		const { jti, ...rest } = JSON.parse(claims ?? '') as Record<string, unknown>;
		assert.match(String(jti), /^[0-9a-v]{20}$/);
		assert.deepEqual(rest, {
			checksum: createHash('sha1').update(body).digest('hex'),
			checksum_sha256: createHash('sha256').update(body).digest('hex'),
			iat: 1_700_000_000,
			exp: 1_700_003_600,
		});
	});

	it('gives each token its own id', async () => {
		const [a, b] = await Promise.all([
			signBody({ body, secret: 's' }),
			signBody({ body, secret: 's' }),
		]);
		assert.notEqual(a, b);
	});

	for (const bad of [
		{ secret: '' },
		{ alg: 'none' },
		{ alg: 'RS256' },
		{ expiresInSeconds: 0 },
		{ expiresInSeconds: Number.NaN },
	]) {
		it(`refuses ${JSON.stringify(bad)}`, () =>
			assert.rejects(signBody({ body, secret: 's', ...bad }), { code: 'ERR_CONFIG_INVALID' }));
	}
});

describe('verifyBody', () => {
	for (const alg of ['HS256', 'HS384', 'HS512']) {
		it(`accepts ${alg} where it is allowed, and text bodies as UTF-8`, async () => {
			const token = await signBody({ body: 'ä', secret: 'ø', now: NOW, alg });
			const claims = await verifyBody({
				token,
				body: Buffer.from('ä'),
				secrets: ['ø'],
				now: NOW,
				algs: [alg],
			});
			assert.equal(claims.iat, 1_700_000_000);
		});
	}

	it('tries several secrets in turn', async () => {
		const token = await signBody({ body, secret: 'old', now: NOW });
		await verifyBody({ token, body, secrets: ['new', 'old'], now: NOW });
		await verifyBody({ token, body, secrets: ['', 'old'], now: NOW });
		await rejects(
			verifyBody({ token, body, secrets: ['new', 'newer'], now: NOW }),
			'ERR_SIGNATURE_MISMATCH',
			'bad_signature',
		);
	});

	it('never succeeds without a secret', async () => {
		const token = await signBody({ body, secret: 's', now: NOW });
		for (const secrets of [[], [''], ['', '']]) {
			await rejects(
				verifyBody({ token, body, secrets, now: NOW }),
				'ERR_SIGNATURE_MISMATCH',
				'empty_secret',
			);
		}
	});

	it('uses default leeway 60 s for exp and iat', async () => {
		const token = await signBody({ body, secret: 's', now: NOW, expiresInSeconds: 10 });
		const at = (seconds: number) =>
			verifyBody({ token, body, secrets: ['s'], now: seconds * 1000 });
		await at(1_700_000_000 + 69);
		await rejects(at(1_700_000_000 + 70), 'ERR_TOKEN_EXPIRED', 'expired');
		await at(1_700_000_000 - 60);
		await rejects(at(1_700_000_000 - 61), 'ERR_TOKEN_NOT_YET_VALID', 'iat_in_future');
	});

	it('treats nbf like iat: a token that is not valid yet is refused, whatever its iat', async () => {
		const checksum_sha256 = checksumOf('sha256', body);
		for (const claims of [{ nbf: 1_700_000_061 }, { iat: 1, nbf: 1_700_000_061 }]) {
			const token = await new SignJWT({ ...claims, checksum_sha256 })
				.setProtectedHeader({ alg: 'HS256' })
				.sign(new TextEncoder().encode('s'));
			const at = (now: number) => verifyBody({ token, body, secrets: ['s'], now });
			await rejects(at(NOW), 'ERR_TOKEN_NOT_YET_VALID', 'iat_in_future');
			assert.equal((await at(NOW + 1_000)).nbf, 1_700_000_061);
		}
	});

	it('takes one spelling of a token alone: bits that belong to no byte are zero', async () => {
		const token = await signBody({ body, secret: 's', now: NOW });
		const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
		const after = (letter: string) => letters[(letters.indexOf(letter) ^ 1) % 64] ?? '';
		let tried = 0;
		for (const [i, part] of token.split('.').entries()) {
			const other = part.slice(0, -1) + after(part.slice(-1));
			if (!Buffer.from(other, 'base64url').equals(Buffer.from(part, 'base64url'))) continue;
			tried += 1;
			const parts = token.split('.').with(i, other);
			await rejects(
				verifyBody({ token: parts.join('.'), body, secrets: ['s'], now: NOW }),
				'ERR_TOKEN_MALFORMED',
				'malformed_token',
			);
		}
		assert(tried > 0);
	});

	it('refuses another body', async () => {
		const token = await signBody({ body, secret: 's', now: NOW });
		await rejects(
			verifyBody({ token, body: '{"a": 1}', secrets: ['s'], now: NOW }),
			'ERR_CHECKSUM_MISMATCH',
			'checksum_mismatch',
		);
	});

	const h = segment({ alg: 'HS256', typ: 'JWT' });
	const malformed: [name: string, token: string][] = [
		['one segment', 'abc'],
		['two segments', `${h}.${segment({})}`],
		['four segments', `${h}.${segment({})}.a.b`],
		['a header that is no object', `${segment([])}.${segment({})}.aaaa`],
		['claims that are no JSON', `${h}.aaaa.aaaa`],
		['a text for exp', `${h}.${segment({ exp: '1' })}.aaaa`],
		['null for iat', `${h}.${segment({ iat: null })}.aaaa`],
		['no alg', `${segment({})}.${segment({})}.aaaa`],
		[
			'a header in another spelling',
			`${segment({ alg: 'HS256', typ: 'JWTX' }).slice(0, -1)}R.${segment({})}.aaaa`,
		],
		['claims in another spelling', `${h}.${segment({ a: 1 }).slice(0, -1)}R.aaaa`],
		['a signature in another spelling', `${h}.${segment({})}.aaaaab`],
		['letters outside base64url', `${h}.${segment({})}.a+a=`],
		['a scheme before it', `Bearer ${h}.${segment({})}.aaaa`],
		['a token of a megabyte', `${h}.${'a'.repeat(1 << 20)}.aaaa`],
		[
			'an extension it must understand',
			`${segment({ alg: 'HS256', crit: ['x'], x: 1 })}.${segment({})}.aaaa`,
		],
	];
	for (const [name, token] of malformed) {
		it(`calls malformed: ${name}`, () =>
			rejects(
				verifyBody({ token, body, secrets: ['s'] }),
				'ERR_TOKEN_MALFORMED',
				'malformed_token',
			));
	}

	for (const alg of ['none', 'HS512', 'RS256', 'hs256', 'constructor']) {
		it(`does not let the token choose ${alg}`, () =>
			rejects(
				verifyBody({ token: `${segment({ alg })}.${segment({})}.`, body, secrets: ['s'] }),
				'ERR_ALG_NOT_ALLOWED',
				'alg_not_allowed',
			));
	}

	it('does not allow an algorithm without a key even when the configuration names it', () =>
		rejects(
			verifyBody({
				token: `${segment({ alg: 'none' })}.${segment({})}.`,
				body,
				secrets: ['s'],
				algs: ['none'],
			}),
			'ERR_ALG_NOT_ALLOWED',
			'alg_not_allowed',
		));

	it('puts no part of token or secret into the message', async () => {
		const token = await signBody({ body, secret: 'hunter2', now: NOW });
		await assert.rejects(
			verifyBody({ token, body, secrets: ['swordfish'], now: NOW }),
			(error: Error) => {
				const shown = error.message + JSON.stringify(error);
				return (
					!/hunter2|swordfish/.test(shown) && !token.split('.').some((part) => shown.includes(part))
				);
			},
		);
	});

	it('answers any text with a SignatureError', () => {
		const part = fc.oneof(
			fc.json().map(segment),
			fc.json().map((j) => segment(JSON.parse(j))),
			fc.string(),
		);
		const text = fc.oneof(
			fc.string(),
			fc.array(part, { maxLength: 4 }).map((parts) => parts.join('.')),
		);
		return fc.assert(
			fc.asyncProperty(text, async (token) => {
				const error: unknown = await verifyBody({ token, body, secrets: ['s'] }).catch(
					(e: unknown) => e,
				);
				assert(error instanceof SignatureError);
			}),
			{ numRuns: 500 },
		);
	});
});
