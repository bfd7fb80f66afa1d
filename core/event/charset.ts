import { decodeUtf8 } from './utf8';

/** Decodes bytes; undefined where they are not of the charset. */
export type Decode = (bytes: Uint8Array) => string | undefined;

/** Names for "nothing but ASCII" say nothing about other bytes; whoever sends such mostly means UTF-8. */
const ASCII = new Set(['ascii', 'us-ascii', 'utf-8', 'utf8']);

/**
 * How to decode text of a declared charset, by the labels of the Encoding Standard (`iso-8859-1` is windows-1252 there).
 *
 * @returns undefined for a charset that nobody knows
 */
export function decoderOf(charset: string | undefined): Decode | undefined {
	const label = charset?.trim().toLowerCase() ?? '';
	if (label === '' || ASCII.has(label)) return decodeUtf8;
	try {
		const decoder = new TextDecoder(label, { fatal: true });
		if (decoder.encoding === 'utf-8') return decodeUtf8;
		return (bytes) => attempt(() => decoder.decode(bytes));
	} catch {
		return undefined;
	}
}

const WESTERN = new TextDecoder('windows-1252');

/**
 * Text whose charset may be wrong or not given: the first decoder that fits, else UTF-8, else windows-1252, to which every byte is a
 * letter. Nothing is lost by it.
 */
export function decodeText(bytes: Uint8Array, decoders: readonly Decode[]): string {
	for (const decode of [...decoders, decodeUtf8]) {
		const text = decode(bytes);
		if (text !== undefined) return text;
	}
	return WESTERN.decode(bytes);
}

/** Whether text of the charset can stand in a form, whose names and separators are ASCII. */
export function isLikeAscii(charset: string): boolean {
	const decode = decoderOf(charset);
	return decode !== undefined && decode(Buffer.from('a=1&')) === 'a=1&';
}

function attempt<T>(run: () => T): T | undefined {
	try {
		return run();
	} catch {
		return undefined;
	}
}
