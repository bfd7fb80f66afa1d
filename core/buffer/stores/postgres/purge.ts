import { RETENTION_MS } from '../defaults';
import { ExpiryReport } from '../expiry';
import {
	addBatch,
	type BatchRow,
	buryBatch,
	lockBatch,
	purgeBatch,
	toBatch,
	UNNUMBERED,
} from './batches';
import { lockClaims, markChunks } from './claim';
import { sumCounters } from './counters';
import { deltaOf, type Engine, type ExportRecord, type Transaction } from './engine';
import { findExport, liveExports, ownExport, saveExport, useExports } from './exports';
import { takeWaiting } from './take-waiting';
import { newTally } from '../tally';

const EXPIRED = {
	code: 'ERR_DELIVERY_EXHAUSTED',
	message: 'older than the retention of its export',
} as const;

const DELETE_WAITING = `
WITH gone AS (DELETE FROM @chunk WHERE export = $1 AND batch IS NULL RETURNING n, bytes)
SELECT coalesce(sum(n), 0)::bigint AS n, coalesce(sum(bytes), 0)::bigint AS bytes FROM gone`;

const OF_STATE = 'SELECT id FROM @batch WHERE export = $1 AND state = ANY($2::text[]) ORDER BY id';

const OPEN_OLDER = `
SELECT * FROM @batch WHERE export = $1 AND state = 'open' AND arrived_at <= $2
	AND (lease_until IS NULL OR lease_until <= $3) ORDER BY id FOR UPDATE SKIP LOCKED`;

const DEAD_BEFORE = `
SELECT * FROM @batch WHERE export = $1 AND state = 'dead' AND dead_at <= $2 ORDER BY id FOR UPDATE SKIP LOCKED`;

/** Removes waiting rows and open batches, dead letters, or both; counted. @returns rows removed */
export async function purgeExport(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	what: 'waiting' | 'dead' | 'all',
): Promise<number> {
	const delta = deltaOf(tx, e.id);
	let rows = 0;
	if (what !== 'dead') {
		await lockClaims(engine, tx.query, e);
		const [gone] = await tx.query<{ n: number; bytes: number }>(DELETE_WAITING, [e.id]);
		rows = gone?.n ?? 0;
		delta.rows -= rows;
		delta.bytes -= gone?.bytes ?? 0;
		delta.purgedTotal += rows;
	}
	const states = what === 'all' ? ['open', 'dead'] : [what === 'dead' ? 'dead' : 'open'];
	for (const { id } of await tx.query<{ id: number }>(OF_STATE, [e.id, states])) {
		const batch = await lockBatch(tx.query, id);
		if (batch !== undefined && states.includes(batch.state)) rows += await purgeBatch(tx, batch);
	}
	return rows;
}

export async function removeExport(
	engine: Engine,
	tx: Transaction,
	exportId: string,
	how: 'drain' | 'drop',
): Promise<void> {
	await ownExport(engine, tx.query, exportId);
	const e = await findExport(engine, tx.query, exportId);
	if (how === 'drop') {
		await purgeExport(engine, tx, e, 'all');
		return markRemoved(tx, e);
	}
	await saveExport(tx.query, { ...e, isDraining: true });
	await removeIfEmpty(tx, { ...e, isDraining: true });
}

/** An export that is being removed is gone once nothing of it is left. To be called with the last change of a transaction. */
export async function finishDraining(
	engine: Engine,
	tx: Transaction,
	exportId: string,
): Promise<void> {
	const e = await findExport(engine, tx.query, exportId);
	if (e.isDraining) await removeIfEmpty(tx, e);
}

/**
 * S38: what is older than its export's retention is put aside or dropped, dead letters go 7 days after that. Ages are those of
 * the chunks' first rows.
 */
export async function sweepExport(
	engine: Engine,
	tx: Transaction,
	exportId: string,
): Promise<void> {
	await useExports(engine, tx.query, [exportId]);
	const e = await findExport(engine, tx.query, exportId);
	const { expiryAt } = engine.clock;
	const { ageMs = RETENTION_MS, action = 'dead-letter' } = e.config.retention ?? {};
	const report = new ExpiryReport();
	if (action !== 'block') await expire(engine, tx, e, expiryAt - ageMs, action, report);
	const dead = await tx.query<BatchRow>(DEAD_BEFORE, [e.id, expiryAt - RETENTION_MS]);
	for (const row of dead) report.add(exportId, 'removed', await purgeBatch(tx, toBatch(row)));
	await finishDraining(engine, tx, exportId);
	report.tell((message) => engine.warn(message));
}

/** Names of the exports to sweep; keys whose window is over go, too. */
export async function beginSweep(engine: Engine, { query }: Transaction): Promise<string[]> {
	await query('DELETE FROM @dedupe WHERE until <= $1', [engine.clock.expiryAt]);
	await query('UPDATE @meta SET last_seen_at = greatest(last_seen_at, $1)', [engine.clock.nowAt]);
	return (await liveExports(engine, query)).map(({ exportId }) => exportId);
}

async function expire(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	bornBefore: number,
	action: 'dead-letter' | 'drop-oldest',
	report: ExpiryReport,
): Promise<void> {
	const what = action === 'drop-oldest' ? 'dropped' : 'put aside';
	await lockClaims(engine, tx.query, e);
	const open = await tx.query<BatchRow>(OPEN_OLDER, [e.id, bornBefore, engine.clock.nowAt]);
	for (const batch of open.map(toBatch)) {
		if (action === 'drop-oldest') await purgeBatch(tx, batch);
		else await buryBatch(engine, tx, batch, EXPIRED);
		report.add(e.exportId, what, batch.count);
	}
	for (;;) {
		const limits = { ...e.config.conditions, arrivedUntil: bornBefore };
		const taken = await takeWaiting(engine, tx, e, limits);
		if (taken === undefined) return;
		report.add(e.exportId, what, taken.count);
		const number = await addBatch(engine, tx, e, {
			...taken,
			state: 'dead',
			reason: 'retention',
			attempts: 0,
			nextAt: 0,
			firstRow: UNNUMBERED,
			error: EXPIRED,
		});
		await markChunks(tx.query, e, number, taken, UNNUMBERED);
		if (action !== 'drop-oldest') continue;
		const batch = await lockBatch(tx.query, number);
		if (batch === undefined) continue;
		await purgeBatch(tx, batch);
		deltaOf(tx, e.id).buriedTotal -= taken.count;
	}
}

/** With what this transaction is about to change. */
async function removeIfEmpty(tx: Transaction, e: ExportRecord): Promise<void> {
	const sum = (await sumCounters(tx.query, [e.id])).get(e.id) ?? newTally();
	const delta = tx.deltas.get(e.id) ?? newTally();
	const left =
		sum.rows +
		delta.rows +
		sum.openBatches +
		delta.openBatches +
		sum.deadBatches +
		delta.deadBatches;
	if (left === 0) await markRemoved(tx, e);
}

async function markRemoved(tx: Transaction, e: ExportRecord): Promise<void> {
	tx.deltas.delete(e.id);
	await tx.query('DELETE FROM @counter WHERE export = $1', [e.id]);
	await tx.query('DELETE FROM @latest WHERE export = $1', [e.id]);
	await saveExport(tx.query, { ...e, isDraining: false, isRemoved: true });
}
