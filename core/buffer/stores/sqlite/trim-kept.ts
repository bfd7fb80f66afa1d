import { isKept } from '../export-rules';
import { sumKept } from '../quota';
import { releaseRows, walkChunks } from './chunks';
import { type Engine, type ExportRecord, liveExports } from './engine';
import { takeWaiting } from './take-waiting';

/** Of one sweep of one export, so that it holds up nobody for long: what is left goes with the next appends and sweeps. */
const SWEPT_BYTES = 64 * 1024 ** 2;
/** With an append twice of what it brought goes at most, and this, so that a lower bound is reached, too. */
const APPENDED_MORE = 1024 ** 2;

/** The oldest kept events beyond the bounds of their export (`StoredExport.kept`), at most about so many bytes of them. */
export function trimKept(engine: Engine, e: ExportRecord, atMostBytes = SWEPT_BYTES): void {
	const { kept } = e.config;
	if (kept === undefined) return;
	const bornBefore = engine.time.bornBefore(kept.ageMs);
	drop(engine, e, { bornBefore, bytes: e.tally.bytes - kept.bytes, atMostBytes });
}

/** The same where so many bytes have just come. */
export function trimAppended(engine: Engine, e: ExportRecord, bytes: number): void {
	trimKept(engine, e, 2 * bytes + APPENDED_MORE);
}

/** The oldest kept events of all exports, in favour of others, until about so many bytes are gone or none is left. @returns bytes */
export function dropKept(engine: Engine, bytes: number): number {
	let gone = 0;
	const kept = liveExports(engine)
		.filter((e) => isKept(e) && e.tally.rows > 0)
		.sort((a, b) => (a.arrivedAt ?? 0) - (b.arrivedAt ?? 0));
	for (const e of kept) {
		if (gone >= bytes) break;
		const left = bytes - gone;
		gone += drop(engine, e, { bornBefore: undefined, bytes: left, atMostBytes: left });
	}
	return gone;
}

/** Kept events make room for what counts for the bound of the whole store. */
export function trimToStore(engine: Engine, maxStoreBytes: number | undefined): void {
	if (maxStoreBytes === undefined) return;
	const exports = liveExports(engine);
	if (!exports.some(isKept)) return;
	const excess = sumKept(exports.map(({ tally }) => tally)).bytes - maxStoreBytes;
	if (excess > 0) dropKept(engine, excess);
}

/** Whole chunks by their headers, in ranges: a chunk that is cut would be written anew. */
function drop(
	engine: Engine,
	e: ExportRecord,
	o: {
		readonly bornBefore: number | undefined;
		readonly bytes: number;
		readonly atMostBytes: number;
	},
): number {
	let [rows, bytes] = [0, 0];
	for (const chunk of walkChunks(engine, e, e.claimSeq, e.nextSeq)) {
		if (bytes >= o.atMostBytes) break;
		const isTooOld = o.bornBefore !== undefined && chunk.arrivedAt <= o.bornBefore;
		if (bytes >= o.bytes && !isTooOld) break;
		rows += chunk.endSeq - Math.max(chunk.seq, e.claimSeq);
		bytes += chunk.bytes;
	}
	if (rows > 0) engine.begin();
	while (rows > 0) {
		const limits = { count: rows, sizeBytes: Number.POSITIVE_INFINITY };
		const taken = takeWaiting(engine, e, limits);
		if (taken === undefined) break;
		for (const [seq, count] of taken.parts) releaseRows(engine, e, seq, seq + count);
		e.tally.purgedTotal += taken.count;
		rows -= taken.count;
	}
	return bytes;
}
