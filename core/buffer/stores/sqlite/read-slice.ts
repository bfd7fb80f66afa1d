import { batchGone } from '../failures';
import { type BatchRecord, findBatch } from './batches';
import { ChunkReader } from './chunk-reader';
import { type Chunk, readChunk, walkChunks } from './chunks';
import { DamagedDatabase } from './damage';
import { isDamaged, rowsDamaged } from './dead-letters';
import { type Engine, type ExportRecord, findExport, type SqliteHeld } from './engine';
import type { PlainSlice } from './protocol';
import { payloadLength, rowAt } from '../row-codec';
import { SliceBuilder } from './slice-builder';

/** A chunk of the batch that cannot be read; it has to be put in quarantine before the slice is read again. */
export interface Damage {
	readonly export: ExportRecord;
	readonly damaged: Chunk;
}

/** Rows from `position` on, at most 1 MB of payload or one row (S29). */
export function readSlice(
	engine: Engine,
	o: { batch: number; position: number },
): PlainSlice | Damage {
	const batch = findBatch(engine, o.batch);
	if (batch === undefined) throw batchGone(String(o.batch));
	if (isDamaged(batch)) throw rowsDamaged(batch);
	const slice = new SliceBuilder(batch.export.exportId, batch.mappingRevision);
	const reader = new ChunkReader(engine, batch.export);
	let skip = o.position;
	for (const [seq, count, rowId] of batch.parts) {
		const from = seq + Math.min(skip, count);
		skip -= from - seq;
		const taken = addRows(batch.export, reader, slice, { from, end: seq + count, rowId, seq });
		if (taken !== 'all') return taken === 'full' ? slice.finish(false) : taken;
	}
	return slice.finish(true);
}

/** The oldest waiting rows, a slice per mapping revision. */
export function peek(engine: Engine, o: { exportId: string; limit: number }): PlainSlice[] {
	const e = findExport(engine, o.exportId);
	const held = e.keys.all().slice(0, o.limit);
	const reader = new ChunkReader(engine, e);
	const slices = held.map((row) => readHeld(e, reader, row));
	let left = o.limit - held.length;
	if (left <= 0) return slices;
	for (const chunk of walkChunks(engine, e, e.claimSeq, e.nextSeq)) {
		const found = readChunk(engine, e, chunk);
		const slice = new SliceBuilder(e.exportId, chunk.mappingRevision);
		for (let seq = Math.max(e.claimSeq, chunk.seq); seq < chunk.endSeq && left > 0; seq++) {
			// A damaged chunk is dealt with when its rows are claimed; a look changes nothing.
			if (found !== undefined) slice.add(rowAt(found, seq - chunk.seq), 0);
			left--;
		}
		slices.push(slice.finish(true));
		if (left <= 0) break;
	}
	return slices;
}

function readHeld(e: ExportRecord, reader: ChunkReader, { seq, ...row }: SqliteHeld): PlainSlice {
	const slice = new SliceBuilder(e.exportId, row.mappingRevision);
	for (const { chunk, found } of reader.walk(seq, seq + 1)) {
		if (found !== undefined) slice.add(rowAt(found, seq - chunk.seq), row.rowId);
	}
	return slice.finish(true);
}

function addRows(
	e: BatchRecord['export'],
	reader: ChunkReader,
	slice: SliceBuilder,
	part: { from: number; end: number; seq: number; rowId: number },
): 'all' | 'full' | Damage {
	let next = part.from;
	for (const { chunk, found } of reader.walk(part.from, part.end)) {
		if (chunk.seq > next) throw rowsGone(e, next);
		next = chunk.endSeq;
		if (found === undefined) return { export: e, damaged: chunk };
		const first = Math.max(part.from, chunk.seq);
		const end = Math.min(part.end, chunk.endSeq);
		const rowId = part.rowId === 0 ? 0 : part.rowId + (first - part.seq);
		if (first === chunk.seq && end === chunk.endSeq && slice.addWhole(found, rowId)) continue;
		for (let seq = first; seq < end; seq++) {
			const row = rowAt(found, seq - chunk.seq);
			if (!slice.hasRoom(payloadLength(row))) return 'full';
			slice.add(row, part.rowId === 0 ? 0 : part.rowId + (seq - part.seq));
		}
	}
	if (next < part.end) throw rowsGone(e, next);
	return 'all';
}

/** A batch that came with fewer rows would be acked, and they with it. */
function rowsGone(e: ExportRecord, seq: number): DamagedDatabase {
	return new DamagedDatabase(`row ${seq} of export ${e.exportId} is in a batch and is not found`);
}
