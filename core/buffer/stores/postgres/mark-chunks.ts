import { type BatchRecord, UNNUMBERED } from './batches';
import type { Query } from '../../../postgres/connection';
import type { ExportRecord } from './engine';
import type { Taken } from './taking';

/** Chunks in order, with the row id of the first row of each (S57). */
const MARK = `
UPDATE @chunk c SET batch = $1, hold = NULL, row_id = m.row_id
FROM unnest($3::bigint[], $4::int[], $5::bigint[]) AS m(seq, sub, row_id)
WHERE c.export = $2 AND c.seq = m.seq AND c.sub = m.sub AND c.batch IS NULL RETURNING c.n`;

/** So that no statement takes long. */
const MARKED_AT_ONCE = 10_000;

const NUMBER = `
UPDATE @chunk c SET row_id = $2 + m.before
FROM (SELECT seq, sub, sum(n) OVER (ORDER BY seq, sub) - n AS before FROM @chunk
	WHERE batch = $1 AND row_id = 0) AS m
WHERE c.batch = $1 AND c.seq = m.seq AND c.sub = m.sub`;

const UNNUMBERED_ROWS = `
SELECT coalesce(sum(n), 0)::bigint AS n FROM @chunk WHERE batch = $1 AND row_id = 0`;

const SET_FIRST_ROW = `
UPDATE @batch SET first_row = coalesce((SELECT row_id FROM @chunk WHERE batch = $1 ORDER BY seq, sub LIMIT 1), first_row)
WHERE id = $1`;

const TAKE_ROW_IDS = `
UPDATE @export SET next_row_id = next_row_id + $2 WHERE id = $1 RETURNING next_row_id - $2 AS first`;

/** Of rows that were held some may have their ids from a former batch. */
export function countUnnumbered({ chunks }: Pick<Taken, 'chunks'>): number {
	return chunks.reduce((sum, { count, rowId }) => sum + (rowId === 0 ? count : 0), 0);
}

/** Gives the rows to the batch, those without row ids with new ones without gaps, or with none where they were not claimed. */
export async function markChunks(
	query: Query,
	e: ExportRecord,
	number: number,
	{ chunks }: Taken,
	firstRow: number,
): Promise<void> {
	let rowId = firstRow;
	for (let from = 0; from < chunks.length; from += MARKED_AT_ONCE) {
		const some = chunks.slice(from, from + MARKED_AT_ONCE);
		const rowIds = some.map(({ count, rowId: known }) => {
			if (known !== 0) return known;
			const first = rowId;
			rowId += count;
			return firstRow === UNNUMBERED ? 0 : first;
		});
		const [seqs, subs] = [some.map(({ seq }) => seq), some.map(({ sub }) => sub)];
		const marked = await query(MARK, [number, e.id, seqs, subs, rowIds]);
		if (marked.length === some.length) continue;
		// Cannot be while the claim lock is held; a batch that misses rows must not come into being.
		throw new Error(`${some.length - marked.length} chunks of ${e.exportId} were taken meanwhile`);
	}
}

/** Ids for so many rows, never given again. @returns the first */
export async function takeRowIds(query: Query, e: ExportRecord, count: number): Promise<number> {
	const [row] = await query<{ first: number }>(TAKE_ROW_IDS, [e.id, count]);
	return row?.first ?? 1;
}

/** The first claim of a batch that came into being by retention or replay gives its rows their ids. */
export async function numberRows(query: Query, e: ExportRecord, batch: BatchRecord): Promise<void> {
	const [row] = await query<{ n: number }>(UNNUMBERED_ROWS, [batch.number]);
	const firstRow = await takeRowIds(query, e, row?.n ?? batch.count);
	await query(NUMBER, [batch.number, firstRow]);
	await query(SET_FIRST_ROW, [batch.number]);
}
