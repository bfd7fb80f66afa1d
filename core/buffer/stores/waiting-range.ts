import { ConfigError } from '../../errors';
import type { WaitingRange } from '../store';

/** Chunks, or rows, that one page of `readWaiting` looks at, whether they came in its time or not. */
export const LOOKED_AT = 1_000;

/** What a chunk knows of its time are its first and last row; a request that came between them may have begun so much earlier. */
const SPREAD_MS = 600_000;

/** receivedAt: from, and before. */
export interface TimeRange {
	readonly from: number;
	readonly to: number;
}

export function timeRangeOf({ from, to }: WaitingRange): TimeRange {
	return { from: from ?? Number.NEGATIVE_INFINITY, to: to ?? Number.POSITIVE_INFINITY };
}

export function isWithin(receivedAt: number, { from, to }: TimeRange): boolean {
	return receivedAt >= from && receivedAt < to;
}

/** The times of its first and last row between which no row of a chunk can be in the range. */
export function spreadOf({ from, to }: TimeRange): TimeRange {
	return { from: from - SPREAD_MS, to: to + SPREAD_MS };
}

/** Whether any row of a chunk may be in the range. */
export function mayHold(
	{ at, lastAt }: { readonly at: number; readonly lastAt: number },
	range: TimeRange,
): boolean {
	const { from, to } = spreadOf(range);
	return Math.max(at, lastAt) >= from && Math.min(at, lastAt) < to;
}

/** A place as a store gave it: numbers with points between them. @throws ConfigError for any other text */
export function readPlace(place: string | undefined, path: string): number[] | undefined {
	if (place === undefined || place === '') return undefined;
	const numbers = place.split('.').map(Number);
	if (numbers.every((one) => Number.isSafeInteger(one))) return numbers;
	throw new ConfigError(path, 'the place of a page that this store gave', place);
}
