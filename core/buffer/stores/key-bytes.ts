import { createHash } from 'node:crypto';

/** Begins a key that has no UTF-8, and cannot begin UTF-8. */
export const MARK = 0xff;

/** A key as bytes, different keys as different ones: text with half a surrogate pair has no UTF-8 of its own. */
export function keyBytes(key: string): Buffer {
	if (key.isWellFormed()) return Buffer.from(key);
	return Buffer.concat([Buffer.of(MARK), Buffer.from(key, 'utf16le')]);
}

/** Begins the digest of a long key, and cannot begin UTF-8 either. */
const LONG = 0xfe;
const MAX_INDEXED_BYTES = 1_000;

/** As `keyBytes`, but a long key by its digest: PostgreSQL has no index over more than 2,704 bytes. */
export function indexBytes(key: string): Buffer {
	const bytes = keyBytes(key);
	if (bytes.byteLength <= MAX_INDEXED_BYTES) return bytes;
	return Buffer.concat([Buffer.of(LONG), createHash('sha256').update(bytes).digest()]);
}
/** The text of such bytes. */
export function keyText(bytes: Buffer): string {
	return bytes[0] === MARK ? bytes.toString('utf16le', 1) : bytes.toString();
}

const MAX_NAME_LENGTH = 64;

/** A sequence key as the orders of keys know it: a long one by its digest. */
export function sequenceName(sequenceKey: string): string {
	if (sequenceKey.length <= MAX_NAME_LENGTH) return sequenceKey;
	// Half a surrogate pair begins it, so that hardly any short key is the same text.
	return `\udc00${createHash('sha256').update(keyBytes(sequenceKey)).digest('base64')}`;
}
