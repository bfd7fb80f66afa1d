import { BufferError } from '../../../errors';
import { keyBytes } from '../key-bytes';
import type { KeyedPlan } from '../split-by-key';
import type { BatchRecord, NewBatch } from './batches';
import {
	type Chunk,
	CHUNK_COLUMNS,
	type ChunkRow,
	cutChunk,
	insertChunks,
	type NewChunk,
	openBody,
	readBody,
	toChunk,
} from './chunks';
import { deltaOf, type Transaction } from './engine';
import { keyAt, type Run, runsOf } from './key-runs';

type Members = Pick<
	NewBatch,
	'count' | 'sizeBytes' | 'firstAt' | 'lastAt' | 'arrivedAt' | 'firstRow'
>;

/** What becomes of rows that are not done. */
export type Fate = 'retry' | 'hold' | 'dead';
const FATES: readonly Fate[] = ['retry', 'hold', 'dead'];

/** Of a row that waits for a key (I22) its name behind this. */
const BEHIND = 'behind ';

const READ = `
SELECT ${CHUNK_COLUMNS}, body FROM @chunk WHERE batch = $1 AND (seq, sub) > ($2, $3) ORDER BY seq, sub LIMIT 16`;

type Piece = Omit<NewChunk, 'batch'> & { readonly fate: string };

/**
 * Moves the named rows of a batch into new ones and deletes the others. A chunk of which no row is named is not read.
 *
 * @param keys names of the keys of the rows, by their positions; where they are not needed there are none
 * @param add makes a batch and gives its number
 */
export async function splitBatch(
	tx: Transaction,
	batch: BatchRecord,
	plan: KeyedPlan,
	keys: ReadonlyMap<number, string>,
	add: (members: Members, fate: Fate) => Promise<number>,
): Promise<void> {
	const rows = await tx.query<ChunkRow>(
		`SELECT ${CHUNK_COLUMNS} FROM @chunk WHERE batch = $1 ORDER BY seq, sub`,
		[batch.number],
	);
	const fates = new Map<number, string>([
		...FATES.flatMap((fate) => plan[fate].map((position) => [position, fate] as const)),
		...plan.behind.map((at) => [at, `${BEHIND}${keys.get(at) ?? ''}`] as const),
	]);
	const members = new Map<string, Members>();
	const pieces: Piece[] = [];
	let position = 0;
	for (const chunk of rows.map(toChunk)) {
		const first = position;
		const runs = runsOf(chunk.count, (index) => fates.get(first + index));
		position += chunk.count;
		for (const piece of await cut(tx, batch, chunk, runs)) {
			members.set(piece.fate, join(members.get(piece.fate), piece));
			pieces.push(piece);
		}
	}
	const numbers = new Map<string, number>();
	for (const fate of FATES) {
		const made = members.get(fate);
		if (made !== undefined) numbers.set(fate, await add(made, fate));
	}
	const delta = deltaOf(tx, batch.exportNumber);
	for (const { fate, count, bytes } of pieces) {
		if (!fate.startsWith(BEHIND)) continue;
		delta.rows += count;
		delta.bytes += bytes;
		delta.heldRows += count;
		delta.heldBytes += bytes;
	}
	await tx.query('DELETE FROM @chunk WHERE batch = $1', [batch.number]);
	await insertChunks(
		tx.query,
		batch.exportNumber,
		pieces.map(({ fate, ...piece }) => ({
			...piece,
			batch: numbers.get(fate) ?? null,
			...(fate.startsWith(BEHIND) ? { hold: keyBytes(fate.slice(BEHIND.length)) } : {}),
		})),
	);
}

async function cut(
	tx: Transaction,
	batch: BatchRecord,
	chunk: Chunk,
	runs: readonly Run<string>[],
): Promise<Piece[]> {
	if (runs.length === 0) return [];
	const found = openBody(chunk, await readBody(tx.query, batch.exportNumber, chunk));
	if (found === undefined) {
		// The next read of the batch puts the chunk aside; until then its rows cannot be told apart.
		throw new BufferError('ERR_STORE_CORRUPT', `rows of batch ${batch.number} are damaged`);
	}
	return runs.map(({ from, end, way: fate }) => {
		const { batch: _, ...piece } = cutChunk(chunk, found, from, end, null);
		return { ...piece, fate };
	});
}

function join(before: Members | undefined, piece: Piece): Members {
	return {
		count: (before?.count ?? 0) + piece.count,
		sizeBytes: (before?.sizeBytes ?? 0) + piece.bytes,
		firstAt: before?.firstAt ?? piece.at,
		lastAt: piece.lastAt,
		arrivedAt: before?.arrivedAt ?? piece.arrivedAt,
		firstRow: before?.firstRow ?? piece.rowId,
	};
}

/** The names of the keys of a batch's rows, by position; a row without a key has none. */
export async function keysOfBatch(
	tx: Transaction,
	batch: BatchRecord,
): Promise<ReadonlyMap<number, string>> {
	const keys = new Map<number, string>();
	let position = 0;
	let place = { seq: 0, sub: -1 };
	for (;;) {
		const page = await tx.query<ChunkRow & { body: Buffer }>(READ, [
			batch.number,
			place.seq,
			place.sub,
		]);
		for (const row of page) {
			const found = openBody(toChunk(row), row.body);
			for (let index = 0; index < row.n; index++) {
				const key = found && keyAt(found, index);
				if (key !== undefined) keys.set(position + index, key);
			}
			position += row.n;
		}
		const last = page.at(-1);
		if (last === undefined) return keys;
		place = { seq: last.seq, sub: last.sub };
	}
}
