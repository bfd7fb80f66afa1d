import type { Finding, InspectedRow, RowState } from '../../../inspect/store-inspector';
import { type Chunk, CHUNK_COLUMNS, type ChunkRow, openBody, toChunk } from '../chunks';
import type { Query } from '../connection';
import type { ExportRecord } from '../engine';
import { decodeRows } from '../read-rows';

/** A chunk is at most 1 MB, but for a single larger row. */
const PAGE = 16;

export interface BodyRow extends ChunkRow {
	readonly batch: number | null;
	readonly body: Buffer;
}

/** Chunks of an export behind a place, in order; state by the batch they are in. */
const PAGE_OF_STATE = `
SELECT ${CHUNK_COLUMNS.split(', ')
	.map((column) => `c.${column}`)
	.join(', ')}, c.batch, c.body FROM @chunk c LEFT JOIN @batch b ON b.id = c.batch
WHERE c.export = $1 AND (c.seq, c.sub) > ($2, $3) AND coalesce(b.state, 'waiting') = $4
ORDER BY c.seq, c.sub LIMIT ${PAGE}`;

/** The rows of an export in one state, page by page. */
export async function* walkRows(
	query: Query,
	e: ExportRecord,
	state: RowState,
	onDamage: (finding: Finding) => void,
): AsyncGenerator<InspectedRow[]> {
	let place = { seq: 0, sub: -1 };
	for (;;) {
		const page = await query<BodyRow>(PAGE_OF_STATE, [e.id, place.seq, place.sub, state]);
		for (const row of page) {
			const chunk = toChunk(row);
			const found = openBody(chunk, row.body);
			if (found === undefined) {
				onDamage(damaged(e, chunk));
				continue;
			}
			const batch = row.batch === null ? {} : { batchId: String(row.batch) };
			yield [...decodeRows(chunk, found, e.exportId)].map((one) => ({ state, ...batch, row: one }));
		}
		const last = page.at(-1);
		if (last === undefined) return;
		place = { seq: last.seq, sub: last.sub };
	}
}

export function damaged({ exportId }: ExportRecord, chunk: Chunk): Finding {
	const message = `${chunk.count} rows are damaged (chunk ${chunk.seq}.${chunk.sub})`;
	return { rule: 'S50', exportId, message };
}
