import { NONE_RETRYING, type Retrying } from '../tally';
import type { Query } from './connection';
import { type Engine, type ExportRecord, isStrict } from './engine';

interface RetryingRow {
	readonly export: number;
	readonly batches: number;
	readonly n: number;
	readonly next_at: number | null;
	readonly first_at: number | null;
}

/**
 * The open batches less those with a valid lease: as many batches as may be in flight are read, however many wait. One statement,
 * so that a claim in between is seen in both numbers or in none.
 */
const RETRYING = `
SELECT e AS export, c.batches - l.batches AS batches, c.n - l.n AS n,
	(SELECT next_at FROM @batch WHERE export = e AND state = 'open' AND (lease_until IS NULL OR lease_until <= $2)
		ORDER BY next_at, id LIMIT 1) AS next_at,
	(SELECT CASE WHEN lease_until > $2 THEN NULL ELSE next_at END FROM @batch WHERE export = e AND state = 'open'
		ORDER BY first_row, id LIMIT 1) AS first_at
FROM unnest($1::int[]) AS e
CROSS JOIN LATERAL (SELECT coalesce(sum(open_batches), 0)::bigint AS batches, coalesce(sum(open_rows), 0)::bigint AS n
	FROM @counter WHERE export = e) AS c
CROSS JOIN LATERAL (SELECT count(*) AS batches, coalesce(sum(n), 0)::bigint AS n FROM @batch
	WHERE export = e AND state = 'open' AND lease_until > $2) AS l`;

/** What of the open batches of these exports waits for its next attempt, by their numbers; none for one that is missing. */
export async function findRetrying(
	engine: Engine,
	query: Query,
	exports: readonly ExportRecord[],
): Promise<(e: Pick<ExportRecord, 'id'>) => Retrying> {
	if (exports.length === 0) return () => NONE_RETRYING;
	const strict = new Set(exports.filter(isStrict).map(({ id }) => id));
	const ids = exports.map(({ id }) => id);
	const rows = await query<RetryingRow>(RETRYING, [ids, engine.clock.nowAt]);
	const found = new Map(
		rows.map((row) => {
			const at = strict.has(row.export) ? row.first_at : row.next_at;
			const nextAttemptAt = at === null ? undefined : Math.ceil(engine.clock.toLocal(at));
			const retrying: Retrying = {
				retryingBatches: row.batches,
				retryingRows: row.n,
				nextAttemptAt,
			};
			return [row.export, retrying];
		}),
	);
	return ({ id }) => found.get(id) ?? NONE_RETRYING;
}
