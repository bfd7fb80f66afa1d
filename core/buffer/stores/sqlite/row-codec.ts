import type { Row, StoredRow } from '../../store';

/**
 * How a row lies in a chunk (S20), little endian:
 *
 *   u32 bytes that follow | f64 receivedAt | u32 sizeBytes | text eventId | text latestKey | text orderKey | payload
 *
 * where text is u32 length | UTF-8, and the length NONE stands for an absent one. Export and mapping revision are those of the
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

/** What a store needs of a row without decoding it. */
export interface RowHeader {
	readonly offset: number;
	/** Offset behind the row. */
	readonly end: number;
	readonly receivedAt: number;
	readonly sizeBytes: number;
}

/**
 * Walks over the rows of a chunk's body.
 *
 * @throws RangeError when the body is not made of whole rows
 */
export function* readHeaders(body: Buffer): Generator<RowHeader> {
	for (let offset = 0; offset < body.byteLength;) {
		const end = offset + 4 + body.readUInt32LE(offset);
		if (end > body.byteLength) throw new RangeError(`row at ${offset} ends behind its chunk`);
		const receivedAt = body.readDoubleLE(offset + RECEIVED_AT);
		yield { offset, end, receivedAt, sizeBytes: body.readUInt32LE(offset + SIZE_BYTES) };
		offset = end;
	}
}

export function payloadLength(body: Buffer, { offset, end }: RowHeader): number {
	let at = offset + FIXED_BYTES;
	for (let text = 0; text < 3; text++) at = readText(body, at).end;
	return end - at;
}

/** The keys of `latest` (S40). */
export function readKeys(body: Buffer, offset: number): Pick<Row, 'latestKey' | 'orderKey'> {
	const eventId = readText(body, offset + FIXED_BYTES);
	const latestKey = readText(body, eventId.end);
	return withKeys(latestKey.text(), readText(body, latestKey.end).text());
}

/** The row at an offset, its payload in memory of its own. */
export function decodeRow(
	body: Buffer,
	offset: number,
	known: Pick<StoredRow, 'exportId' | 'mappingRevision' | 'rowId'>,
): StoredRow {
	const end = offset + 4 + body.readUInt32LE(offset);
	const eventId = readText(body, offset + FIXED_BYTES);
	const latestKey = readText(body, eventId.end);
	const orderKey = readText(body, latestKey.end);
	return {
		exportId: known.exportId,
		eventId: eventId.text() ?? '',
		receivedAt: body.readDoubleLE(offset + RECEIVED_AT),
		mappingRevision: known.mappingRevision,
		payload: new Uint8Array(body.subarray(orderKey.end, end)),
		sizeBytes: body.readUInt32LE(offset + SIZE_BYTES),
		...withKeys(latestKey.text(), orderKey.text()),
		rowId: known.rowId,
	};
}

function withKeys(latestKey: string | undefined, orderKey: string | undefined) {
	return {
		...(latestKey === undefined ? {} : { latestKey }),
		...(orderKey === undefined ? {} : { orderKey }),
	};
}

function textLength(text: string | undefined): number {
	return 4 + (text === undefined ? 0 : Buffer.byteLength(text));
}

function writeText(text: string | undefined, into: Buffer, offset: number): number {
	if (text === undefined) {
		into.writeUInt32LE(NONE, offset);
		return offset + 4;
	}
	const written = into.write(text, offset + 4);
	into.writeUInt32LE(written, offset);
	return offset + 4 + written;
}

function readText(body: Buffer, offset: number): { end: number; text: () => string | undefined } {
	const length = body.readUInt32LE(offset);
	if (length === NONE) return { end: offset + 4, text: () => undefined };
	const end = offset + 4 + length;
	return { end, text: () => body.toString('utf8', offset + 4, end) };
}
