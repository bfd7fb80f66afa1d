import { readSizeBytes, rowAt, type RowPlaces } from '../row-codec';
import { type Chunk, CHUNK_COLUMNS, type ChunkRow, openBody, readBody, toChunk } from './chunks';
import type { Engine, ExportRecord, Transaction } from './engine';
import { quarantineChunk } from './quarantine';
import { cutInTwo, type Taken, type TakeLimits, Taking } from './taking';

const PAGE = 100;

const NEWEST = `
SELECT ${CHUNK_COLUMNS} FROM @chunk WHERE export = $1 AND batch IS NULL AND hold IS NULL AND (seq, sub) < ($2, $3)
ORDER BY seq DESC, sub DESC LIMIT ${PAGE}`;

/**
 * As takeWaiting, from the other end: the newest rows, in their order.
 *
 * @param rangeFrom store time: what came before it ends the range
 */
export async function takeNewest(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	limits: TakeLimits,
	rangeFrom: number,
): Promise<Taken | undefined> {
	const taking = new Taking(limits);
	for await (const chunk of newestChunks(tx, e)) {
		if (taking.isLong || chunk.arrivedAt < rangeFrom) break;
		if (!taking.isOfRevision(chunk.mappingRevision)) break;
		if (taking.fits(chunk.count, chunk.bytes)) {
			taking.add(chunk, 'before');
			continue;
		}
		// Before its body is read.
		if (!taking.fits(1, 0)) break;
		const body = await readBody(tx.query, e.id, chunk);
		const found = openBody(chunk, body);
		if (found === undefined) {
			await quarantineChunk(engine, tx, e, chunk, body);
			continue;
		}
		const { tail } = await cutInTwo(tx, e, chunk, found, firstFitting(taking, chunk, found));
		if (tail !== undefined) taking.add(tail, 'before');
		break;
	}
	return taking.end(tx, e);
}

interface NewestStats {
	readonly rows: number;
	readonly bytes: number;
	/** Of the first and of the last of them. */
	readonly arrivedAt: number;
	readonly lastArrivedAt: number;
	readonly mappingRevision: number;
}

/**
 * What waits in a range, as if nothing else did: at most a little more than makes a batch. What was appended together is in it as a whole,
 * or not.
 */
export async function statsOfNewest(
	tx: Transaction,
	e: ExportRecord,
	limits: TakeLimits,
	from: number,
): Promise<NewestStats | undefined> {
	let found: NewestStats | undefined;
	for await (const chunk of newestChunks(tx, e)) {
		const { count, bytes, arrivedAt, mappingRevision } = chunk;
		if (arrivedAt < from || (found && mappingRevision !== found.mappingRevision)) break;
		const lastArrivedAt = found?.lastArrivedAt ?? arrivedAt + chunk.lastAt - chunk.at;
		const [rows, sum] = [(found?.rows ?? 0) + count, (found?.bytes ?? 0) + bytes];
		found = { rows, bytes: sum, arrivedAt, lastArrivedAt, mappingRevision };
		if (found.rows >= limits.count || found.bytes >= limits.sizeBytes) break;
	}
	return found;
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

/** Of the chunk's rows the first that still fits with all behind it. */
function firstFitting(taking: Taking, { count }: Chunk, found: RowPlaces): number {
	let from = count;
	let bytes = 0;
	while (from > 0) {
		bytes += readSizeBytes(rowAt(found, from - 1));
		if (!taking.fits(count - from + 1, bytes)) break;
		from--;
	}
	return from;
}
