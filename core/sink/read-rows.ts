/**
 * Rows of a batch, rendered one by one: a row that cannot be read or written is put aside alone and takes nothing with it.
 * A sink delivers the rows that could be rendered, and gives `withUnreadable` what became of them.
 */
import type { Batch, Outcome, StoredRow } from '../buffer/store';
import { CoreError, MappingError } from '../errors';
import { describeThrown } from '../describe-thrown';
import { isTooDeep, MAX_DEPTH } from '../event/depth';

type RowName = Pick<StoredRow, 'exportId' | 'rowId' | 'eventId'>;

/** A row that its sink can take. */
export interface ReadRow<T> extends RowName {
	/** In the batch, from 0. */
	readonly position: number;
	readonly value: T;
}

/** A row that no attempt could bring anywhere. */
export interface UnreadableRow {
	readonly position: number;
	/** Not retryable: ERR_STORE_CORRUPT for a damaged row, ERR_COLUMN_VALUE for one that cannot be written. */
	readonly error: CoreError;
}

/**
 * Renders the rows of a batch, slice by slice.
 *
 * @param render of one row; whatever it throws concerns this row alone
 * @param unreadable gets the rows for which it threw
 * @param from position of the first row that is wanted
 * @throws what `batch.rows` throws: it says nothing about a row
 */
export async function* readRows<T>(
	batch: Batch,
	render: (row: StoredRow) => T,
	unreadable: UnreadableRow[],
	from = 0,
): AsyncIterable<ReadRow<T>[]> {
	let position = 0;
	for await (const all of batch.rows()) {
		const read: ReadRow<T>[] = [];
		const rows = position < from ? all.slice(from - position) : all;
		position += all.length - rows.length;
		for (const row of rows) {
			const { exportId, rowId, eventId } = row;
			try {
				read.push({ position, exportId, rowId, eventId, value: render(row) });
			} catch (error) {
				unreadable.push({ position, error: rowError(row, error) });
			}
			position += 1;
		}
		yield read;
	}
}

/**
 * Refuses a row of JSON that nobody behind us could be sure to read: a mapping may build what no push may bring.
 *
 * @throws MappingError ERR_COLUMN_VALUE
 */
export function refuseDeepRow({ rowId, exportId, eventId, payload }: StoredRow): void {
	if (!isTooDeep(payload)) return;
	const message = `row ${rowId} of ${exportId} cannot be written: it is nested deeper than ${MAX_DEPTH} levels`;
	throw new MappingError('ERR_COLUMN_VALUE', message, { details: { exportId, rowId, eventId } });
}

/**
 * The JSON text of a row's record.
 *
 * @throws TypeError, RangeError, or what a `toJSON` throws
 */
export function recordText(record: unknown): string {
	const text: string | undefined = JSON.stringify(record);
	if (text === undefined) throw new TypeError(`a ${typeof record} is no JSON`);
	return text;
}

/**
 * What became of a batch some rows of which could not be sent. Where all others are done they are put aside under their own
 * error; as long as others come again they stay with them, so that the batch keeps its bytes and its key.
 *
 * @param outcome of the others, its positions being those of the batch; undefined when there are none
 */
export function withUnreadable(
	outcome: Outcome | undefined,
	unreadable: readonly UnreadableRow[],
): Outcome {
	const [first] = unreadable;
	if (!first) return outcome ?? { kind: 'ack' };
	const positions = unreadable.map(({ position }) => position);
	if (!outcome) return { kind: 'dead', error: first.error };
	if (outcome.kind === 'ack') {
		return { kind: 'split', retry: [], dead: positions, error: first.error };
	}
	if (outcome.kind !== 'split') return outcome;
	const comesAgain = outcome.retry.length > 0;
	return {
		...outcome,
		retry: comesAgain ? [...outcome.retry, ...positions] : [],
		dead: comesAgain ? outcome.dead : [...outcome.dead, ...positions],
	};
}

/** The error of a row that cannot be rendered. Without the cause: it may hold a part of the row. */
function rowError({ exportId, rowId, eventId }: RowName, error: unknown): CoreError {
	if (error instanceof CoreError) return error;
	return new MappingError(
		'ERR_COLUMN_VALUE',
		`row ${rowId} of ${exportId} cannot be written: ${describeThrown(error)}`,
		{ details: { exportId, rowId, eventId } },
	);
}
