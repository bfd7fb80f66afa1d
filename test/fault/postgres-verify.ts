import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { isSoundDocument } from '../../core/buffer/stores/document-seal';
import type { KeptDocument } from '../../core/buffer/stores/document-seal';
import { findRows } from '../../core/buffer/stores/row-codec';
import type { TestDatabase } from '../support/postgres';

/**
 * Checks a postgres store from outside, as verify-store.ts does a sqlite one: checksums, I5 (a row is in one batch), I10 (counters
 * are what is stored), and that every batch has its rows. Nobody may be writing.
 */
export async function verifyPostgres(database: TestDatabase, schema: string): Promise<void> {
	const sql = <Row extends object>(text: string) =>
		database.query<Row>(text.replaceAll(/@(\w+)/g, `"${schema}".$1`));

	const chunks = await sql<{ n: number; crc: string; body: Buffer }>(
		'SELECT n, crc, body FROM @chunk',
	);
	for (const { n, crc, body } of chunks) {
		assert.equal(crc32(body), Number(crc), 'checksum of a chunk');
		assert.ok(findRows(body, n), 'a chunk has as many rows as it says');
	}

	const documents = await sql<
		Omit<KeptDocument, 'crc' | 'revision'> & Record<'collection' | 'crc' | 'revision', string>
	>('SELECT collection, id, revision, crc, body FROM @document');
	for (const { collection, id, revision, crc, body } of documents) {
		const kept = { id, revision: Number(revision), crc: Number(crc), body };
		assert.ok(isSoundDocument(collection, kept), `checksum of document ${collection}/${id}`);
	}

	const wrongBatches = await sql(`
		SELECT b.id, b.n, b.bytes, c.n AS stored, c.bytes AS stored_bytes FROM @batch b LEFT JOIN
			(SELECT batch, sum(n) AS n, sum(bytes) AS bytes FROM @chunk GROUP BY batch) c ON c.batch = b.id
		WHERE c.n IS DISTINCT FROM b.n OR c.bytes IS DISTINCT FROM b.bytes`);
	assert.deepEqual(wrongBatches, [], 'a batch has its rows (I4)');

	const orphans = await sql(`
		SELECT batch, seq FROM @chunk c WHERE batch IS NOT NULL AND NOT EXISTS
			(SELECT FROM @batch b WHERE b.id = c.batch)`);
	assert.deepEqual(orphans, [], 'no row is in a batch that is none (I5)');

	const overlaps = await sql(`
		SELECT a.row_id FROM @chunk a JOIN @chunk b ON a.export = b.export AND (a.seq, a.sub) < (b.seq, b.sub)
			AND a.row_id > 0 AND b.row_id > 0 AND a.row_id < b.row_id + b.n AND b.row_id < a.row_id + a.n`);
	assert.deepEqual(overlaps, [], 'a row id is that of one row');

	const wrongCounters = await sql(`
		WITH counted AS (
			SELECT export, sum(rows) AS rows, sum(bytes) AS bytes, sum(open_batches) AS open_batches,
				sum(open_rows) AS open_rows, sum(open_bytes) AS open_bytes, sum(dead_batches) AS dead_batches,
				sum(dead_rows) AS dead_rows, sum(accepted) - sum(acked) - sum(purged) AS kept
			FROM @counter GROUP BY export),
		stored AS (
			SELECT e.id AS export,
				coalesce((SELECT sum(n) FROM @chunk WHERE export = e.id AND batch IS NULL), 0) AS rows,
				coalesce((SELECT sum(bytes) FROM @chunk WHERE export = e.id AND batch IS NULL), 0) AS bytes,
				(SELECT count(*) FROM @batch WHERE export = e.id AND state = 'open') AS open_batches,
				coalesce((SELECT sum(n) FROM @batch WHERE export = e.id AND state = 'open'), 0) AS open_rows,
				coalesce((SELECT sum(bytes) FROM @batch WHERE export = e.id AND state = 'open'), 0) AS open_bytes,
				(SELECT count(*) FROM @batch WHERE export = e.id AND state = 'dead') AS dead_batches,
				coalesce((SELECT sum(n) FROM @batch WHERE export = e.id AND state = 'dead'), 0) AS dead_rows,
				coalesce((SELECT sum(n) FROM @chunk WHERE export = e.id), 0) AS kept
			FROM @export e WHERE NOT is_removed)
		SELECT * FROM stored s JOIN counted c ON c.export = s.export WHERE
			(s.rows, s.bytes, s.open_batches, s.open_rows, s.open_bytes, s.dead_batches, s.dead_rows, s.kept)
			IS DISTINCT FROM
			(c.rows, c.bytes, c.open_batches, c.open_rows, c.open_bytes, c.dead_batches, c.dead_rows, c.kept)`);
	assert.deepEqual(wrongCounters, [], 'counters are what is stored (I10)');
}

/** Waits until the server has ended what killed processes left behind: a COMMIT that it has read is still done. */
export async function connectionsGone(database: TestDatabase, schema: string): Promise<boolean> {
	const rows = await database.query(
		`SELECT pid FROM pg_stat_activity WHERE application_name = 'sluice' AND pid <> pg_backend_pid()
			AND (state <> 'idle' OR query LIKE $1)`,
		[`%"${schema}"%`],
	);
	return rows.length === 0;
}
