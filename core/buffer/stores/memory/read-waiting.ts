import type { StoredRow, WaitingPage, WaitingRange } from '../../store';
import { MAX_SLICE_BYTES } from '../defaults';
import { isWithin, LOOKED_AT, readPlace, timeRangeOf } from '../waiting-range';
import { type MemoryExport, toStoredRow } from './state';

/** Places are the sequence numbers of rows. */
export function readWaiting({ waiting }: MemoryExport, o: WaitingRange = {}): WaitingPage {
	const [after = 0] = readPlace(o.after, 'after') ?? [];
	const [until = Number.POSITIVE_INFINITY] = readPlace(o.until, 'until') ?? [];
	const time = timeRangeOf(o);
	const rows: StoredRow[] = [];
	const damaged = 0;
	let [end, lookedAt, bytes] = [after, 0, 0];
	for (const kept of waiting.filter(({ seq }) => seq > after && seq <= until)) {
		const isIn = isWithin(kept.row.receivedAt, time);
		if (isIn) bytes += kept.row.payload.byteLength;
		const isFull = lookedAt++ === LOOKED_AT || (rows.length > 0 && bytes > MAX_SLICE_BYTES);
		if (isFull) return { rows, damaged, end: String(end), isLast: false };
		if (isIn) rows.push(toStoredRow(kept));
		end = kept.seq;
	}
	return { rows, damaged, end: String(end), isLast: true };
}
