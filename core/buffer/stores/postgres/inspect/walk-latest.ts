import type { InspectedLatest, LatestSummary } from '../../../inspect/store-inspector';
import { inspectLatest } from '../../latest-codec';
import type { Query } from '../../../../postgres/connection';
import { type LatestRow, toLatest } from '../latest';

/** An event is at most 1 MB. */
const PAGE = 8;
const SELECT_PAGE = `
SELECT receiver, key, at, crc, body FROM @latest WHERE (receiver, key) > ($1, $2) ORDER BY receiver, key LIMIT ${PAGE}`;
const SUM_RECEIVERS = `
SELECT l.receiver AS "receiverId", count(*) AS keys, sum(octet_length(l.body)) AS bytes, coalesce(max(d.dropped), 0) AS dropped
FROM @latest l LEFT JOIN @latest_dropped d ON d.receiver = l.receiver GROUP BY l.receiver ORDER BY l.receiver`;

/** All latest events, by receiver and key. */
export async function* walkLatest(query: Query): AsyncGenerator<InspectedLatest[]> {
	let place: [receiver: string, key: string] = ['', ''];
	for (;;) {
		const page = await query<LatestRow & { receiver: string }>(SELECT_PAGE, place);
		const last = page.at(-1);
		if (last === undefined) return;
		yield page.map((row) => inspectLatest(row.receiver, toLatest(row)));
		place = [last.receiver, last.key];
	}
}

export function sumLatest(query: Query): Promise<LatestSummary[]> {
	return query<LatestSummary & Record<string, string | number>>(SUM_RECEIVERS);
}
