/**
 * A key as bytes, different keys as different ones: text with half a surrogate pair has no UTF-8 of its own. The mark in front
 * cannot begin UTF-8.
 */
export function keyBytes(key: string): Buffer {
	const utf8 = Buffer.from(key);
	if (utf8.toString() === key) return utf8;
	return Buffer.concat([Buffer.from([0xff]), Buffer.from(key, 'utf16le')]);
}
