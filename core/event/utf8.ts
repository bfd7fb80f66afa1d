import { isUtf8 } from 'node:buffer';

/** The text of the bytes without a byte order mark, or undefined when they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
	return isUtf8(bytes) ? decodeLossy(bytes) : undefined;
}

/** As `decodeUtf8`, with U+FFFD for every byte that is not UTF-8. */
export function decodeLossy(bytes: Uint8Array): string {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
	return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Bytes of the byte order mark with which a text may begin. */
export function bomLength(bytes: Uint8Array): number {
	return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** Offset of the first byte that is not part of a whole valid character; the length when there is none. */
export function firstInvalidByte(bytes: Uint8Array): number {
	// A decoder in streaming mode accepts a prefix that ends inside a character, so "fails" is monotonous: bisect.
	let [low, high] = [0, bytes.length + 1];
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if (isPrefixValid(bytes.subarray(0, middle))) low = middle;
		else high = middle;
	}
	while (!isUtf8(bytes.subarray(0, low))) low -= 1;
	return low;
}

function isPrefixValid(prefix: Uint8Array): boolean {
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(prefix, { stream: true });
		return true;
	} catch {
		return false;
	}
}
