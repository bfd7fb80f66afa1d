import type { StoredRow } from '../../../store';
import { decodeRow, rowAt } from '../../row-codec';
import type { Part } from '../members';
import type { Engine, ExportRecord } from '../engine';
import { readTrusted, walkHeaders } from './walk-headers';

export interface ReadPart {
	/** The rows of the part that are, or should be, here. */
	readonly seq: number;
	readonly endSeq: number;
	/** Or why there are none: their chunk is damaged, or there is none. */
	readonly rows: StoredRow[] | 'damaged' | 'missing';
}

/** The rows of parts, decoded, a chunk at a time: at most 1 MB, or one row. Every sequence number of the parts is in one answer. */
export function* walkParts(
	engine: Engine,
	e: ExportRecord,
	parts: readonly Part[],
): Generator<ReadPart> {
	const { exportId } = e;
	for (const [partSeq, partCount, partRowId] of parts) {
		const partEnd = partSeq + partCount;
		let next = partSeq;
		for (const header of walkHeaders(engine, e, partSeq, partEnd)) {
			const { chunk } = header;
			const from = Math.max(next, chunk.seq);
			const endSeq = Math.min(partEnd, header.endSeq);
			if (endSeq <= from) continue;
			if (next < from) yield { seq: next, endSeq: from, rows: 'missing' };
			next = endSeq;
			const { mappingRevision } = chunk;
			const found = readTrusted(engine, e, chunk);
			if (found === undefined) {
				yield { seq: from, endSeq, rows: 'damaged' };
				continue;
			}
			const rows: StoredRow[] = [];
			for (let seq = from; seq < endSeq; seq++) {
				const rowId = partRowId === 0 ? 0 : partRowId + (seq - partSeq);
				rows.push(decodeRow(rowAt(found, seq - chunk.seq), { exportId, mappingRevision, rowId }));
			}
			yield { seq: from, endSeq, rows };
		}
		if (next < partEnd) yield { seq: next, endSeq: partEnd, rows: 'missing' };
	}
}
