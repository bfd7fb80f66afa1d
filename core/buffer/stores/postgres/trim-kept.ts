import { sumCounters } from './counters';
import { deltaOf, type Engine, type ExportRecord, type Transaction } from './engine';
import { lockClaims } from './exports';

/** Chunks that go in one transaction, so that it holds others up for a moment only. */
const AT_ONCE = 1_000;

const DROP = `
WITH head AS (
	SELECT seq, sub, bytes, arrived_at, sum(bytes) OVER (ORDER BY seq, sub) - bytes AS before FROM (
		SELECT seq, sub, bytes, arrived_at FROM @chunk WHERE export = $1 AND batch IS NULL AND hold IS NULL
		ORDER BY seq, sub LIMIT ${AT_ONCE}
	) AS oldest
), gone AS (
	DELETE FROM @chunk c USING head h WHERE c.export = $1 AND c.seq = h.seq AND c.sub = h.sub
		AND (h.before < $2 OR h.arrived_at <= $3) RETURNING c.n, c.bytes
)
SELECT count(*)::int AS chunks, coalesce(sum(n), 0)::bigint AS n, coalesce(sum(bytes), 0)::bigint AS bytes FROM gone`;

/** Of the whole store; exports of kept events are called so (config.ts). */
const STORE_BYTES = `
SELECT coalesce(sum(bytes + open_bytes + dead_bytes), 0)::bigint AS bytes FROM @counter`;

/**
 * The oldest kept events beyond the bounds of their export (`StoredExport.kept`), and where all of the store is more than it may be.
 *
 * @returns whether there may be more to do
 */
export async function trimKept(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	maxStoreBytes: number | undefined,
): Promise<{ isLast: boolean }> {
	const { kept } = e.config;
	if (kept === undefined) return { isLast: true };
	await lockClaims(engine, tx.query, e);
	const { bytes = 0 } = (await sumCounters(tx.query, [e.id])).get(e.id) ?? {};
	const [store] =
		maxStoreBytes === undefined ? [] : await tx.query<{ bytes: number }>(STORE_BYTES, []);
	const beyondStore = store && maxStoreBytes !== undefined ? store.bytes - maxStoreBytes : 0;
	const excess = Math.max(bytes - kept.bytes, beyondStore, 0);
	const bornBefore = engine.clock.bornBefore(kept.ageMs);
	const [gone] = await tx.query<{ chunks: number; n: number; bytes: number }>(DROP, [
		e.id,
		excess,
		bornBefore,
	]);
	const delta = deltaOf(tx, e.id);
	delta.rows -= gone?.n ?? 0;
	delta.bytes -= gone?.bytes ?? 0;
	delta.purgedTotal += gone?.n ?? 0;
	return { isLast: (gone?.chunks ?? 0) < AT_ONCE };
}
