import { BufferError } from '../../../errors';
import {
	addBatch,
	type BatchRecord,
	type BatchRow,
	DAMAGED,
	purgeBatch,
	removeBatch,
	toBatch,
} from './batches';
import type { Query } from './connection';
import type { Engine, Transaction } from './engine';
import { findExport, ownExport, useBatch, useExports } from './exports';
import { finishDraining, purgeExport } from './purge';

/** Oldest first. Those of exports that were removed went with them. */
const LIST = `
SELECT b.*, e.name FROM @batch b JOIN @export e ON e.id = b.export
WHERE b.state = 'dead' AND ($1::text IS NULL OR e.name = $1) ORDER BY b.dead_at, b.id LIMIT $2 OFFSET $3`;

const SINCE = `
SELECT id FROM @batch WHERE export = $1 AND state = 'dead' AND dead_at >= $2 ORDER BY dead_at, id`;

const RETRY_NOW = `
UPDATE @batch SET next_at = $2 WHERE export = $1 AND state = 'open' AND next_at > $2
	AND (lease_until IS NULL OR lease_until <= $2) RETURNING id`;

export async function listDead(
	query: Query,
	o: { exportId: string | undefined; limit: number; offset: number },
): Promise<(BatchRecord & { exportId: string })[]> {
	const rows = await query<BatchRow & { name: string }>(LIST, [
		o.exportId ?? null,
		o.limit,
		o.offset,
	]);
	return rows.map((row) => ({ ...toBatch(row), exportId: row.name }));
}

/** S37: a new batch with the same rows and row ids and a new key. */
export async function replay(
	engine: Engine,
	tx: Transaction,
	o: { readonly batch: number } | { readonly exportId: string; readonly since: number | undefined },
): Promise<{ batches: number; rows: number }> {
	const replayed = { batches: 0, rows: 0 };
	for (const number of 'batch' in o ? [o.batch] : await deadSince(engine, tx, o)) {
		const dead = (await useBatch(engine, tx.query, number))?.batch;
		if (dead?.state !== 'dead') continue;
		if (isDamaged(dead)) {
			if (!('batch' in o)) continue;
			throw rowsDamaged(dead);
		}
		const fields = {
			state: 'open',
			attempts: 0,
			nextAt: engine.clock.nowAt,
			origin: number,
		} as const;
		const { error: _, ...kept } = dead;
		const fresh = await addBatch(engine, tx, { id: dead.exportNumber }, { ...kept, ...fields });
		await tx.query('UPDATE @chunk SET batch = $2 WHERE batch = $1', [number, fresh]);
		await removeBatch(tx, dead);
		replayed.batches++;
		replayed.rows += dead.count;
	}
	return replayed;
}

export async function retryNow(
	engine: Engine,
	{ query }: Transaction,
	exportId: string,
): Promise<number> {
	await useExports(engine, query, [exportId]);
	const e = await findExport(engine, query, exportId);
	return (await query(RETRY_NOW, [e.id, engine.clock.nowAt])).length;
}

export async function purge(
	engine: Engine,
	tx: Transaction,
	o:
		| { readonly batch: number }
		| { readonly exportId: string; readonly what: 'waiting' | 'dead' | 'all' },
): Promise<{ rows: number }> {
	if ('exportId' in o) {
		await ownExport(engine, tx.query, o.exportId);
		const e = await findExport(engine, tx.query, o.exportId);
		const rows = await purgeExport(engine, tx, e, o.what);
		await finishDraining(engine, tx, o.exportId);
		return { rows };
	}
	const found = await useBatch(engine, tx.query, o.batch);
	if (found?.batch.state !== 'dead') return { rows: 0 };
	const rows = await purgeBatch(tx, found.batch);
	await finishDraining(engine, tx, found.exportId);
	return { rows };
}

export function isDamaged({ state, reason }: Pick<BatchRecord, 'state' | 'reason'>): boolean {
	return state === 'dead' && reason === DAMAGED;
}

export function rowsDamaged({
	number,
	count,
	error,
}: Pick<BatchRecord, 'number' | 'count' | 'error'>): BufferError {
	return new BufferError('ERR_STORE_CORRUPT', error.message, {
		details: { batchId: String(number), rows: count },
	});
}

async function deadSince(
	engine: Engine,
	{ query }: Transaction,
	o: { readonly exportId: string; readonly since: number | undefined },
): Promise<number[]> {
	await useExports(engine, query, [o.exportId]);
	const e = await findExport(engine, query, o.exportId);
	const since = o.since === undefined ? 0 : engine.clock.fromLocal(o.since);
	return (await query<{ id: number }>(SINCE, [e.id, since])).map(({ id }) => id);
}
