import { type ChunkHeader, fitsBody, fitsHeader, sealOf } from './chunk-seal';
import { toBuffer, toNumber, type SqlRow } from './connection';
import { DamagedDatabase } from './damage';
import type { Engine, ExportRecord } from './engine';
import { findRows, type RowPlaces } from '../row-codec';
import {
	DELETE_CHUNK,
	DELETE_WHOLE_CHUNKS,
	INSERT_CHUNK,
	SELECT_CHUNK_BODY,
	SELECT_CHUNK_HEADERS,
	UPDATE_CHUNK_LEFT,
} from './sql';

/** What is known of a chunk of an export without its body. `seq` is that of its first row. */
export interface Chunk extends Omit<ChunkHeader, 'exportNumber'> {
	/** Behind its last row. */
	readonly endSeq: number;
	/** See chunk-seal.ts. */
	readonly seal: number;
	readonly leftCount: number;
}

/** Many walks end after a chunk, some after thousands. */
const PAGE_SIZES = { first: 1, max: 256 } as const;

/**
 * Headers from the chunk that holds `seq` on, or from the next one where that row is gone; up to `endSeq`.
 *
 * @throws DamagedDatabase at a header that is not as it was written: what it says of its rows decides over others, too
 */
export function* walkChunks(
	engine: Engine,
	e: ExportRecord,
	seq: number,
	endSeq: number,
): Generator<Chunk> {
	let pageSize: number = PAGE_SIZES.first;
	for (let from = seq; from < endSeq;) {
		const page = engine.connection.all(SELECT_CHUNK_HEADERS, e.number, from, endSeq, pageSize);
		for (const row of page) {
			const chunk = toChunk(row);
			if (!isSoundHeader(e, chunk)) throw new DamagedDatabase('the header of a chunk is damaged');
			yield chunk;
			from = chunk.endSeq;
		}
		if (page.length < pageSize) return;
		pageSize = Math.min(PAGE_SIZES.max, pageSize * 4);
	}
}

export function insertChunk(engine: Engine, header: ChunkHeader, body: Buffer): void {
	const { exportNumber, seq, count, bytes, at, lastAt, arrivedAt, mappingRevision } = header;
	engine.connection.run(
		INSERT_CHUNK,
		exportNumber,
		seq,
		count,
		bytes,
		at,
		lastAt,
		arrivedAt,
		mappingRevision,
		sealOf(header, body),
		count,
		body,
	);
}

/** The rows of a chunk; undefined when it is damaged (S50). */
export function readChunk(engine: Engine, e: ExportRecord, chunk: Chunk): RowPlaces | undefined {
	const body = readBody(engine, e, chunk);
	return fitsBody(chunk.seal, body) ? findRows(body, chunk.count) : undefined;
}

/** Whether what a chunk says of its rows is as it was written. */
export function isSoundHeader(e: Pick<ExportRecord, 'number'>, chunk: Chunk): boolean {
	return fitsHeader(chunk.seal, { exportNumber: e.number, ...chunk });
}

export function readBody(engine: Engine, e: ExportRecord, chunk: Pick<Chunk, 'seq'>): Buffer {
	return toBuffer(engine.connection.get(SELECT_CHUNK_BODY, e.number, chunk.seq)?.body);
}

/** Arrival of a row in the middle of a chunk. */
export function arrivalOf(engine: Engine, chunk: Chunk, receivedAt: number): number {
	return Math.min(chunk.arrivedAt + (receivedAt - chunk.at), engine.time.nowAt);
}

/** Rows `seq` … `endSeq` are settled: chunks of which nothing is left go (S32). */
export function releaseRows(engine: Engine, e: ExportRecord, seq: number, endSeq: number): void {
	engine.connection.run(DELETE_WHOLE_CHUNKS, e.number, seq, endSeq);
	// What is left are chunks that other batches use too.
	for (const chunk of walkChunks(engine, e, seq, endSeq)) {
		const settled = Math.min(endSeq, chunk.endSeq) - Math.max(seq, chunk.seq);
		if (settled >= chunk.leftCount) engine.connection.run(DELETE_CHUNK, e.number, chunk.seq);
		else engine.connection.run(UPDATE_CHUNK_LEFT, settled, e.number, chunk.seq);
	}
}

/**
 * Rows of these ranges are settled, each from `seq` on so many. A chunk is written once, however many of the ranges lie in it: it is
 * written with its body, and under order key a batch may have every second row of one.
 */
export function releaseParts(
	engine: Engine,
	e: ExportRecord,
	parts: readonly (readonly [seq: number, count: number, ...unknown[]])[],
): void {
	const [first] = parts;
	if (first !== undefined && parts.length === 1) {
		releaseRows(engine, e, first[0], first[0] + first[1]);
		return;
	}
	const settled = new Map<number, { readonly leftCount: number; count: number }>();
	let last: Chunk | undefined;
	for (const [seq, count] of parts) {
		for (let from = seq; from < seq + count;) {
			if (last === undefined || from < last.seq || from >= last.endSeq) {
				[last] = walkChunks(engine, e, from, seq + count);
				if (last === undefined) break;
			}
			const end = Math.min(seq + count, last.endSeq);
			const { leftCount } = last;
			const known = settled.get(last.seq) ?? { leftCount, count: 0 };
			known.count += end - Math.max(from, last.seq);
			settled.set(last.seq, known);
			from = end;
		}
	}
	for (const [seq, { leftCount, count }] of settled) {
		if (count >= leftCount) engine.connection.run(DELETE_CHUNK, e.number, seq);
		else engine.connection.run(UPDATE_CHUNK_LEFT, count, e.number, seq);
	}
}

export function toChunk(row: SqlRow): Chunk {
	const seq = toNumber(row.seq);
	const count = toNumber(row.n);
	return {
		seq,
		endSeq: seq + count,
		count,
		bytes: toNumber(row.bytes),
		at: toNumber(row.at),
		lastAt: toNumber(row.last_at),
		arrivedAt: toNumber(row.arrived_at),
		mappingRevision: toNumber(row.revision),
		seal: toNumber(row.crc),
		leftCount: toNumber(row.left_rows),
	};
}
