import { UNMAPPED_REVISION } from '../../../store';
import { keptFailure } from '../../kept-failure';
import { newTally } from '../../tally';
import { addBatch, type BatchRecord, toBatch } from '../batches';
import type { Part } from '../members';
import { type Chunk, toChunk } from '../chunks';
import type { Engine, ExportRecord } from '../engine';
import { toNumber } from '../connection';
import { findOldest } from '../find-oldest';
import { measureParts } from '../measure';
import {
	DELETE_BATCH,
	DELETE_CHUNK,
	DELETE_HELD,
	SELECT_ALL_OF_EXPORT,
	SELECT_CHUNKS_AFTER,
	SELECT_HELD,
	SET_CHUNK_LEFT,
	UPDATE_BATCH_PARTS,
} from '../sql';
import type { KnownPart } from './copy-tables';
import { addBatches, addTo, type Regroup } from './regroup';
import { countOf, findPieces, inBatches, overlaps, sortClaims, unclaimed } from './ranges';

/** What became of an export's rows. */
export interface RepairReport {
	readonly exportId: string;
	readonly saved: number;
	/** Rows whose batch is gone: they are in new ones. */
	readonly regrouped: number;
	readonly missing: number;
}

/**
 * Brings batches, counters and sequence numbers of one export in line with the chunks that were saved (I5, I10, I11). Rows that
 * are missing leave their batches, and a dead letter names how many; rows whose batch is missing come again in new ones.
 */
export function repairExport(engine: Engine, e: ExportRecord, knowledge: KnownPart): RepairReport {
	const chunks = engine.connection
		.all(SELECT_CHUNKS_AFTER, e.number, Number.MIN_SAFE_INTEGER, -1)
		.map(toChunk);
	const heldBefore = heldRows(e);
	const records = engine.connection.all(SELECT_ALL_OF_EXPORT, e.number);
	const batches: BatchRecord[] = [];
	let lostFromBatches = 0;
	for (const batch of records.map((row) => toBatch(engine, row))) {
		const kept = keepFound(engine, e, batch, chunks);
		if (batch.parts.length > 0) lostFromBatches += batch.count - (kept?.count ?? 0);
		if (kept !== undefined) batches.push(kept);
	}
	const held = keepHeld(engine, e, chunks, { claims: sortClaims(batches), knowledge });
	const claims = sortClaims([...batches, { parts: held }]);
	setNumbers(engine, e, { knowledge, chunks, claims });
	const regroup = settleChunks(engine, e, chunks, claims);
	countAgain(engine, e, chunks, { batches, held, knowledge });
	addBatches(engine, e, regroup);
	const missing = knowledge === 'whole' ? Math.max(0, heldBefore - heldRows(e)) : lostFromBatches;
	if (missing > 0) addMissing(engine, e, missing);
	balance(e, knowledge);
	findOldest(engine, e);
	engine.changed.add(e);
	const regrouped = regroup.reduce((sum, { parts }) => sum + countOf(parts), 0);
	return { exportId: e.exportId, saved: heldRows(e) - missing, regrouped, missing };
}

function heldRows({ tally }: ExportRecord): number {
	return tally.rows + tally.openRows + tally.deadRows;
}

/** Totals fit what is held (the sum in store.ts); those that cannot be known begin anew. */
function balance(e: ExportRecord, knowledge: KnownPart): void {
	const { tally } = e;
	if (knowledge !== 'whole') {
		tally.acceptedTotal = heldRows(e);
		tally.buriedTotal = tally.deadRows;
	}
	tally.ackedTotal = Math.max(0, tally.acceptedTotal - heldRows(e) - tally.purgedTotal);
}

/** A batch with the rows that are still there; undefined when none is. */
function keepFound(
	engine: Engine,
	e: ExportRecord,
	batch: BatchRecord,
	chunks: readonly Chunk[],
): BatchRecord | undefined {
	const parts = batch.parts.flatMap((part) => findPieces(part, chunks));
	if (countOf(parts) === countOf(batch.parts)) return batch;
	if (parts.length === 0) {
		engine.connection.run(DELETE_BATCH, batch.number);
		return undefined;
	}
	const members = measureParts(engine, e, parts);
	const { count, sizeBytes, firstAt, lastAt } = members;
	const shown = JSON.stringify(parts);
	engine.connection.run(UPDATE_BATCH_PARTS, shown, count, sizeBytes, firstAt, lastAt, batch.number);
	return { ...batch, ...members };
}

/** Rows that are held, and are still there and nowhere else (I22). */
function keepHeld(
	engine: Engine,
	e: ExportRecord,
	chunks: readonly Chunk[],
	o: { readonly claims: readonly Part[]; readonly knowledge: KnownPart },
): Part[] {
	// Where that is not known either, what waits begins behind what is held.
	const end = o.knowledge === 'whole' ? e.claimSeq : Number.POSITIVE_INFINITY;
	const kept: Part[] = [];
	for (const row of engine.connection.all(SELECT_HELD, e.number)) {
		const part = [toNumber(row.seq), 1, toNumber(row.row_id)] as const;
		const isFree = findPieces(part, chunks).length > 0 && !overlaps(part, o.claims);
		if (isFree && part[0] < end) kept.push(part);
		else engine.connection.run(DELETE_HELD, e.number, part[0]);
	}
	return kept;
}

function setNumbers(
	engine: Engine,
	e: ExportRecord,
	o: { knowledge: KnownPart; chunks: readonly Chunk[]; claims: readonly Part[] },
): void {
	const ends = o.chunks.map(({ endSeq }) => endSeq);
	const rowIds = o.claims.map(([, n, id]) => (id === 0 ? 0 : id + n));
	e.nextSeq = Math.max(e.nextSeq, 1, ...maxOf(ends));
	e.nextRowId = Math.max(e.nextRowId, 1, ...maxOf(rowIds));
	if (o.knowledge === 'whole') return;
	// No number was used that is higher than the rows the store ever took (I20).
	const bound = engine.meta.appendedRows + 1;
	e.nextSeq = Math.max(e.nextSeq, bound);
	e.nextRowId = Math.max(e.nextRowId, bound);
	e.claimSeq = firstWaiting(o.chunks, o.claims) ?? e.nextSeq;
}

/** What waits are the last rows of a chunk that are left and in no batch, and everything behind. */
function firstWaiting(chunks: readonly Chunk[], claims: readonly Part[]) {
	for (const chunk of chunks) {
		if (chunk.seq < 0) continue;
		const waiting = chunk.leftCount - inBatches(chunk, claims);
		if (waiting > 0) return chunk.endSeq - Math.min(waiting, chunk.count);
	}
	return undefined;
}

/** Sets `left` of each chunk. @returns rows that are left and belong to no batch and do not wait */
function settleChunks(
	engine: Engine,
	e: ExportRecord,
	chunks: readonly Chunk[],
	claims: readonly Part[],
): Regroup[] {
	const groups: Regroup[] = [];
	for (const chunk of chunks) {
		const waiting = Math.max(0, chunk.endSeq - Math.max(chunk.seq, e.claimSeq));
		const settled = inBatches(chunk, claims) + waiting;
		let left = settled;
		if (chunk.leftCount > settled) {
			// Which of them had been acked cannot be told: they come again, all of them (I3 before I9).
			const parts = unclaimed(chunk, Math.min(chunk.endSeq, e.claimSeq), claims);
			left += countOf(parts);
			addTo(groups, chunk, parts);
		}
		if (left === 0) engine.connection.run(DELETE_CHUNK, e.number, chunk.seq);
		else engine.connection.run(SET_CHUNK_LEFT, left, e.number, chunk.seq);
	}
	return groups;
}

function countAgain(
	engine: Engine,
	e: ExportRecord,
	chunks: readonly Chunk[],
	o: {
		readonly batches: readonly BatchRecord[];
		readonly held: readonly Part[];
		readonly knowledge: KnownPart;
	},
): void {
	const { batches, knowledge } = o;
	const held = measureParts(engine, e, o.held);
	const tally = knowledge === 'whole' ? e.tally : newTally();
	const sum = (state: BatchRecord['state'], what: 'count' | 'sizeBytes' | 'answerBytes') =>
		batches.filter((b) => b.state === state).reduce((total, b) => total + b[what], 0);
	const waiting = chunks.filter(({ endSeq }) => endSeq > e.claimSeq);
	e.tally = {
		...tally,
		rows: waiting.reduce(
			(n, { seq, endSeq }) => n + endSeq - Math.max(seq, e.claimSeq),
			held.count,
		),
		bytes: waiting.reduce((n, chunk) => n + waitingBytes(engine, e, chunk), held.sizeBytes),
		heldRows: held.count,
		heldBytes: held.sizeBytes,
		openBatches: batches.filter(({ state }) => state === 'open').length,
		openRows: sum('open', 'count'),
		openBytes: sum('open', 'sizeBytes'),
		deadBatches: batches.filter(({ state }) => state === 'dead').length,
		deadRows: sum('dead', 'count'),
		deadBytes: sum('dead', 'sizeBytes') + sum('dead', 'answerBytes'),
	};
}

function waitingBytes(engine: Engine, e: ExportRecord, chunk: Chunk): number {
	if (chunk.seq >= e.claimSeq) return chunk.bytes;
	return measureParts(engine, e, [[e.claimSeq, chunk.endSeq - e.claimSeq, 0]]).sizeBytes;
}

function addMissing(engine: Engine, e: ExportRecord, count: number): void {
	const { nowAt } = engine.time;
	const members = {
		parts: [],
		count,
		sizeBytes: 0,
		firstAt: nowAt,
		lastAt: nowAt,
		arrivedAt: nowAt,
	};
	const message = `${count} rows of export ${e.exportId} were in damaged pages; the damaged file is in quarantine`;
	const failure = keptFailure(nowAt, { code: 'ERR_STORE_CORRUPT', message });
	const fields = { mappingRevision: UNMAPPED_REVISION, reason: 'damaged', attempts: 0, nextAt: 0 };
	addBatch(engine, e, members, { ...fields, state: 'dead', failure });
	engine.meta.quarantinedRows += count;
}

/** Spreading a long list into Math.max would overflow the stack. */
function maxOf(numbers: readonly number[]): number[] {
	return numbers.length === 0 ? [] : [numbers.reduce((a, b) => Math.max(a, b))];
}
