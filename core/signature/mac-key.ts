import { hash } from 'node:crypto';
import { keepNewest } from '../runtime/keep-newest';

/** Bytes that a hash takes at once (RFC 6234, section 3). */
const BLOCK_BYTES = { sha256: 64, sha384: 128, sha512: 128 } as const;

export type MacHash = keyof typeof BLOCK_BYTES;

const [INNER, OUTER] = [0x36, 0x5c];

/** Of each hash. */
const MAX_KEYS = 1_000;

const keys: Readonly<Record<MacHash, Map<string, MacKey>>> = {
	sha256: new Map(),
	sha384: new Map(),
	sha512: new Map(),
};

/** The key of a secret's UTF-8 bytes; made once. */
export function macKey(hashName: MacHash, secret: string): MacKey {
	let key = keys[hashName].get(secret);
	if (!key) {
		key = new MacKey(hashName, Buffer.from(secret));
		keepNewest(keys[hashName], secret, key, MAX_KEYS);
	}
	return key;
}

/**
 * A key of an HMAC (RFC 2104) for short texts. By two hashes at once: an Hmac of node:crypto takes twice as long for the text of a token, nearly
 * all of it to be made. A test compares the two.
 */
export class MacKey {
	readonly #hash: MacHash;
	readonly #inner: Buffer;
	/** With room for the inner hash behind it. */
	readonly #outer: Buffer;

	constructor(hashName: MacHash, secret: Uint8Array) {
		const block = Buffer.alloc(BLOCK_BYTES[hashName]);
		block.set(secret.length > block.length ? hash(hashName, secret, 'buffer') : secret);
		this.#hash = hashName;
		this.#inner = Buffer.from(block.map((byte) => byte ^ INNER));
		this.#outer = Buffer.concat([
			block.map((byte) => byte ^ OUTER),
			hash(hashName, this.#inner, 'buffer'),
		]);
	}

	/** @param text of ASCII alone, as tokens and paths of URLs are */
	macOf(text: string, encoding: 'base64url' | 'hex'): string {
		const { length } = this.#inner;
		const message = Buffer.allocUnsafe(length + text.length);
		this.#inner.copy(message);
		message.write(text, length, 'latin1');
		this.#outer.write(hash(this.#hash, message, 'hex'), length, 'hex');
		return hash(this.#hash, this.#outer, encoding);
	}
}
