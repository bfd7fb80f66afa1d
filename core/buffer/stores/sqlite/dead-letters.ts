import { batchKey } from '../batch-key';
import {
	addBatch,
	type BatchRecord,
	findBatch,
	findRevision,
	removeBatch,
	toBatch,
} from './batches';
import type { Members } from './members';
import { BufferError } from '../../../errors';
import { isByKey } from '../export-rules';
import { sequenceName } from '../key-bytes';
import { showFailure, unknownFailure } from '../kept-failure';
import type { ReadLetters } from '../letter-range';
import { isEmpty } from '../tally';
import { type SqlRow, toNumber } from './connection';
import { type Engine, findExport, liveExports } from './engine';
import { finishDraining } from './exports';
import { holdAgain } from './key-rows';
import { addPlace, newMembers, walkRows } from './measure';
import type { PlainDeadLetter, PurgeOf } from './protocol';
import { purgeBatch, purgeExport, sweep } from './purge';
import {
	SELECT_DEAD,
	SELECT_DEAD_OF_EXPORT,
	SELECT_DEAD_ONE,
	SELECT_DEAD_SINCE,
	SELECT_LATER,
	UPDATE_BATCH_DUE,
} from './sql';

export function listDead(engine: Engine, o: ReadLetters): PlainDeadLetter[] {
	return deadRows(engine, o).map((row) => toDeadLetter(engine, row));
}

function deadRows(
	{ connection, exports }: Engine,
	{ batch, exportId, limit, offset }: ReadLetters,
): SqlRow[] {
	if (batch !== undefined) {
		return Number.isSafeInteger(batch) ? connection.all(SELECT_DEAD_ONE, batch) : [];
	}
	if (exportId === undefined) return connection.all(SELECT_DEAD, limit, offset);
	const e = exports.get(exportId);
	return e === undefined ? [] : connection.all(SELECT_DEAD_OF_EXPORT, e.number, limit, offset);
}

/** S37: a new batch with the same rows and row ids and a new key. */
export function replay(
	engine: Engine,
	o: { batch: number } | { exportId: string; since: number | undefined },
): { batches: number; rows: number } {
	const chosen = 'batch' in o ? [o.batch] : deadSince(engine, o);
	const replayed = { batches: 0, rows: 0 };
	for (const number of chosen) {
		const dead = findDead(engine, number);
		if (dead === undefined) continue;
		if (isDamaged(dead)) {
			if (!('batch' in o)) continue;
			throw rowsDamaged(dead);
		}
		engine.begin();
		removeBatch(engine, dead);
		const { mappingRevision, reason } = dead;
		const fields = { mappingRevision, reason, attempts: 0, nextAt: engine.time.nowAt };
		const free = holdBusy(engine, dead);
		if (free.count > 0)
			addBatch(engine, dead.export, free, { ...fields, state: 'open', origin: number });
		replayed.batches++;
		replayed.rows += dead.count;
	}
	return replayed;
}

/** Rows whose key is busy are held (I22). @returns the others */
function holdBusy(engine: Engine, dead: BatchRecord): Members {
	const { export: e, parts, mappingRevision } = dead;
	if (!isByKey(e)) return dead;
	const free = newMembers();
	for (const row of walkRows(engine, e, parts)) {
		const { sequenceKey } = row;
		if (sequenceKey === undefined || !e.keys.isBusy(sequenceName(sequenceKey))) {
			addPlace(free, row);
		} else holdAgain(engine, e, { ...row, sequenceKey }, mappingRevision);
	}
	return free;
}

export function purge(engine: Engine, o: PurgeOf): { rows: number } {
	if ('exportId' in o) {
		const e = findExport(engine, o.exportId);
		engine.begin();
		const rows = purgeExport(engine, e, o.what);
		finishDraining(engine, e);
		return { rows };
	}
	const dead = findDead(engine, o.batch);
	if (dead === undefined) return { rows: 0 };
	engine.begin();
	const rows = purgeBatch(engine, dead);
	finishDraining(engine, dead.export);
	return { rows };
}

export function retryNow(engine: Engine, exportId: string): number {
	const e = findExport(engine, exportId);
	const later = engine.connection.all(SELECT_LATER, e.number, engine.time.nowAt);
	if (later.length > 0) engine.begin();
	for (const row of later) {
		engine.connection.run(UPDATE_BATCH_DUE, engine.time.nowAt, toNumber(row.id));
	}
	return later.length;
}

export function sweepAll(engine: Engine): undefined {
	// How long it has lived is written down once a minute, as long as there is something that ages.
	if (liveExports(engine).some(({ tally }) => !isEmpty(tally))) engine.begin();
	for (const e of sweep(engine)) finishDraining(engine, e);
}

/** A dead letter that names rows lost to a damaged chunk (S50): there is nothing to read or to replay. */
export function isDamaged(batch: BatchRecord): boolean {
	return batch.count > 0 && batch.parts.length === 0;
}

export function rowsDamaged(batch: BatchRecord): BufferError {
	return new BufferError('ERR_STORE_CORRUPT', batch.failure?.message ?? 'its rows are damaged', {
		details: { batchId: String(batch.number), rows: batch.count },
	});
}

function findDead(engine: Engine, number: number): BatchRecord | undefined {
	const batch = findBatch(engine, number);
	return batch?.state === 'dead' ? batch : undefined;
}

function deadSince(engine: Engine, o: { exportId: string; since: number | undefined }): number[] {
	const e = findExport(engine, o.exportId);
	const since = o.since === undefined ? 0 : engine.time.fromWall(o.since);
	return engine.connection.all(SELECT_DEAD_SINCE, e.number, since).map((row) => toNumber(row.id));
}

function toDeadLetter(engine: Engine, row: SqlRow): PlainDeadLetter {
	const batch = toBatch(engine, row);
	const { number, mappingRevision, count, sizeBytes, firstAt, lastAt, attempts } = batch;
	const toWall = (at: number) => engine.time.toWall(at);
	const answer = typeof row.answer === 'string' ? row.answer : undefined;
	const error = showFailure(batch.failure ?? unknownFailure(batch.deadAt), toWall, answer);
	const { exportId } = batch.export;
	return {
		number,
		idempotencyKey: batchKey(engine.meta.storeId, exportId, number, batch.salt),
		exportId,
		mappingRevision,
		...findRevision(engine, batch.export, mappingRevision),
		count,
		sizeBytes,
		firstAt,
		lastAt,
		attempts,
		deadAt: toWall(batch.deadAt),
		error,
	};
}
