import type { Lease, Outcome } from '../../store';
import { leaseLost } from '../failures';
import { finalFailure, keptFailure } from '../kept-failure';
import { planSplit } from '../positions';
import { splitByKey } from '../split-by-key';
import { splitFates } from '../split-fates';
import {
	addBatch,
	type BatchRecord,
	buryBatch,
	removeBatch,
	removeWithRows,
	retryBatch,
} from './batches';
import { deltaOf, type Engine, type Transaction } from './engine';
import { useBatch } from './exports';
import { finishDraining } from './purge';
import { refreshKeys, takeKeys } from './key-tables';
import { keysOfBatch, splitBatch } from './split';

const RENEW = `
UPDATE @batch SET lease_until = $3 + lease_ms WHERE id = $1 AND token = $2 AND lease_until > $3 AND state = 'open'
RETURNING lease_ms`;

const RELEASE = `
UPDATE @batch SET owner = NULL, lease_until = NULL, next_at = $2, attempts = attempts - 1 WHERE id = $1`;

export async function renew(engine: Engine, { query }: Transaction, lease: Lease): Promise<Lease> {
	const { nowAt } = engine.clock;
	const number = numberOf(lease);
	const [row] = await query<{ lease_ms: number }>(RENEW, [number, lease.token, nowAt]);
	if (row === undefined) throw leaseLost(lease.batchId);
	const until = Math.floor(engine.clock.toLocal(nowAt)) + row.lease_ms;
	return { batchId: lease.batchId, token: lease.token, until };
}

/**
 * S32 ack, S33 retry, S34 dead, and a split of them, each in one transaction.
 *
 * @returns whether rows that were held may be ready by that, also for others (I22)
 */
export async function settle(
	engine: Engine,
	tx: Transaction,
	lease: Lease,
	outcome: Outcome,
): Promise<{ readonly mayFree: boolean }> {
	const held = await useBatch(engine, tx.query, numberOf(lease));
	if (held === undefined || !isHeldBy(lease, held.batch)) throw leaseLost(lease.batchId);
	const { batch, exportId, isDraining } = held;
	if (outcome.kind === 'split') planSplit(outcome, batch.count);
	await apply(engine, tx, batch, outcome);
	if (isDraining) await finishDraining(engine, tx, exportId);
	return { mayFree: batch.isKeyed };
}

/** A token that is not the newest is stale (I6); an ended lease stays until its batch is claimed again. */
function isHeldBy({ token }: Lease, batch: BatchRecord): boolean {
	return batch.state === 'open' && batch.token === token && batch.leaseUntil !== undefined;
}

async function apply(
	engine: Engine,
	tx: Transaction,
	batch: BatchRecord,
	outcome: Outcome,
): Promise<void> {
	const { nowAt } = engine.clock;
	switch (outcome.kind) {
		case 'ack':
			deltaOf(tx, batch.exportNumber).ackedTotal += batch.count;
			return removeWithRows(tx, batch);
		case 'retry': {
			const failure = keptFailure(nowAt, outcome.error, outcome.answer);
			const isUncounted = outcome.counts === false;
			return retryBatch(tx, batch, { nextAt: dueAt(engine, outcome.at), failure, isUncounted });
		}
		case 'dead':
			return buryBatch(engine, tx, batch, finalFailure(nowAt, outcome.error, outcome.answer));
		case 'release':
			await tx.query(RELEASE, [batch.number, nowAt]);
			return;
		case 'split':
			return split(engine, tx, batch, outcome);
	}
}

async function split(
	engine: Engine,
	tx: Transaction,
	batch: BatchRecord,
	outcome: Extract<Outcome, { kind: 'split' }>,
): Promise<void> {
	const simple = planSplit(outcome, batch.count);
	const { mappingRevision, reason, place, isKeyed, number: origin } = batch;
	const keys = isKeyed ? await keysOfBatch(tx, batch) : new Map<number, string>();
	const plan = isKeyed ? splitByKey(simple, (at) => keys.get(at)) : { ...simple, behind: [] };
	const nextAt = dueAt(engine, outcome.retryAt);
	const inherited = { mappingRevision, reason, place, nextAt, origin };
	const fates = splitFates(outcome, batch.attempts, engine.clock.nowAt);
	const e = { id: batch.exportNumber };
	const namesAt = (positions: readonly number[]) =>
		new Set(positions.flatMap((at) => keys.get(at) ?? []));
	await splitBatch(tx, batch, plan, keys, async (members, fate) => {
		const isOpen = fate !== 'dead' && isKeyed;
		const fields = { ...inherited, ...fates[fate], ...members, isKeyed: isOpen };
		const number = await addBatch(engine, tx, e, fields);
		if (isOpen) await takeKeys(tx.query, e.id, { number, place }, namesAt(plan[fate]));
		return number;
	});
	await removeBatch(tx, batch);
	await refreshKeys(tx.query, e.id, namesAt(plan.behind));
	deltaOf(tx, batch.exportNumber).ackedTotal += plan.ackedCount;
}

function dueAt(engine: Engine, at: number | undefined): number {
	return at === undefined ? engine.clock.nowAt : engine.clock.fromLocal(at);
}

function numberOf({ batchId }: Lease): number {
	const number = Number(batchId);
	if (!Number.isSafeInteger(number)) throw leaseLost(batchId);
	return number;
}
