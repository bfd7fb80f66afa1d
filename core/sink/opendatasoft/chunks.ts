import type { Batch, StoredRow } from '../../buffer/store';
import { MappingError } from '../../errors';
import { eventBodyWriter } from '../formats/event-body';
import { jsonRow } from '../formats/json-row';
import { readRows, type UnreadableRow } from '../read-rows';
import type { OpendatasoftOperation } from './opendatasoft-config';

/** Bytes of one request: what the vendor takes is 5 MB, whatever that is to the byte (O11). */
const MAX_CHUNK_BYTES = 5_000_000;

/** A record as it is sent. */
export interface ChunkRecord {
	/** In the batch, from 0. */
	readonly position: number;
	/** A JSON object. */
	readonly bytes: Uint8Array;
	readonly operation: OpendatasoftOperation;
	/** Of one that is deleted by its id. */
	readonly recordId?: string;
}

/** Records of one request. */
export interface Chunk {
	readonly operation: OpendatasoftOperation;
	readonly records: readonly ChunkRecord[];
}

/**
 * The records of a batch in the order in which they came, in as few requests as may be: a request does one thing, and deletes one record
 * where that is by its id.
 *
 * @param o.operation of rows that do not say theirs; those that say `delete` are deleted, by whichever way was chosen
 * @param o.idField of a record that is deleted by its id
 * @param o.unreadable gets the rows that are no record, or larger than a request may be
 * @throws what `batch.rows` throws
 */
export async function* chunksOf(
	batch: Batch,
	o: {
		readonly operation: OpendatasoftOperation;
		readonly maxRecords: number;
		readonly idField: string;
		readonly unreadable: UnreadableRow[];
	},
): AsyncIterable<Chunk> {
	const write = recordWriter(batch);
	const render = (row: StoredRow): Omit<ChunkRecord, 'position'> => {
		const bytes = write(row);
		const operation = row.operation === 'delete' && o.operation === 'push' ? 'delete' : o.operation;
		if (operation !== 'deleteById') return { bytes, operation };
		return { bytes, operation, recordId: recordIdOf(row, bytes, o.idField) };
	};
	let records: ChunkRecord[] = [];
	let bytes = 0;
	for await (const rows of readRows(batch, render, o.unreadable)) {
		for (const { position, value } of rows) {
			const record = { position, ...value };
			const { operation } = record;
			const atMost = operation === 'deleteById' ? 1 : o.maxRecords;
			const size = sizeOf(record.bytes);
			const [first] = records;
			const isFull = records.length >= atMost || bytes + size > MAX_CHUNK_BYTES - 1;
			if (first && (isFull || first.operation !== operation)) {
				yield { operation: first.operation, records };
				records = [];
				bytes = 0;
			}
			records.push(record);
			bytes += size;
		}
	}
	const [first] = records;
	if (first) yield { operation: first.operation, records };
}

/** One array, the records as they are. */
export function bodyOf(records: Chunk['records']): Uint8Array {
	const parts = records.flatMap(({ bytes }, i) => [i === 0 ? OPEN : COMMA, bytes]);
	return Buffer.concat([...parts, CLOSE]);
}

const [OPEN, COMMA, CLOSE] = ['[', ',', ']'].map((text) => Buffer.from(text)) as [
	Buffer,
	Buffer,
	Buffer,
];

/** With the comma or bracket before it. */
function sizeOf(bytes: Uint8Array): number {
	return bytes.byteLength + 1;
}

const OBJECT = 0x7b;

/** Of a whole event the record is its body. @returns a function that throws what is wrong with a row */
function recordWriter(batch: Batch): (row: StoredRow) => Uint8Array {
	const write = batch.output === 'event' ? eventBodyWriter(batch) : jsonRow.rowWriter(batch);
	return (row) => {
		const bytes = write(row);
		// It is JSON already: whoever has written it has looked.
		if (bytes[0] !== OBJECT)
			throw unfit(row, 'it is no JSON object; lists can be split into events by the receiver');
		if (sizeOf(bytes) + 1 > MAX_CHUNK_BYTES)
			throw unfit(
				row,
				`it has ${bytes.byteLength} bytes, and a request at most ${MAX_CHUNK_BYTES} (O38)`,
			);
		return bytes;
	};
}

function recordIdOf(row: StoredRow, bytes: Uint8Array, idField: string): string {
	const record = JSON.parse(Buffer.from(bytes).toString()) as Readonly<Record<string, unknown>>;
	const id = Object.hasOwn(record, idField) ? record[idField] : undefined;
	if (typeof id === 'string' && id !== '') return id;
	throw unfit(row, `its field "${idField}" holds no id, which is a text`);
}

function unfit({ rowId, exportId, eventId }: StoredRow, why: string): MappingError {
	const message = `row ${rowId} of ${exportId} is no record of a dataset: ${why}`;
	return new MappingError('ERR_COLUMN_VALUE', message, { details: { exportId, rowId, eventId } });
}
