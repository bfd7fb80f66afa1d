import { type ExportRecord, type Meta, unread } from './engine';
import type { WitnessRecord } from './witness';

/**
 * Compares the database with its witness at open (S52). Where acknowledged commits are gone, it counts them as missing and
 * moves every counter of ids past what they can have used, so that no id is given twice (I20).
 *
 * @returns a warning, or undefined when all is well
 */
export function checkWitness(
	found: WitnessRecord | 'missing' | 'damaged',
	store: {
		readonly meta: Meta;
		readonly exports: readonly ExportRecord[];
		/** Whether it was made just now. */
		readonly isNew: boolean;
		/** Whether there was a WAL with something in it. */
		readonly hadLog: boolean;
	},
): string | undefined {
	const { meta, exports, isNew, hadLog } = store;
	if (found === 'missing' || found === 'damaged') {
		if (isNew) return undefined;
		// Made a moment before a crash: its tables are still in the log, which is synced before the witness is written.
		if (found === 'missing' && meta.commitNumber === 0 && hadLog) return undefined;
		return `the witness of the store is ${found}: it cannot be checked whether acknowledged rows are missing`;
	}
	if (found.storeId !== meta.storeId) {
		if (isNew && found.appendedRows === 0) return undefined;
		if (isNew) meta.missingRows += found.appendedRows;
		return isNew
			? `the database of store ${found.storeId} is gone; up to ${found.appendedRows} rows it had taken are missing`
			: 'the witness belongs to another store: it cannot be checked whether acknowledged rows are missing';
	}
	const missing = missingSince(found, meta);
	if (missing === undefined) return undefined;
	const { missingRows } = missing;
	for (const e of exports) {
		const waiting = e.nextSeq - e.claimSeq + e.tally.heldRows;
		e.nextSeq += missingRows;
		e.nextRowId += waiting + missingRows;
		if (unread(e).rows === 0) e.claimSeq = e.nextSeq;
	}
	meta.missingRows += missingRows;
	meta.commitNumber = Math.max(meta.commitNumber, found.commitNumber);
	meta.appendedRows = Math.max(meta.appendedRows, found.appendedRows);
	meta.nextBatch = Math.max(meta.nextBatch, found.nextBatch);
	return `${missing.message}; what was acked in these commits may be delivered again`;
}

/**
 * What the witness has seen of a store and the store no longer has; undefined when it is not ahead. Behind is normal after power
 * loss, since the witness is not synced. Rows count beside commits: whatever wrote commits without the store's witness, such as
 * a salvage, may not hide rows that are gone.
 */
export function missingSince(
	found: WitnessRecord,
	meta: Pick<Meta, 'commitNumber' | 'appendedRows'>,
): { missingRows: number; message: string } | undefined {
	const missingRows = Math.max(0, found.appendedRows - meta.appendedRows);
	const missingCommits = Math.max(0, found.commitNumber - meta.commitNumber);
	if (missingRows === 0 && missingCommits === 0) return undefined;
	const commits = missingCommits === 0 ? '' : `${missingCommits} commits; `;
	const message = `${missingRows} acknowledged rows are missing (${commits}WAL damaged or removed)`;
	return { missingRows, message };
}
