/** Begins a key that has no UTF-8, and cannot begin UTF-8. */
export const MARK = 0xff;

/** A key as bytes, different keys as different ones: text with half a surrogate pair has no UTF-8 of its own. */
export function keyBytes(key: string): Buffer {
	if (key.isWellFormed()) return Buffer.from(key);
	return Buffer.concat([Buffer.of(MARK), Buffer.from(key, 'utf16le')]);
}

/** The text of such bytes. */
export function keyText(bytes: Buffer): string {
	return bytes[0] === MARK ? bytes.toString('utf16le', 1) : bytes.toString();
}
