import type { Batch, StoredRow } from '../buffer/store';

/** What the batch says of itself. */
export type UnstoredFacts = Pick<
	Batch,
	'id' | 'exportId' | 'mappingRevision' | 'output' | 'columns' | 'reason' | 'idempotencyKey'
>;

/** Bytes of a slice: as a store gives them. */
const SLICE_BYTES = 1_000_000;

/** Rows that were rendered now, at least one, as the batch that no store has; all of it is in memory. */
export function unstoredBatch(facts: UnstoredFacts, rows: readonly StoredRow[]): Batch {
	let [firstAt, lastAt, sizeBytes] = [Infinity, -Infinity, 0];
	for (const row of rows) {
		firstAt = Math.min(firstAt, row.receivedAt);
		lastAt = Math.max(lastAt, row.receivedAt);
		sizeBytes += row.sizeBytes;
	}
	return {
		...facts,
		count: rows.length,
		sizeBytes,
		firstAt,
		lastAt,
		attempt: 1,
		lease: { batchId: facts.id, token: 0, until: firstAt },
		async *rows() {
			yield* slicesOf(rows);
		},
	};
}

function* slicesOf(rows: readonly StoredRow[]): Iterable<StoredRow[]> {
	let slice: StoredRow[] = [];
	let bytes = 0;
	for (const row of rows) {
		if (slice.length > 0 && bytes + row.payload.length > SLICE_BYTES) {
			yield slice;
			slice = [];
			bytes = 0;
		}
		slice.push(row);
		bytes += row.payload.length;
	}
	yield slice;
}
