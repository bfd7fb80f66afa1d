import type { StoredRow } from '../../store';
import { MAX_SLICE_BYTES } from '../defaults';
import { batchGone } from '../failures';
import { decodeRow, rowAt, type RowPlaces } from '../row-codec';
import { sliceRows } from '../slices';
import { type BatchRow, toBatch } from './batches';
import { type Chunk, CHUNK_COLUMNS, type ChunkRow, openBody, toChunk } from './chunks';
import type { Query } from '../../../postgres/connection';
import type { ExportRecord } from './engine';
import { isDamaged, rowsDamaged } from './dead-letters';

/** Chunks of one read: many small ones, or as many as make 1 MB, one at least. */
const PAGE = 256;
const READ = `
SELECT * FROM (
	SELECT *, sum(body_bytes) OVER (ORDER BY seq, sub) - body_bytes AS before FROM (
		SELECT ${CHUNK_COLUMNS}, body_bytes, body FROM @chunk WHERE batch = $1 AND (seq, sub) > ($2, $3)
		ORDER BY seq, sub LIMIT ${PAGE}
	) AS head
) AS page WHERE before < ${MAX_SLICE_BYTES} ORDER BY seq, sub`;

/** A look is bounded by what it brings into memory, too. */
const MAX_PEEK_BYTES = 8 * MAX_SLICE_BYTES;
const PEEK = `
SELECT * FROM (
	SELECT *, sum(n) OVER places - n AS rows_before, sum(body_bytes) OVER places - body_bytes AS bytes_before FROM (
		SELECT * FROM (
			(SELECT ${CHUNK_COLUMNS}, body_bytes, body FROM @chunk WHERE export = $1 AND hold IS NOT NULL ORDER BY seq, sub LIMIT $2)
			UNION ALL
			(SELECT ${CHUNK_COLUMNS}, body_bytes, body FROM @chunk WHERE export = $1 AND batch IS NULL AND hold IS NULL
				ORDER BY seq, sub LIMIT $2)
		) AS w ORDER BY seq, sub LIMIT $2
	) AS head WINDOW places AS (ORDER BY seq, sub)
) AS page WHERE rows_before < $2 AND bytes_before < ${MAX_PEEK_BYTES} ORDER BY seq, sub`;

type ChunkWithBody = ChunkRow & { readonly body: Buffer };

/** A chunk that cannot be read; it has to be put in quarantine before the read goes on. */
export class DamagedChunk extends Error {
	readonly chunk: Chunk;
	readonly body: Buffer;

	constructor(chunk: Chunk, body: Buffer) {
		super('a chunk is damaged');
		this.chunk = chunk;
		this.body = body;
	}
}

export interface BatchReader {
	readonly number: number;
	readonly exportId: string;
	readonly mappingRevision: number;
}

/**
 * The rows of a batch in slices of at most 1 MB (S29). Each page is a statement of its own, so that a long delivery holds no
 * transaction open.
 *
 * @param repair puts a damaged chunk aside; its rows are left out and reported
 * @throws BufferError ERR_LEASE_LOST the batch is gone: acked or purged by others
 */
export async function* readBatch(
	query: Query,
	batch: BatchReader,
	repair: (damage: DamagedChunk) => Promise<void>,
): AsyncGenerator<StoredRow[]> {
	let place = { seq: 0, sub: -1 };
	let count = 0;
	for (;;) {
		const page = await query<ChunkWithBody>(READ, [batch.number, place.seq, place.sub]);
		if (page.length === 0) break;
		for (const row of page) {
			place = { seq: row.seq, sub: row.sub };
			const chunk = toChunk(row);
			const found = openBody(chunk, row.body);
			if (found === undefined) {
				await repair(new DamagedChunk(chunk, row.body));
				continue;
			}
			for (const slice of sliceRows(decodeRows(chunk, found, batch.exportId))) {
				count += slice.length;
				yield slice;
			}
		}
	}
	const [row] = await query<BatchRow>('SELECT * FROM @batch WHERE id = $1', [batch.number]);
	const known = row === undefined ? undefined : toBatch(row);
	if (known !== undefined && isDamaged(known)) throw rowsDamaged(known);
	// Rows that vanished between two pages must not pass for the end of the batch.
	if (known?.count !== count) throw batchGone(String(batch.number));
}

/** The oldest waiting rows; a damaged chunk is dealt with when its rows are claimed, a look changes nothing. */
export async function peekRows(query: Query, e: ExportRecord, limit: number): Promise<StoredRow[]> {
	const rows: StoredRow[] = [];
	for (const row of await query<ChunkWithBody>(PEEK, [e.id, limit])) {
		const chunk = toChunk(row);
		const found = openBody(chunk, row.body);
		if (found !== undefined) rows.push(...decodeRows(chunk, found, e.exportId));
		if (rows.length >= limit) break;
	}
	return rows.slice(0, limit);
}

/** In order, with the ids of their first claim. */
export function* decodeRows(
	chunk: Chunk,
	found: RowPlaces,
	exportId: string,
): Generator<StoredRow> {
	const { mappingRevision } = chunk;
	for (let index = 0; index < chunk.count; index++) {
		const rowId = chunk.rowId === 0 ? 0 : chunk.rowId + index;
		yield decodeRow(rowAt(found, index), { exportId, mappingRevision, rowId });
	}
}
