import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { Tally } from '../../core/buffer/stores/tally';
import { findRows, readSizeBytes, rowAt } from '../../core/buffer/stores/row-codec';

type Part = [seq: number, count: number, rowId: number];

interface ChunkRow {
	seq: number;
	n: number;
	bytes: number;
	crc: number;
	left_rows: number;
	body: Uint8Array;
}

/**
 * Checks a closed sqlite store from outside: integrity_check, checksums, I5 (a row is in one batch), I10 (counters are what is
 * stored) and I11 (sequence numbers do not overlap).
 */
export function verifyStore(directory: string): void {
	const database = new DatabaseSync(join(directory, 'store.db'));
	try {
		const all = <T>(sql: string, ...values: number[]) =>
			database.prepare(sql).all(...values) as T[];
		assert.deepEqual(all<{ integrity_check: string }>('PRAGMA integrity_check'), [
			Object.assign(Object.create(null), { integrity_check: 'ok' }),
		]);
		for (const e of all<{ id: number; claim_seq: number; next_seq: number; tally: string }>(
			'SELECT * FROM export',
		)) {
			const chunks = all<ChunkRow>('SELECT * FROM chunk WHERE export = ? ORDER BY seq', e.id);
			const batches = all<{ state: string; parts: string; n: number; bytes: number }>(
				'SELECT * FROM batch WHERE export = ?',
				e.id,
			);
			verifyExport(e, chunks, batches);
		}
	} finally {
		database.close();
	}
}

function verifyExport(
	e: { claim_seq: number; next_seq: number; tally: string },
	chunks: readonly ChunkRow[],
	batches: readonly { state: string; parts: string; n: number; bytes: number }[],
): void {
	const sizes = new Map<number, number>();
	let end = Number.NEGATIVE_INFINITY;
	for (const chunk of chunks) {
		assert.ok(chunk.seq >= end, 'chunks do not overlap (I11)');
		end = chunk.seq + chunk.n;
		const body = Buffer.from(chunk.body);
		assert.equal(crc32(body), chunk.crc);
		const found = findRows(body, chunk.n);
		assert.ok(found);
		for (let index = 0; index < chunk.n; index++) {
			sizes.set(chunk.seq + index, readSizeBytes(rowAt(found, index)));
		}
	}
	assert.ok(end <= e.next_seq);

	const used = new Set<number>();
	const tally = JSON.parse(e.tally) as Tally;
	const found = { openBatches: 0, openRows: 0, openBytes: 0, deadBatches: 0, deadRows: 0 };
	for (const batch of batches) {
		let [count, bytes] = [0, 0];
		for (const [seq, n] of JSON.parse(batch.parts) as Part[]) {
			for (let at = seq; at < seq + n; at++) {
				assert.ok(!used.has(at), 'a row is in one batch (I5)');
				assert.ok(sizes.has(at), 'a row of a batch is stored');
				used.add(at);
				count++;
				bytes += sizes.get(at) ?? 0;
			}
		}
		if (count > 0) assert.deepEqual([count, bytes], [batch.n, batch.bytes]);
		found[batch.state === 'open' ? 'openBatches' : 'deadBatches']++;
		found[batch.state === 'open' ? 'openRows' : 'deadRows'] += batch.n;
		if (batch.state === 'open') found.openBytes += batch.bytes;
	}
	let [rows, bytes] = [0, 0];
	for (const [seq, size] of sizes) {
		if (seq < e.claim_seq) continue;
		rows++;
		bytes += size;
		assert.ok(!used.has(seq), 'a waiting row is in no batch');
		used.add(seq);
	}
	const { openBatches, openRows, openBytes, deadBatches, deadRows } = tally;
	assert.deepEqual({ openBatches, openRows, openBytes, deadBatches, deadRows }, found);
	assert.deepEqual([tally.rows, tally.bytes], [rows, bytes], 'counters are true (I10)');
	for (const chunk of chunks) {
		let left = 0;
		for (let at = chunk.seq; at < chunk.seq + chunk.n; at++) if (used.has(at)) left++;
		assert.equal(chunk.left_rows, left, 'a chunk knows how many of its rows are left');
		assert.ok(left > 0, 'a chunk without rows is gone');
	}
}
