import { isByKey } from '../export-rules';
import { sequenceName } from '../key-bytes';
import { readReceivedAt, readSequenceKey, readSizeBytes, rowAt } from '../row-codec';
import { toBatch } from './batches';
import { ChunkReader, type ReadChunk } from './chunk-reader';
import { arrivalOf } from './chunks';
import { toNumber } from './connection';
import { DamagedDatabase } from './damage';
import type { Engine, ExportRecord, SqliteHeld } from './engine';
import { takeKeys } from './key-rows';
import { SELECT_ALL_OF_EXPORT, SELECT_HELD } from './sql';

/** Reads at open which keys are busy, and what is held for them (I22). Of an export that has nothing of it nothing is read. */
export function loadKeys(engine: Engine, e: ExportRecord): void {
	if (e.isRemoved) return;
	takeKeysOfOpen(engine, e);
	if (e.tally.heldRows === 0) return;
	for (const row of readHeld(engine, e)) e.keys.hold(row);
}

/** The open batches of an export whose order is one of keys have their keys. */
export function takeKeysOfOpen(engine: Engine, e: ExportRecord): void {
	if (!isByKey(e) || e.tally.openBatches === 0) return;
	for (const row of engine.connection.all(SELECT_ALL_OF_EXPORT, e.number)) {
		if (row.state === 'open') takeKeys(engine, e, toBatch(engine, row));
	}
}

function* readHeld(engine: Engine, e: ExportRecord): Generator<SqliteHeld> {
	const reader = new ChunkReader(engine, e);
	for (const held of engine.connection.all(SELECT_HELD, e.number)) {
		const [seq, rowId] = [toNumber(held.seq), toNumber(held.row_id)];
		const [found] = reader.walk(seq, seq + 1);
		if (found === undefined)
			throw new DamagedDatabase(`row ${seq} of export ${e.exportId} is held and is not found`);
		yield toHeld(engine, found, seq, rowId);
	}
}

function toHeld(
	engine: Engine,
	{ chunk, found }: ReadChunk,
	seq: number,
	rowId: number,
): SqliteHeld {
	const { mappingRevision } = chunk;
	if (found === undefined) {
		// Its claim finds the damage; until then its average has to do, and a key that is no other row's.
		const { at: receivedAt, arrivedAt } = chunk;
		const sizeBytes = Math.floor(chunk.bytes / chunk.count);
		return { seq, rowId, key: `\udc00${seq}`, mappingRevision, sizeBytes, receivedAt, arrivedAt };
	}
	const row = rowAt(found, seq - chunk.seq);
	const receivedAt = readReceivedAt(row);
	return {
		seq,
		rowId,
		key: sequenceName(readSequenceKey(row) ?? ''),
		mappingRevision,
		sizeBytes: readSizeBytes(row),
		receivedAt,
		arrivedAt: arrivalOf(engine, chunk, receivedAt),
	};
}
