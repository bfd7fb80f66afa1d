import { readSizeBytes, type RowPlaces, rowAt } from '../row-codec';
import { type Chunk, CHUNK_COLUMNS, type ChunkRow, openBody, readBody, toChunk } from './chunks';
import type { Engine, ExportRecord, Transaction } from './engine';
import { quarantineChunk } from './quarantine';
import { cutInTwo, type Taken, type TakeLimits, Taking } from './taking';

interface WaitingLimits extends TakeLimits {
	/** Only rows that arrived until then. */
	readonly arrivedUntil?: number;
	/** Only chunks behind this one: those before it were just taken, and looking for them again would cost more each time. */
	readonly after?: Pick<Chunk, 'seq' | 'sub'> | undefined;
}

/** Most takes end after a few chunks, some after many thousands. */
const PAGES = { first: 100, max: 5_000 } as const;

const WAITING = `
SELECT ${CHUNK_COLUMNS} FROM @chunk WHERE export = $1 AND batch IS NULL AND hold IS NULL AND (seq, sub) > ($2, $3)
ORDER BY seq, sub LIMIT $4`;

/**
 * Chooses the oldest waiting rows, within the limits and of one mapping revision: at least one row, however large. A chunk in which a
 * limit falls is cut in two.
 */
export async function takeWaiting(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	limits: WaitingLimits,
): Promise<Taken | undefined> {
	const taking = new Taking(limits);
	for await (const chunk of waitingChunks(tx, e, limits.after)) {
		if (taking.isLong) break;
		if (limits.arrivedUntil !== undefined && chunk.arrivedAt > limits.arrivedUntil) break;
		if (!taking.isOfRevision(chunk.mappingRevision)) break;
		if (taking.fits(chunk.count, chunk.bytes)) {
			taking.add(chunk, 'behind');
			continue;
		}
		const body = await readBody(tx.query, e.id, chunk);
		const found = openBody(chunk, body);
		if (found === undefined) {
			await quarantineChunk(engine, tx, e, chunk, body);
			continue;
		}
		const { head } = await cutInTwo(tx, e, chunk, found, countFitting(taking, chunk, found));
		if (head !== undefined) taking.add(head, 'behind');
		break;
	}
	return taking.end(tx, e);
}

async function* waitingChunks(
	tx: Transaction,
	e: ExportRecord,
	after: WaitingLimits['after'],
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

/** How many of the first rows of the chunk still fit. */
function countFitting(taking: Taking, { count }: Chunk, found: RowPlaces): number {
	let fitting = 0;
	let bytes = 0;
	while (fitting < count) {
		bytes += readSizeBytes(rowAt(found, fitting));
		if (!taking.fits(fitting + 1, bytes)) break;
		fitting++;
	}
	return fitting;
}
