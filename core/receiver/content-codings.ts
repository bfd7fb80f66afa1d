import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/** One of Node's, which stops at `maxOutputLength` and holds no more than that and a chunk. */
export type Decompress = typeof gunzip;

interface Coding {
	readonly name: string;
	/** Another name that means the same (RFC 9110, 8.4.1.3). */
	readonly alias?: string;
	/** By the first bytes, where senders understand different things by the name. */
	decompressFor(bytes: Uint8Array): Decompress;
}

/** The content codings that are undone (RFC 9110, 8.4.1), in the order in which they are offered. */
const CODINGS: readonly Coding[] = [
	{ name: 'gzip', alias: 'x-gzip', decompressFor: () => gunzip },
	{
		name: 'deflate',
		// The zlib format by the RFC; as many send the bare stream inside it.
		decompressFor: (bytes) => (hasZlibHeader(bytes) ? inflate : inflateRaw),
	},
	{ name: 'br', decompressFor: () => brotliDecompress },
];

/** For the header of this name. */
export const ACCEPT_ENCODING = CODINGS.map(({ name }) => name).join(', ');

/** @param name in lower case */
export function findCoding(name: string): Coding | undefined {
	return CODINGS.find((one) => one.name === name || one.alias === name);
}

/** RFC 1950, 2.2: method 8, and a check over the first two bytes. */
function hasZlibHeader([first = 0, second = 0]: Uint8Array): boolean {
	return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}
