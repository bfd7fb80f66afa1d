import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { SignatureError, type ErrorCode } from '../../../../core/errors';
import { authenticate, secretPartsOf } from '../../../../core/signature/authenticate';
import { SCHEMES, schemeOf, type SchemeConfig } from '../../../../core/signature/schemes/index';
import type { BodyJwtConfig } from '../../../../core/signature/schemes/body-jwt';
import type { SignedRequest } from '../../../../core/signature/schemes/scheme';
import { signRequest } from '../../../../core/signature/sign-request';

const NOW = 1_800_000_000_000;
const BODY = Buffer.from('{"a":1}');
const CURRENT = 'current-'.repeat(3);
const FORMER = 'former-'.repeat(3);

type Row = [
	name: string,
	request: Partial<SignedRequest>,
	outcome: { secretAt?: number } | ErrorCode,
];

/** Each row against a scheme with a current and a former secret. */
function table(config: SchemeConfig, rows: () => Promise<Row[]>): void {
	describe(`the scheme ${config.kind}`, () => {
		it('accepts and refuses as its table says', async () => {
			for (const [name, given, outcome] of await rows()) {
				const request = { method: 'POST', headers: {}, body: BODY, now: NOW, ...given };
				const verified = (async () => schemeOf(config).verify(request, config))();
				if (typeof outcome === 'string') {
					await assert.rejects(verified, (error: unknown) => {
						assert.ok(error instanceof SignatureError, name);
						assert.deepEqual([error.code, error.status], [outcome, 401], name);
						return !error.message.includes(CURRENT);
					});
				} else {
					const { secretAt } = await verified;
					assert.deepEqual({ secretAt }, { secretAt: outcome.secretAt }, name);
				}
			}
		});

		it('accepts nothing with no secret, an empty one, or one that is no text', async () => {
			if (schemeOf(config).isOpen) return;
			const headers = { 'x-dt-signature': [await token({ secret: 'undefined' })] };
			for (const secrets of [[], [''], [undefined], [null]]) {
				const open = { ...config, secrets } as unknown as SchemeConfig;
				for (const urlSecret of ['', 'undefined', undefined]) {
					const request = { method: 'POST', headers, body: BODY, now: NOW, urlSecret };
					await assert.rejects(authenticate(request, [open]), {
						code: 'ERR_SIGNATURE_MISMATCH',
						details: { reason: 'empty_secret' },
					});
				}
			}
		});
	});
}

table({ kind: 'none' }, async () => [
	['a bare request', {}, {}],
	['garbage', { headers: { 'x-dt-signature': ['x'] }, urlSecret: 'x' }, {}],
]);

table({ kind: 'url-secret', secrets: [CURRENT, FORMER] }, async () => [
	['the current secret', { urlSecret: CURRENT }, { secretAt: 0 }],
	['the former secret', { urlSecret: FORMER }, { secretAt: 1 }],
	['none', {}, 'ERR_SIGNATURE_MISSING'],
	['an empty one', { urlSecret: '' }, 'ERR_SIGNATURE_MISSING'],
	['a beginning', { urlSecret: CURRENT.slice(0, -1) }, 'ERR_URL_SECRET_MISMATCH'],
	['another letter case', { urlSecret: CURRENT.toUpperCase() }, 'ERR_URL_SECRET_MISMATCH'],
	['both', { urlSecret: CURRENT + FORMER }, 'ERR_URL_SECRET_MISMATCH'],
	['garbage', { urlSecret: '%00\ud800' }, 'ERR_URL_SECRET_MISMATCH'],
	['a huge one', { urlSecret: 'x'.repeat(1_000_000) }, 'ERR_URL_SECRET_MISMATCH'],
	['one in a header', { headers: { authorization: [CURRENT] } }, 'ERR_SIGNATURE_MISSING'],
]);

const bodyJwt: BodyJwtConfig = { kind: 'body-jwt', secrets: [CURRENT, FORMER] };

table(bodyJwt, async () => {
	const signed = (value: string | string[], name = 'x-dt-signature') => ({
		headers: { [name]: [value].flat() },
	});
	const good = await token({});
	return [
		['the current secret', signed(good), { secretAt: 0 }],
		['the former secret', signed(await token({ secret: FORMER })), { secretAt: 1 }],
		['another secret', signed(await token({ secret: 'x' })), 'ERR_SIGNATURE_MISMATCH'],
		['another body', { ...signed(good), body: Buffer.from('{"a": 1}') }, 'ERR_CHECKSUM_MISMATCH'],
		['no body', { ...signed(good), body: new Uint8Array() }, 'ERR_CHECKSUM_MISMATCH'],
		['no header', {}, 'ERR_SIGNATURE_MISSING'],
		['an empty header', signed(''), 'ERR_SIGNATURE_MISSING'],
		['another header', signed(good, 'x-signature'), 'ERR_SIGNATURE_MISSING'],
		['the same token twice', signed([good, good]), 'ERR_TOKEN_MALFORMED'],
		['two tokens in one value', signed(`${good}, ${good}`), 'ERR_TOKEN_MALFORMED'],
		['a bad token before a good one', signed(['x', good]), 'ERR_TOKEN_MALFORMED'],
		['garbage', signed('\u0000.é.🙂'), 'ERR_TOKEN_MALFORMED'],
		['a huge token', signed(`${'a'.repeat(1_000_000)}.b.c`), 'ERR_TOKEN_MALFORMED'],
		['another algorithm', signed(await token({ alg: 'HS512' })), 'ERR_ALG_NOT_ALLOWED'],
		['another claim', signed(await token({ claim: 'sha256' })), 'ERR_CHECKSUM_MISSING'],
		['a token of tomorrow', signed(await token({}, 86_400_000)), 'ERR_TOKEN_NOT_YET_VALID'],
		['a token of yesterday', signed(await token({}, -86_400_000)), 'ERR_TOKEN_EXPIRED'],
	];
});

describe('the scheme body-jwt, configured', () => {
	const accepts = async (config: Partial<BodyJwtConfig>, headers: SignedRequest['headers']) =>
		authenticate({ method: 'POST', headers, body: BODY, now: NOW }, [{ ...bodyJwt, ...config }]);

	it('reads another header, claim and algorithm, as others sign', async () => {
		// As Netlify signs: the claim is `sha256`.
		const netlify = { header: 'X-Webhook-Signature', claim: 'sha256' };
		const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
		const sha256 = '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862';
		const text = `${encode({ alg: 'HS256' })}.${encode({ iss: 'netlify', sha256 })}`;
		const mac = createHmac('sha256', CURRENT).update(text).digest('base64url');
		const headers = { 'x-webhook-signature': [`${text}.${mac}`] };
		const { claims } = await accepts(netlify, headers);
		assert.equal(claims?.['iss'], 'netlify');
		await assert.rejects(accepts({ ...netlify, claim: undefined }, headers), {
			code: 'ERR_CHECKSUM_MISSING',
		});
		await assert.rejects(accepts({ ...netlify, claim: '__proto__' }, headers), {
			code: 'ERR_CHECKSUM_MISSING',
		});
	});

	it('verifies what it signs, with the first of its secrets and every option', async () => {
		for (const config of [
			{},
			{ header: 'X-Mine' },
			{ claim: 'sha256' },
			{ alg: 'HS512', algs: ['HS384', 'HS512'] },
			{ expiresInSeconds: 1, leewaySeconds: 0 },
		]) {
			const signed = await signed1({ ...bodyJwt, ...config });
			const headers = Object.fromEntries(
				Object.entries(signed).map(([name, value]) => [name.toLowerCase(), [value]]),
			);
			assert.equal((await accepts(config, headers)).secretAt, 0);
		}
	});

	it('puts the old checksum into tokens of Data Connectors alone', async () => {
		const claimsOf = async (config: Partial<BodyJwtConfig>): Promise<object> => {
			const [value = ''] = Object.values(await signed1({ ...bodyJwt, ...config }));
			return JSON.parse(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString()) as object;
		};
		assert.ok('checksum' in (await claimsOf({})));
		assert.deepEqual(Object.keys(await claimsOf({ claim: 'sha256' })).sort(), [
			'exp',
			'iat',
			'jti',
			'sha256',
		]);
	});
});

describe('a list of secrets with one that is no text', () => {
	it('goes by the others', async () => {
		const secrets = [undefined, '', CURRENT] as string[];
		const request = { method: 'POST', headers: {}, body: BODY, now: NOW, urlSecret: CURRENT };
		const verified = await authenticate(request, [{ kind: 'url-secret', secrets }]);
		assert.deepEqual(verified, { secretAt: 2 });
	});
});

describe('the list of schemes', () => {
	it('has each kind once, in words of its own, and its secrets first', () => {
		const kinds = SCHEMES.map(({ kind }) => kind);
		assert.deepEqual([...new Set(kinds)], kinds);
		for (const { kind, fields } of SCHEMES) {
			assert.match(kind, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
			assert.ok(
				fields.slice(1).every(({ type }) => type !== 'secrets'),
				kind,
			);
		}
	});

	it('can sign where it says so', () => {
		for (const scheme of SCHEMES) assert.equal(scheme.canSign, scheme.sign !== undefined);
	});

	it('names the secrets that travel', () => {
		const auth = [bodyJwt, { kind: 'url-secret', secrets: [CURRENT] }] as const;
		assert.deepEqual(secretPartsOf(auth), { headers: [], query: [], texts: [CURRENT] });
	});
});

async function token(config: Partial<BodyJwtConfig> & { secret?: string }, later = 0) {
	const { secret = CURRENT, ...options } = config;
	return (
		Object.values(await signed1({ ...bodyJwt, ...options, secrets: [secret] }, later))[0] ?? ''
	);
}

function signed1(config: SchemeConfig, later = 0) {
	return signRequest({ method: 'POST', url: 'https://x/', body: BODY, now: NOW + later }, [config]);
}
