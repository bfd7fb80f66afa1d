/**
 * What can be said of a store from outside, without changing it (S54): the port behind `sluice store inspect | verify |
 * export`.
 */
import type { Verified } from '../backup';
import type { LatestEvent } from '../latest';
import type { Counters, Failure, StoredRow, StoreStats } from '../store';

/** Where a row is: not yet in a batch, in an open batch, or put aside. */
export type RowState = 'waiting' | 'open' | 'dead';
export const ROW_STATES: readonly RowState[] = ['waiting', 'open', 'dead'];

export interface StoreInspector {
	summary(): Promise<StoreSummary>;
	/** Reads everything. */
	verify(): Promise<VerifyReport>;
	/**
	 * Every row in these states, by export, state and place, in bounded slices. Rows that cannot be read are left out and
	 * told to `onDamage`.
	 */
	rows(
		states: readonly RowState[],
		onDamage: (finding: Finding) => void,
	): AsyncIterable<InspectedRow[]>;
	/** Every document, by collection and id, in bounded slices; also those that are damaged. */
	documents(onDamage: (finding: Finding) => void): AsyncIterable<InspectedDocument[]>;
	/** Every latest event, by receiver and key, in bounded slices; also those that are damaged. */
	latest(onDamage: (finding: Finding) => void): AsyncIterable<InspectedLatest[]>;
	/** Leaves the store as it was. Idempotent. */
	close(): Promise<void>;
}

export interface InspectedRow {
	readonly state: RowState;
	/** Absent while the row waits. */
	readonly batchId?: string;
	/** On the first row of its batch: why that failed last. */
	readonly error?: Failure;
	readonly row: StoredRow;
}

export interface InspectedDocument {
	readonly collection: string;
	readonly id: string;
	readonly revision: number;
	/** JSON in UTF-8, if it is sound. */
	readonly body: Uint8Array;
	readonly isSound: boolean;
}

export interface InspectedLatest {
	readonly receiverId: string;
	readonly key: string;
	/** Absent where it is damaged. */
	readonly event?: LatestEvent;
}

/** One thing that is wrong. */
export interface Finding {
	/** Invariant or rule of docs/spec/durable-store.md that it breaks. */
	readonly rule: 'S49' | 'S50' | 'S52' | 'I3' | 'I5' | 'I10' | 'I11' | 'I22';
	readonly exportId?: string;
	readonly message: string;
}

export interface VerifyReport {
	/** Empty when all is well. */
	readonly findings: readonly Finding[];
	/** What could not be checked, which is no damage. */
	readonly notes: readonly string[];
	readonly checked: Verified;
}

export interface StoreSummary {
	readonly kind: StoreStats['kind'];
	readonly storeId: string;
	/** Version of the store's layout, where it has one. */
	readonly format?: number;
	readonly createdAt?: number;
	readonly diskBytes: number;
	readonly missingRows: number;
	readonly quarantinedRows: number;
	/** What a quick look found wrong; empty when nothing, absent where a summary does not look. */
	readonly problems?: readonly string[];
	/** What could not be checked, which is no damage. */
	readonly notes: readonly string[];
	readonly exports: readonly ExportSummary[];
	/** By collection. */
	readonly documents: readonly DocumentSummary[];
	/** By receiver. */
	readonly latest: readonly LatestSummary[];
}

/** The latest events of a receiver. */
export interface LatestSummary {
	readonly receiverId: string;
	readonly keys: number;
	readonly bytes: number;
	/** Since it exists, for want of room. */
	readonly dropped: number;
}

/** A collection of documents. */
export interface DocumentSummary {
	readonly collection: string;
	readonly documents: number;
	readonly bytes: number;
}

export interface ExportSummary extends Counters {
	readonly label: string;
	readonly mappingRevision: number;
	readonly isDraining: boolean;
	/** The oldest open ones, at most SHOWN_BATCHES; absent where they cannot be listed. */
	readonly batches?: readonly BatchSummary[];
	/** The oldest, at most SHOWN_BATCHES. */
	readonly deadLetters: readonly BatchSummary[];
}

export interface BatchSummary {
	readonly batchId: string;
	/** What a destination was or will be given (S36); a dead letter that is replayed gets another. */
	readonly idempotencyKey: string;
	readonly rows: number;
	readonly bytes: number;
	/** receivedAt of its first row. */
	readonly firstAt: number;
	readonly attempts: number;
	/** Of an open batch. */
	readonly nextAt?: number;
	/** Of a dead letter. */
	readonly deadAt?: number;
	/** Why it failed last; of the answer's text the first 500 characters. */
	readonly error?: Failure;
}

export const SHOWN_BATCHES = 100;
