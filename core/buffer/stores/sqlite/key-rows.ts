import { isByKey } from '../export-rules';
import { sequenceName } from '../key-bytes';
import type { Part } from './members';
import type { Engine, ExportRecord, SqliteHeld } from './engine';
import { type Place, walkRows } from './measure';
import { DELETE_HELD, INSERT_HELD } from './sql';

/** An open batch has the keys of its rows (I22). Where the order is not one of keys nothing is read. */
export function takeKeys(
	engine: Engine,
	e: ExportRecord,
	batch: {
		readonly number: number;
		readonly place: number;
		readonly parts: readonly Part[];
		/** Their names, where they are known. */
		readonly keys?: readonly string[] | undefined;
	},
): void {
	if (!isByKey(e)) return;
	if (batch.keys !== undefined) {
		e.keys.addBatch(batch.number, batch.place, batch.keys);
		return;
	}
	const keys = new Set<string>();
	for (const { sequenceKey } of walkRows(engine, e, batch.parts)) {
		if (sequenceKey !== undefined) keys.add(sequenceName(sequenceKey));
	}
	e.keys.addBatch(batch.number, batch.place, [...keys]);
}

/** A row that has a key. */
export interface KeyedPlace extends Place {
	readonly sequenceKey: string;
}

/** A waiting row is held. */
export function holdRow(engine: Engine, e: ExportRecord, row: SqliteHeld): void {
	engine.connection.run(INSERT_HELD, e.number, row.seq, row.rowId);
	e.keys.hold(row);
	e.tally.heldRows++;
	e.tally.heldBytes += row.sizeBytes;
	engine.changed.add(e);
}

/** A row of a batch waits again, for its key. */
export function holdAgain(
	engine: Engine,
	e: ExportRecord,
	place: KeyedPlace,
	mappingRevision: number,
): void {
	const { sequenceKey, ...row } = place;
	holdRow(engine, e, { ...row, key: sequenceName(sequenceKey), mappingRevision });
	e.tally.rows++;
	e.tally.bytes += row.sizeBytes;
}

/** Rows that were taken out of what is held do not wait any more. */
export function endHold(engine: Engine, e: ExportRecord, rows: readonly SqliteHeld[]): void {
	for (const { seq, sizeBytes } of rows) {
		engine.connection.run(DELETE_HELD, e.number, seq);
		e.tally.heldRows--;
		e.tally.heldBytes -= sizeBytes;
		e.tally.rows--;
		e.tally.bytes -= sizeBytes;
	}
	if (rows.length > 0) engine.changed.add(e);
}
