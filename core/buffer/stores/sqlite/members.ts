/** Rows of a batch that lie behind one another: first sequence number, how many, row id of the first (0: none yet). */
export type Part = readonly [seq: number, count: number, rowId: number];

/** What fixes a batch (I4). */
export interface Members {
	readonly parts: readonly Part[];
	readonly count: number;
	readonly sizeBytes: number;
	readonly firstAt: number;
	readonly lastAt: number;
	/** Of its first row, in store time. */
	readonly arrivedAt: number;
}
