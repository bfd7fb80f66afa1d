import { UNMAPPED_REVISION, type Batch, type StoredRow } from '../buffer/store';
import { BufferError, MappingError } from '../errors';
import { decodeEvent } from '../event/codec';
import { eventRecord, wholeRecord } from '../event/event-record';
import { parseJson, type Numbers } from '../event/numbers';
import { decodeUtf8 } from '../event/utf8';
import { refuseDeepRow } from './read-rows';

/** How a flow, whose numbers are doubles, gets the others (`Numbers`). */
export type FlowNumbers = Exclude<Numbers, 'exact'>;

type RowsOf = Pick<Batch, 'output' | 'columns' | 'exportId'>;

/**
 * Reads one row of a batch, or of what would become one, as JSON data: a record by column name, or the whole event (`wholeRecord`).
 * Text cells become a record of text. Columns of type `id` hold the row's number now.
 *
 * @throws BufferError ERR_STORE_CORRUPT for a payload that cannot be read
 */
export function recordReader(
	batch: RowsOf,
	numbers: FlowNumbers = 'double',
): (row: StoredRow) => unknown {
	return readerOf(batch, numbers);
}

/** The same with the numbers of the sender (`Numbers`), for `JSON.stringify` alone. */
export function exactRecordReader(batch: RowsOf): (row: StoredRow) => unknown {
	return readerOf(batch, 'exact');
}

/** Refuses a row whose payload is no JSON. @throws BufferError ERR_STORE_CORRUPT */
export function checkRecord(row: StoredRow): void {
	parse(row, 'double');
}

/**
 * Reads one row as text cells in the order of its columns, `id` columns filled. Of a typed record, what is no text is its JSON.
 *
 * @throws MappingError ERR_COLUMN_VALUE for a row that has no columns, BufferError ERR_STORE_CORRUPT
 */
export function cellReader(batch: RowsOf): (row: StoredRow) => (string | null)[] {
	const { output, columns } = batch;
	if (!columns || output === 'event') {
		return ({ rowId, exportId, eventId }) => {
			const message = `row ${rowId} of ${exportId} has no columns; choose columns, or another format`;
			throw new MappingError('ERR_COLUMN_VALUE', message, {
				details: { exportId, rowId, eventId },
			});
		};
	}
	const isId = columns.map(({ type }) => type === 'id');
	if (output === 'cells') return (row) => cellsOf(row, isId);
	const toRecord = exactRecordReader(batch);
	return (row) => {
		refuseDeepRow(row);
		const record = Object(toRecord(row)) as Record<string, unknown>;
		return columns.map(({ name }) => cellText(Object.hasOwn(record, name) ? record[name] : null));
	};
}

/** A value of a record as a cell: what is no text is its JSON. */
export function cellText(value: unknown): string | null {
	if (value === null || typeof value === 'string') return value;
	return JSON.stringify(value);
}

function readerOf(batch: RowsOf, numbers: Numbers): (row: StoredRow) => unknown {
	const columns = batch.columns ?? [];
	const isId = columns.map(({ type }) => type === 'id');
	const idNames = columns.filter(({ type }) => type === 'id').map(({ name }) => name);
	return (row) => {
		if (row.mappingRevision === UNMAPPED_REVISION) {
			return eventRecord(decodeEvent(row.payload), numbers);
		}
		if (batch.output === 'event') {
			return wholeRecord(decodeEvent(row.payload), batch.exportId, numbers);
		}
		if (batch.output === 'record') return withIds(parse(row, numbers), idNames, row.rowId);
		const cells = cellsOf(row, isId);
		return Object.fromEntries(columns.map(({ name }, i) => [name, cells[i] ?? null]));
	};
}

function withIds(record: unknown, idNames: readonly string[], rowId: number): unknown {
	if (typeof record !== 'object' || record === null) return record;
	for (const name of idNames) {
		// In its place: the record already has the property, with null.
		Object.defineProperty(record, name, { value: rowId, enumerable: true, writable: true });
	}
	return record;
}

function cellsOf(row: StoredRow, isId: readonly boolean[]): (string | null)[] {
	const cells = parse(row, 'double');
	if (!Array.isArray(cells)) throw damaged(row);
	return cells.map((cell: unknown, i) =>
		isId[i] ? String(row.rowId) : cell === null ? null : String(cell),
	);
}

function parse(row: StoredRow, numbers: Numbers): unknown {
	try {
		return parseJson(decodeUtf8(row.payload) ?? '', numbers);
	} catch {
		// Without the parser's error as cause: its message shows a part of the row.
		throw damaged(row);
	}
}

function damaged(row: StoredRow): BufferError {
	return new BufferError('ERR_STORE_CORRUPT', `row ${row.rowId} of ${row.exportId} is damaged`, {
		details: { exportId: row.exportId, rowId: row.rowId, eventId: row.eventId },
	});
}
