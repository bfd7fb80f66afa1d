import { MAX_CHUNK_BYTES } from '../defaults';
import { fitsBatch } from '../export-rules';
import { insertChunk } from './chunks';
import { flushLatest } from './latest';
import { type Engine, type ExportRecord, unread } from './engine';
import type { OpenChunk } from './open-chunk';
import type { EncodedRow } from './packed-appends';
import { readReceivedAt } from '../row-codec';
import { trimAppended } from './trim-kept';

/**
 * Adds a waiting row to the running group. The chunk is cut where the next batch will begin, by count, bytes or mapping
 * revision, so that batches are made of whole chunks (S23).
 */
export function addRow(engine: Engine, e: ExportRecord, row: EncodedRow): void {
	const { mappingRevision, sizeBytes } = row;
	const receivedAt = readReceivedAt(row.bytes, row.start);
	let builder = engine.builders.get(e);
	const isCut = startsNewBatch(e, sizeBytes);
	if (isCut) e.sinceCut = { rows: 0, bytes: 0 };
	if (builder !== undefined && (isCut || !fits(builder, row))) {
		flushBuilder(engine, e);
		builder = undefined;
	}
	if (builder === undefined) {
		const arrivedAt = engine.time.arrivedAt(receivedAt);
		builder = {
			mappingRevision,
			at: receivedAt,
			arrivedAt,
			lastAt: receivedAt,
			rows: 0,
			stretches: [],
			bodyBytes: 0,
			bytes: 0,
		};
		engine.builders.set(e, builder);
	}
	builder.rows++;
	addBytes(builder, row);
	builder.bytes += sizeBytes;
	builder.lastAt = receivedAt;
	countRow(engine, e, builder, sizeBytes);
}

/** Brings all rows of the running group into chunks, and its latest events into their table: before anything looks for them, and at its end. */
export function flushBuilders(engine: Engine): void {
	for (const e of [...engine.builders.keys()]) flushBuilder(engine, e);
	flushLatest(engine);
}

function flushBuilder(engine: Engine, e: ExportRecord): void {
	const builder = engine.builders.get(e);
	if (builder === undefined) return;
	engine.builders.delete(e);
	const body = bodyOf(builder);
	const count = builder.rows;
	insertChunk(engine, { exportNumber: e.number, seq: e.nextSeq, count, ...builder }, body);
	e.nextSeq += count;
	engine.changed.add(e);
	if (e.config.kept !== undefined) trimAppended(engine, e, builder.bytes);
}

function countRow(engine: Engine, e: ExportRecord, builder: OpenChunk, sizeBytes: number) {
	if (unread(e).rows === 0) {
		e.oldestAt = builder.lastAt;
		e.arrivedAt = engine.time.arrivedAt(builder.lastAt);
		e.firstRevision = builder.mappingRevision;
	}
	e.tally.rows++;
	e.tally.bytes += sizeBytes;
	e.tally.acceptedTotal++;
	e.sinceCut.rows++;
	e.sinceCut.bytes += sizeBytes;
	engine.meta.appendedRows++;
	engine.changed.add(e);
}

function startsNewBatch(e: ExportRecord, sizeBytes: number): boolean {
	const { rows, bytes } = e.sinceCut;
	return !fitsBatch(e.config.conditions, rows + 1, bytes + sizeBytes);
}

function fits(builder: OpenChunk, { mappingRevision, start, end }: EncodedRow): boolean {
	return (
		builder.mappingRevision === mappingRevision &&
		builder.bodyBytes + end - start <= MAX_CHUNK_BYTES
	);
}

function addBytes(builder: OpenChunk, { bytes, start, end }: EncodedRow): void {
	const last = builder.stretches.at(-1);
	if (last?.bytes === bytes && last.end === start) last.end = end;
	else builder.stretches.push({ bytes, start, end });
	builder.bodyBytes += end - start;
}

function bodyOf({ stretches, bodyBytes }: OpenChunk): Buffer {
	const parts = stretches.map(({ bytes, start, end }) => bytes.subarray(start, end));
	const [only] = parts;
	return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, bodyBytes);
}
