import { keyBytes } from '../key-bytes';
import { addBatch, type BatchRecord, DAMAGED, lockBatch, removeBatch, UNNUMBERED } from './batches';
import {
	CHUNK_COLUMNS,
	type ChunkRow,
	cutChunk,
	insertChunks,
	type NewChunk,
	openBody,
	toChunk,
} from './chunks';
import { deltaOf, type Engine, type ExportRecord, type Transaction } from './engine';
import { keyAt, runsOf } from './key-runs';
import { busyOf, refreshKeys, takeKeys } from './key-tables';

const CHUNKS = `
SELECT ${CHUNK_COLUMNS}, body FROM @chunk WHERE batch = $1 ORDER BY seq, sub`;

const FREE = null;

/**
 * Replays dead letters under order key (I22): rows whose key is busy are held, the others are a new batch. To be called with the claim
 * lock.
 *
 * @returns how many letters and rows
 */
export async function replayByKey(
	engine: Engine,
	tx: Transaction,
	e: Pick<ExportRecord, 'id'>,
	numbers: readonly number[],
): Promise<{ batches: number; rows: number }> {
	const replayed = { batches: 0, rows: 0 };
	for (const number of numbers) {
		const dead = await lockBatch(tx.query, number);
		if (dead?.state !== 'dead' || dead.reason === DAMAGED || dead.exportNumber !== e.id) continue;
		await replay(engine, tx, e, dead);
		replayed.batches++;
		replayed.rows += dead.count;
	}
	return replayed;
}

async function replay(
	engine: Engine,
	tx: Transaction,
	e: Pick<ExportRecord, 'id'>,
	dead: BatchRecord,
): Promise<void> {
	const found = await openLetter(tx, dead);
	const keys = new Set<string>();
	for (const { chunk, rows } of found) {
		for (let at = 0; rows !== undefined && at < chunk.count; at++) {
			const key = keyAt(rows, at);
			if (key !== undefined) keys.add(key);
		}
	}
	const busy = await busyOf(tx.query, e.id, keys);
	const free: NewChunk[] = [];
	const held: NewChunk[] = [];
	for (const { chunk, rows, body } of found) {
		if (rows === undefined) {
			// A read of the batch finds the damage.
			free.push({ ...chunk, batch: null, body, place: chunk });
			continue;
		}
		const wayOf = (at: number) => {
			const key = keyAt(rows, at);
			return key !== undefined && busy.has(key) ? key : FREE;
		};
		for (const { from, end, way } of runsOf(chunk.count, wayOf)) {
			const piece = cutChunk(chunk, rows, from, end, null);
			if (way === FREE) free.push(piece);
			else held.push({ ...piece, hold: keyBytes(way) });
		}
	}
	await tx.query('DELETE FROM @chunk WHERE batch = $1', [dead.number]);
	const number = await addFree(engine, tx, e, dead, free);
	await insertChunks(tx.query, e.id, [
		...free.map((piece) => ({ ...piece, batch: number ?? null })),
		...held,
	]);
	await removeBatch(tx, dead);
	countHeld(tx, e, held);
	const names = new Set([...keys].filter((key) => !busy.has(key)));
	if (number !== undefined) await takeKeys(tx.query, e.id, { number, place: number }, names);
	await refreshKeys(tx.query, e.id, busy);
}

async function openLetter(tx: Transaction, dead: BatchRecord) {
	const rows = await tx.query<ChunkRow & { body: Buffer }>(CHUNKS, [dead.number]);
	return rows.map((row) => {
		const chunk = toChunk(row);
		return { chunk, body: row.body, rows: openBody(chunk, row.body) };
	});
}

/** @returns the number of the batch; undefined where none of its rows is free */
async function addFree(
	engine: Engine,
	tx: Transaction,
	e: Pick<ExportRecord, 'id'>,
	{ mappingRevision, reason, number: origin }: BatchRecord,
	free: readonly NewChunk[],
): Promise<number | undefined> {
	const [first] = free;
	if (first === undefined) return undefined;
	const isNumbered = free.every(({ rowId }) => rowId !== 0);
	return addBatch(engine, tx, e, {
		mappingRevision,
		reason,
		origin,
		count: free.reduce((sum, { count }) => sum + count, 0),
		sizeBytes: free.reduce((sum, { bytes }) => sum + bytes, 0),
		firstAt: first.at,
		lastAt: free.at(-1)?.lastAt ?? first.lastAt,
		arrivedAt: first.arrivedAt,
		state: 'open',
		attempts: 0,
		nextAt: engine.clock.nowAt,
		firstRow: isNumbered ? first.rowId : UNNUMBERED,
		isKeyed: true,
	});
}

function countHeld(tx: Transaction, e: Pick<ExportRecord, 'id'>, held: readonly NewChunk[]): void {
	const delta = deltaOf(tx, e.id);
	for (const { count, bytes } of held) {
		delta.rows += count;
		delta.bytes += bytes;
		delta.heldRows += count;
		delta.heldBytes += bytes;
	}
}
