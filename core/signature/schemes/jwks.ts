import { compactVerify } from 'jose';
import { ConfigError } from '../../errors';
import { JWT_ALGS } from '../jwt/algorithms';
import { isHmacAlg } from '../hmac-key';
import { checkClaims, type ClaimRules } from '../jwt/check-claims';
import { keysFor } from '../jwt/key-set';
import { keySetsOf } from '../jwt/key-set-cache';
import { tokenIn } from '../jwt/token-in';
import { parseToken, useOfToken } from '../token';
import { tokenFailure } from '../token-failure';
import type { Scheme } from './scheme';

export interface JwksConfig extends ClaimRules {
	readonly kind: 'jwks';
	/** Where the issuer keeps its public keys, https; a set of JWKs (RFC 7517). */
	readonly url?: string | undefined;
	readonly header?: string | undefined;
	readonly prefix?: string | undefined;
	readonly algs?: readonly string[] | undefined;
	readonly singleUse?: boolean | undefined;
	/** How long keys go on that cannot be fetched anew. */
	readonly maxAgeSeconds?: number | undefined;
}

const HEADER = 'Authorization';
const PREFIX = 'Bearer ';
const LEEWAY_SECONDS = 60;
const MAX_AGE_SECONDS = 86_400;
const ALGS = JWT_ALGS.filter((alg) => !isHmacAlg(alg));
const DEFAULT_ALGS = ['RS256', 'ES256', 'EdDSA'];

/**
 * A JWT whose issuer publishes its keys, as identity providers do. No secret is shared: the issuer changes its keys whenever it wants. It
 * says who sends and nothing of the body.
 */
export const jwks: Scheme<JwksConfig> = {
	kind: 'jwks',
	fields: [
		{ name: 'url', use: 'verify', type: 'text', maxLength: 2_000, fallback: '', needed: true },
		{ name: 'header', use: 'verify', type: 'header', fallback: HEADER },
		{ name: 'prefix', use: 'verify', type: 'text', maxLength: 50, fallback: PREFIX },
		{ name: 'algs', use: 'verify', type: 'choices', options: ALGS, fallback: DEFAULT_ALGS },
		{ name: 'issuer', use: 'verify', type: 'text', maxLength: 500, fallback: '' },
		{ name: 'audience', use: 'verify', type: 'text', maxLength: 500, fallback: '' },
		{ name: 'subject', use: 'verify', type: 'text', maxLength: 500, fallback: '' },
		{
			name: 'leewaySeconds',
			use: 'verify',
			type: 'seconds',
			min: 0,
			max: 3_600,
			fallback: LEEWAY_SECONDS,
		},
		{ name: 'requireExpiry', use: 'verify', type: 'flag', fallback: true },
		{ name: 'singleUse', use: 'verify', type: 'flag', fallback: false },
		{
			name: 'maxAgeSeconds',
			use: 'verify',
			type: 'seconds',
			min: 60,
			max: 7 * 86_400,
			fallback: MAX_AGE_SECONDS,
		},
	],
	canSign: false,

	validate({ url = '', issuer = '', audience = '' }, path) {
		if (!isKeySetUrl(url)) {
			throw new ConfigError(`${path}.url`, 'an https URL without user and password');
		}
		// Whoever has an account there has tokens of the same keys.
		if (issuer === '' && audience === '') {
			throw new ConfigError(
				`${path}.audience`,
				'audience, issuer or both: others have tokens of the same keys',
			);
		}
	},

	async verify({ headers, now, fetchText }, config) {
		const { url = '', header = HEADER, prefix = PREFIX, algs = DEFAULT_ALGS } = config;
		const { maxAgeSeconds = MAX_AGE_SECONDS, leewaySeconds = LEEWAY_SECONDS } = config;
		const token = tokenIn(headers, header, prefix);
		const { alg, keyId, claims } = parseToken(token);
		if (!algs.includes(alg) || isHmacAlg(alg)) throw tokenFailure('alg_not_allowed');
		const wanted = { alg, keyId };
		const keys = keysFor(
			await keySetsOf(fetchText).keysAt({
				url,
				now,
				maxAgeMs: maxAgeSeconds * 1_000,
				doFor: (some) => keysFor(some, wanted).length > 0,
			}),
			wanted,
		);
		if (keys.length === 0) throw tokenFailure('unknown_key');
		if (!(await isByAny(token, alg, keys))) throw tokenFailure('bad_signature');
		checkClaims(claims, now, { ...config, leewaySeconds });
		const oneUse = config.singleUse ? useOfToken(token, claims, now, leewaySeconds) : undefined;
		return { claims, ...(oneUse ? { oneUse } : {}) };
	},

	// Who has the token can use it until it expires.
	secretParts: ({ header = HEADER }) => ({ headers: [header.toLowerCase()] }),
	challenge: ({ header = HEADER }) => (header.toLowerCase() === 'authorization' ? 'Bearer' : 'JWT'),
};

type Keys = ReturnType<typeof keysFor>;

async function isByAny(token: string, alg: string, keys: Keys): Promise<boolean> {
	for (const key of keys) {
		const isBy = await compactVerify(token, key, { algorithms: [alg] }).then(
			() => true,
			() => false,
		);
		if (isBy) return true;
	}
	return false;
}

function isKeySetUrl(text: string): boolean {
	if (!/^https:\/\/[^\s]+$/i.test(text) || !URL.canParse(text)) return false;
	const { username, password } = new URL(text);
	return username === '' && password === '';
}
