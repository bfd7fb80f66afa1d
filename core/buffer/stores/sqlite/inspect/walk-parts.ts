import type { StoredRow } from '../../../store';
import { decodeRow, rowAt } from '../../row-codec';
import type { Part } from '../batches';
import { type Chunk, readChunk, walkChunks } from '../chunks';
import type { Engine, ExportRecord } from '../engine';

export interface ReadPart {
	readonly chunk: Chunk;
	/** Undefined where the chunk is damaged. */
	readonly rows: StoredRow[] | undefined;
}

/** The rows of parts, decoded, a chunk at a time: at most 1 MB, or one row. */
export function* walkParts(
	engine: Engine,
	e: ExportRecord,
	parts: readonly Part[],
): Generator<ReadPart> {
	const { exportId } = e;
	for (const [partSeq, partCount, partRowId] of parts) {
		for (const chunk of walkChunks(engine, e, partSeq, partSeq + partCount)) {
			const { mappingRevision } = chunk;
			const found = readChunk(engine, e, chunk);
			if (found === undefined) {
				yield { chunk, rows: undefined };
				continue;
			}
			const rows: StoredRow[] = [];
			const end = Math.min(partSeq + partCount, chunk.endSeq);
			for (let seq = Math.max(partSeq, chunk.seq); seq < end; seq++) {
				const rowId = partRowId === 0 ? 0 : partRowId + (seq - partSeq);
				rows.push(decodeRow(rowAt(found, seq - chunk.seq), { exportId, mappingRevision, rowId }));
			}
			yield { chunk, rows };
		}
	}
}
