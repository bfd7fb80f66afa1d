import type { Lease, Outcome } from '../../store';
import { leaseLost } from '../failures';
import { finalFailure, keptFailure } from '../kept-failure';
import { planSplit } from '../positions';
import {
	addBatch,
	buryBatch,
	findLeased,
	finishDraining,
	isLeased,
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
			batch.failure = retried(state, outcome);
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
	const plan = planSplit(outcome, batch.count);
	const { mappingRevision, reason, attempts } = batch;
	const inherited = { mappingRevision, reason, attempts };
	const nextAt = dueAt(state, outcome.retryAt);
	removeBatch(state, batch);
	batch.export.tally.ackedTotal += plan.ackedCount;
	const retry = pick(batch.rows, plan.retry);
	const hold = pick(batch.rows, plan.hold);
	const dead = pick(batch.rows, plan.dead);
	if (retry.length > 0) {
		const failure = retried(state, outcome);
		addBatch(state, batch.export, retry, { ...inherited, state: 'open', nextAt, failure });
	}
	if (hold.length > 0) {
		const held = { mappingRevision, reason, attempts: attempts - 1, nextAt };
		addBatch(state, batch.export, hold, { ...held, state: 'open' });
	}
	if (dead.length > 0) {
		const failure = finalFailure(state.time.nowAt, outcome.error, outcome.answer);
		addBatch(state, batch.export, dead, { ...inherited, state: 'dead', nextAt, failure });
	}
}

/** Of an open batch no more than what is shown. */
function retried(
	{ time }: MemoryState,
	{ error, answer }: Extract<Outcome, { kind: 'retry' | 'split' }>,
): MemoryBatch['failure'] {
	return { ...keptFailure(time.nowAt, error, answer), answer: undefined };
}

function pick(rows: readonly MemoryRow[], positions: readonly number[]): MemoryRow[] {
	return positions.flatMap((position) => rows[position] ?? []);
}

function dueAt(state: MemoryState, at: number | undefined): number {
	return at === undefined ? state.time.nowAt : state.time.fromWall(at);
}
