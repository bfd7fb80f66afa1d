import { RETENTION_MS } from '../defaults';
import { fitsBatch, isKept, retentionOf } from '../export-rules';
import { expired, ExpiryReport } from '../expiry';
import { addBatch, type BatchRow, buryBatch, purgeBatch, toBatch, UNNUMBERED } from './batches';
import { type Chunk, CHUNK_COLUMNS, type ChunkRow, toChunk } from './chunks';
import { plus, sumCounters } from './counters';
import { deltaOf, type Engine, type ExportRecord, type Transaction } from './engine';
import { findExport, liveExports, lockClaims, ownExport, saveExport, useExports } from './exports';
import { refreshAll } from './key-tables';
import { purgeBatches } from './many-batches';
import { markChunks } from './mark-chunks';
import { takeWaiting } from './take-waiting';
import { type Taken, Taking } from './taking';
import { trimKept } from './trim-kept';
import { type ClockMark, MAX_MARKS } from '../store-time';
import { isEmpty, newTally } from '../tally';

/** So that no transaction holds others up for long. */
const WAITING_AT_ONCE = 5_000;
const OPEN_AT_ONCE = 200;
const KEYS_AT_ONCE = 10_000;

const DELETE_WAITING = (which: string) => `
WITH gone AS (
	DELETE FROM @chunk WHERE ctid = ANY(ARRAY(
		SELECT ctid FROM @chunk WHERE export = $1 AND ${which} ORDER BY seq, sub LIMIT ${WAITING_AT_ONCE}
	)) AND ${which} RETURNING n, bytes
)
SELECT count(*)::int AS chunks, coalesce(sum(n), 0)::bigint AS n, coalesce(sum(bytes), 0)::bigint AS bytes FROM gone`;

const DELETE_UNREAD = DELETE_WAITING('batch IS NULL AND hold IS NULL');
const DELETE_HELD = DELETE_WAITING('hold IS NOT NULL');

const OPEN_OLDER = `
SELECT * FROM @batch WHERE export = $1 AND state = 'open' AND arrived_at <= $2
	AND (lease_until IS NULL OR lease_until <= $3) ORDER BY arrived_at, id LIMIT ${OPEN_AT_ONCE} FOR UPDATE SKIP LOCKED`;

const HELD_OLDER = `
SELECT ${CHUNK_COLUMNS} FROM @chunk WHERE export = $1 AND hold IS NOT NULL AND arrived_at <= $2
ORDER BY seq, sub LIMIT ${WAITING_AT_ONCE}`;

const DELETE_TAKEN = `
DELETE FROM @chunk c USING unnest($2::bigint[], $3::int[]) AS t(seq, sub)
WHERE c.export = $1 AND c.seq = t.seq AND c.sub = t.sub`;

const DELETE_KEYS = `
DELETE FROM @dedupe WHERE ctid = ANY(ARRAY(SELECT ctid FROM @dedupe WHERE until <= $1 LIMIT ${KEYS_AT_ONCE})) AND until <= $1
RETURNING 1 AS one`;

/** What one slice of a longer work did; the next one goes on where it ended. */
export interface Slice {
	readonly rows: number;
	readonly isLast: boolean;
}

/** Removes some of what waits, is open, or was put aside; counted. */
export async function purgeSome(
	engine: Engine,
	tx: Transaction,
	exportId: string,
	what: 'waiting' | 'dead' | 'all',
): Promise<Slice> {
	await useExports(engine, tx.query, [exportId]);
	const e = await findExport(engine, tx.query, exportId);
	const slice = await purgeSlice(engine, tx, e, what);
	if (slice.isLast) await finishDraining(engine, tx, exportId);
	return slice;
}

export async function purgeSlice(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	what: 'waiting' | 'dead' | 'all',
): Promise<Slice> {
	const waiting = what === 'dead' ? { rows: 0, isLast: true } : await purgeWaiting(engine, tx, e);
	const states: ('open' | 'dead')[] =
		what === 'all' ? ['open', 'dead'] : [what === 'dead' ? what : 'open'];
	const batches = await purgeBatches(tx, e.id, states);
	if (what !== 'dead') await refreshAll(tx.query, e.id);
	return { rows: waiting.rows + batches.rows, isLast: waiting.isLast && batches.isLast };
}

async function purgeWaiting(engine: Engine, tx: Transaction, e: ExportRecord): Promise<Slice> {
	await lockClaims(engine, tx.query, e);
	const unread = await deleteWaiting(tx, e, DELETE_UNREAD);
	const held = await deleteWaiting(tx, e, DELETE_HELD);
	const delta = deltaOf(tx, e.id);
	delta.heldRows -= held.rows;
	delta.heldBytes -= held.bytes;
	return { rows: unread.rows + held.rows, isLast: unread.isLast && held.isLast };
}

async function deleteWaiting(
	tx: Transaction,
	e: ExportRecord,
	text: string,
): Promise<Slice & { readonly bytes: number }> {
	const [gone] = await tx.query<{ chunks: number; n: number; bytes: number }>(text, [e.id]);
	const { chunks = 0, n: rows = 0, bytes = 0 } = gone ?? {};
	const delta = deltaOf(tx, e.id);
	delta.rows -= rows;
	delta.bytes -= bytes;
	delta.purgedTotal += rows;
	return { rows, bytes, isLast: chunks < WAITING_AT_ONCE };
}

/** To be called for `drop` when hardly anything is left: others wait until it has ended. */
export async function removeExport(
	engine: Engine,
	tx: Transaction,
	exportId: string,
	how: 'drain' | 'drop',
): Promise<void> {
	await ownExport(engine, tx.query, exportId);
	const e = await findExport(engine, tx.query, exportId);
	if (how === 'drop') {
		while (!(await purgeSlice(engine, tx, e, 'all')).isLast);
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
 *
 * @returns whether there may be more to do
 */
export async function sweepSome(
	engine: Engine,
	tx: Transaction,
	exportId: string,
	maxStoreBytes: number | undefined,
): Promise<{ isLast: boolean }> {
	await useExports(engine, tx.query, [exportId]);
	const e = await findExport(engine, tx.query, exportId);
	if (isKept(e)) return trimKept(engine, tx, e, maxStoreBytes);
	const { clock } = engine;
	const { ageMs, action } = retentionOf(e);
	const report = new ExpiryReport();
	let isLast = true;
	if (action !== 'block') {
		isLast = await expire(engine, tx, e, clock.bornBefore(ageMs), action, report);
	}
	const gone = await purgeBatches(tx, e.id, ['dead'], clock.bornBefore(RETENTION_MS));
	report.add(exportId, 'removed', gone.rows);
	isLast &&= gone.isLast;
	if (isLast) await finishDraining(engine, tx, exportId);
	report.tell((message) => engine.warn(message));
	return { isLast };
}

const NOTE_TIME = `
UPDATE @meta SET last_seen_at = greatest(last_seen_at, $1), lived_at = greatest(lived_at, $2)`;

const NOTE_MARKS = `
INSERT INTO @lived_mark (at, lived_at) SELECT * FROM unnest($1::double precision[], $2::double precision[])`;

const FORGET_MARKS = 'DELETE FROM @lived_mark WHERE id <= (SELECT max(id) FROM @lived_mark) - $1';

/**
 * Writes down the time, of which each process knows at least a part.
 *
 * @param marks where store time ran ahead since the last sweep
 * @returns names of the exports to sweep
 */
export async function beginSweep(
	engine: Engine,
	{ query }: Transaction,
	marks: readonly ClockMark[],
): Promise<string[]> {
	await query(NOTE_TIME, [engine.clock.nowAt, engine.clock.livedAt]);
	if (marks.length > 0) {
		await query(NOTE_MARKS, [marks.map(({ at }) => at), marks.map(({ livedAt }) => livedAt)]);
		await query(FORGET_MARKS, [MAX_MARKS]);
	}
	return (await liveExports(engine, query)).map(({ exportId }) => exportId);
}

/** Some of the producers' keys whose window is over. */
export async function sweepKeys(
	engine: Engine,
	{ query }: Transaction,
): Promise<{ isLast: boolean }> {
	const gone = await query(DELETE_KEYS, [engine.clock.livedAt]);
	return { isLast: gone.length < KEYS_AT_ONCE };
}

/** @returns whether nothing as old is left */
async function expire(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	bornBefore: number,
	action: 'dead-letter' | 'drop-oldest',
	report: ExpiryReport,
): Promise<boolean> {
	const what = action === 'drop-oldest' ? 'dropped' : 'put aside';
	await lockClaims(engine, tx.query, e);
	const open = await tx.query<BatchRow>(OPEN_OLDER, [e.id, bornBefore, engine.clock.nowAt]);
	for (const batch of open.map(toBatch)) {
		if (action === 'drop-oldest') await purgeBatch(tx, batch);
		else await buryBatch(engine, tx, batch, expired(engine.clock.nowAt, batch.failure));
		report.add(e.exportId, what, batch.count);
	}
	const isHeldLast = await expireHeld(engine, tx, e, bornBefore, action, report);
	let after: Chunk | undefined;
	for (let count = 0; count < OPEN_AT_ONCE; count++) {
		const limits = { ...e.config.conditions, arrivedUntil: bornBefore, after };
		const taken = await takeWaiting(engine, tx, e, limits);
		if (taken === undefined) return open.length < OPEN_AT_ONCE && isHeldLast;
		after = taken.chunks.at(-1);
		await expireTaken(engine, tx, e, taken, action, report);
	}
	return false;
}

/** Rows that wait for their key (I22). @returns whether nothing as old is left */
async function expireHeld(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	bornBefore: number,
	action: 'dead-letter' | 'drop-oldest',
	report: ExpiryReport,
): Promise<boolean> {
	const rows = await tx.query<ChunkRow>(HELD_OLDER, [e.id, bornBefore]);
	const old = rows.map(toChunk);
	const delta = deltaOf(tx, e.id);
	for (const chunks of groupChunks(old, e.config.conditions)) {
		const taking = new Taking(e.config.conditions);
		for (const chunk of chunks) taking.add(chunk, 'behind');
		const taken = taking.end(tx, e);
		if (taken === undefined) continue;
		delta.heldRows -= taken.count;
		delta.heldBytes -= taken.sizeBytes;
		await expireTaken(engine, tx, e, taken, action, report);
	}
	if (old.length > 0) await refreshAll(tx.query, e.id);
	return old.length < WAITING_AT_ONCE;
}

/** Groups that may be one dead letter each; a chunk that is larger than the limits is one by itself. */
function* groupChunks(
	chunks: readonly Chunk[],
	limits: { readonly count: number; readonly sizeBytes: number },
): Generator<Chunk[]> {
	let group: Chunk[] = [];
	let [count, bytes] = [0, 0];
	for (const chunk of chunks) {
		const isOther = chunk.mappingRevision !== (group[0] ?? chunk).mappingRevision;
		if (isOther || !fitsBatch(limits, count + chunk.count, bytes + chunk.bytes)) {
			if (group.length > 0) yield group;
			group = [];
			[count, bytes] = [0, 0];
		}
		group.push(chunk);
		[count, bytes] = [count + chunk.count, bytes + chunk.bytes];
	}
	if (group.length > 0) yield group;
}

/** Puts waiting rows aside that have become too old, or drops them. */
async function expireTaken(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	taken: Taken,
	action: 'dead-letter' | 'drop-oldest',
	report: ExpiryReport,
): Promise<void> {
	report.add(e.exportId, action === 'drop-oldest' ? 'dropped' : 'put aside', taken.count);
	if (action === 'drop-oldest') await dropTaken(tx, e, taken);
	else await buryTaken(engine, tx, e, taken);
}

async function buryTaken(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	taken: Taken,
): Promise<void> {
	const fields = { state: 'dead', reason: 'retention', attempts: 0, nextAt: 0 } as const;
	const batch = { ...taken, ...fields, firstRow: UNNUMBERED, failure: expired(engine.clock.nowAt) };
	const number = await addBatch(engine, tx, e, batch);
	await markChunks(tx.query, e, number, taken, UNNUMBERED);
}

async function dropTaken(
	tx: Transaction,
	e: ExportRecord,
	{ chunks, count }: Taken,
): Promise<void> {
	await tx.query(DELETE_TAKEN, [e.id, chunks.map(({ seq }) => seq), chunks.map(({ sub }) => sub)]);
	deltaOf(tx, e.id).purgedTotal += count;
}

/** With what this transaction is about to change. */
async function removeIfEmpty(tx: Transaction, e: ExportRecord): Promise<void> {
	const sum = (await sumCounters(tx.query, [e.id])).get(e.id) ?? newTally();
	const delta = tx.deltas.get(e.id) ?? newTally();
	if (isEmpty(plus(sum, delta))) await markRemoved(tx, e);
}

async function markRemoved(tx: Transaction, e: ExportRecord): Promise<void> {
	tx.deltas.delete(e.id);
	await tx.query('DELETE FROM @counter WHERE export = $1', [e.id]);
	await saveExport(tx.query, { ...e, isDraining: false, isRemoved: true });
}
