import type { Lease, Outcome } from '../../store';
import { leaseLost } from '../failures';
import { finalFailure, keptFailure } from '../kept-failure';
import { isByKey } from '../export-rules';
import { planSplit } from '../positions';
import { type KeyedPlan, splitByKey } from '../split-by-key';
import { splitFates } from '../split-fates';
import {
	addBatch,
	buryBatch,
	findLeased,
	finishDraining,
	holdAgain,
	isLeased,
	keyOf,
	type MemoryBatch,
	type MemoryRow,
	type MemoryState,
	removeBatch,
} from './state';

export function renew(state: MemoryState, lease: Lease): Lease {
	const batch = findLeased(state, lease);
	if (batch.lease === undefined || !isLeased(state, batch)) throw leaseLost(lease.batchId);
	batch.lease.untilElapsedMs = state.time.elapsedMs + batch.lease.lengthMs;
	const until = state.time.toWall(state.time.nowAt) + batch.lease.lengthMs;
	return { batchId: lease.batchId, token: lease.token, until };
}

/** S32 ack, S33 retry, S34 dead, and a split of them, each in one step. */
export function settle(state: MemoryState, lease: Lease, outcome: Outcome): void {
	const batch = findLeased(state, lease);
	switch (outcome.kind) {
		case 'ack':
			batch.export.tally.ackedTotal += batch.count;
			removeBatch(state, batch);
			break;
		case 'retry':
			batch.lease = undefined;
			batch.nextAt = dueAt(state, outcome.at);
			batch.failure = {
				...keptFailure(state.time.nowAt, outcome.error, outcome.answer),
				answer: undefined,
			};
			if (outcome.counts === false) batch.attempts--;
			break;
		case 'dead':
			buryBatch(state, batch, finalFailure(state.time.nowAt, outcome.error, outcome.answer));
			break;
		case 'release':
			batch.lease = undefined;
			batch.attempts--;
			batch.nextAt = state.time.nowAt;
			break;
		case 'split':
			split(state, batch, outcome);
			break;
	}
	finishDraining(batch.export);
}

function split(
	state: MemoryState,
	batch: MemoryBatch,
	outcome: Extract<Outcome, { kind: 'split' }>,
): void {
	const plan = planFor(batch, outcome);
	const { mappingRevision, reason, place } = batch;
	const inherited = { mappingRevision, reason, place, nextAt: dueAt(state, outcome.retryAt) };
	const fates = splitFates(outcome, batch.attempts, state.time.nowAt);
	removeBatch(state, batch);
	batch.export.tally.ackedTotal += plan.ackedCount;
	for (const fate of ['retry', 'hold', 'dead'] as const) {
		const rows = pick(batch.rows, plan[fate]);
		const { failure, ...is } = fates[fate];
		const kept = failure && { answer: undefined, ...failure };
		if (rows.length > 0)
			addBatch(state, batch.export, rows, { ...inherited, ...is, failure: kept });
	}
	for (const row of pick(batch.rows, plan.behind)) {
		holdAgain(batch.export, row, keyOf(row) ?? '');
	}
}

function planFor(
	{ export: e, rows, count }: MemoryBatch,
	outcome: Extract<Outcome, { kind: 'split' }>,
): KeyedPlan {
	const plan = planSplit(outcome, count);
	if (!isByKey(e)) return { ...plan, behind: [] };
	return splitByKey(plan, (position) => rows[position] && keyOf(rows[position]));
}

function pick(rows: readonly MemoryRow[], positions: readonly number[]): MemoryRow[] {
	return positions.flatMap((position) => rows[position] ?? []);
}

function dueAt(state: MemoryState, at: number | undefined): number {
	return at === undefined ? state.time.nowAt : state.time.fromWall(at);
}
