import { crc32 } from 'node:zlib';

/** What a chunk says of its body: whose rows they are, how many, and how they are laid out. */
export interface ChunkHeader {
	readonly exportNumber: number;
	readonly seq: number;
	readonly count: number;
	readonly bytes: number;
	readonly at: number;
	readonly lastAt: number;
	readonly arrivedAt: number;
	readonly mappingRevision: number;
}

const BODY = 2 ** 32;
const MAX_HEADER_SUM = 0xffff;

/**
 * The checksum of a chunk (S50), a whole number below 2^48: the CRC-32 of its body, and above that 16 bits of the header's. Two
 * sums, since a body that is whole can tell most of a damaged header.
 */
export function sealOf(header: ChunkHeader, body: Buffer): number {
	return sumOf(header) * BODY + crc32(body);
}

/** A seal by which the header is as it was written, and the body is not. */
export function brokenSealOf(header: ChunkHeader, body: Buffer): number {
	return sumOf(header) * BODY + ((crc32(body) ^ 1) >>> 0);
}

export function fitsBody(seal: number, body: Buffer): boolean {
	return seal % BODY === crc32(body);
}

export function fitsHeader(seal: number, header: ChunkHeader): boolean {
	return Math.floor(seal / BODY) === sumOf(header);
}

/** 1 … MAX_HEADER_SUM */
function sumOf(header: ChunkHeader): number {
	const { exportNumber, seq, count, bytes, at, lastAt, arrivedAt, mappingRevision } = header;
	const numbers = [exportNumber, seq, count, bytes, at, lastAt, arrivedAt, mappingRevision];
	const encoded = Buffer.alloc(8 * numbers.length);
	for (const [index, value] of numbers.entries()) encoded.writeDoubleLE(value, 8 * index);
	return 1 + (crc32(encoded) % MAX_HEADER_SUM);
}
