import type { Batch, StoredRow } from '../buffer/store';

/** What the batch says of itself; unless it says so it is tried for the first time, and its times are those of its rows. */
export type UnstoredFacts = Pick<
	Batch,
	'id' | 'exportId' | 'mappingRevision' | 'output' | 'columns' | 'reason' | 'idempotencyKey'
> &
	Partial<Pick<Batch, 'attempt' | 'firstAt' | 'lastAt'>>;

/** Bytes of a slice: as a store gives them. */
const SLICE_BYTES = 1_000_000;

/** Rows that were made now, at least one, as the batch that no store has; all of it is in memory. */
export function unstoredBatch(facts: UnstoredFacts, rows: readonly StoredRow[]): Batch {
	let [firstAt, lastAt, sizeBytes] = [Infinity, -Infinity, 0];
	for (const row of rows) {
		firstAt = Math.min(firstAt, row.receivedAt);
		lastAt = Math.max(lastAt, row.receivedAt);
		sizeBytes += row.sizeBytes;
	}
	return {
		...{ attempt: 1, firstAt, lastAt },
		...facts,
		count: rows.length,
		sizeBytes,
		lease: { batchId: facts.id, token: 0, until: Number.MAX_SAFE_INTEGER },
		async *rows() {
			yield* slicesOf(rows);
		},
	};
}

/** Records as rows of it. @param texts JSON */
export function textRows(
	texts: readonly string[],
	o: Pick<StoredRow, 'exportId' | 'receivedAt'> & { readonly eventIdOf: (at: number) => string },
): StoredRow[] {
	const encoder = new TextEncoder();
	return texts.map((text, at): StoredRow => {
		const payload = encoder.encode(text);
		return {
			exportId: o.exportId,
			eventId: o.eventIdOf(at),
			receivedAt: o.receivedAt,
			mappingRevision: 1,
			payload,
			sizeBytes: payload.length,
			rowId: at + 1,
		};
	});
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
