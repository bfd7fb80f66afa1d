import { hash } from 'node:crypto';

/** Bytes that a hash takes at once (RFC 6234, section 3). */
const BLOCK_BYTES = { sha256: 64, sha384: 128, sha512: 128 } as const;

export type MacHash = keyof typeof BLOCK_BYTES;

const [INNER, OUTER] = [0x36, 0x5c];

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

	/** @param text of ASCII alone, as that of a token is @returns base64url */
	macOf(text: string): string {
		const { length } = this.#inner;
		const message = Buffer.allocUnsafe(length + text.length);
		this.#inner.copy(message);
		message.write(text, length, 'latin1');
		this.#outer.write(hash(this.#hash, message, 'hex'), length, 'hex');
		return hash(this.#hash, this.#outer, 'base64url');
	}
}
