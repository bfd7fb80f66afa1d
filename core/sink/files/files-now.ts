/** A file that has got its name. */
export interface CompleteFile {
	/** Absolute. */
	readonly path: string;
	/** As it is on disk. */
	readonly bytes: number;
	readonly rows: number;
	/** Idempotency keys of its batches. */
	readonly keys: readonly string[];
}

/** Of somebody who waits for the files of a batch, instead of coming again. */
export interface FilesNow {
	onFile(file: CompleteFile): void;
	/** How long to wait for somebody else who writes the files of the same export, milliseconds. */
	readonly waitMs: number;
}
