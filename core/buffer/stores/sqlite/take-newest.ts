import { MAX_CHUNK_BYTES } from '../defaults';
import { fitsBatch } from '../export-rules';
import { readReceivedAt, readSizeBytes, rowAt } from '../row-codec';
import { arrivalOf, type Chunk, insertChunk, isSoundHeader, readChunk, toChunk } from './chunks';
import { DamagedDatabase } from './damage';
import type { Engine, ExportRecord } from './engine';
import { findOldest } from './find-oldest';
import { quarantineChunk } from './quarantine';
import { DELETE_CHUNK, DELETE_WAITING_CHUNKS, SELECT_CHUNKS_BEFORE, SET_CHUNK_LEFT } from './sql';
import type { Taken, TakeLimits } from './take-waiting';

const PAGE = 64;

interface NewestRow {
	readonly encoded: Buffer;
	readonly seq: number;
	readonly receivedAt: number;
	readonly arrivedAt: number;
}

/** The newest rows that make a batch, in their order, and the chunk in which the first of them lies. */
export interface Newest {
	readonly rows: readonly [NewestRow, ...NewestRow[]];
	readonly chunk: Chunk;
	readonly sizeBytes: number;
	/** Of these rows, and of the next one where it no longer fits: then the batch is full. */
	readonly stats: { readonly rows: number; readonly bytes: number };
}

/**
 * Looks for the newest waiting rows, within the limits (I12) and of one mapping revision: at least one row, however large, where one
 * is in the range. Writes nothing, but puts damaged chunks aside.
 *
 * @param rangeFrom store time: the first row that came before it ends the range
 */
export function findNewest(
	engine: Engine,
	e: ExportRecord,
	limits: Pick<TakeLimits, 'count' | 'sizeBytes'>,
	rangeFrom: number,
): Newest | undefined {
	let rows: [NewestRow, ...NewestRow[]] | undefined;
	let first: Chunk | undefined;
	let sizeBytes = 0;
	let stats = { rows: 0, bytes: 0 };
	for (const chunk of walkBackwards(engine, e)) {
		if (first !== undefined && first.mappingRevision !== chunk.mappingRevision) break;
		const found = readChunk(engine, e, chunk);
		if (found === undefined) {
			quarantineChunk(engine, e, chunk);
			continue;
		}
		const from = Math.max(e.claimSeq, chunk.seq);
		let seq = chunk.endSeq;
		for (; seq > from; seq--) {
			const encoded = rowAt(found, seq - 1 - chunk.seq);
			const bytes = sizeBytes + readSizeBytes(encoded);
			const receivedAt = readReceivedAt(encoded);
			const arrivedAt = arrivalOf(engine, chunk, receivedAt);
			if (arrivedAt < rangeFrom) break;
			stats = { rows: (rows?.length ?? 0) + 1, bytes };
			if (!fitsBatch(limits, stats.rows, bytes)) break;
			const row = { encoded, seq: seq - 1, receivedAt, arrivedAt };
			if (rows === undefined) rows = [row];
			else rows.push(row);
			first = chunk;
			sizeBytes = bytes;
		}
		if (seq > from) break;
	}
	if (rows === undefined || first === undefined) return undefined;
	return { rows: rows.reverse() as typeof rows, chunk: first, sizeBytes, stats };
}

/**
 * Takes them. What waits is one stretch of sequence numbers, so they move below 0, where dead rows are, too: each takes a number that
 * no batch will have. Their former ones are free again.
 */
export function takeNewest(engine: Engine, e: ExportRecord, newest: Newest): Taken {
	const { rows, chunk, sizeBytes } = newest;
	const { mappingRevision } = chunk;
	const count = rows.length;
	cutOff(engine, e, newest);
	engine.meta.nextBatch += count - 1;
	const firstSeq = -engine.meta.nextBatch;
	let seq = firstSeq;
	for (const some of chunksOf(rows)) {
		const body = Buffer.concat(some.map(({ encoded }) => encoded));
		insertChunk(engine, { exportNumber: e.number, seq, mappingRevision, ...headerOf(some) }, body);
		seq += some.length;
	}
	e.tally.rows -= count;
	e.tally.bytes -= sizeBytes;
	e.sinceCut = { rows: 0, bytes: 0 };
	findOldest(engine, e);
	engine.changed.add(e);
	return {
		parts: [[firstSeq, count, 0]],
		mappingRevision,
		count,
		sizeBytes,
		firstAt: rows[0].receivedAt,
		lastAt: rows.at(-1)?.receivedAt ?? rows[0].receivedAt,
		arrivedAt: rows[0].arrivedAt,
	};
}

/** When the newest of the rows that no claim has come to arrived; undefined where none waits. @throws DamagedDatabase as walkChunks */
export function findLastArrival(engine: Engine, e: ExportRecord): number | undefined {
	const [last] = walkBackwards(engine, e, 1);
	return last && arrivalOf(engine, last, last.lastAt);
}

/** Removes them from where they wait. Of the chunk in which the first lies the rows before it stay. */
function cutOff(engine: Engine, e: ExportRecord, { rows, chunk }: Newest): void {
	const { connection } = engine;
	const { seq: firstSeq } = rows[0];
	const found = firstSeq > chunk.seq ? readChunk(engine, e, chunk) : undefined;
	connection.run(DELETE_WAITING_CHUNKS, e.number, firstSeq);
	e.nextSeq = firstSeq;
	if (found === undefined) return;
	const count = firstSeq - chunk.seq;
	const kept = Array.from({ length: count }, (_, index) => rowAt(found, index));
	const bytes = kept.reduce((sum, row) => sum + readSizeBytes(row), 0);
	const lastAt = readReceivedAt(rowAt(found, count - 1));
	connection.run(DELETE_CHUNK, e.number, chunk.seq);
	const header = { ...chunk, exportNumber: e.number, count, bytes, lastAt };
	insertChunk(engine, header, Buffer.concat(kept));
	const left = chunk.leftCount - (chunk.count - count);
	connection.run(SET_CHUNK_LEFT, left, e.number, chunk.seq);
}

function* chunksOf(rows: readonly NewestRow[]): Generator<NewestRow[]> {
	let some: NewestRow[] = [];
	let bytes = 0;
	for (const row of rows) {
		if (some.length > 0 && bytes + row.encoded.byteLength > MAX_CHUNK_BYTES) {
			yield some;
			some = [];
			bytes = 0;
		}
		some.push(row);
		bytes += row.encoded.byteLength;
	}
	if (some.length > 0) yield some;
}

function headerOf(rows: readonly NewestRow[]) {
	return {
		count: rows.length,
		bytes: rows.reduce((sum, { encoded }) => sum + readSizeBytes(encoded), 0),
		at: rows[0]?.receivedAt ?? 0,
		lastAt: rows.at(-1)?.receivedAt ?? 0,
		arrivedAt: rows[0]?.arrivedAt ?? 0,
	};
}

/** Headers of what waits, the newest first. @throws DamagedDatabase as walkChunks */
function* walkBackwards(engine: Engine, e: ExportRecord, pageSize = PAGE): Generator<Chunk> {
	for (let before = e.nextSeq; ;) {
		const page = engine.connection.all(
			SELECT_CHUNKS_BEFORE,
			e.number,
			before,
			e.claimSeq,
			pageSize,
		);
		for (const row of page) {
			const chunk = toChunk(row);
			if (!isSoundHeader(e, chunk)) throw new DamagedDatabase('the header of a chunk is damaged');
			yield chunk;
			before = chunk.seq;
		}
		if (page.length < pageSize) return;
	}
}
