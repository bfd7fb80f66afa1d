import { type ExportState, isDisabled } from '../../../config';
import type { StateSet } from '../../store';
import { sumCounters } from './counters';
import { deltaOf, type Engine, type ExportRecord, type Transaction } from './engine';
import { findExport, ownExport, saveExport } from './exports';
import { finishDraining, purgeSlice } from './purge';

/**
 * Disabling and what it drops are one transaction: a kill leaves the old state with its rows, or the new one without them. Appends and
 * settlements of the export wait until it has ended, so none of them comes in between.
 */
export async function setState(
	engine: Engine,
	tx: Transaction,
	o: {
		readonly exportId: string;
		readonly state: ExportState;
		readonly from: ExportState | undefined;
	},
): Promise<StateSet> {
	await ownExport(engine, tx.query, o.exportId);
	const e = await findExport(engine, tx.query, o.exportId);
	const { state: was } = e;
	if (o.from !== undefined && was !== o.from) return { was, dropped: 0 };
	const dropped = isDisabled(o) ? await purgeAll(engine, tx, e) : 0;
	deltaOf(tx, e.id).droppedSinceDisabled += isDisabled(o) ? dropped : -(await counted(tx, e));
	await saveExport(tx.query, { ...e, state: o.state });
	await finishDraining(engine, tx, o.exportId);
	return { was, dropped };
}

async function purgeAll(engine: Engine, tx: Transaction, e: ExportRecord): Promise<number> {
	for (let rows = 0; ;) {
		const slice = await purgeSlice(engine, tx, e, 'waiting');
		rows += slice.rows;
		if (slice.isLast) return rows;
	}
}

/** What the end of being disabled sets back; exact, as nobody else has the export now. */
async function counted(tx: Transaction, e: ExportRecord): Promise<number> {
	if (!isDisabled(e)) return 0;
	return (await sumCounters(tx.query, [e.id])).get(e.id)?.droppedSinceDisabled ?? 0;
}
