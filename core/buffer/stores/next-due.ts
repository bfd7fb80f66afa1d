import type { Conditions } from '../../config';

/** What decides when an export may give a batch again. Instants are store time; a lease's end is translated by the store. */
export interface DueInputs {
	readonly isActive: boolean;
	readonly isStrict: boolean;
	readonly maxInFlight: number;
	/** Ends of the leases that are out, ascending. */
	readonly leaseEndsAt: readonly number[];
	/** The next attempt of the open batches that are not leased: the earliest, and the one that strict order allows. */
	readonly earliestNextAt: number | undefined;
	readonly strictNextAt: number | undefined;
	readonly hasOpenBatch: boolean;
	readonly rows: number;
	readonly bytes: number;
	/** Arrival of the first waiting row. */
	readonly arrivedAt: number | undefined;
	readonly conditions: Conditions;
	/** The export is being removed: what waits goes out at once. */
	readonly isDraining: boolean;
}

/**
 * The next instant at which the export may give a batch; undefined when only an append, a state or a settlement can change
 * that. Pure.
 */
export function nextDueOf(e: DueInputs, nowAt: number): number | undefined {
	if (!e.isActive) return undefined;
	const firstLeaseEnd = e.leaseEndsAt[0];
	const limit = e.isStrict ? 1 : e.maxInFlight;
	// No capacity: nothing can be given before a lease ends.
	if (e.leaseEndsAt.length >= limit) return firstLeaseEnd;
	const retryAt = e.isStrict ? e.strictNextAt : e.earliestNextAt;
	const isBlocked = e.isStrict && e.hasOpenBatch;
	return earliest([firstLeaseEnd, retryAt, isBlocked ? undefined : waitingDueAt(e, nowAt)]);
}

function waitingDueAt(e: DueInputs, nowAt: number): number | undefined {
	if (e.rows === 0 || e.arrivedAt === undefined) return undefined;
	if (e.isDraining || e.rows >= e.conditions.count || e.bytes >= e.conditions.sizeBytes) {
		return nowAt;
	}
	// K58 truncates the age to whole seconds.
	return e.arrivedAt + Math.ceil(e.conditions.timeMs / 1_000) * 1_000;
}

function earliest(instants: readonly (number | undefined)[]): number | undefined {
	let first: number | undefined;
	for (const at of instants)
		if (at !== undefined && (first === undefined || at < first)) first = at;
	return first;
}
