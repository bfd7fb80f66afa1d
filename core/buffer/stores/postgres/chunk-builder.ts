import type { Row } from '../../store';
import { MAX_CHUNK_BYTES } from '../defaults';
import { fitsBatch } from '../export-rules';
import { encodedLength, encodeRow } from '../row-codec';
import type { NewChunk } from './chunks';
import type { StoreClock } from './store-clock';

/**
 * Collects the rows that a group adds to one export into chunks. They are cut where the next batch will probably begin, so that
 * claims mostly take whole ones (S23); other processes append, too, so a claim may still have to cut.
 */
export class ChunkBuilder {
	readonly chunks: NewChunk[] = [];
	readonly #clock: StoreClock;
	readonly #limits: { readonly count: number; readonly sizeBytes: number };
	/** Rows and bytes since the last cut, with what waited before. */
	#rows: number;
	#bytes: number;
	#open: Row[] = [];
	#openBytes = 0;

	constructor(
		clock: StoreClock,
		limits: { readonly count: number; readonly sizeBytes: number },
		waiting: { readonly rows: number; readonly bytes: number },
	) {
		this.#clock = clock;
		this.#limits = limits;
		this.#rows = waiting.rows % limits.count;
		this.#bytes = waiting.bytes % limits.sizeBytes;
	}

	add(row: Row): void {
		const isCut = !fitsBatch(this.#limits, this.#rows + 1, this.#bytes + row.sizeBytes);
		if (isCut) {
			this.#rows = 0;
			this.#bytes = 0;
		}
		const length = encodedLength(row);
		const first = this.#open[0];
		if (
			isCut ||
			this.#openBytes + length > MAX_CHUNK_BYTES ||
			(first !== undefined && first.mappingRevision !== row.mappingRevision)
		) {
			this.finish();
		}
		this.#open.push(row);
		this.#openBytes += length;
		this.#rows++;
		this.#bytes += row.sizeBytes;
	}

	finish(): void {
		if (this.#open.length > 0) this.chunks.push(chunkOf(this.#clock, this.#open));
		this.#open = [];
		this.#openBytes = 0;
	}
}

/** Rows of one mapping revision, in chunks of their own. */
export function chunksOf(clock: StoreClock, rows: readonly Row[]): NewChunk[] {
	const anyCount = Number.POSITIVE_INFINITY;
	const none = { rows: 0, bytes: 0 };
	const builder = new ChunkBuilder(clock, { count: anyCount, sizeBytes: anyCount }, none);
	for (const row of rows) builder.add(row);
	builder.finish();
	return builder.chunks;
}

/** @param rows at least one, all of one mapping revision */
function chunkOf(clock: StoreClock, rows: readonly Row[]): NewChunk {
	const [first] = rows;
	const last = rows.at(-1);
	if (first === undefined || last === undefined) throw new RangeError('a chunk without rows');
	const body = Buffer.allocUnsafe(rows.reduce((sum, row) => sum + encodedLength(row), 0));
	let offset = 0;
	let bytes = 0;
	for (const row of rows) {
		offset = encodeRow(row, body, offset);
		bytes += row.sizeBytes;
	}
	return {
		count: rows.length,
		bytes,
		at: first.receivedAt,
		lastAt: last.receivedAt,
		arrivedAt: clock.arrivedAt(first.receivedAt),
		mappingRevision: first.mappingRevision,
		rowId: 0,
		batch: null,
		body,
	};
}
