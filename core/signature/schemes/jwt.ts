import { randomUUID } from 'node:crypto';
import { compactVerify, SignJWT } from 'jose';
import { ConfigError } from '../../errors';
import { hasHmacOf, hmacKey, isHmacAlg } from '../hmac-key';
import { fitsKey, JWT_ALGS } from '../jwt/algorithms';
import { checkClaims, type ClaimRules } from '../jwt/check-claims';
import { isPem, pemKey } from '../jwt/pem-key';
import { tokenIn } from '../jwt/token-in';
import { parseToken, useOfToken } from '../token';
import { tokenFailure } from '../token-failure';
import { isSecret } from '../validate-secret';
import type { Scheme } from './scheme';

export interface JwtConfig extends ClaimRules {
	readonly kind: 'jwt';
	/** Texts for HS…, PEM for the other algorithms: public keys or certificates verify, private keys sign. */
	readonly secrets: readonly string[];
	/** Name of the header, any case. */
	readonly header?: string | undefined;
	/** Before the token in the header. */
	readonly prefix?: string | undefined;
	/** Accepted. */
	readonly algs?: readonly string[] | undefined;
	/** Signed with. */
	readonly alg?: string | undefined;
	/** `iss`; empty: any. */
	readonly issuer?: string | undefined;
	/** `aud`, or one of it; empty: any. */
	readonly audience?: string | undefined;
	/** `sub`; empty: any. */
	readonly subject?: string | undefined;
	/** Applies to exp, nbf and iat. */
	readonly leewaySeconds?: number | undefined;
	/** Refuse a token without `exp`. */
	readonly requireExpiry?: boolean | undefined;
	/** Each token is for one request; else it may be used until it expires. */
	readonly singleUse?: boolean | undefined;
	readonly expiresInSeconds?: number | undefined;
	/** `kid` of the token's header. */
	readonly keyId?: string | undefined;
	/** More claims of a token that is signed, as a JSON object. */
	readonly claims?: string | undefined;
}

const HEADER = 'Authorization';
const PREFIX = 'Bearer ';
const OWN_CLAIMS = ['iss', 'aud', 'sub', 'exp', 'iat', 'jti'];

/** A JWT in a header (RFC 7519). It says who sends, and nothing of the body: `body-jwt` and the HMACs do. */
export const jwt: Scheme<JwtConfig> = {
	kind: 'jwt',
	fields: [
		{ name: 'secrets', use: 'both', type: 'secrets', rule: 'signature', max: 10 },
		{ name: 'header', use: 'both', type: 'header', fallback: HEADER },
		{ name: 'prefix', use: 'both', type: 'text', maxLength: 50, fallback: PREFIX },
		{ name: 'algs', use: 'verify', type: 'choices', options: JWT_ALGS, fallback: ['HS256'] },
		{ name: 'alg', use: 'sign', type: 'choice', options: JWT_ALGS, fallback: 'HS256' },
		{ name: 'issuer', use: 'both', type: 'text', maxLength: 500, fallback: '' },
		{ name: 'audience', use: 'both', type: 'text', maxLength: 500, fallback: '' },
		{ name: 'subject', use: 'both', type: 'text', maxLength: 500, fallback: '' },
		{ name: 'leewaySeconds', use: 'verify', type: 'seconds', min: 0, max: 3_600, fallback: 60 },
		{ name: 'requireExpiry', use: 'verify', type: 'flag', fallback: true },
		{ name: 'singleUse', use: 'verify', type: 'flag', fallback: false },
		{
			name: 'expiresInSeconds',
			use: 'sign',
			type: 'seconds',
			min: 1,
			max: 86_400,
			fallback: 3_600,
		},
		{ name: 'keyId', use: 'sign', type: 'text', maxLength: 200, fallback: '' },
		{ name: 'claims', use: 'sign', type: 'text', maxLength: 2_000, fallback: '' },
	],
	canSign: true,

	validate({ secrets, algs = ['HS256'], alg = 'HS256', claims }, path, direction) {
		for (const [index, secret] of secrets.entries()) {
			if (!isSecret(secret)) continue;
			const usable =
				direction === 'verify' ? algs.some((one) => canVerify(one, secret)) : canSign(alg, secret);
			if (usable) continue;
			const wanted = direction === 'verify' ? algs.join(', ') : alg;
			const kind = direction === 'verify' ? 'a public key' : 'a private key without a passphrase';
			throw new ConfigError(
				`${path}.secrets[${index}]`,
				`a secret for ${wanted}: a text for HS…, ${kind} in PEM for the others`,
			);
		}
		if (claims !== undefined && !claimsOf(claims)) {
			throw new ConfigError(`${path}.claims`, `a JSON object without ${OWN_CLAIMS.join(', ')}`);
		}
	},

	verify({ headers, now }, config) {
		const { secrets, header = HEADER, prefix = PREFIX, algs = ['HS256'] } = config;
		if (!secrets.some(isSecret)) throw tokenFailure('empty_secret');
		const token = tokenIn(headers, header, prefix);
		const { alg, claims } = parseToken(token);
		if (!algs.includes(alg)) throw tokenFailure('alg_not_allowed');
		const check = (secretAt: number) => {
			if (secretAt < 0) throw tokenFailure('bad_signature');
			checkClaims(claims, now, config);
			const { singleUse = false, leewaySeconds } = config;
			const oneUse = singleUse ? useOfToken(token, claims, now, leewaySeconds ?? 60) : undefined;
			return { secretAt, claims, ...(oneUse ? { oneUse } : {}) };
		};
		if (isHmacAlg(alg)) {
			return check(
				secrets.findIndex((secret) => canVerify(alg, secret) && hasHmacOf(token, alg, secret)),
			);
		}
		return keyThatSigned(token, alg, secrets).then(check);
	},

	async sign({ now }, config) {
		return signToken(now, config);
	},

	async present({ now }, config) {
		const { secrets, algs = ['HS256'] } = config;
		for (const secret of secrets.filter(isSecret)) {
			const alg = algs.find((one) => canSign(one, secret));
			if (alg !== undefined) {
				return { headers: await signToken(now, { ...config, secrets: [secret], alg }) };
			}
		}
		return undefined;
	},

	signedHeaders: ({ header = HEADER }) => [header],
	// Who has the token can use it until it expires.
	secretParts: ({ header = HEADER }) => ({ headers: [header.toLowerCase()] }),
	challenge: ({ header = HEADER }) => (header.toLowerCase() === 'authorization' ? 'Bearer' : 'JWT'),
};

async function signToken(
	now: number,
	config: JwtConfig,
): Promise<Readonly<Record<string, string>>> {
	const {
		secrets,
		header = HEADER,
		prefix = PREFIX,
		alg = 'HS256',
		expiresInSeconds = 3_600,
	} = config;
	const [secret = ''] = secrets;
	const { keyId = '', issuer = '', audience = '', subject = '', claims = '' } = config;
	const iat = Math.floor(now / 1_000);
	const key = isHmacAlg(alg) ? hmacKey(secret) : pemKey(secret)?.privateKey;
	if (!key) throw new ConfigError('secrets[0]', 'a private key in PEM');
	const token = await new SignJWT({
		...claimsOf(claims),
		...(issuer === '' ? {} : { iss: issuer }),
		...(audience === '' ? {} : { aud: audience }),
		...(subject === '' ? {} : { sub: subject }),
		iat,
		exp: iat + expiresInSeconds,
		jti: randomUUID(),
	})
		.setProtectedHeader({ alg, typ: 'JWT', ...(keyId === '' ? {} : { kid: keyId }) })
		.sign(key);
	return { [header]: prefix + token };
}

function canVerify(alg: string, secret: string): boolean {
	if (!isSecret(secret)) return false;
	if (isHmacAlg(alg)) return !isPem(secret);
	const key = pemKey(secret);
	return key !== undefined && fitsKey(alg, key.publicKey);
}

function canSign(alg: string, secret: string): boolean {
	if (isHmacAlg(alg)) return !isPem(secret);
	const key = pemKey(secret)?.privateKey;
	return key !== undefined && fitsKey(alg, key);
}

async function keyThatSigned(
	token: string,
	alg: string,
	secrets: readonly string[],
): Promise<number> {
	for (const [index, secret] of secrets.entries()) {
		if (!canVerify(alg, secret)) continue;
		const key = pemKey(secret)?.publicKey;
		const isBy =
			key !== undefined &&
			(await compactVerify(token, key, { algorithms: [alg] }).then(
				() => true,
				() => false,
			));
		if (isBy) return index;
	}
	return -1;
}

function claimsOf(text: string): Readonly<Record<string, unknown>> | undefined {
	if (text === '') return {};
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
		return OWN_CLAIMS.some((name) => Object.hasOwn(value, name)) ? undefined : { ...value };
	} catch {
		return undefined;
	}
}
