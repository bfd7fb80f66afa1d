import { batchKey } from '../batch-key';
import {
	hasIdleTime,
	inFlightLimit,
	isByKey,
	isClaimable,
	isStrict,
	reasonToClose,
} from '../export-rules';
import { checkLive } from '../live-claims';
import { nextDueOf } from '../next-due';
import { NO_ATTEMPTS, type Attempts } from '../tally';
import { showFailure } from '../kept-failure';
import { newLiveBatch } from './claim-live';
import { addBatch, findBatch, findRevision, lastFailureOf } from './batches';
import type { Part } from './members';
import { toNumber, toOptionalNumber } from './connection';
import { type Engine, type ExportRecord, findExport, isLeased, liveLeases, unread } from './engine';
import { firstRevision } from './find-oldest';
import { findLastArrival } from './take-newest';
import type { Operations, PlainBatch } from './protocol';
import { SELECT_DUE, SELECT_FIRST_OPEN, SELECT_OLDEST_OPEN, UPDATE_BATCH_CLAIMED } from './sql';
import { takeInOrder } from './take-in-order';
import { type Taken, takeWaiting } from './take-waiting';

/** S27: a due batch again, else a new one; undefined when there is none to give. */
export function claim(engine: Engine, o: Operations['claim'][0]): PlainBatch | undefined {
	const e = findExport(engine, o.exportId);
	if (!isClaimable(e, o.regardless)) return undefined;
	const { liveMs } = o;
	if (liveMs !== undefined) checkLive(e.config);
	if (liveLeases(engine, e).length >= inFlightLimit(e, o.regardless)) return undefined;
	const due = liveMs === undefined ? dueBatch(engine, e) : undefined;
	const number = due ?? newBatch(engine, e, o);
	return number === undefined ? undefined : lease(engine, e, number, o);
}

/** When, as the wall clock will show it, a claim of these exports may give something. */
export function nextDue(engine: Engine, exportIds: readonly string[]): Map<string, number> {
	const due = new Map<string, number>();
	for (const exportId of exportIds) {
		const e = engine.exports.get(exportId);
		if (e === undefined || e.isRemoved) continue;
		const at = nextDueOf(e, dueInputs(engine, e), engine.time.nowAt);
		if (at !== undefined) due.set(exportId, engine.time.toWall(at));
	}
	return due;
}

/** What of an export's open batches waits for its next attempt, and what went wrong last. */
export function attemptsOf(engine: Engine, e: ExportRecord): Attempts {
	const { openBatches, openRows } = e.tally;
	const failure = lastFailureOf(engine, e);
	const lastFailure = failure && showFailure(failure, (at) => engine.time.toWall(at));
	if (openBatches === 0) return failure ? { ...NO_ATTEMPTS, lastFailure } : NO_ATTEMPTS;
	const leased = liveLeases(engine, e);
	if (leased.length === openBatches) return { ...NO_ATTEMPTS, lastFailure };
	const nextAt = nextOpen(engine, e)?.nextAt;
	return {
		retryingBatches: openBatches - leased.length,
		retryingRows: openRows - leased.reduce((sum, { rows }) => sum + rows, 0),
		retryingOldestAt: oldestRetrying(engine, e, leased.length),
		nextAttemptAt: nextAt === undefined ? undefined : engine.time.toWall(nextAt),
		lastFailure,
	};
}

/** When the oldest first row of the open batches that nobody has came. */
function oldestRetrying(engine: Engine, e: ExportRecord, leased: number): number | undefined {
	const row = engine.connection
		.all(SELECT_OLDEST_OPEN, e.number, leased + 1)
		.find(({ id }) => !isLeased(engine, toNumber(id)));
	return row && toNumber(row.first_at);
}

function dueBatch(engine: Engine, e: ExportRecord): number | undefined {
	const next = nextOpen(engine, e);
	return next !== undefined && next.nextAt <= engine.time.nowAt ? next.number : undefined;
}

/** The open batch that comes next, due or not. */
function nextOpen(engine: Engine, e: ExportRecord): { number: number; nextAt: number } | undefined {
	if (e.tally.openBatches === 0) return undefined;
	// As many that are leased, or behind another one, may stand before it.
	const rows = isStrict(e)
		? engine.connection.all(SELECT_FIRST_OPEN, e.number)
		: engine.connection.all(
				SELECT_DUE,
				e.number,
				liveLeases(engine, e).length + e.keys.blockedCount + 1,
			);
	const row = rows.find(
		({ id }) => !isLeased(engine, toNumber(id)) && !e.keys.isBlocked(toNumber(id)),
	);
	if (row === undefined) return undefined;
	return { number: toNumber(row.id), nextAt: toOptionalNumber(row.next_at) ?? 0 };
}

function newBatch(
	engine: Engine,
	e: ExportRecord,
	{ flush, liveMs }: Operations['claim'][0],
): number | undefined {
	if (isStrict(e) && e.tally.openBatches > 0) return undefined;
	const liveFrom = liveMs === undefined ? undefined : engine.time.nowAt - liveMs;
	if (liveFrom !== undefined && e.arrivedAt !== undefined && e.arrivedAt < liveFrom)
		return newLiveBatch(engine, e, liveFrom, flush);
	const reason = reasonOf(engine, e, flush);
	if (reason === undefined && !e.keys.hasReady) return undefined;
	engine.begin();
	const taken = takeOldest(engine, e, reason !== undefined);
	if (taken === undefined) return undefined;
	return addBatch(engine, e, taken, {
		mappingRevision: taken.mappingRevision,
		reason: reason ?? 'key',
		state: 'open',
		attempts: 0,
		nextAt: engine.time.nowAt,
		keys: taken.keys,
	});
}

/** Why what no claim has come to becomes a batch now. */
function reasonOf(engine: Engine, e: ExportRecord, flush: boolean): string | undefined {
	const { rows, bytes } = unread(e);
	if (rows === 0 || e.arrivedAt === undefined) return undefined;
	const { time } = engine;
	const lastArrivedAt = hasIdleTime(e) ? findLastArrival(engine, e) : undefined;
	const stats = {
		rows,
		bytes,
		firstRowAt: time.toWall(e.arrivedAt),
		lastRowAt: lastArrivedAt === undefined ? undefined : time.toWall(lastArrivedAt),
		mappingRevision: firstRevision(engine, e),
	};
	return reasonToClose(e, stats, time.toWall(time.nowAt), flush);
}

function takeOldest(engine: Engine, e: ExportRecord, isMet: boolean): Taken | undefined {
	const { conditions } = e.config;
	const isPlain = !isByKey(e) && e.tally.heldRows === 0;
	return isPlain ? takeWaiting(engine, e, conditions) : takeInOrder(engine, e, conditions, isMet);
}

function lease(
	engine: Engine,
	e: ExportRecord,
	number: number,
	o: { owner: string; leaseMs: number },
): PlainBatch | undefined {
	const batch = findBatch(engine, number);
	if (batch === undefined) return undefined;
	engine.begin();
	const token = batch.token + 1;
	const parts = withRowIds(engine, e, batch.parts);
	engine.connection.run(UPDATE_BATCH_CLAIMED, o.owner, JSON.stringify(parts), number);
	engine.leases.set(number, {
		exportNumber: e.number,
		token,
		rows: batch.count,
		lengthMs: o.leaseMs,
		untilElapsedMs: engine.time.elapsedMs + o.leaseMs,
	});
	return {
		number,
		idempotencyKey: batchKey(engine.meta.storeId, e.exportId, number, batch.salt),
		exportId: e.exportId,
		mappingRevision: batch.mappingRevision,
		...findRevision(engine, e, batch.mappingRevision),
		count: batch.count,
		sizeBytes: batch.sizeBytes,
		firstAt: batch.firstAt,
		lastAt: batch.lastAt,
		reason: batch.reason,
		attempt: batch.attempts + 1,
		lease: {
			batchId: String(number),
			token,
			until: engine.time.toWall(engine.time.nowAt) + o.leaseMs,
		},
	};
}

/** First claim: row ids without gaps, in the batch's order. */
function withRowIds(engine: Engine, e: ExportRecord, parts: readonly Part[]): Part[] {
	return parts.map(([seq, count, rowId]) => {
		if (rowId !== 0) return [seq, count, rowId];
		const first = e.nextRowId;
		e.nextRowId += count;
		engine.changed.add(e);
		return [seq, count, first];
	});
}

function dueInputs(engine: Engine, e: ExportRecord) {
	const { elapsedMs, nowAt } = engine.time;
	const nextAt = nextOpen(engine, e)?.nextAt;
	return {
		leaseEndsAt: liveLeases(engine, e)
			.map((live) => Math.ceil(nowAt + live.untilElapsedMs - elapsedMs))
			.sort((a, b) => a - b),
		earliestNextAt: nextAt,
		strictNextAt: nextAt,
		hasOpenBatch: e.tally.openBatches > 0,
		hasReady: e.keys.hasReady,
		...unread(e),
		arrivedAt: e.arrivedAt,
		lastArrivedAt: hasIdleTime(e) ? findLastArrival(engine, e) : undefined,
		mappingRevision: e.arrivedAt === undefined ? undefined : firstRevision(engine, e),
	};
}
