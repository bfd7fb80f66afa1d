import { fitsBatch } from '../export-rules';
import type { RowPlaces } from '../row-codec';
import { type Chunk, cutChunk, deleteChunk, insertChunks, type NewChunk } from './chunks';
import { deltaOf, type ExportRecord, type Transaction } from './engine';

/** A batch of more chunks would take longer to mark than others should wait. It is smaller than its limits then. */
const MAX_CHUNKS = 100_000;

/** Of one batch (I12). */
export interface TakeLimits {
	readonly count: number;
	readonly sizeBytes: number;
}

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

/** Chunks on their way out of what waits. Those who claim hold the claim lock of the export, so nobody else takes them (S57, S58). */
export class Taking {
	readonly chunks: Chunk[] = [];
	readonly #limits: TakeLimits;
	#count = 0;
	#sizeBytes = 0;

	constructor(limits: TakeLimits) {
		this.#limits = limits;
	}

	get count(): number {
		return this.#count;
	}

	/** Whether it has as many chunks as a batch may. */
	get isLong(): boolean {
		return this.chunks.length >= MAX_CHUNKS;
	}

	/** Whether a batch may have these rows, too. */
	fits(count: number, sizeBytes: number): boolean {
		return fitsBatch(this.#limits, this.#count + count, this.#sizeBytes + sizeBytes);
	}

	/** A batch never mixes mapping revisions. */
	isOfRevision(mappingRevision: number): boolean {
		const [first] = this.chunks;
		return first === undefined || first.mappingRevision === mappingRevision;
	}

	add(chunk: Chunk, where: 'before' | 'behind'): void {
		if (where === 'before') this.chunks.unshift(chunk);
		else this.chunks.push(chunk);
		this.#count += chunk.count;
		this.#sizeBytes += chunk.bytes;
	}

	/** In the order of their places, where they were added in another one. */
	sort(): void {
		this.chunks.sort((a, b) => a.seq - b.seq || a.sub - b.sub);
	}

	/** Lowers the counters; the caller puts the chunks into a batch or deletes them. */
	end(tx: Transaction, e: ExportRecord): Taken | undefined {
		const [first] = this.chunks;
		if (first === undefined) return undefined;
		const delta = deltaOf(tx, e.id);
		delta.rows -= this.#count;
		delta.bytes -= this.#sizeBytes;
		return {
			chunks: this.chunks,
			mappingRevision: first.mappingRevision,
			count: this.#count,
			sizeBytes: this.#sizeBytes,
			firstAt: first.at,
			lastAt: this.chunks.at(-1)?.lastAt ?? first.lastAt,
			arrivedAt: first.arrivedAt,
		};
	}
}

/** Cuts a chunk that waits before its row `at`. @param hold the key that its rows are held for @returns both parts, of which one may be empty */
export async function cutInTwo(
	{ query }: Transaction,
	e: ExportRecord,
	chunk: Chunk,
	found: RowPlaces,
	at: number,
	hold?: Buffer,
): Promise<{ readonly head?: Chunk; readonly tail?: Chunk }> {
	if (at === 0) return { tail: chunk };
	if (at === chunk.count) return { head: chunk };
	const head = { ...cutChunk(chunk, found, 0, at, null), ...(hold ? { hold } : {}) };
	const tail = { ...cutChunk(chunk, found, at, chunk.count, null), ...(hold ? { hold } : {}) };
	await deleteChunk(query, e.id, chunk);
	await insertChunks(query, e.id, [head, tail]);
	return { head: headerOf(chunk, head), tail: headerOf(chunk, tail) };
}

export function headerOf(
	chunk: Chunk,
	{ place, count, bytes, at, lastAt, arrivedAt }: NewChunk,
): Chunk {
	return { ...chunk, ...place, count, bytes, at, lastAt, arrivedAt };
}
