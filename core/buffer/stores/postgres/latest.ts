import { LATEST_BOUNDS } from '../../latest';
import {
	FAIR_LATEST_BYTES,
	type KeptLatest,
	type LatestOfGroup,
	sealLatest,
} from '../latest-codec';
import type { Query } from '../../../postgres/connection';

/** Statements of 1 MB each are enough to make round trips few. */
const MAX_PER_INSERT = 500;

/** As isLater has it; `updated` is drawn anew, so that the order of updates is one over all processes. */
const UPSERT = `
INSERT INTO @latest AS l (receiver, key, at, crc, body)
SELECT $1, * FROM unnest($2::text[], $3::double precision[], $4::bigint[], $5::bytea[])
ON CONFLICT (receiver, key) DO UPDATE SET at = excluded.at, crc = excluded.crc, body = excluded.body,
	updated = nextval('@latest_updated')
WHERE excluded.at >= l.at
RETURNING (xmax = 0) AS is_new, octet_length(body) AS size`;

/** One process at a time, or two would drop too much; who is second leaves it to the next new key. */
const TRY_LOCK = `SELECT pg_try_advisory_xact_lock(hashtext('@latest'), hashtext($1)) AS mine`;

const DROP = `
WITH ranked AS (
	SELECT key, row_number() OVER newest AS place, sum(octet_length(body)) OVER newest AS bytes
	FROM @latest WHERE receiver = $1 WINDOW newest AS (ORDER BY updated DESC)
), gone AS (
	DELETE FROM @latest WHERE receiver = $1 AND key IN (
		SELECT key FROM @latest WHERE receiver = $1 AND key IN (SELECT key FROM ranked WHERE place > $2 OR bytes > $3)
		FOR UPDATE SKIP LOCKED
	) RETURNING key
)
INSERT INTO @latest_dropped AS d (receiver, dropped) SELECT $1, count(*) FROM gone HAVING count(*) > 0
ON CONFLICT (receiver) DO UPDATE SET dropped = d.dropped + excluded.dropped`;

const COUNT =
	'SELECT count(*) AS n, coalesce(sum(octet_length(body)), 0)::bigint AS bytes FROM @latest WHERE receiver = $1';

const SELECT_PAGE = `
SELECT key, at, crc, body FROM (
	SELECT *, sum(octet_length(body)) OVER (ORDER BY key) AS bytes FROM (
		SELECT key, at, crc, body FROM @latest WHERE receiver = $1 AND key > $2 ORDER BY key LIMIT $3
	) AS chosen
) AS page WHERE bytes <= $4 OR bytes = octet_length(body) ORDER BY key`;

const SELECT_TIMES = 'SELECT key, at FROM @latest WHERE receiver = $1 AND key = ANY($2::text[])';

/** In the order of receivers and keys, so that two processes do not wait for each other in a circle. */
export async function saveLatest(query: Query, group: LatestOfGroup): Promise<void> {
	const taken = group.take().sort(([a], [b]) => (a < b ? -1 : 1));
	for (const [receiverId, all] of taken) {
		const events = all.toSorted((a, b) => (a.key < b.key ? -1 : 1));
		let mayExceed = false;
		for (let from = 0; from < events.length; from += MAX_PER_INSERT) {
			const some = events.slice(from, from + MAX_PER_INSERT);
			const written = await query<{ is_new: boolean; size: number }>(UPSERT, [
				receiverId,
				some.map(({ key }) => key),
				some.map(({ at }) => at),
				some.map((one) => sealLatest(receiverId, one)),
				some.map(({ body }) => `\\x${Buffer.from(body).toString('hex')}`),
			]);
			mayExceed ||= written.some(({ is_new, size }) => is_new || size > FAIR_LATEST_BYTES);
		}
		if (mayExceed) await dropOldest(query, receiverId);
	}
}

async function dropOldest(query: Query, receiverId: string): Promise<void> {
	const { keys, bytes } = LATEST_BOUNDS;
	const isWithin = async () => {
		const [sum] = await query<{ n: number; bytes: number }>(COUNT, [receiverId]);
		return (sum?.n ?? 0) <= keys && (sum?.bytes ?? 0) <= bytes;
	};
	if (await isWithin()) return;
	const [lock] = await query<{ mine: boolean }>(TRY_LOCK, [receiverId]);
	if (lock?.mine === true) await query(DROP, [receiverId, keys, bytes]);
}

export async function listLatest(
	query: Query,
	{ receiverId, after, limit }: { receiverId: string; after: string; limit: number },
): Promise<(KeptLatest & { crc: number })[]> {
	const rows = await query<LatestRow>(SELECT_PAGE, [
		receiverId,
		after,
		limit,
		LATEST_BOUNDS.pageBytes,
	]);
	return rows.map(toLatest);
}

export async function timesOfLatest(
	query: Query,
	receiverId: string,
	keys: readonly string[],
): Promise<Map<string, number>> {
	const rows = await query<Pick<LatestRow, 'key' | 'at'>>(SELECT_TIMES, [receiverId, keys]);
	return new Map(rows.map(({ key, at }) => [key, at]));
}

export async function removeLatest(query: Query, receiverId: string): Promise<number> {
	await query('DELETE FROM @latest_dropped WHERE receiver = $1', [receiverId]);
	const gone = await query('DELETE FROM @latest WHERE receiver = $1 RETURNING 1 AS one', [
		receiverId,
	]);
	return gone.length;
}

export interface LatestRow {
	readonly key: string;
	readonly at: number;
	readonly crc: number;
	readonly body: Buffer;
}

export function toLatest({ key, at, crc, body }: LatestRow): KeptLatest & { crc: number } {
	return { key, at, crc, body };
}
