import type { ClaimOptions, Failure } from '../../store';
import { showFailure } from '../kept-failure';
import { fitsBatch, inFlightLimit, isClaimable, isStrict, reasonToClose } from '../export-rules';
import { checkNewestFirst, keyedRow } from '../newest-first';
import { nextDueOf } from '../next-due';
import { NO_ATTEMPTS, type Attempts } from '../tally';
import {
	addBatch,
	batchesOf,
	findExport,
	isLeased,
	type MemoryBatch,
	type MemoryExport,
	type MemoryRow,
	type MemoryState,
	rowsIn,
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
	if (o.newestFirst === true) checkNewestFirst(e.config);
	const limit = inFlightLimit(e, o.regardless);
	const batch = openBatchFor(state, e, limit) ?? newBatchFor(state, e, limit, o);
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
	const next = isStrict(e) ? open.toSorted(byFirstRow)[0] : free.toSorted(byDue)[0];
	return {
		retryingBatches: free.length,
		retryingRows: rowsIn(free),
		nextAttemptAt:
			next === undefined || isLeased(state, next) ? undefined : state.time.toWall(next.nextAt),
		lastFailure: lastFailureOf(state, e),
	};
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
	const candidates = isStrict(e) ? free.toSorted(byFirstRow).slice(0, 1) : free.toSorted(byDue);
	return candidates.find((b) => b.nextAt <= state.time.nowAt);
}

function newBatchFor(
	state: MemoryState,
	e: MemoryExport,
	limit: number,
	{ flush = false, newestFirst = false }: ClaimOptions,
): MemoryBatch | undefined {
	const open = batchesOf(state, e, 'open');
	if (isStrict(e) && open.length > 0) return undefined;
	if (open.filter((b) => isLeased(state, b)).length >= limit) return undefined;
	const first = e.waiting[0];
	if (first === undefined) return undefined;
	const { rows, bytes } = e.tally;
	const stats = { rows, bytes, firstRowAt: state.time.toWall(first.arrivedAt) };
	const now = state.time.toWall(state.time.nowAt);
	const reason = reasonToClose(e, stats, now, flush);
	if (reason === undefined) return undefined;
	const taken = newestFirst ? takeNewest(e) : takeWaiting(e, countThatFits(e, e.waiting));
	return addBatch(state, e, taken, {
		mappingRevision: taken[0]?.row.mappingRevision ?? 0,
		reason,
		state: 'open',
		attempts: 0,
		nextAt: state.time.nowAt,
	});
}

function takeNewest(e: MemoryExport): MemoryRow[] {
	const count = countThatFits(e, e.waiting.toReversed());
	const from = e.waiting.length - count;
	if (e.waiting.slice(from).some(({ row }) => row.sequenceKey !== undefined)) throw keyedRow();
	return takeWaiting(e, count, from);
}

/** How many of the first of these make a batch: within its bounds (I12), of one mapping revision, at least one. */
function countThatFits(e: MemoryExport, rows: readonly MemoryRow[]): number {
	const { conditions } = e.config;
	const revision = rows[0]?.row.mappingRevision;
	let taken = 0;
	let takenBytes = 0;
	for (const { row } of rows) {
		if (row.mappingRevision !== revision) break;
		if (!fitsBatch(conditions, taken + 1, takenBytes + row.sizeBytes)) break;
		taken++;
		takenBytes += row.sizeBytes;
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
		earliestNextAt: free.toSorted(byDue)[0]?.nextAt,
		strictNextAt: free.toSorted(byFirstRow)[0]?.nextAt,
		hasOpenBatch: open.length > 0,
		rows: e.tally.rows,
		bytes: e.tally.bytes,
		arrivedAt: e.waiting[0]?.arrivedAt,
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
