import { BufferError } from '../../../errors';
import type { SplitPlan } from '../positions';
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
import type { Transaction } from './engine';

type Members = Pick<
	NewBatch,
	'count' | 'sizeBytes' | 'firstAt' | 'lastAt' | 'arrivedAt' | 'firstRow'
>;

/** Rows `from` … `end` of a chunk, all of one fate. */
interface Run {
	readonly from: number;
	end: number;
	readonly fate: Fate;
}

/** What becomes of rows that are not done. */
export type Fate = 'retry' | 'hold' | 'dead';
const FATES: readonly Fate[] = ['retry', 'hold', 'dead'];

type Piece = Omit<NewChunk, 'batch'> & { readonly fate: Fate };

/**
 * Moves the named rows of a batch into new ones and deletes the others. A chunk of which no row is named is not read.
 *
 * @param add makes a batch and gives its number
 */
export async function splitBatch(
	tx: Transaction,
	batch: BatchRecord,
	plan: SplitPlan,
	add: (members: Members, fate: Fate) => Promise<number>,
): Promise<void> {
	const rows = await tx.query<ChunkRow>(
		`SELECT ${CHUNK_COLUMNS} FROM @chunk WHERE batch = $1 ORDER BY seq, sub`,
		[batch.number],
	);
	const fates = new Map<number, Fate>(
		FATES.flatMap((fate) => plan[fate].map((position) => [position, fate] as const)),
	);
	const members = new Map<Fate, Members>();
	const pieces: Piece[] = [];
	let position = 0;
	for (const chunk of rows.map(toChunk)) {
		const runs = runsOf(chunk, position, fates);
		position += chunk.count;
		for (const piece of await cut(tx, batch, chunk, runs)) {
			members.set(piece.fate, join(members.get(piece.fate), piece));
			pieces.push(piece);
		}
	}
	const numbers = new Map<Fate, number>();
	for (const fate of FATES) {
		const made = members.get(fate);
		if (made !== undefined) numbers.set(fate, await add(made, fate));
	}
	await tx.query('DELETE FROM @chunk WHERE batch = $1', [batch.number]);
	await insertChunks(
		tx.query,
		batch.exportNumber,
		pieces.map(({ fate, ...piece }) => ({ ...piece, batch: numbers.get(fate) ?? null })),
	);
}

function runsOf(chunk: Chunk, position: number, fates: ReadonlyMap<number, Fate>): Run[] {
	const runs: Run[] = [];
	for (let index = 0; index < chunk.count; index++) {
		const fate = fates.get(position + index);
		if (fate === undefined) continue;
		const last = runs.at(-1);
		if (last?.end === index && last.fate === fate) last.end++;
		else runs.push({ from: index, end: index + 1, fate });
	}
	return runs;
}

async function cut(
	tx: Transaction,
	batch: BatchRecord,
	chunk: Chunk,
	runs: readonly Run[],
): Promise<Piece[]> {
	if (runs.length === 0) return [];
	const found = openBody(chunk, await readBody(tx.query, batch.exportNumber, chunk));
	if (found === undefined) {
		// The next read of the batch puts the chunk aside; until then its rows cannot be told apart.
		throw new BufferError('ERR_STORE_CORRUPT', `rows of batch ${batch.number} are damaged`);
	}
	return runs.map(({ from, end, fate }) => {
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
