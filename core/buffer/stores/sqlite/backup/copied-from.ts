import type { Meta } from '../engine';

/** What a copy must have at least: the store as it was when the copying began. */
export type CopiedFrom = Pick<Meta, 'storeId' | 'commitNumber' | 'appendedRows'>;

/** A copy that is to be verified and named. */
export interface FinishOptions {
	/** Where the copy is. */
	readonly part: string;
	/** What it is called in the end: a directory that is not there, or is empty, beside `part`. */
	readonly directory: string;
	readonly from: CopiedFrom;
	readonly nowAt: number;
}
