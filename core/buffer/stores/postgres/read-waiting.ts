import type { StoredRow, WaitingPage, WaitingRange } from '../../store';
import { MAX_SLICE_BYTES } from '../defaults';
import { isWithin, LOOKED_AT, readPlace, spreadOf, timeRangeOf } from '../waiting-range';
import { CHUNK_COLUMNS, type ChunkRow, openBody, toChunk } from './chunks';
import type { Query } from '../../../postgres/connection';
import type { ExportRecord } from './engine';
import { decodeRows } from './read-rows';

/** Bodies of chunks that cannot be in the time range stay where they are. */
const READ = `
SELECT ${CHUNK_COLUMNS}, is_in, is_fit, CASE WHEN is_in AND is_fit THEN body END AS body FROM (
	SELECT *, sum(wanted) OVER places - wanted < ${MAX_SLICE_BYTES} AS is_fit FROM (
		SELECT *, CASE WHEN is_in THEN body_bytes ELSE 0 END AS wanted FROM (
			SELECT *, greatest(at, last_at) >= $6 AND least(at, last_at) < $7 AS is_in FROM @chunk
			WHERE export = $1 AND batch IS NULL AND hold IS NULL AND (seq, sub) > ($2, $3) AND (seq, sub) <= ($4, $5)
			ORDER BY seq, sub LIMIT ${LOOKED_AT + 1}
		) AS head
	) AS sized WINDOW places AS (ORDER BY seq, sub)
) AS page ORDER BY seq, sub`;

interface PageRow extends ChunkRow {
	readonly is_in: boolean;
	readonly is_fit: boolean;
	readonly body: Buffer | null;
}

/** Places are those of chunks: `<seq>.<sub>`. */
export async function readWaiting(
	query: Query,
	e: ExportRecord,
	o: WaitingRange = {},
): Promise<WaitingPage> {
	const [seq = 0, sub = -1] = readPlace(o.after, 'after') ?? [];
	const [untilSeq = Number.MAX_SAFE_INTEGER, untilSub = 0] = readPlace(o.until, 'until') ?? [];
	const time = timeRangeOf(o);
	const { from, to } = spreadOf(time);
	const page = await query<PageRow>(READ, [e.id, seq, sub, untilSeq, untilSub, from, to]);
	const rows: StoredRow[] = [];
	let end = o.after ?? '';
	let damaged = 0;
	for (const row of page.slice(0, LOOKED_AT)) {
		if (!row.is_fit) return { rows, damaged, end, isLast: false };
		const chunk = toChunk(row);
		// A damaged chunk is dealt with when its rows are claimed; a look only says so.
		const found = row.body === null ? undefined : openBody(chunk, row.body);
		if (row.body !== null && found === undefined) damaged += chunk.count;
		if (found !== undefined) {
			for (const one of decodeRows(chunk, found, e.exportId))
				if (isWithin(one.receivedAt, time)) rows.push(one);
		}
		end = `${chunk.seq}.${chunk.sub}`;
	}
	return { rows, damaged, end, isLast: page.length <= LOOKED_AT };
}
