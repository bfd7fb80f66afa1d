import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { fitsKey } from './algorithms';

/** A public key of a set (RFC 7517). */
export interface SetKey {
	readonly keyId: string | undefined;
	/** That it is for alone; absent: whatever fits. */
	readonly alg: string | undefined;
	readonly key: KeyObject;
}

/** More are an attack: each is tried where a token names none. */
const MAX_KEYS = 100;

/**
 * The keys that verify signatures; those of kinds that are not known here are left out, and shared secrets: a set is public.
 *
 * @returns undefined for what is no set, and one without such a key
 */
export function readKeySet(text: string): readonly SetKey[] | undefined {
	let set: unknown;
	try {
		set = JSON.parse(text);
	} catch {
		return undefined;
	}
	const { keys: given } = Object(set) as { keys?: unknown };
	if (!Array.isArray(given)) return undefined;
	const keys = (given as unknown[]).slice(0, MAX_KEYS).flatMap((one) => readKey(one) ?? []);
	return keys.length > 0 ? keys : undefined;
}

/** Those that may have signed a token, in their order. */
export function keysFor(
	keys: readonly SetKey[],
	{ alg, keyId }: { readonly alg: string; readonly keyId: string | undefined },
): readonly KeyObject[] {
	return keys
		.filter((one) => keyId === undefined || one.keyId === keyId)
		.filter((one) => (one.alg === undefined || one.alg === alg) && fitsKey(alg, one.key))
		.map(({ key }) => key);
}

function readKey(value: unknown): SetKey | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const jwk = value as JsonWebKey & {
		kid?: unknown;
		alg?: unknown;
		use?: unknown;
		key_ops?: unknown;
	};
	const { kty, kid, alg, use, key_ops: operations } = jwk;
	if (!['RSA', 'EC', 'OKP'].includes(String(kty))) return undefined;
	if (use !== undefined && use !== 'sig') return undefined;
	if (Array.isArray(operations) && !operations.includes('verify')) return undefined;
	try {
		return {
			keyId: typeof kid === 'string' ? kid : undefined,
			alg: typeof alg === 'string' ? alg : undefined,
			key: createPublicKey({ key: jwk, format: 'jwk' }),
		};
	} catch {
		return undefined;
	}
}
