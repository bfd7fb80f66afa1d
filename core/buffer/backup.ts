/** A backup that was made and verified (`Store.backup`). */
export interface Backup {
	/** Its real path: a store that can be opened. */
	readonly directory: string;
	/** When it was complete, milliseconds since the Unix epoch. What was acknowledged before it was begun is in it. */
	readonly at: number;
	/** Of its files. */
	readonly bytes: number;
	/** Rows that wait, are in open batches, or are dead letters. */
	readonly rows: number;
	readonly verified: Verified;
}

/** What was read and compared with its checksums and counters. */
export interface Verified {
	readonly exports: number;
	readonly chunks: number;
	readonly rows: number;
	readonly batches: number;
	readonly documents: number;
	readonly latest: number;
}
