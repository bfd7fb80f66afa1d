import type { InspectedLatest, LatestSummary } from '../../../inspect/store-inspector';
import { inspectLatest } from '../../latest-codec';
import type { Connection } from '../connection';
import { toNumber, toText } from '../connection';
import { toLatest } from '../latest';

/** An event is at most 1 MB. */
const PAGE = 8;
const SELECT_PAGE = `
	SELECT receiver, key, at, crc, body FROM latest WHERE (receiver, key) > (?, ?) ORDER BY receiver, key LIMIT ${PAGE}`;
const SUM_RECEIVERS = `
	SELECT receiver, count(*) AS n, sum(length(body)) AS bytes,
		coalesce((SELECT dropped FROM latest_dropped d WHERE d.receiver = latest.receiver), 0) AS dropped
	FROM latest GROUP BY receiver ORDER BY receiver`;

/** All latest events, by receiver and key. */
export function* walkLatest(connection: Connection): Generator<InspectedLatest[]> {
	let place: [receiver: string, key: string] = ['', ''];
	for (;;) {
		const page = connection.all(SELECT_PAGE, ...place);
		const last = page.at(-1);
		if (last === undefined) return;
		yield page.map((row) => inspectLatest(toText(row.receiver), toLatest(row)));
		place = [toText(last.receiver), toText(last.key)];
	}
}

export function sumLatest(connection: Connection): LatestSummary[] {
	return connection.all(SUM_RECEIVERS).map(({ receiver, n, bytes, dropped }) => ({
		receiverId: toText(receiver),
		keys: toNumber(n),
		bytes: toNumber(bytes),
		dropped: toNumber(dropped),
	}));
}
