import type { ExportRecord, Meta } from './engine';
import type { Testimony } from './witness';

/**
 * Compares the database with its witness at open (S52). Where acknowledged commits are gone, it counts them as missing and
 * moves every counter of ids past what they can have used, so that no id is given twice (I20).
 *
 * @returns a warning, or undefined when all is well
 */
export function hearWitness(
	found: Testimony | 'missing' | 'damaged',
	store: {
		readonly meta: Meta;
		readonly exports: readonly ExportRecord[];
		readonly isNew: boolean;
	},
): string | undefined {
	const { meta, exports, isNew } = store;
	if (found === 'missing' || found === 'damaged') {
		if (isNew || meta.commitNumber === 0) return undefined;
		return `the witness of the store is ${found}: it cannot be checked whether acknowledged rows are missing`;
	}
	if (found.storeId !== meta.storeId) {
		if (isNew) meta.missingRows += found.appendedRows;
		return isNew
			? `the database of store ${found.storeId} is gone; up to ${found.appendedRows} rows it had taken are missing`
			: 'the witness belongs to another store: it cannot be checked whether acknowledged rows are missing';
	}
	// Behind is normal after power loss: the witness is not synced.
	if (found.commitNumber <= meta.commitNumber) return undefined;
	const missingRows = found.appendedRows - meta.appendedRows;
	const missingCommits = found.commitNumber - meta.commitNumber;
	for (const e of exports) {
		const waiting = e.nextSeq - e.claimSeq;
		e.nextSeq += missingRows;
		e.nextRowId += waiting + missingRows;
		if (e.tally.rows === 0) e.claimSeq = e.nextSeq;
	}
	meta.missingRows += missingRows;
	meta.commitNumber = found.commitNumber;
	meta.appendedRows = found.appendedRows;
	meta.nextBatch = Math.max(meta.nextBatch, found.nextBatch);
	return (
		`${missingRows} acknowledged rows are missing (${missingCommits} commits; WAL damaged or removed); ` +
		'what was acked in these commits may be delivered again'
	);
}
