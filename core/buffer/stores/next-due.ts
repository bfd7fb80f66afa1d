import { timesDueAt } from '../conditions';
import {
	inFlightLimit,
	isClaimable,
	isOfFormerMapping,
	isStrict,
	type RuledExport,
} from './export-rules';

/** What decides when an export may give a batch again. Instants are store time; a lease's end is translated by the store. */
export interface DueInputs {
	/** Ends of the leases that are out, ascending. */
	readonly leaseEndsAt: readonly number[];
	/** The next attempt of the open batches that are not leased: the earliest that no other holds up, and the one that strict order allows. */
	readonly earliestNextAt: number | undefined;
	readonly strictNextAt: number | undefined;
	readonly hasOpenBatch: boolean;
	/** Whether held rows can be given now (order: key). */
	readonly hasReady: boolean;
	/** Of what no claim has come to: rows, bytes, arrival and mapping revision of the first one, and where there is an idle time arrival of the last one. */
	readonly rows: number;
	readonly bytes: number;
	readonly arrivedAt: number | undefined;
	readonly mappingRevision: number | undefined;
	readonly lastArrivedAt: number | undefined;
}

/**
 * The next instant at which the export may give a batch; undefined when only an append, a state or a settlement can change
 * that. Pure.
 */
export function nextDueOf(e: RuledExport, due: DueInputs, nowAt: number): number | undefined {
	if (!isClaimable(e)) return undefined;
	const firstLeaseEnd = due.leaseEndsAt[0];
	// No capacity: nothing can be given before a lease ends.
	if (due.leaseEndsAt.length >= inFlightLimit(e)) return firstLeaseEnd;
	const retryAt = isStrict(e) ? due.strictNextAt : due.earliestNextAt;
	const isBlocked = isStrict(e) && due.hasOpenBatch;
	return earliest([firstLeaseEnd, retryAt, isBlocked ? undefined : waitingDueAt(e, due, nowAt)]);
}

function waitingDueAt(
	e: RuledExport,
	{ hasReady, rows, bytes, arrivedAt, lastArrivedAt, mappingRevision }: DueInputs,
	nowAt: number,
): number | undefined {
	if (hasReady) return nowAt;
	if (rows === 0 || arrivedAt === undefined || mappingRevision === undefined) return undefined;
	if (e.isDraining || isOfFormerMapping(e, mappingRevision)) return nowAt;
	const { conditions } = e.config;
	if (rows >= conditions.count || bytes >= conditions.sizeBytes) return nowAt;
	return timesDueAt(conditions, { firstRowAt: arrivedAt, lastRowAt: lastArrivedAt });
}

function earliest(instants: readonly (number | undefined)[]): number | undefined {
	let first: number | undefined;
	for (const at of instants)
		if (at !== undefined && (first === undefined || at < first)) first = at;
	return first;
}
