import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Batch, StoredRow } from '../../buffer/store';
import { MappingError } from '../../errors';
import { readRows, type UnreadableRow } from '../read-rows';
import { cellReader } from '../records';
import { expectedOf, writeCell } from './cell-types';
import type { RowSource, TableRow } from './table-database';
import type { TableShape } from './table-shape';

/** Rows that are read in one turn of the event loop: a slice of 1 MB of small ones took 48 ms. */
const ROWS_OF_TURN = 500;

/**
 * The rows of a batch as a table takes them, slice by slice.
 *
 * @param unreadable holds those that cannot be written, after each reading to its end
 * @param refuse ends the reading at the first of them, with its error
 */
export function tableRows(
	batch: Batch,
	shape: TableShape,
	{ unreadable, refuse }: { readonly unreadable: UnreadableRow[]; readonly refuse: boolean },
): RowSource {
	const columns =
		batch.columns ?? shape.columns.map(({ name }) => ({ type: 'path', name }) as const);
	const toCells = cellReader({ ...batch, columns });
	const render = (row: StoredRow): Omit<TableRow, 'position'> => {
		const isDelete = row.operation === 'delete';
		if (isDelete && shape.primaryKey.length === 0) {
			throw unfit(
				row,
				'it deletes, and a table without a primary key has nothing to find its row by',
			);
		}
		return { isDelete, cells: writeCells(row, toCells(row), shape) };
	};
	return async function* () {
		unreadable.length = 0;
		for await (const rows of readRows(
			{ ...batch, rows: () => turnsOf(batch) },
			render,
			unreadable,
		)) {
			if (refuse && unreadable[0]) throw unreadable[0].error;
			yield rows.map(({ position, value: { isDelete, cells } }) => ({ position, isDelete, cells }));
		}
	};
}

async function* turnsOf(batch: Batch): AsyncIterable<StoredRow[]> {
	for await (const slice of batch.rows()) {
		for (let i = 0; i < slice.length; i += ROWS_OF_TURN) {
			if (i > 0) await nextTurn();
			yield slice.slice(i, i + ROWS_OF_TURN);
		}
	}
}

function writeCells(
	row: StoredRow,
	cells: readonly (string | null)[],
	{ columns, primaryKey }: TableShape,
): (string | null)[] {
	return columns.map(({ name, type }, i) => {
		// Whoever deletes by values may have anything beside the key.
		if (row.operation === 'delete' && !primaryKey.includes(name)) return null;
		const cell = writeCell(type, cells[i] ?? null);
		if (cell === undefined) throw unfit(row, `column "${name}" expects ${expectedOf(type)}`);
		if (cell === null && primaryKey.includes(name)) {
			throw unfit(row, `column "${name}" is a part of the primary key, and holds nothing`);
		}
		return cell;
	});
}

/** Never with the value. */
function unfit({ rowId, exportId, eventId }: StoredRow, why: string): MappingError {
	const message = `row ${rowId} of ${exportId} cannot be loaded: ${why}`;
	return new MappingError('ERR_COLUMN_VALUE', message, { details: { exportId, rowId, eventId } });
}
