import { join } from 'node:path';
import { isInstant, showInstant } from '../../../pure/show-instant';
import { keptFailure } from '../kept-failure';
import { addBatch, removeBatch, toBatch } from './batches';
import type { Part } from './members';
import { type Chunk, readBody } from './chunks';
import { toNumber } from './connection';
import type { Engine, ExportRecord } from './engine';
import { setOldest } from './find-oldest';
import { endHold } from './key-rows';
import { measureParts } from './measure';
import { makePrivateDirectory, writePrivate } from './private-files';
import { DELETE_CHUNK, SELECT_OVERLAPPING, SUM_CHUNK_BYTES, UPDATE_BATCH_PARTS } from './sql';

/**
 * A chunk whose checksum or row count is wrong moves to `quarantine/` (S50). Its rows leave the batches and the counters they
 * were in, a dead letter names them, and delivery goes on with the next chunk (I13). In the running transaction.
 */
export function quarantineChunk(engine: Engine, e: ExportRecord, chunk: Chunk): void {
	engine.begin();
	const file = keepBytes(engine, e, chunk);
	const lostHeld = takeFromHeld(engine, e, chunk);
	const lostWaiting = takeFromWaiting(engine, e, chunk);
	const lostInBatches = takeFromBatches(engine, e, chunk);
	engine.connection.run(DELETE_CHUNK, e.number, chunk.seq);
	if (lostWaiting > 0) setOldest(engine, e);
	const count = lostHeld + lostWaiting + lostInBatches;
	const receivedAt = showInstant(chunk.at);
	const message =
		`${count} rows of export ${e.exportId} (sequence ${chunk.seq} to ${chunk.endSeq - 1}, ` +
		`received from ${receivedAt}) are damaged; their bytes are in quarantine/${file}`;
	if (count > 0) {
		const possible = (at: number) => (isInstant(at) ? at : engine.time.nowAt);
		const members = {
			parts: [],
			count,
			sizeBytes: 0,
			firstAt: possible(chunk.at),
			lastAt: possible(chunk.lastAt),
			arrivedAt: possible(chunk.arrivedAt),
		};
		const { mappingRevision } = chunk;
		const fields = { mappingRevision, reason: 'damaged', attempts: 0, nextAt: 0 };
		const failure = keptFailure(engine.time.nowAt, { code: 'ERR_STORE_CORRUPT', message });
		addBatch(engine, e, members, { ...fields, state: 'dead', failure });
	}
	engine.meta.quarantinedRows += count;
	engine.warn(message);
}

function keepBytes(engine: Engine, e: ExportRecord, chunk: Chunk): string {
	makePrivateDirectory(engine.quarantineDirectory);
	const name = `export-${e.number}-${chunk.seq}`;
	writePrivate(join(engine.quarantineDirectory, `${name}.bin`), readBody(engine, e, chunk));
	const { exportId } = e;
	const about = JSON.stringify({ exportId, ...chunk }, undefined, '\t');
	writePrivate(join(engine.quarantineDirectory, `${name}.json`), `${about}\n`);
	return `${name}.bin`;
}

/** @returns rows of the chunk that were held */
function takeFromHeld(engine: Engine, e: ExportRecord, { seq, endSeq }: Chunk): number {
	const lost = e.keys.removeWhere((row) => row.seq >= seq && row.seq < endSeq);
	endHold(engine, e, lost);
	return lost.length;
}

/** @returns rows of the chunk that waited and that no claim had come to */
function takeFromWaiting(engine: Engine, e: ExportRecord, chunk: Chunk): number {
	if (chunk.endSeq <= e.claimSeq) return 0;
	const lost = chunk.endSeq - Math.max(chunk.seq, e.claimSeq);
	const isWhole = lost === chunk.count;
	if (chunk.seq <= e.claimSeq) e.claimSeq = chunk.endSeq;
	e.tally.rows -= lost;
	// Which part of a damaged chunk's bytes had waited cannot be read; the chunks behind it can be summed.
	e.tally.bytes = isWhole
		? e.tally.bytes - chunk.bytes
		: toNumber(engine.connection.get(SUM_CHUNK_BYTES, e.number, chunk.endSeq)?.bytes) +
			e.tally.heldBytes;
	engine.changed.add(e);
	return lost;
}

/** @returns rows of the chunk that were in batches, open or dead */
function takeFromBatches(engine: Engine, e: ExportRecord, chunk: Chunk): number {
	let lost = 0;
	for (const row of engine.connection.all(SELECT_OVERLAPPING, e.number, chunk.seq, chunk.endSeq)) {
		const batch = toBatch(engine, row);
		const parts = batch.parts.flatMap((part) => without(part, chunk.seq, chunk.endSeq));
		const left = measureParts(engine, e, parts);
		lost += batch.count - left.count;
		if (left.count === 0) {
			removeBatch(engine, batch);
			continue;
		}
		const { count, sizeBytes, firstAt, lastAt } = left;
		const shown = JSON.stringify(parts);
		engine.connection.run(
			UPDATE_BATCH_PARTS,
			shown,
			count,
			sizeBytes,
			firstAt,
			lastAt,
			batch.number,
		);
		const { tally } = e;
		if (batch.state === 'open') {
			tally.openRows -= batch.count - count;
			tally.openBytes -= batch.sizeBytes - sizeBytes;
			const lease = engine.leases.get(batch.number);
			if (lease !== undefined) engine.leases.set(batch.number, { ...lease, rows: count });
		} else {
			tally.deadRows -= batch.count - count;
			tally.deadBytes -= batch.sizeBytes - sizeBytes;
		}
	}
	engine.changed.add(e);
	return lost;
}

/** What is left of a part when a range of sequence numbers is gone. */
function without([seq, count, rowId]: Part, from: number, end: number): Part[] {
	const pieces: Part[] = [];
	const before = Math.min(seq + count, from) - seq;
	if (before > 0) pieces.push([seq, before, rowId]);
	const behind = Math.max(seq, end);
	if (behind < seq + count) {
		pieces.push([behind, seq + count - behind, rowId === 0 ? 0 : rowId + behind - seq]);
	}
	return pieces;
}
