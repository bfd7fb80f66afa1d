import { BufferError } from '../../../errors';
import {
	type BatchRecord,
	type BatchRow,
	DAMAGED,
	findRevision,
	purgeBatch,
	type Revision,
	toBatch,
} from './batches';
import { isByKey } from '../export-rules';
import type { ReadLetters } from '../letter-range';
import type { Query } from '../../../postgres/connection';
import { deltaOf, type Engine, type Transaction } from './engine';
import { findExport, findExports, lockClaims, useBatch, useExports } from './exports';
import { replayByKey } from './replay-by-key';
import { finishDraining } from './purge';

/** Oldest first. Those of exports that were removed went with them. */
const LIST = `
SELECT b.*, e.name FROM @batch b JOIN @export e ON e.id = b.export
WHERE b.state = 'dead' AND ($1::text IS NULL OR e.name = $1) AND ($4::bigint IS NULL OR b.id = $4)
ORDER BY b.dead_at, b.id LIMIT $2 OFFSET $3`;

const SINCE = `
SELECT id FROM @batch WHERE export = $1 AND state = 'dead' AND dead_at >= $2 ORDER BY dead_at, id`;

const REPLAY = `
WITH old AS (
	SELECT * FROM @batch WHERE id = ANY($1::bigint[]) AND export = $3 AND state = 'dead' AND reason <> $4 FOR UPDATE
), fresh AS (
	INSERT INTO @batch (export, revision, n, bytes, first_at, last_at, arrived_at, state, reason, token, attempts, next_at, dead_at,
		origin, first_row)
	SELECT export, revision, n, bytes, first_at, last_at, arrived_at, 'open', reason, 0, 0, $2, $2, id, first_row
	FROM old ORDER BY dead_at, id RETURNING id, origin
), moved AS (UPDATE @chunk c SET batch = fresh.id FROM fresh WHERE c.batch = fresh.origin),
gone AS (DELETE FROM @batch b USING old WHERE b.id = old.id)
SELECT count(*)::int AS batches, coalesce(sum(n), 0)::bigint AS n, coalesce(sum(bytes), 0)::bigint AS bytes,
	coalesce(sum(answer_bytes), 0)::bigint AS answer_bytes FROM old`;

const RETRY_NOW = `
UPDATE @batch SET next_at = $2 WHERE export = $1 AND state = 'open' AND next_at > $2
	AND (lease_until IS NULL OR lease_until <= $2) RETURNING id`;

/** A dead letter with how its rows are laid out. */
export type Dead = BatchRecord & { readonly exportId: string } & Revision;

export async function listDead(engine: Engine, query: Query, o: ReadLetters): Promise<Dead[]> {
	if (o.batch !== undefined && !Number.isSafeInteger(o.batch)) return [];
	const rows = await query<BatchRow & { name: string }>(LIST, [
		o.exportId ?? null,
		o.limit,
		o.offset,
		o.batch ?? null,
	]);
	const names = [...new Set(rows.map(({ name }) => name))];
	const exports = new Map((await findExports(engine, query, names)).map((e) => [e.exportId, e]));
	// Few revisions, and many letters of each.
	const revisions = new Map<string, Revision>();
	const letters: Dead[] = [];
	for (const { name, ...row } of rows) {
		const e = exports.get(name);
		if (e === undefined) continue;
		const key = `${row.revision} ${name}`;
		const revision = revisions.get(key) ?? (await findRevision(query, e, row.revision));
		revisions.set(key, revision);
		letters.push({ ...toBatch(row), ...revision, exportId: name });
	}
	return letters;
}

/** S37: a new batch with the same rows and row ids and a new key. @throws BufferError for one that has no rows any more */
export async function replayOne(
	engine: Engine,
	tx: Transaction,
	number: number,
): Promise<{ batches: number; rows: number }> {
	const found = await useBatch(engine, tx.query, number);
	const dead = found?.batch;
	if (found === undefined || dead?.state !== 'dead') return { batches: 0, rows: 0 };
	if (isDamaged(dead)) throw rowsDamaged(dead);
	return replayNumbers(engine, tx, found.isByKey, dead.exportNumber, [number]);
}

/** Dead letters of an export, oldest first; those without rows are passed over. */
export async function replaySome(
	engine: Engine,
	tx: Transaction,
	exportId: string,
	numbers: readonly number[],
): Promise<{ batches: number; rows: number }> {
	await useExports(engine, tx.query, [exportId]);
	const e = await findExport(engine, tx.query, exportId);
	if (isByKey(e)) await lockClaims(engine, tx.query, e);
	return replayNumbers(engine, tx, isByKey(e), e.id, numbers);
}

async function replayNumbers(
	engine: Engine,
	tx: Transaction,
	isKeyed: boolean,
	exportNumber: number,
	numbers: readonly number[],
): Promise<{ batches: number; rows: number }> {
	if (isKeyed) return replayByKey(engine, tx, { id: exportNumber }, numbers);
	const values = [numbers, engine.clock.nowAt, exportNumber, DAMAGED];
	const [sum] = await tx.query<{ batches: number; n: number; bytes: number; answer_bytes: number }>(
		REPLAY,
		values,
	);
	const { batches = 0, n: rows = 0, bytes = 0, answer_bytes: answerBytes = 0 } = sum ?? {};
	const delta = deltaOf(tx, exportNumber);
	delta.deadBatches -= batches;
	delta.deadRows -= rows;
	delta.deadBytes -= bytes + answerBytes;
	delta.openBatches += batches;
	delta.openRows += rows;
	delta.openBytes += bytes;
	return { batches, rows };
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

/** One dead letter. */
export async function purgeOne(
	engine: Engine,
	tx: Transaction,
	number: number,
): Promise<{ rows: number }> {
	const found = await useBatch(engine, tx.query, number);
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
	failure,
}: Pick<BatchRecord, 'number' | 'count' | 'failure'>): BufferError {
	return new BufferError('ERR_STORE_CORRUPT', failure?.message ?? 'its rows are damaged', {
		details: { batchId: String(number), rows: count },
	});
}

/** Numbers of the dead letters of an export, oldest first. */
export async function deadSince(
	engine: Engine,
	{ query }: Transaction,
	o: { readonly exportId: string; readonly since: number | undefined },
): Promise<number[]> {
	await useExports(engine, query, [o.exportId]);
	const e = await findExport(engine, query, o.exportId);
	const since = o.since === undefined ? 0 : engine.clock.fromLocal(o.since);
	return (await query<{ id: number }>(SINCE, [e.id, since])).map(({ id }) => id);
}
