import type { ClaimOptions, Failure } from '../../store';
import { showFailure } from '../kept-failure';
import {
	fitsBatch,
	inFlightLimit,
	isByKey,
	isClaimable,
	isStrict,
	reasonToClose,
} from '../export-rules';
import { hasOlder, liveBatchFor } from './claim-live';
import { checkLive } from '../live-claims';
import { nextDueOf } from '../next-due';
import { NO_ATTEMPTS, type Attempts } from '../tally';
import {
	addBatch,
	batchesOf,
	endHold,
	findExport,
	hold,
	isLeased,
	keyOf,
	type MemoryBatch,
	type MemoryExport,
	type MemoryRow,
	type MemoryState,
	rowsIn,
	sizeOf,
	takeWaiting,
} from './state';

/** S27: a due batch again, else a new one. */
export function claim(
	state: MemoryState,
	exportId: string,
	o: ClaimOptions,
): MemoryBatch | undefined {
	const e = findExport(state, exportId);
	if (!isClaimable(e, o.regardless)) return undefined;
	if (o.liveMs !== undefined) checkLive(e.config);
	const limit = inFlightLimit(e, o.regardless);
	const due = o.liveMs === undefined ? openBatchFor(state, e, limit) : undefined;
	const batch = due ?? newBatchFor(state, e, limit, o);
	if (batch === undefined) return undefined;
	batch.token++;
	batch.attempts++;
	batch.lease = { lengthMs: o.leaseMs, untilElapsedMs: state.time.elapsedMs + o.leaseMs };
	// First claim: ids without gaps, in the batch's order.
	for (const row of batch.rows) if (row.rowId === 0) row.rowId = e.nextRowId++;
	return batch;
}

/** When, as the wall clock will show it, a claim of these exports may give something. */
export function nextDue(state: MemoryState, exportIds: readonly string[]): Map<string, number> {
	const due = new Map<string, number>();
	for (const exportId of exportIds) {
		const e = state.exports.get(exportId);
		if (e === undefined || e.isRemoved) continue;
		const at = nextDueOf(e, dueInputs(state, e), state.time.nowAt);
		if (at !== undefined) due.set(exportId, state.time.toWall(at));
	}
	return due;
}

/** What of an export's open batches waits for its next attempt, and what went wrong last. */
export function attemptsOf(state: MemoryState, e: MemoryExport): Attempts {
	if (e.tally.openBatches + e.tally.deadBatches === 0) return NO_ATTEMPTS;
	const open = batchesOf(state, e, 'open');
	const free = open.filter((b) => !isLeased(state, b));
	const next = isStrict(e) ? open.toSorted(byFirstRow)[0] : claimable(e, free).toSorted(byDue)[0];
	return {
		retryingBatches: free.length,
		retryingRows: rowsIn(free),
		retryingOldestAt: oldestOf(free),
		nextAttemptAt:
			next === undefined || isLeased(state, next) ? undefined : state.time.toWall(next.nextAt),
		lastFailure: lastFailureOf(state, e),
	};
}

/** When the oldest first row of them came. */
function oldestOf(batches: readonly MemoryBatch[]): number | undefined {
	const instants = batches.flatMap(({ rows: [first] }) => first?.row.receivedAt ?? []);
	return instants.length === 0 ? undefined : Math.min(...instants);
}

/** The newest failure of all that is kept of an export. */
function lastFailureOf({ batches, time }: MemoryState, e: MemoryExport): Failure | undefined {
	const [newest] = [...batches.values()]
		.filter((batch) => batch.export === e)
		.flatMap(({ failure, number }) => (failure ? [{ failure, number }] : []))
		.sort((a, b) => b.failure.at - a.failure.at || b.number - a.number);
	return newest && showFailure(newest.failure, (at) => time.toWall(at));
}

function openBatchFor(state: MemoryState, e: MemoryExport, limit: number): MemoryBatch | undefined {
	const open = batchesOf(state, e, 'open');
	const free = open.filter((b) => !isLeased(state, b));
	if (open.length - free.length >= limit) return undefined;
	if (isStrict(e)) return isDue(state, open.toSorted(byFirstRow)[0]);
	return isDue(state, claimable(e, free).toSorted(byDue)[0]);
}

function isDue(state: MemoryState, batch: MemoryBatch | undefined): MemoryBatch | undefined {
	if (batch === undefined || isLeased(state, batch)) return undefined;
	return batch.nextAt <= state.time.nowAt ? batch : undefined;
}

/** Those that no earlier batch of one of their keys holds up (I22). */
function claimable(e: MemoryExport, free: readonly MemoryBatch[]): MemoryBatch[] {
	return free.filter(({ number }) => !e.keys.isBlocked(number));
}

function newBatchFor(
	state: MemoryState,
	e: MemoryExport,
	limit: number,
	{ flush = false, liveMs }: ClaimOptions,
): MemoryBatch | undefined {
	const open = batchesOf(state, e, 'open');
	if (isStrict(e) && open.length > 0) return undefined;
	if (open.filter((b) => isLeased(state, b)).length >= limit) return undefined;
	if (liveMs !== undefined && hasOlder(state, e, liveMs))
		return liveBatchFor(state, e, { flush, liveMs });
	const reason = reasonOf(state, e, flush);
	if (reason === undefined && !e.keys.hasReady) return undefined;
	const taken = takeOldest(e, reason !== undefined);
	const [first] = taken;
	if (first === undefined) return undefined;
	return addBatch(state, e, taken, {
		mappingRevision: first.row.mappingRevision,
		reason: reason ?? 'key',
		state: 'open',
		attempts: 0,
		nextAt: state.time.nowAt,
	});
}

/** Why what no claim has come to becomes a batch now. */
function reasonOf(state: MemoryState, e: MemoryExport, flush: boolean): string | undefined {
	const [first] = e.waiting;
	if (first === undefined) return undefined;
	const rows = e.tally.rows - e.tally.heldRows;
	const bytes = e.tally.bytes - e.tally.heldBytes;
	const { time } = state;
	const stats = {
		rows,
		bytes,
		firstRowAt: time.toWall(first.arrivedAt),
		lastRowAt: time.toWall((e.waiting.at(-1) ?? first).arrivedAt),
		mappingRevision: first.row.mappingRevision,
	};
	return reasonToClose(e, stats, time.toWall(time.nowAt), flush);
}

/** Rows that were held and are ready, then those that no claim has come to; of these a row whose key is busy is held. */
function takeOldest(e: MemoryExport, isMet: boolean): MemoryRow[] {
	const taken = endHold(e, e.keys.takeReady(e.config.conditions));
	if (isMet) {
		if (isByKey(e)) takeByKey(e, taken);
		else taken.push(...takeWaiting(e, countThatFits(e, e.waiting, taken)));
	}
	return taken.sort((a, b) => a.seq - b.seq);
}

/** Each row is looked at once: it is taken or held. */
function takeByKey(e: MemoryExport, taken: MemoryRow[]): void {
	const { conditions } = e.config;
	let bytes = sizeOf(taken);
	const held: [MemoryRow, string][] = [];
	const found: MemoryRow[] = [];
	for (const kept of e.waiting) {
		const { sizeBytes, mappingRevision } = kept.row;
		const count = taken.length + found.length;
		if (count >= conditions.count) break;
		const first = taken[0] ?? found[0];
		if (first !== undefined && first.row.mappingRevision !== mappingRevision) break;
		const key = keyOf(kept);
		if (key !== undefined && e.keys.isBusy(key)) {
			hold(e, kept, key);
			held.push([kept, key]);
			continue;
		}
		if (!fitsBatch(conditions, count + 1, bytes + sizeBytes)) break;
		found.push(kept);
		bytes += sizeBytes;
	}
	e.waiting.splice(0, held.length + found.length);
	e.tally.rows -= found.length;
	e.tally.bytes -= sizeOf(found);
	taken.push(...found);
}

/** How many of the first of these make a batch with those before: within its bounds (I12), of one mapping revision, at least one. */
function countThatFits(
	e: MemoryExport,
	rows: readonly MemoryRow[],
	before: readonly MemoryRow[] = [],
): number {
	const { conditions } = e.config;
	const revision = (before[0] ?? rows[0])?.row.mappingRevision;
	let taken = 0;
	let bytes = sizeOf(before);
	for (const { row } of rows) {
		if (row.mappingRevision !== revision) break;
		if (!fitsBatch(conditions, before.length + taken + 1, bytes + row.sizeBytes)) break;
		taken++;
		bytes += row.sizeBytes;
	}
	return taken;
}

function dueInputs(state: MemoryState, e: MemoryExport) {
	const open = batchesOf(state, e, 'open');
	const free = open.filter((b) => !isLeased(state, b));
	const { time } = state;
	return {
		leaseEndsAt: open
			.filter((b) => isLeased(state, b))
			.map((b) => Math.ceil(time.nowAt + (b.lease?.untilElapsedMs ?? 0) - time.elapsedMs))
			.sort((a, b) => a - b),
		earliestNextAt: claimable(e, free).toSorted(byDue)[0]?.nextAt,
		strictNextAt: free.toSorted(byFirstRow)[0]?.nextAt,
		hasOpenBatch: open.length > 0,
		hasReady: e.keys.hasReady,
		rows: e.tally.rows - e.tally.heldRows,
		bytes: e.tally.bytes - e.tally.heldBytes,
		arrivedAt: e.waiting[0]?.arrivedAt,
		lastArrivedAt: e.waiting.at(-1)?.arrivedAt,
		mappingRevision: e.waiting[0]?.row.mappingRevision,
	};
}

function byDue(a: MemoryBatch, b: MemoryBatch): number {
	return a.nextAt - b.nextAt || a.number - b.number;
}

/** Strict order is that of the rows: a replayed batch goes before what came after it; rows without an id were never first. */
function byFirstRow(a: MemoryBatch, b: MemoryBatch): number {
	return firstRowId(a) - firstRowId(b) || a.number - b.number;
}

function firstRowId(batch: MemoryBatch): number {
	return batch.rows[0]?.rowId || Number.MAX_SAFE_INTEGER;
}
