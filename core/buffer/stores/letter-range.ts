import type { LetterRange } from '../store';
import { pageLimit } from './defaults';

/** Which dead letters are read, of those that there are. */
export interface ReadLetters {
	/** NaN: the id is that of none. */
	readonly batch: number | undefined;
	readonly exportId: string | undefined;
	readonly limit: number;
	readonly offset: number;
}

/** Brings what was asked for into its bounds. */
export function readLetterRange({
	batchId,
	exportId,
	limit,
	offset = 0,
}: LetterRange): ReadLetters {
	return {
		batch: batchId === undefined ? undefined : batchNumber(batchId),
		exportId,
		limit: pageLimit(limit),
		offset: Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.floor(offset))),
	};
}

/** Stores number their batches. NaN for what is the id of none. */
export function batchNumber(batchId: string): number {
	return /^\d{1,15}$/.test(batchId) ? Number(batchId) : Number.NaN;
}
