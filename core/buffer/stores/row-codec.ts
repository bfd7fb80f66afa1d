import type { Payloads, Row, StoredRow } from '../store';
import { keyBytes, keyText, MARK } from './key-bytes';

/**
 * How a row lies in a chunk (S20), little endian:
 *
 *   u32 bytes that follow | f64 receivedAt | u32 sizeBytes | u8 what it has | text eventId | text sequenceKey | payload
 *
 * where text is u32 length | bytes as key-bytes.ts makes them. The key is there where `what it has` says so. Export and
 * mapping revision are those of the chunk. The layout is part of the store's format version.
 */
const RECEIVED_AT = 4;
const SIZE_BYTES = 12;
const HAS = 16;
const FIXED_BYTES = 17;
/** The least that a row takes. */
const MIN_BYTES = FIXED_BYTES + 4;

/** Bits of `what it has`. */
const SEQUENCE_KEY = 1;
const IS_DELETE = 2;
const IS_REPLAY = 4;

/** Bytes of the row when encoded. */
export function encodedLength(row: Row): number {
	return (
		FIXED_BYTES +
		textLength(row.eventId) +
		(row.sequenceKey === undefined ? 0 : textLength(row.sequenceKey)) +
		row.payload.byteLength
	);
}

/** @returns the offset behind the row */
export function encodeRow(row: Row, into: Buffer, offset: number): number {
	const { sequenceKey } = row;
	into.writeDoubleLE(row.receivedAt, offset + RECEIVED_AT);
	into.writeUInt32LE(row.sizeBytes, offset + SIZE_BYTES);
	let has = row.operation === 'delete' ? IS_DELETE : 0;
	if (row.replay === true) has |= IS_REPLAY;
	let end = writeText(row.eventId, into, offset + FIXED_BYTES);
	if (sequenceKey !== undefined) {
		has |= SEQUENCE_KEY;
		end = writeText(sequenceKey, into, end);
	}
	into.writeUInt8(has, offset + HAS);
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
	if (!Number.isInteger(count) || count < 0 || count * MIN_BYTES > body.byteLength)
		return undefined;
	const offsets = new Uint32Array(count + 1);
	let offset = 0;
	for (let index = 0; index < count; index++) {
		offsets[index] = offset;
		if (offset + MIN_BYTES > body.byteLength) return undefined;
		offset += 4 + body.readUInt32LE(offset);
	}
	offsets[count] = offset;
	return offset === body.byteLength ? { body, offsets } : undefined;
}

/** Of these rows the payloads. */
export function payloadsOf({ body, offsets }: RowPlaces): Payloads {
	const starts = new Uint32Array(offsets.length - 1);
	for (let index = 0; index < starts.length; index++)
		starts[index] = payloadAt(body, offsets[index] as number);
	return { bytes: body, starts, ends: offsets.subarray(1) };
}

/** The rows of a body of which nobody says how many they are; undefined when it is not made of whole rows. */
export function findAllRows(body: Buffer): { places: RowPlaces; count: number } | undefined {
	let count = 0;
	for (let offset = 0; offset < body.byteLength; count++) {
		if (offset + MIN_BYTES > body.byteLength) return undefined;
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
	return encoded.byteLength - payloadAt(encoded);
}

function hasSequenceKey(encoded: Buffer): boolean {
	return (encoded.readUInt8(HAS) & SEQUENCE_KEY) !== 0;
}

export function readSequenceKey(encoded: Buffer): string | undefined {
	return hasSequenceKey(encoded) ? readText(encoded, endOfText(encoded, FIXED_BYTES)) : undefined;
}

/**
 * A row whose payload lies in the memory of the body: nobody writes to either.
 *
 * @param start of the row in the body
 * @param end behind it
 */
export function decodeRow(
	body: Buffer,
	known: Pick<StoredRow, 'exportId' | 'mappingRevision' | 'rowId'>,
	start = 0,
	end = body.byteLength,
): StoredRow {
	const has = body.readUInt8(start + HAS);
	const payload = payloadAt(body, start);
	const row = {
		exportId: known.exportId,
		eventId: readText(body, start + FIXED_BYTES),
		receivedAt: readReceivedAt(body, start),
		mappingRevision: known.mappingRevision,
		payload: new Uint8Array(body.buffer, body.byteOffset + payload, end - payload),
		sizeBytes: body.readUInt32LE(start + SIZE_BYTES),
		rowId: known.rowId,
	};
	// Nearly all rows have neither.
	if (has === 0) return row;
	return {
		...row,
		...((has & SEQUENCE_KEY) === 0
			? {}
			: { sequenceKey: readText(body, endOfText(body, start + FIXED_BYTES)) }),
		...((has & IS_DELETE) === 0 ? {} : { operation: 'delete' as const }),
		...((has & IS_REPLAY) === 0 ? {} : { replay: true as const }),
	};
}

function payloadAt(encoded: Buffer, start = 0): number {
	const end = endOfText(encoded, start + FIXED_BYTES);
	const hasKey = (encoded.readUInt8(start + HAS) & SEQUENCE_KEY) !== 0;
	return hasKey ? endOfText(encoded, end) : end;
}

function textLength(text: string): number {
	return 4 + (text.isWellFormed() ? Buffer.byteLength(text) : keyBytes(text).byteLength);
}

function writeText(text: string, into: Buffer, offset: number): number {
	const written = text.isWellFormed()
		? into.write(text, offset + 4)
		: keyBytes(text).copy(into, offset + 4);
	into.writeUInt32LE(written, offset);
	return offset + 4 + written;
}

function readText(encoded: Buffer, offset: number): string {
	const length = encoded.readUInt32LE(offset);
	const start = offset + 4;
	// Nearly all text is UTF-8; a view for each would be what reading a batch takes longest for.
	if (encoded[start] !== MARK) return encoded.toString('utf8', start, start + length);
	return keyText(encoded.subarray(start, start + length));
}

function endOfText(encoded: Buffer, offset: number): number {
	return offset + 4 + encoded.readUInt32LE(offset);
}
