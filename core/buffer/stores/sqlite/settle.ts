import type { Lease } from '../../store';
import { leaseLost } from '../failures';
import { finalFailure, keptFailure } from '../kept-failure';
import { isByKey } from '../export-rules';
import { planSplit } from '../positions';
import { type KeyedPlan, splitByKey } from '../split-by-key';
import { splitFates } from '../split-fates';
import {
	addBatch,
	type BatchRecord,
	buryBatch,
	findBatch,
	removeBatch,
	removeWithRows,
	retryBatch,
} from './batches';
import { releaseParts } from './chunks';
import { type Engine, isLive, type LeaseRecord } from './engine';
import { finishDraining } from './exports';
import { holdAgain, type KeyedPlace } from './key-rows';
import { measurePositions, type Place, walkRows } from './measure';
import type { PlainOutcome } from './protocol';
import { UPDATE_BATCH_RELEASED } from './sql';

export function renew(engine: Engine, lease: Lease): Lease {
	const held = findLease(engine, lease);
	if (!isLive(engine, held)) throw leaseLost(lease.batchId);
	// Only in memory: at the next open no lease is valid anyway (S30).
	engine.leases.set(Number(lease.batchId), {
		...held,
		untilElapsedMs: engine.time.elapsedMs + held.lengthMs,
	});
	const until = engine.time.toWall(engine.time.nowAt) + held.lengthMs;
	return { batchId: lease.batchId, token: lease.token, until };
}

/** S32 ack, S33 retry, S34 dead, and a split of them, each in one transaction. */
export function settle(engine: Engine, lease: Lease, outcome: PlainOutcome): undefined {
	findLease(engine, lease);
	const batch = findBatch(engine, Number(lease.batchId));
	if (batch === undefined || batch.state !== 'open') throw leaseLost(lease.batchId);
	if (outcome.kind === 'split') planSplit(outcome, batch.count);
	engine.begin();
	apply(engine, batch, outcome);
	finishDraining(engine, batch.export);
}

/** A token that is not the newest is stale (I6); an ended lease stays until its batch is claimed again. */
function findLease(engine: Engine, lease: Lease): LeaseRecord {
	const held = engine.leases.get(Number(lease.batchId));
	if (held === undefined || held.token !== lease.token) throw leaseLost(lease.batchId);
	return held;
}

function apply(engine: Engine, batch: BatchRecord, outcome: PlainOutcome): void {
	const { connection, time } = engine;
	switch (outcome.kind) {
		case 'ack':
			batch.export.tally.ackedTotal += batch.count;
			removeWithRows(engine, batch);
			break;
		case 'retry': {
			const failure = keptFailure(time.nowAt, outcome.error, outcome.answer);
			const isUncounted = outcome.counts === false;
			retryBatch(engine, batch, { nextAt: dueAt(engine, outcome.at), failure, isUncounted });
			break;
		}
		case 'dead':
			buryBatch(engine, batch, finalFailure(time.nowAt, outcome.error, outcome.answer));
			break;
		case 'release':
			engine.leases.delete(batch.number);
			connection.run(UPDATE_BATCH_RELEASED, time.nowAt, batch.number);
			break;
		case 'split':
			split(engine, batch, outcome);
			break;
	}
}

function split(
	engine: Engine,
	batch: BatchRecord,
	outcome: Extract<PlainOutcome, { kind: 'split' }>,
): void {
	const e = batch.export;
	const { plan, behind } = planFor(engine, batch, outcome);
	const { mappingRevision, reason, place, number: origin } = batch;
	const nextAt = dueAt(engine, outcome.retryAt);
	const inherited = { mappingRevision, reason, place, nextAt, origin };
	const fates = splitFates(outcome, batch.attempts, engine.time.nowAt);
	removeBatch(engine, batch);
	e.tally.ackedTotal += plan.ackedCount;
	for (const fate of ['retry', 'hold', 'dead'] as const) {
		if (plan[fate].length === 0) continue;
		const members = measurePositions(engine, batch, plan[fate]);
		addBatch(engine, e, members, { ...inherited, ...fates[fate] });
	}
	for (const row of behind) holdAgain(engine, e, row, mappingRevision);
	releaseOthers(engine, batch, [...plan.retry, ...plan.hold, ...plan.behind, ...plan.dead]);
}

/** Under order key with the rows that wait for those that are retried (I22). */
function planFor(
	engine: Engine,
	batch: BatchRecord,
	outcome: Extract<PlainOutcome, { kind: 'split' }>,
): { readonly plan: KeyedPlan; readonly behind: readonly KeyedPlace[] } {
	const plan = planSplit(outcome, batch.count);
	if (!isByKey(batch.export)) return { plan: { ...plan, behind: [] }, behind: [] };
	const rows = [...walkRows(engine, batch.export, batch.parts)];
	const keyed = splitByKey(plan, (position) => rows[position]?.sequenceKey);
	return { plan: keyed, behind: keyed.behind.flatMap((position) => withKey(rows[position])) };
}

function withKey(row: Place | undefined): KeyedPlace[] {
	const { sequenceKey } = row ?? {};
	return row === undefined || sequenceKey === undefined ? [] : [{ ...row, sequenceKey }];
}

/** The rows at the positions that nobody named are done. */
function releaseOthers(engine: Engine, batch: BatchRecord, named: readonly number[]): void {
	const kept = named.toSorted((a, b) => a - b);
	let next = 0;
	let position = 0;
	const done: [number, number][] = [];
	for (const [seq, count] of batch.parts) {
		let from = seq;
		for (; next < kept.length && (kept[next] ?? 0) < position + count; next++) {
			const keptSeq = seq + (kept[next] ?? 0) - position;
			if (keptSeq > from) done.push([from, keptSeq - from]);
			from = keptSeq + 1;
		}
		if (from < seq + count) done.push([from, seq + count - from]);
		position += count;
	}
	releaseParts(engine, batch.export, done);
}

function dueAt(engine: Engine, at: number | undefined): number {
	return at === undefined ? engine.time.nowAt : engine.time.fromWall(at);
}
