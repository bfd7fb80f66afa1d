import type { KeyObject } from 'node:crypto';
import { HMAC_ALGS, isHmacAlg } from '../hmac-key';

/** With a pair of keys (RFC 7518, 3.1; RFC 8037; EdDSA is Ed25519). */
const PAIR_ALGS = [
	'RS256',
	'RS384',
	'RS512',
	'PS256',
	'PS384',
	'PS512',
	'ES256',
	'ES384',
	'ES512',
	'EdDSA',
] as const;

export const JWT_ALGS = [...HMAC_ALGS, ...PAIR_ALGS] as const;

const CURVES: Readonly<Record<string, string>> = {
	ES256: 'prime256v1',
	ES384: 'secp384r1',
	ES512: 'secp521r1',
};

/** Shorter RSA keys are refused (RFC 7518, 3.3). */
const MIN_RSA_BITS = 2_048;

/** Whether an algorithm works with a key of a pair. */
export function fitsKey(alg: string, key: KeyObject): boolean {
	const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
	if (isHmacAlg(alg)) return false;
	if (alg === 'EdDSA') return type === 'ed25519';
	if (alg.startsWith('ES')) return type === 'ec' && details?.namedCurve === CURVES[alg];
	return type === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS;
}
