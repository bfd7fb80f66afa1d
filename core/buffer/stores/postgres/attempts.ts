import { NO_ATTEMPTS, type Attempts } from '../tally';
import { showFailure } from '../kept-failure';
import { type FailureRow, toFailure } from './batches';
import type { Query } from '../../../postgres/connection';
import { isStrict } from '../export-rules';
import type { Engine, ExportRecord } from './engine';

interface AttemptsRow extends FailureRow {
	readonly export: number;
	readonly batches: number;
	readonly n: number;
	readonly oldest_at: number | null;
	readonly next_at: number | null;
	readonly first_at: number | null;
}

/**
 * The open batches less those with a valid lease: as many batches as may be in flight are read, however many wait. One statement,
 * so that a claim in between is seen in both numbers or in none.
 */
const ATTEMPTS = `
SELECT e AS export, c.batches - l.batches AS batches, c.n - l.n AS n,
	(SELECT first_at FROM @batch WHERE export = e AND state = 'open' AND (lease_until IS NULL OR lease_until <= $2)
		ORDER BY first_at LIMIT 1) AS oldest_at,
	(SELECT next_at FROM @batch WHERE export = e AND state = 'open' AND NOT is_blocked AND (lease_until IS NULL OR lease_until <= $2)
		ORDER BY next_at, id LIMIT 1) AS next_at,
	(SELECT CASE WHEN lease_until > $2 THEN NULL ELSE next_at END FROM @batch WHERE export = e AND state = 'open'
		ORDER BY first_row, id LIMIT 1) AS first_at,
	f.error_at, f.error_code, f.error_message, f.answer_status, f.answer_text
FROM unnest($1::int[]) AS e
CROSS JOIN LATERAL (SELECT coalesce(sum(open_batches), 0)::bigint AS batches, coalesce(sum(open_rows), 0)::bigint AS n
	FROM @counter WHERE export = e) AS c
CROSS JOIN LATERAL (SELECT count(*) AS batches, coalesce(sum(n), 0)::bigint AS n FROM @batch
	WHERE export = e AND state = 'open' AND lease_until > $2) AS l
LEFT JOIN LATERAL (SELECT error_at, error_code, error_message, answer_status, answer_text FROM @batch
	WHERE export = e AND error_at IS NOT NULL ORDER BY error_at DESC, id DESC LIMIT 1) AS f ON true`;

/** How these exports stand with their destinations, by their numbers; nothing for one that is missing. */
export async function findAttempts(
	engine: Engine,
	query: Query,
	exports: readonly ExportRecord[],
): Promise<(e: Pick<ExportRecord, 'id'>) => Attempts> {
	if (exports.length === 0) return () => NO_ATTEMPTS;
	const strict = new Set(exports.filter(isStrict).map(({ id }) => id));
	const ids = exports.map(({ id }) => id);
	const rows = await query<AttemptsRow>(ATTEMPTS, [ids, engine.clock.nowAt]);
	const found = new Map(
		rows.map((row) => {
			const at = strict.has(row.export) ? row.first_at : row.next_at;
			const nextAttemptAt = at === null ? undefined : Math.ceil(engine.clock.toLocal(at));
			const failure = toFailure(row);
			const attempts: Attempts = {
				retryingBatches: row.batches,
				retryingRows: row.n,
				retryingOldestAt: row.oldest_at ?? undefined,
				nextAttemptAt,
				lastFailure: failure && showFailure(failure, (instant) => engine.clock.toLocal(instant)),
			};
			return [row.export, attempts];
		}),
	);
	return ({ id }) => found.get(id) ?? NO_ATTEMPTS;
}
