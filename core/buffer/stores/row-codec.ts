import type { Row, StoredRow } from '../store';
import { keyBytes, keyText, MARK } from './key-bytes';

/**
 * How a row lies in a chunk (S20), little endian:
 *
 *   u32 bytes that follow | f64 receivedAt | u32 sizeBytes | text eventId | text latestKey | text orderKey | payload
 *
 * where text is u32 length | bytes as key-bytes.ts makes them, and the length NONE stands for an absent one. Export and mapping revision are those of the
 * chunk. The layout is part of the store's format version.
 */
const NONE = 0xffff_ffff;
const FIXED_BYTES = 4 + 8 + 4;
const RECEIVED_AT = 4;
const SIZE_BYTES = 12;

/** Bytes of the row when encoded. */
export function encodedLength(row: Row): number {
	return (
		FIXED_BYTES +
		textLength(row.eventId) +
		textLength(row.latestKey) +
		textLength(row.orderKey) +
		row.payload.byteLength
	);
}

/** @returns the offset behind the row */
export function encodeRow(row: Row, into: Buffer, offset: number): number {
	into.writeDoubleLE(row.receivedAt, offset + RECEIVED_AT);
	into.writeUInt32LE(row.sizeBytes, offset + SIZE_BYTES);
	let end = writeText(row.eventId, into, offset + FIXED_BYTES);
	end = writeText(row.latestKey, into, end);
	end = writeText(row.orderKey, into, end);
	into.set(row.payload, end);
	end += row.payload.byteLength;
	into.writeUInt32LE(end - offset - 4, offset);
	return end;
}

/** Rows in a body, found without decoding them. */
export interface RowPlaces {
	readonly body: Buffer;
	/** Offset of each row, and behind the last one. */
	readonly offsets: Uint32Array;
}

/** @returns undefined when the body is not made of exactly `count` whole rows, whatever `count` says */
export function findRows(body: Buffer, count: number): RowPlaces | undefined {
	if (!Number.isInteger(count) || count < 0 || count * FIXED_BYTES > body.byteLength)
		return undefined;
	const offsets = new Uint32Array(count + 1);
	let offset = 0;
	for (let index = 0; index < count; index++) {
		offsets[index] = offset;
		if (offset + FIXED_BYTES > body.byteLength) return undefined;
		offset += 4 + body.readUInt32LE(offset);
	}
	offsets[count] = offset;
	return offset === body.byteLength ? { body, offsets } : undefined;
}

/** The rows of a body of which nobody says how many they are; undefined when it is not made of whole rows. */
export function findAllRows(body: Buffer): { places: RowPlaces; count: number } | undefined {
	let count = 0;
	for (let offset = 0; offset < body.byteLength; count++) {
		if (offset + FIXED_BYTES > body.byteLength) return undefined;
		offset += 4 + body.readUInt32LE(offset);
	}
	const places = findRows(body, count);
	return places === undefined ? undefined : { places, count };
}

/** Encoded bytes of a row; empty when there is no such row. */
export function rowAt({ body, offsets }: RowPlaces, index: number): Buffer {
	return body.subarray(offsets[index] ?? body.byteLength, offsets[index + 1] ?? body.byteLength);
}

export function readReceivedAt(encoded: Buffer, start = 0): number {
	return encoded.readDoubleLE(start + RECEIVED_AT);
}

export function readSizeBytes(encoded: Buffer): number {
	return encoded.readUInt32LE(SIZE_BYTES);
}

export function payloadLength(encoded: Buffer): number {
	let end = FIXED_BYTES;
	for (let text = 0; text < 3; text++) end = endOfText(encoded, end);
	return encoded.byteLength - end;
}

/** The keys of `latest` (S40). */
export function readKeys(encoded: Buffer, start = 0): Pick<Row, 'latestKey' | 'orderKey'> {
	const keyAt = endOfText(encoded, start + FIXED_BYTES);
	const orderAt = endOfText(encoded, keyAt);
	return withKeys(readText(encoded, keyAt), readText(encoded, orderAt));
}

/** A row with its payload in memory of its own. */
export function decodeRow(
	encoded: Buffer,
	known: Pick<StoredRow, 'exportId' | 'mappingRevision' | 'rowId'>,
): StoredRow {
	const keyAt = endOfText(encoded, FIXED_BYTES);
	const orderAt = endOfText(encoded, keyAt);
	const payloadAt = endOfText(encoded, orderAt);
	return {
		exportId: known.exportId,
		eventId: readText(encoded, FIXED_BYTES) ?? '',
		receivedAt: readReceivedAt(encoded),
		mappingRevision: known.mappingRevision,
		payload: new Uint8Array(encoded.subarray(payloadAt)),
		sizeBytes: readSizeBytes(encoded),
		...withKeys(readText(encoded, keyAt), readText(encoded, orderAt)),
		rowId: known.rowId,
	};
}

const NO_KEYS = {};

function withKeys(latestKey: string | undefined, orderKey: string | undefined) {
	if (latestKey === undefined && orderKey === undefined) return NO_KEYS;
	return {
		...(latestKey === undefined ? {} : { latestKey }),
		...(orderKey === undefined ? {} : { orderKey }),
	};
}

function textLength(text: string | undefined): number {
	if (text === undefined) return 4;
	return 4 + (text.isWellFormed() ? Buffer.byteLength(text) : keyBytes(text).byteLength);
}

function writeText(text: string | undefined, into: Buffer, offset: number): number {
	if (text === undefined) {
		into.writeUInt32LE(NONE, offset);
		return offset + 4;
	}
	const written = text.isWellFormed()
		? into.write(text, offset + 4)
		: keyBytes(text).copy(into, offset + 4);
	into.writeUInt32LE(written, offset);
	return offset + 4 + written;
}

function readText(encoded: Buffer, offset: number): string | undefined {
	const length = encoded.readUInt32LE(offset);
	if (length === NONE) return undefined;
	const start = offset + 4;
	// Nearly all text is UTF-8; a view for each would be what reading a batch takes longest for.
	if (encoded[start] !== MARK) return encoded.toString('utf8', start, start + length);
	return keyText(encoded.subarray(start, start + length));
}

function endOfText(encoded: Buffer, offset: number): number {
	const length = encoded.readUInt32LE(offset);
	return offset + 4 + (length === NONE ? 0 : length);
}
