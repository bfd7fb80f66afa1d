import { keyedRow } from '../newest-first';
import { hasSequenceKey, readReceivedAt, readSizeBytes, rowAt, type RowPlaces } from '../row-codec';
import {
	type Chunk,
	CHUNK_COLUMNS,
	type ChunkRow,
	cutChunk,
	deleteChunk,
	insertChunks,
	openBody,
	readBody,
	toChunk,
} from './chunks';
import { deltaOf, type Engine, type ExportRecord, type Transaction } from './engine';
import { quarantineChunk } from './quarantine';
import type { Taken, TakeLimits } from './take-waiting';

const PAGE = 100;

const NEWEST = `
SELECT ${CHUNK_COLUMNS} FROM @chunk WHERE export = $1 AND batch IS NULL AND (seq, sub) < ($2, $3)
ORDER BY seq DESC, sub DESC LIMIT ${PAGE}`;

/**
 * As takeWaiting, from the other end: the newest rows, in their order. Reads all that it takes, since rows of a sequence may not be
 * among them.
 *
 * @throws ConfigError at a row with a sequenceKey
 */
export async function takeNewest(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	limits: Pick<TakeLimits, 'count' | 'sizeBytes'>,
): Promise<Taken | undefined> {
	const chunks: Chunk[] = [];
	let count = 0;
	let sizeBytes = 0;
	for await (const chunk of newestChunks(tx, e)) {
		const [later] = chunks;
		if (later !== undefined && later.mappingRevision !== chunk.mappingRevision) break;
		if (count >= limits.count) break;
		const body = await readBody(tx.query, e.id, chunk);
		const found = openBody(chunk, body);
		if (found === undefined) {
			await quarantineChunk(engine, tx, e, chunk, body);
			continue;
		}
		const from = firstFitting(found, chunk.count, { count, sizeBytes }, limits);
		const tail = await splitOff(tx, e, chunk, found, from);
		if (tail === undefined) break;
		chunks.unshift(tail);
		count += tail.count;
		sizeBytes += tail.bytes;
		if (from > 0) break;
	}
	const [first] = chunks;
	if (first === undefined) return undefined;
	const delta = deltaOf(tx, e.id);
	delta.rows -= count;
	delta.bytes -= sizeBytes;
	return {
		chunks,
		mappingRevision: first.mappingRevision,
		count,
		sizeBytes,
		firstAt: first.at,
		lastAt: chunks.at(-1)?.lastAt ?? first.lastAt,
		arrivedAt: first.arrivedAt,
	};
}

async function* newestChunks(tx: Transaction, e: ExportRecord): AsyncGenerator<Chunk> {
	let place = { seq: Number.MAX_SAFE_INTEGER, sub: 0 };
	for (;;) {
		const page = await tx.query<ChunkRow>(NEWEST, [e.id, place.seq, place.sub]);
		for (const row of page) yield toChunk(row);
		const last = page.at(-1);
		if (last === undefined || page.length < PAGE) return;
		place = { seq: last.seq, sub: last.sub };
	}
}

/** Of the chunk's rows the first that still fits with all behind it: the last one at least when nothing was taken before. */
function firstFitting(
	found: RowPlaces,
	chunkCount: number,
	taken: { readonly count: number; readonly sizeBytes: number },
	limits: Pick<TakeLimits, 'count' | 'sizeBytes'>,
): number {
	let { count, sizeBytes } = taken;
	let from = chunkCount;
	while (from > 0) {
		const row = rowAt(found, from - 1);
		count++;
		sizeBytes += readSizeBytes(row);
		if (count > limits.count || (count > 1 && sizeBytes > limits.sizeBytes)) break;
		if (hasSequenceKey(row)) throw keyedRow();
		from--;
	}
	return from;
}

/** @returns the part from that row on; undefined where it is empty */
async function splitOff(
	tx: Transaction,
	e: ExportRecord,
	chunk: Chunk,
	found: RowPlaces,
	from: number,
): Promise<Chunk | undefined> {
	if (from === chunk.count) return undefined;
	if (from === 0) return chunk;
	const parts = [
		cutChunk(chunk, found, 0, from, null),
		cutChunk(chunk, found, from, chunk.count, null),
	];
	await deleteChunk(tx.query, e.id, chunk);
	await insertChunks(tx.query, e.id, parts);
	const [, tail] = parts;
	if (tail?.place === undefined) return undefined;
	const { bytes, at, arrivedAt, place } = tail;
	return {
		...chunk,
		...place,
		count: chunk.count - from,
		bytes,
		at,
		arrivedAt,
		lastAt: readReceivedAt(rowAt(found, chunk.count - 1)),
	};
}
