/**
 * What a shared secret may be: the one list of the bounds that core, the dialogs of Node-RED and the credentials of n8n check. Pure,
 * since a browser loads it too.
 */

/**
 * `url` is the last segment of an address that a sender may have had before, `address` that of one which is given out here,
 * `signature` the key of an HMAC.
 */
export type SecretKind = 'url' | 'address' | 'signature';

const UNRESERVED = { characters: /^[0-9A-Za-z._~-]*$/, names: '0-9 A-Z a-z . _ ~ -' };

export interface SecretRule {
	/** Characters, inclusive. */
	readonly min: number;
	readonly max: number;
	/** Every character of it. */
	readonly characters: RegExp;
	/** The same in words. */
	readonly names: string;
}

/**
 * A URL carries the unreserved characters of RFC 3986 unchanged, whatever client, proxy or log has handled it; 16 of them are about 95
 * bits. Core takes addresses with fewer, since they may have been given out elsewhere; fields and deploys do not. The secret of a
 * signature is mostly given by the other side and keeps the length it has there; keys in PEM are the longest.
 */
export const SECRET_RULES: Readonly<Record<SecretKind, SecretRule>> = {
	url: { min: 8, max: 128, ...UNRESERVED },
	address: { min: 16, max: 128, ...UNRESERVED },
	signature: {
		min: 1,
		max: 16_384,
		// No control characters, and no half of a character, which UTF-8 cannot write.
		characters:
			/^(?:[^\p{Cc}\p{Cs}]*|-----BEGIN [A-Z ]+-----[A-Za-z0-9+/=\s]+-----END [A-Z ]+-----)$/u,
		names: 'text without line ends and other control characters, or PEM',
	},
};

/** missing: no text, or an empty one. blank: white space at its begin or end, which no one sees in a dialog. */
export type SecretFault = 'missing' | 'blank' | 'length' | 'characters';

/** What is wrong with a secret, or undefined. Hosts take the white space around it away before they ask. */
export function secretFault(kind: SecretKind, secret: unknown): SecretFault | undefined {
	const { min, max, characters } = SECRET_RULES[kind];
	if (typeof secret !== 'string' || secret.trim() === '') return 'missing';
	if (secret.trim() !== secret) return 'blank';
	if (secret.length < min || secret.length > max) return 'length';
	return characters.test(secret) ? undefined : 'characters';
}

/** What a secret has to be, in words that hold for every fault and show nothing of it. */
export function secretExpectation(kind: SecretKind): string {
	const { min, max, names } = SECRET_RULES[kind];
	return `a secret of ${min} to ${max} characters (${names}), without white space around it`;
}
