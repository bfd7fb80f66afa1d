import { MAX_SLICE_BYTES } from '../defaults';
import { readReceivedAt, rowAt, type RowPlaces } from '../row-codec';
import { isWithin, LOOKED_AT, mayHold, type TimeRange } from '../waiting-range';
import { type Chunk, readChunk, walkChunks } from './chunks';
import { type Engine, type ExportRecord, findExport } from './engine';
import type { PlainSlice, PlainWaiting } from './protocol';
import { SliceBuilder } from './slice-builder';

/** Whole chunks from a place on, those that cannot be in the time range by their headers. */
export function readWaiting(
	engine: Engine,
	o: { exportId: string; after: number; until: number | undefined; time: TimeRange },
): PlainWaiting {
	const e = findExport(engine, o.exportId);
	const slices: PlainSlice[] = [];
	let end = Math.max(o.after, e.claimSeq);
	let [lookedAt, bytes, damaged] = [0, 0, 0];
	for (const chunk of walkChunks(engine, e, end, Math.min(o.until ?? e.nextSeq, e.nextSeq))) {
		if (lookedAt++ === LOOKED_AT) return { slices, damaged, end, isLast: false };
		// A damaged chunk is dealt with when its rows are claimed or too old; a look only says so.
		const isIn = mayHold(chunk, o.time);
		const found = isIn ? readChunk(engine, e, chunk) : undefined;
		if (isIn && found === undefined) damaged += chunk.endSeq - Math.max(end, chunk.seq);
		if (found !== undefined) {
			bytes += found.body.byteLength;
			if (slices.length > 0 && bytes > MAX_SLICE_BYTES)
				return { slices, damaged, end, isLast: false };
			slices.push(rowsOf(e, chunk, found, Math.max(end, chunk.seq), o.time));
		}
		end = chunk.endSeq;
	}
	return { slices, damaged, end, isLast: true };
}

function rowsOf(
	e: ExportRecord,
	chunk: Chunk,
	found: RowPlaces,
	from: number,
	time: TimeRange,
): PlainSlice {
	const slice = new SliceBuilder(e.exportId, chunk.mappingRevision);
	for (let seq = from; seq < chunk.endSeq; seq++) {
		const row = rowAt(found, seq - chunk.seq);
		if (isWithin(readReceivedAt(row), time)) slice.add(row, 0);
	}
	return slice.finish(true);
}
