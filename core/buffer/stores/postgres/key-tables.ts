import { keyBytes, keyText } from '../key-bytes';
import type { Query } from '../../../postgres/connection';

/**
 * Which keys are busy, and which rows are held for them (I22). Whoever changes one of the two tables, or a chunk's `hold`, holds the
 * claim lock of the export: a settlement that did not see what a claim is about to hold would leave it held for ever.
 *
 * Keys are names (key-bytes.ts), kept as bytes, since text cannot hold every string.
 */
const INSERT_BUSY = `
INSERT INTO @busy_key (export, key, batch, place) SELECT $1, key, $3, $4 FROM unnest($2::bytea[]) AS k(key)`;

const FREE = `DELETE FROM @busy_key WHERE batch = $1 RETURNING key`;

const BUSY = `
SELECT key FROM @busy_key WHERE export = $1 AND key = ANY($2::bytea[])
UNION SELECT key FROM @held_key WHERE export = $1 AND key = ANY($2::bytea[])`;

/** What the table says of these keys becomes what is true of them. */
const REFRESH = (keys: string) => `
WITH k AS (${keys}), f AS (
	SELECT k.key, w.seq, w.sub,
		NOT EXISTS (SELECT FROM @busy_key b WHERE b.export = $1 AND b.key = k.key) AS is_ready
	FROM k LEFT JOIN LATERAL (SELECT seq, sub FROM @chunk c WHERE c.export = $1 AND c.hold = k.key
		ORDER BY seq, sub LIMIT 1) AS w ON true
), gone AS (DELETE FROM @held_key h USING f WHERE h.export = $1 AND h.key = f.key AND f.seq IS NULL)
INSERT INTO @held_key (export, key, is_ready, seq, sub) SELECT $1, key, is_ready, seq, sub FROM f WHERE seq IS NOT NULL
ON CONFLICT (export, key) DO UPDATE SET is_ready = excluded.is_ready, seq = excluded.seq, sub = excluded.sub
RETURNING is_ready`;

const REFRESH_KEYS = REFRESH('SELECT DISTINCT key FROM unnest($2::bytea[]) AS u(key)');
const REFRESH_KNOWN = REFRESH(
	'SELECT key FROM @held_key WHERE export = $1 AND key = ANY($2::bytea[])',
);
const REFRESH_ALL = REFRESH(`
	SELECT key FROM @held_key WHERE export = $1
	UNION SELECT hold FROM @chunk WHERE export = $1 AND hold IS NOT NULL`);

/** Batches that share a key, of another order, go by their places. */
const UNBLOCK = `
UPDATE @batch b SET is_blocked = false WHERE export = $1 AND is_blocked AND NOT EXISTS (
	SELECT FROM @busy_key k JOIN @busy_key o ON o.export = k.export AND o.key = k.key
		AND (o.place, o.batch) < (k.place, k.batch) WHERE k.batch = b.id)`;

const BLOCK = `
UPDATE @batch b SET is_blocked = true WHERE export = $1 AND state = 'open' AND EXISTS (
	SELECT FROM @busy_key k JOIN @busy_key o ON o.export = k.export AND o.key = k.key
		AND (o.place, o.batch) < (k.place, k.batch) WHERE k.batch = b.id)`;

/** An open batch has these keys now. */
export async function takeKeys(
	query: Query,
	exportNumber: number,
	batch: { readonly number: number; readonly place: number },
	names: ReadonlySet<string>,
): Promise<void> {
	if (names.size === 0) return;
	await query(INSERT_BUSY, [exportNumber, toBytes(names), batch.number, batch.place]);
}

/** A batch is open no more: what was held for it may be ready. */
export async function freeKeys(
	query: Query,
	exportNumber: number,
	batchNumber: number,
): Promise<void> {
	const freed = await query<{ key: Buffer }>(FREE, [batchNumber]);
	await query(UNBLOCK, [exportNumber]);
	if (freed.length > 0) await query(REFRESH_KNOWN, [exportNumber, freed.map(({ key }) => key)]);
}

/** Of these names those of which rows are in an open batch or held. */
export async function busyOf(
	query: Query,
	exportNumber: number,
	names: ReadonlySet<string>,
): Promise<Set<string>> {
	if (names.size === 0) return new Set();
	const rows = await query<{ key: Buffer }>(BUSY, [exportNumber, toBytes(names)]);
	return new Set(rows.map(({ key }) => keyText(key)));
}

/** To be called after rows of these keys were held, or taken from what is held. */
export async function refreshKeys(
	query: Query,
	exportNumber: number,
	names: ReadonlySet<string>,
): Promise<void> {
	if (names.size > 0) await query(REFRESH_KEYS, [exportNumber, toBytes(names)]);
}

/** To be called after many rows or batches went at once. */
export async function refreshAll(query: Query, exportNumber: number): Promise<void> {
	await query(UNBLOCK, [exportNumber]);
	await query(REFRESH_ALL, [exportNumber]);
}

/** Once the keys of batches that another order left open are known. */
export async function blockLater(query: Query, exportNumber: number): Promise<void> {
	await query(BLOCK, [exportNumber]);
	await query(REFRESH_ALL, [exportNumber]);
}

function toBytes(names: ReadonlySet<string>): Buffer[] {
	return Array.from(names, keyBytes);
}
