import type { ExportState } from '../../../config';
import type { StoredExport } from '../../store';
import { newTally, type Tally } from '../tally';
import type { Query } from '../../../postgres/connection';
import type { StoreClock } from './store-clock';

/** What the operations of one handle share. Nothing here is a truth: that is in the database, where others change it, too. */
export interface Engine {
	readonly storeId: string;
	readonly clock: StoreClock;
	/** Exports as this process last read them, by name; true as long as their version is. */
	readonly known: Map<string, ExportRecord>;
	/** First keys of the advisory locks of this schema. */
	readonly locks: { readonly export: number; readonly claim: number };
	warn(message: string): void;
}

export interface ExportRecord {
	readonly id: number;
	readonly exportId: string;
	readonly version: number;
	readonly config: StoredExport;
	readonly state: ExportState;
	readonly isDraining: boolean;
	/** A removed export stays as a mark, so that its row ids and revisions are never used again (I20). */
	readonly isRemoved: boolean;
	readonly fingerprint: string;
	readonly mappingRevision: number;
	/** Revisions that rows may name. */
	readonly revisions: ReadonlySet<number>;
}

/** A transaction with what it will have changed in the counters; they are written at its end, all at once. */
export interface Transaction {
	readonly query: Query;
	readonly deltas: Map<number, Tally>;
}

/** The changes of an export's counters in this transaction. */
export function deltaOf(tx: Transaction, exportNumber: number): Tally {
	const known = tx.deltas.get(exportNumber);
	if (known !== undefined) return known;
	const tally = newTally();
	tx.deltas.set(exportNumber, tally);
	return tally;
}
