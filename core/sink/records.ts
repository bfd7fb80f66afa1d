import { UNMAPPED_REVISION, type Batch, type StoredRow } from '../buffer/store';
import { BufferError } from '../errors';
import { decodeEvent } from '../event/codec';
import { eventRecord, wholeRecord } from '../event/event-record';
import { withoutCredentials } from '../event/sender-credentials';
import { parseJson, type Numbers } from '../event/numbers';
import { decodeUtf8 } from '../event/utf8';
import { recordText } from './read-rows';

/** How a flow, whose numbers are doubles, gets the others (`Numbers`). */
export type FlowNumbers = Exclude<Numbers, 'exact'>;

/**
 * The rows of a batch as JSON data, slice by slice: records by column name, or whole events (`wholeRecord`). Text cells
 * become records of text. Columns of type `id` hold the row's number now.
 *
 * @throws BufferError ERR_STORE_CORRUPT for a payload that cannot be read
 */
export async function* readRecords(
	batch: Batch,
	numbers: FlowNumbers = 'double',
): AsyncIterable<unknown[]> {
	const toRecord = recordReader(batch, numbers);
	for await (const rows of batch.rows()) yield rows.map(toRecord);
}

/**
 * The rows of a batch of output `cells` as text cells in column order, `id` columns filled.
 *
 * @throws TypeError for another output, BufferError ERR_STORE_CORRUPT
 */
export async function* readCells(batch: Batch): AsyncIterable<(string | null)[][]> {
	if (batch.output !== 'cells') throw new TypeError(`rows of output ${batch.output} have no cells`);
	const isId = (batch.columns ?? []).map(({ type }) => type === 'id');
	for await (const rows of batch.rows()) yield rows.map((row) => cellsOf(row, isId));
}

type RowsOf = Pick<Batch, 'output' | 'columns' | 'exportId'>;

/** Reads one row of a batch, or of what would become one, as `readRecords` does. */
export function recordReader(
	batch: RowsOf,
	numbers: FlowNumbers = 'double',
): (row: StoredRow) => unknown {
	return readerOf(batch, numbers);
}

export type RecordWriter = (row: StoredRow) => string;

/**
 * The same as JSON text, with the numbers of the sender: for whatever leaves as JSON.
 *
 * @param o.sendCredentials whole events keep them (`withoutCredentials`); default false
 */
export function recordWriter(
	batch: RowsOf,
	{ sendCredentials = false }: { readonly sendCredentials?: boolean | undefined } = {},
): RecordWriter {
	const toRecord = readerOf(batch, 'exact');
	return (row) => {
		const record = toRecord(row);
		const isWhole = row.mappingRevision === UNMAPPED_REVISION || !batch.columns;
		return recordText(isWhole && !sendCredentials ? withoutCredentials(record) : record);
	};
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
