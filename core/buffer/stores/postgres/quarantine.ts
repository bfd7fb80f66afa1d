import { countOpen } from '../tally';
import { isByKey } from '../export-rules';
import { keptFailure } from '../kept-failure';
import { keyText } from '../key-bytes';
import { lockClaims } from './exports';
import { refreshKeys } from './key-tables';
import { addBatch, DAMAGED, lockBatch, removeBatch, UNNUMBERED } from './batches';
import type { Chunk } from './chunks';
import { deltaOf, type Engine, type ExportRecord, type Transaction } from './engine';
import { showInstant } from '../../../pure/show-instant';

const KEEP = `
INSERT INTO @quarantine (export, seq, sub, n, found_at, crc, body)
VALUES ($1, $2, $3, $4, $5, $6, $7)`;

/**
 * A chunk whose checksum or row count is wrong moves to the quarantine table (S50). Its rows leave the batch or the counters
 * they were in, a dead letter names them, and delivery goes on with the next chunk (I13).
 */
export async function quarantineChunk(
	engine: Engine,
	tx: Transaction,
	e: ExportRecord,
	chunk: Chunk,
	body: Buffer,
): Promise<void> {
	const { seq, sub, count } = chunk;
	if (isByKey(e)) await lockClaims(engine, tx.query, e);
	const [gone] = await tx.query<{ batch: number | null; hold: Buffer | null }>(
		'DELETE FROM @chunk WHERE export = $1 AND seq = $2 AND sub = $3 RETURNING batch, hold',
		[e.id, seq, sub],
	);
	if (gone === undefined) return;
	await tx.query(KEEP, [e.id, seq, sub, count, engine.clock.nowAt, chunk.crc, body]);
	if (gone.batch === null) {
		const delta = deltaOf(tx, e.id);
		delta.rows -= count;
		delta.bytes -= chunk.bytes;
		if (gone.hold !== null) {
			delta.heldRows -= count;
			delta.heldBytes -= chunk.bytes;
			await refreshKeys(tx.query, e.id, new Set([keyText(gone.hold)]));
		}
	} else await takeFromBatch(tx, gone.batch, chunk);
	const message =
		`${count} rows of export ${e.exportId} (chunk ${seq}.${sub}, received from ` +
		`${showInstant(chunk.at)}) are damaged; their bytes are in the table quarantine`;
	await addBatch(engine, tx, e, {
		mappingRevision: chunk.mappingRevision,
		count,
		sizeBytes: 0,
		firstAt: chunk.at,
		lastAt: chunk.lastAt,
		arrivedAt: chunk.arrivedAt,
		state: 'dead',
		reason: DAMAGED,
		attempts: 0,
		nextAt: 0,
		firstRow: UNNUMBERED,
		failure: keptFailure(engine.clock.nowAt, { code: 'ERR_STORE_CORRUPT', message }),
	});
	await tx.query('UPDATE @meta SET quarantined_rows = quarantined_rows + $1', [count]);
	engine.warn(message);
}

async function takeFromBatch(tx: Transaction, number: number, chunk: Chunk): Promise<void> {
	const batch = await lockBatch(tx.query, number);
	if (batch === undefined) return;
	const delta = deltaOf(tx, batch.exportNumber);
	// The dead letter that names the rows buries them again.
	if (batch.state === 'dead') delta.buriedTotal -= chunk.count;
	if (batch.count <= chunk.count) return removeBatch(tx, batch);
	await tx.query('UPDATE @batch SET n = n - $2, bytes = bytes - $3 WHERE id = $1', [
		number,
		chunk.count,
		chunk.bytes,
	]);
	if (batch.state === 'open') {
		countOpen(delta, { count: chunk.count, sizeBytes: chunk.bytes }, -1);
		delta.openBatches++;
	} else {
		delta.deadRows -= chunk.count;
		delta.deadBytes -= chunk.bytes;
	}
}
