/** Thresholds at which the open batch of an export is closed; whichever is met first. */
export interface Conditions {
	/** Rows, 1 … 10,000,000. */
	readonly count: number;
	/** Bytes of the rows' payloads, 100 … 50 MiB. */
	readonly sizeBytes: number;
	/** Milliseconds since the first row, 1,000 … 86,400,000 (30,000 at least by the Keboola profile). */
	readonly timeMs: number;
}
