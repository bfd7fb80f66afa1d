import type { Finding, InspectedRow, RowState } from '../../../inspect/store-inspector';
import type { Failure } from '../../../store';
import { showFailure } from '../../kept-failure';
import { type Chunk, CHUNK_COLUMNS, type ChunkRow, openBody, toChunk } from '../chunks';
import { type FailureRow, toFailure } from '../batches';
import type { Query } from '../../../../postgres/connection';
import type { ExportRecord } from '../engine';
import type { StoreClock } from '../store-clock';
import { decodeRows } from '../read-rows';

/** A chunk is at most 1 MB, but for a single larger row. */
const PAGE = 16;

export interface BodyRow extends ChunkRow {
	readonly batch: number | null;
	readonly hold?: Buffer | null;
	readonly body: Buffer;
}

interface StateRow extends BodyRow, FailureRow {
	readonly answer: string | null;
}

/** Chunks of an export behind a place, in order; state by the batch they are in. */
const PAGE_OF_STATE = `
SELECT ${CHUNK_COLUMNS.split(', ')
	.map((column) => `c.${column}`)
	.join(
		', ',
	)}, c.batch, c.body, b.error_at, b.error_code, b.error_message, b.answer_status, b.answer_text, b.answer FROM @chunk c LEFT JOIN @batch b ON b.id = c.batch
WHERE c.export = $1 AND (c.seq, c.sub) > ($2, $3) AND coalesce(b.state, 'waiting') = $4
ORDER BY c.seq, c.sub LIMIT ${PAGE}`;

/** The rows of an export in one state, page by page. */
export async function* walkRows(
	query: Query,
	e: ExportRecord,
	state: RowState,
	{
		clock,
		onDamage,
	}: { readonly clock: StoreClock; readonly onDamage: (finding: Finding) => void },
): AsyncGenerator<InspectedRow[]> {
	const told = new Set<number>();
	const errorOf = (row: StateRow): { error?: Failure } => {
		const failure = toFailure(row);
		if (row.batch === null || told.has(row.batch) || failure === undefined) return {};
		told.add(row.batch);
		return { error: showFailure(failure, (at) => clock.toLocal(at), row.answer ?? undefined) };
	};
	let place = { seq: 0, sub: -1 };
	for (;;) {
		const page = await query<StateRow>(PAGE_OF_STATE, [e.id, place.seq, place.sub, state]);
		for (const row of page) {
			const chunk = toChunk(row);
			const found = openBody(chunk, row.body);
			if (found === undefined) {
				onDamage(damaged(e, chunk));
				continue;
			}
			const batch = row.batch === null ? {} : { batchId: String(row.batch) };
			const rows = [...decodeRows(chunk, found, e.exportId)];
			yield rows.map((one, index) => ({
				state,
				...batch,
				...(index === 0 ? errorOf(row) : {}),
				row: one,
			}));
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
