import { type Chunk, readChunk, walkChunks } from './chunks';
import type { Engine, ExportRecord } from './engine';
import type { RowPlaces } from '../row-codec';

export interface ReadChunk {
	readonly chunk: Chunk;
	/** Its rows; undefined when it is damaged (S50). */
	readonly found: RowPlaces | undefined;
}

/** Reads chunks of one export. The last one is kept: under order key a batch may have every second row of a chunk, a part each. */
export class ChunkReader {
	readonly #engine: Engine;
	readonly #export: ExportRecord;
	#last: ReadChunk | undefined;

	constructor(engine: Engine, e: ExportRecord) {
		this.#engine = engine;
		this.#export = e;
	}

	/** As walkChunks, with the rows of each. */
	*walk(seq: number, endSeq: number): Generator<ReadChunk> {
		let from = seq;
		const { chunk } = this.#last ?? {};
		if (this.#last !== undefined && chunk !== undefined && seq >= chunk.seq && seq < chunk.endSeq) {
			yield this.#last;
			from = chunk.endSeq;
		}
		if (from >= endSeq) return;
		for (const next of walkChunks(this.#engine, this.#export, from, endSeq)) {
			this.#last = { chunk: next, found: readChunk(this.#engine, this.#export, next) };
			yield this.#last;
		}
	}
}
