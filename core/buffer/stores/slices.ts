import type { StoredRow } from '../store';
import { MAX_SLICE_BYTES } from './defaults';

/** Cuts rows into slices of at most 1 MB of payload (S29); a larger row is a slice of its own. */
export function* sliceRows(rows: Iterable<StoredRow>): Generator<StoredRow[]> {
	let slice: StoredRow[] = [];
	let sliceBytes = 0;
	for (const row of rows) {
		if (slice.length > 0 && sliceBytes + row.payload.byteLength > MAX_SLICE_BYTES) {
			yield slice;
			slice = [];
			sliceBytes = 0;
		}
		slice.push(row);
		sliceBytes += row.payload.byteLength;
	}
	if (slice.length > 0) yield slice;
}
