import { keyedRow } from '../newest-first';
import { hasSequenceKey, readSizeBytes, rowAt, type RowPlaces } from '../row-codec';
import { type Chunk, CHUNK_COLUMNS, type ChunkRow, openBody, readBody, toChunk } from './chunks';
import type { Engine, ExportRecord, Transaction } from './engine';
import { quarantineChunk } from './quarantine';
import { cutInTwo, type Taken, type TakeLimits, Taking } from './taking';

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
	limits: TakeLimits,
): Promise<Taken | undefined> {
	const taking = new Taking(limits);
	for await (const chunk of newestChunks(tx, e)) {
		if (!taking.isOfRevision(chunk.mappingRevision)) break;
		// Before its body is read.
		if (!taking.fits(1, 0)) break;
		const body = await readBody(tx.query, e.id, chunk);
		const found = openBody(chunk, body);
		if (found === undefined) {
			await quarantineChunk(engine, tx, e, chunk, body);
			continue;
		}
		const from = firstFitting(taking, chunk, found);
		const { tail } = await cutInTwo(tx, e, chunk, found, from);
		if (tail !== undefined) taking.add(tail, 'before');
		if (from > 0) break;
	}
	return taking.end(tx, e);
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
		const row = rowAt(found, from - 1);
		bytes += readSizeBytes(row);
		if (!taking.fits(count - from + 1, bytes)) break;
		if (hasSequenceKey(row)) throw keyedRow();
		from--;
	}
	return from;
}
