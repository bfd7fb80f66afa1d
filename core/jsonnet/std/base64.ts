import { allocateString, charge, runtimeError } from '../evaluate/run';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES: ReadonlyMap<string, number> = new Map(
	Array.from(ALPHABET, (char, value) => [char, value]),
);

export function encodeBase64(bytes: Uint8Array): string {
	charge(bytes.length >>> 2);
	allocateString(Math.ceil(bytes.length / 3) * 4);
	let text = '';
	for (let i = 0; i < bytes.length; i += 3) {
		const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
		text += ALPHABET.charAt(group >>> 18) + ALPHABET.charAt((group >>> 12) & 63);
		text += i + 1 < bytes.length ? ALPHABET.charAt((group >>> 6) & 63) : '=';
		text += i + 2 < bytes.length ? ALPHABET.charAt(group & 63) : '=';
	}
	return text;
}

/** Strict: whole groups of four, padding at the end only. */
export function decodeBase64(text: string): Uint8Array {
	charge(text.length >>> 2);
	if (text.length % 4 !== 0) {
		throw runtimeError(
			`input string appears not to be a base64 encoded string. Its length must be a multiple of 4, got ${text.length}`,
		);
	}
	const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
	const size = (text.length / 4) * 3 - padding;
	const bytes = new Uint8Array(size);
	let group = 0;
	let at = 0;
	for (let i = 0; i < text.length; i++) {
		const isPadding = i >= text.length - padding;
		const value = isPadding ? 0 : VALUES.get(text.charAt(i));
		if (value === undefined) {
			throw runtimeError(`failed to decode: illegal base64 data at input byte ${i}`);
		}
		group = (group << 6) | value;
		if (i % 4 !== 3) continue;
		for (const byte of [(group >>> 16) & 255, (group >>> 8) & 255, group & 255]) {
			if (at < size) bytes[at++] = byte;
		}
		group = 0;
	}
	return bytes;
}
