import { createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { keepNewest } from '../runtime/keep-newest';
import { macKey, type MacHash } from './mac-key';

export const HMAC_ALGS = ['HS256', 'HS384', 'HS512'] as const;

export type HmacAlg = (typeof HMAC_ALGS)[number];

const HASHES: Readonly<Record<HmacAlg, MacHash>> = {
	HS256: 'sha256',
	HS384: 'sha384',
	HS512: 'sha512',
};

/** Receivers have a handful of secrets; the bound is for API servers with many. */
const MAX_KEYS = 1_000;

const keys = new Map<string, KeyObject>();

export function isHmacAlg(alg: string): alg is HmacAlg {
	return Object.hasOwn(HASHES, alg);
}

/** The key of a secret's UTF-8 bytes (D17); made once. */
export function hmacKey(secret: string): KeyObject {
	let key = keys.get(secret);
	if (!key) {
		key = createSecretKey(secret, 'utf8');
		keepNewest(keys, secret, key, MAX_KEYS);
	}
	return key;
}

/**
 * Whether a compact JWS carries the HMAC of its first two segments, in constant time (RFC 7515, section 5.2; RFC 7518, 3.2).
 *
 * The one step of a verification that is not jose's: through WebCrypto it is a job for another thread, and took 20 % of a receiver's
 * time under load (docs/adr/0005). A test compares its answers with jose's.
 */
export function hasHmacOf(token: string, alg: HmacAlg, secret: string): boolean {
	const cut = token.lastIndexOf('.');
	const expected = Buffer.from(
		macKey(HASHES[alg], secret).macOf(token.slice(0, cut), 'base64url'),
		'latin1',
	);
	const found = Buffer.from(token.slice(cut + 1), 'latin1');
	return found.length === expected.length && timingSafeEqual(found, expected);
}
