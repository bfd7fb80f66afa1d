import { readReceivedAt, readSizeBytes, type RowPlaces, rowAt } from '../row-codec';
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

export interface TakeLimits {
	readonly count: number;
	readonly sizeBytes: number;
	/** Only rows that arrived until then. */
	readonly arrivedUntil?: number;
	/** Only chunks behind this one: those before it were just taken, and looking for them again would cost more each time. */
	readonly after?: Pick<Chunk, 'seq' | 'sub'> | undefined;
}

/** A batch of more chunks would take longer to mark than others should wait. It is smaller than its limits then. */
const MAX_CHUNKS = 100_000;

/** Whole chunks in their order, all of one mapping revision. */
export interface Taken {
	readonly chunks: readonly Chunk[];
	readonly mappingRevision: number;
	readonly count: number;
	readonly sizeBytes: number;
	readonly firstAt: number;
	readonly lastAt: number;
	readonly arrivedAt: number;
}

/** Most takes end after a few chunks, some after many thousands. */
const PAGES = { first: 100, max: 5_000 } as const;

/** Those who claim hold the claim lock of the export, so nobody else takes these (S57, S58). */
const WAITING = `
SELECT ${CHUNK_COLUMNS} FROM @chunk WHERE export = $1 AND batch IS NULL AND (seq, sub) > ($2, $3)
ORDER BY seq, sub LIMIT $4`;

/**
 * Chooses the oldest waiting rows, within the limits (I12) and of one mapping revision: at least one row, however large. A chunk
 * in which a limit falls is cut in two. Lowers the counters; the caller puts the chunks into a batch or deletes them.
 */
export async function takeWaiting(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	limits: TakeLimits,
): Promise<Taken | undefined> {
	const chunks: Chunk[] = [];
	let count = 0;
	let sizeBytes = 0;
	for await (const chunk of waitingChunks(tx, e, limits.after)) {
		const [first] = chunks;
		if (chunks.length >= MAX_CHUNKS) break;
		if (limits.arrivedUntil !== undefined && chunk.arrivedAt > limits.arrivedUntil) break;
		if (first !== undefined && first.mappingRevision !== chunk.mappingRevision) break;
		const fits =
			count + chunk.count <= limits.count &&
			(sizeBytes + chunk.bytes <= limits.sizeBytes || count + chunk.count === 1);
		if (fits) {
			chunks.push(chunk);
			count += chunk.count;
			sizeBytes += chunk.bytes;
			continue;
		}
		const body = await readBody(tx.query, e.id, chunk);
		const found = openBody(chunk, body);
		if (found === undefined) {
			await quarantineChunk(engine, tx, e, chunk, body);
			continue;
		}
		const room = countFitting(found, chunk.count, { count, sizeBytes }, limits);
		const head = await splitChunk(tx, e, chunk, found, room);
		if (head !== undefined) {
			chunks.push(head);
			count += head.count;
			sizeBytes += head.bytes;
		}
		break;
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

async function* waitingChunks(
	tx: Transaction,
	e: ExportRecord,
	after: TakeLimits['after'],
): AsyncGenerator<Chunk> {
	let place = after ?? { seq: 0, sub: -1 };
	let size: number = PAGES.first;
	for (;;) {
		const page = await tx.query<ChunkRow>(WAITING, [e.id, place.seq, place.sub, size]);
		for (const row of page) yield toChunk(row);
		const last = page.at(-1);
		if (last === undefined || page.length < size) return;
		place = { seq: last.seq, sub: last.sub };
		size = Math.min(PAGES.max, size * 4);
	}
}

/** How many rows of the chunk still fit: one at least when nothing was taken before. */
function countFitting(
	found: RowPlaces,
	chunkCount: number,
	taken: { readonly count: number; readonly sizeBytes: number },
	limits: TakeLimits,
): number {
	let { sizeBytes } = taken;
	let room = 0;
	while (room < chunkCount) {
		sizeBytes += readSizeBytes(rowAt(found, room));
		const count = taken.count + room + 1;
		if (count > limits.count || (count > 1 && sizeBytes > limits.sizeBytes)) break;
		room++;
	}
	return room;
}

/** @returns the part with the first `room` rows; undefined where there is no room */
async function splitChunk(
	tx: Transaction,
	e: ExportRecord,
	chunk: Chunk,
	found: RowPlaces,
	room: number,
): Promise<Chunk | undefined> {
	if (room === 0) return undefined;
	if (room === chunk.count) return chunk;
	const parts = [
		cutChunk(chunk, found, 0, room, null),
		cutChunk(chunk, found, room, chunk.count, null),
	];
	await deleteChunk(tx.query, e.id, chunk);
	await insertChunks(tx.query, e.id, parts);
	const [head] = parts;
	if (head === undefined) return undefined;
	const lastAt = readReceivedAt(rowAt(found, room - 1));
	return { ...chunk, count: room, bytes: head.bytes, lastAt };
}
