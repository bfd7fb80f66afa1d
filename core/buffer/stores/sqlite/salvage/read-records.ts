import { PAGE_BYTES, type PageImage } from './page-image';
import { cellOffsets, headerAt, PAGE_TYPE } from './tree-pages';

export type Value = number | string | null | Buffer;

export interface RawRecord {
	/** 0 in a table without rowid. */
	readonly rowid: number;
	readonly values: Value[];
}

const MIN_LOCAL = Math.floor(((PAGE_BYTES - 12) * 32) / 255) - 23;
const MAX_LOCAL = {
	table: PAGE_BYTES - 35,
	index: Math.floor(((PAGE_BYTES - 12) * 64) / 255) - 23,
} as const;

/**
 * The records in a page of a b-tree (file format, sections 1.6 and 2.1). A cell that is none is skipped; of a body whose overflow
 * pages are gone comes what is left, and its checksum tells (S50).
 */
export function* readRecords(image: PageImage, page: number): Generator<RawRecord> {
	const bytes = image.read(page);
	if (bytes === undefined) return;
	const at = headerAt(page);
	const isTable = bytes[at] === PAGE_TYPE.tableLeaf;
	const isInterior = bytes[at] === PAGE_TYPE.indexInterior;
	if (!isTable && !isInterior && bytes[at] !== PAGE_TYPE.indexLeaf) return;
	for (const offset of cellOffsets(bytes, at)) {
		const record = tryRead(image, bytes, isInterior ? offset + 4 : offset, isTable);
		if (record !== undefined) yield record;
	}
}

function tryRead(
	image: PageImage,
	bytes: Buffer,
	offset: number,
	isTable: boolean,
): RawRecord | undefined {
	try {
		const cursor = { bytes, at: offset };
		const length = readVarint(cursor);
		const rowid = isTable ? readVarint(cursor) : 0;
		if (length > image.pageCount * PAGE_BYTES) return undefined;
		return { rowid, values: readValues(readPayload(image, cursor, length, isTable)) };
	} catch (error) {
		// Buffers throw where a length leads out of them.
		if (error instanceof RangeError) return undefined;
		throw error;
	}
}

interface Cursor {
	readonly bytes: Buffer;
	at: number;
}

function readPayload(image: PageImage, { bytes, at }: Cursor, length: number, isTable: boolean) {
	if (length <= (isTable ? MAX_LOCAL.table : MAX_LOCAL.index)) {
		if (at + length > PAGE_BYTES) throw new RangeError('a cell leads out of its page');
		return bytes.subarray(at, at + length);
	}
	const surplus = MIN_LOCAL + ((length - MIN_LOCAL) % (PAGE_BYTES - 4));
	const local = surplus <= (isTable ? MAX_LOCAL.table : MAX_LOCAL.index) ? surplus : MIN_LOCAL;
	const payload = Buffer.alloc(length);
	bytes.copy(payload, 0, at, at + local);
	let next = bytes.readUInt32BE(at + local);
	for (let filled = local; filled < length && next !== 0;) {
		const overflow = image.read(next);
		if (overflow === undefined) break;
		filled += overflow.copy(payload, filled, 4);
		next = overflow.readUInt32BE(0);
	}
	return payload;
}

function readValues(payload: Buffer): Value[] {
	const header = { bytes: payload, at: 0 };
	const headerBytes = readVarint(header);
	if (headerBytes > payload.byteLength) throw new RangeError('a header longer than its record');
	const body = { bytes: payload, at: headerBytes };
	const values: Value[] = [];
	while (header.at < headerBytes) values.push(readValue(body, readVarint(header)));
	return values;
}

/** Serial types: 0 null, 1 … 6 integers, 7 double, 8 and 9 the integers 0 and 1, then blobs and texts. */
function readValue(cursor: Cursor, type: number): Value {
	const { bytes, at } = cursor;
	if (type === 0) return null;
	if (type === 8 || type === 9) return type - 8;
	if (type < 8) {
		const length = [0, 1, 2, 3, 4, 6, 8, 8][type] ?? 0;
		cursor.at += length;
		if (type === 7) return bytes.readDoubleBE(at);
		return length === 8 ? Number(bytes.readBigInt64BE(at)) : bytes.readIntBE(at, length);
	}
	if (type < 12) throw new RangeError('a serial type that is none');
	const length = Math.floor((type - 12) / 2);
	if (at + length > bytes.byteLength) throw new RangeError('a value longer than its record');
	cursor.at += length;
	const found = bytes.subarray(at, at + length);
	return type % 2 === 0 ? found : found.toString('utf8');
}

function readVarint(cursor: Cursor): number {
	let value = 0n;
	for (let index = 0; index < 9; index++) {
		const byte = cursor.bytes.readUInt8(cursor.at++);
		if (index === 8) value = (value << 8n) | BigInt(byte);
		else value = (value << 7n) | BigInt(byte & 0x7f);
		if (byte < 0x80) break;
	}
	return Number(BigInt.asIntN(64, value));
}
