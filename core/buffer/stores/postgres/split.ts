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

/** Rows `from` … `end` of a chunk, of which `state` makes what. */
interface Run {
	readonly from: number;
	end: number;
	readonly state: 'open' | 'dead';
}

type Piece = Omit<NewChunk, 'batch'> & { readonly state: Run['state'] };

/**
 * Moves the named rows of a batch into new ones and deletes the others. A chunk of which no row is named is not read.
 *
 * @param add makes a batch and gives its number
 */
export async function splitBatch(
	tx: Transaction,
	batch: BatchRecord,
	plan: SplitPlan,
	add: (members: Members, state: Run['state']) => Promise<number>,
): Promise<void> {
	const rows = await tx.query<ChunkRow>(
		`SELECT ${CHUNK_COLUMNS} FROM @chunk WHERE batch = $1 ORDER BY seq, sub`,
		[batch.number],
	);
	const states = new Map<number, Run['state']>([
		...plan.retry.map((position) => [position, 'open'] as const),
		...plan.dead.map((position) => [position, 'dead'] as const),
	]);
	const members = new Map<Run['state'], Members>();
	const pieces: Piece[] = [];
	let position = 0;
	for (const chunk of rows.map(toChunk)) {
		const runs = runsOf(chunk, position, states);
		position += chunk.count;
		for (const piece of await cut(tx, batch, chunk, runs)) {
			members.set(piece.state, join(members.get(piece.state), piece));
			pieces.push(piece);
		}
	}
	const numbers = new Map<Run['state'], number>();
	for (const state of ['open', 'dead'] as const) {
		const made = members.get(state);
		if (made !== undefined) numbers.set(state, await add(made, state));
	}
	await tx.query('DELETE FROM @chunk WHERE batch = $1', [batch.number]);
	await insertChunks(
		tx.query,
		batch.exportNumber,
		pieces.map(({ state, ...piece }) => ({ ...piece, batch: numbers.get(state) ?? null })),
	);
}

function runsOf(chunk: Chunk, position: number, states: ReadonlyMap<number, Run['state']>): Run[] {
	const runs: Run[] = [];
	for (let index = 0; index < chunk.count; index++) {
		const state = states.get(position + index);
		if (state === undefined) continue;
		const last = runs.at(-1);
		if (last?.end === index && last.state === state) last.end++;
		else runs.push({ from: index, end: index + 1, state });
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
	return runs.map(({ from, end, state }) => {
		const { batch: _, ...piece } = cutChunk(chunk, found, from, end, null);
		return { ...piece, state };
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
