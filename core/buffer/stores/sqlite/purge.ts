import { RETENTION_MS } from '../defaults';
import { isKept, retentionOf } from '../export-rules';
import { expired, ExpiryReport } from '../expiry';
import { groupRows } from '../key-order';
import {
	addBatch,
	type BatchRecord,
	batchNumbersOf,
	buryBatch,
	findBatch,
	removeWithRows,
} from './batches';
import { toNumber } from './connection';
import { type Engine, type ExportRecord, isLeased, liveExports, type SqliteHeld } from './engine';
import { endHold } from './key-rows';
import { addPlace, newMembers } from './measure';
import { DELETE_WAITING_CHUNKS, SELECT_DEAD_BEFORE, SELECT_OPEN_OLDER } from './sql';
import { releaseParts, releaseRows, walkChunks } from './chunks';
import { takeWaiting } from './take-waiting';
import { trimKept } from './trim-kept';

/** Removes waiting rows and open batches, dead letters, or both; counted. @returns rows removed */
export function purgeExport(
	engine: Engine,
	e: ExportRecord,
	what: 'waiting' | 'dead' | 'all',
): number {
	let rows = 0;
	if (what !== 'dead') {
		rows += purgeWaiting(engine, e);
		for (const number of batchNumbersOf(engine, e, 'open')) rows += purgeNumber(engine, number);
	}
	if (what !== 'waiting') {
		for (const number of batchNumbersOf(engine, e, 'dead')) rows += purgeNumber(engine, number);
	}
	return rows;
}

export function purgeBatch(engine: Engine, batch: BatchRecord): number {
	removeWithRows(engine, batch);
	batch.export.tally.purgedTotal += batch.count;
	return batch.count;
}

/**
 * S38: what is older than its export's retention is put aside or dropped, dead letters go 7 days after that. Ages are
 * those of the chunks' first rows.
 *
 * @returns exports that may be empty now
 */
export function sweep(engine: Engine): ExportRecord[] {
	const { time } = engine;
	const touched = new Set<ExportRecord>();
	const report = new ExpiryReport();
	for (const e of liveExports(engine)) {
		if (isKept(e)) {
			trimKept(engine, e);
			continue;
		}
		const { ageMs, action } = retentionOf(e);
		if (action !== 'block' && expireExport(engine, e, time.bornBefore(ageMs), action, report))
			touched.add(e);
	}
	for (const row of engine.connection.all(SELECT_DEAD_BEFORE, time.bornBefore(RETENTION_MS))) {
		const batch = findBatch(engine, toNumber(row.id));
		if (batch === undefined) continue;
		engine.begin();
		report.add(batch.export.exportId, 'removed', purgeBatch(engine, batch));
		touched.add(batch.export);
	}
	report.tell((message) => engine.warn(message));
	return [...touched];
}

function expireExport(
	engine: Engine,
	e: ExportRecord,
	bornBefore: number,
	action: 'dead-letter' | 'drop-oldest',
	report: ExpiryReport,
): boolean {
	const what = action === 'drop-oldest' ? 'dropped' : 'put aside';
	let isChanged = false;
	for (const row of engine.connection.all(SELECT_OPEN_OLDER, e.number, bornBefore)) {
		const batch = findBatch(engine, toNumber(row.id));
		if (batch === undefined || isLeased(engine, batch.number)) continue;
		engine.begin();
		if (action === 'drop-oldest') purgeBatch(engine, batch);
		else buryBatch(engine, batch, expired(engine.time.nowAt, batch.failure));
		report.add(e.exportId, what, batch.count);
		isChanged = true;
	}
	const old = e.keys.removeWhere(({ arrivedAt }) => arrivedAt <= bornBefore);
	for (const rows of groupRows(old, e.config.conditions)) {
		engine.begin();
		report.add(e.exportId, what, rows.length);
		isChanged = true;
		if (action === 'drop-oldest') {
			releaseHeld(engine, e, rows);
			e.tally.purgedTotal += rows.length;
		} else buryHeld(engine, e, rows);
	}
	while (e.arrivedAt !== undefined && e.arrivedAt <= bornBefore) {
		engine.begin();
		const taken = takeWaiting(engine, e, { ...e.config.conditions, arrivedUntil: bornBefore });
		if (taken === undefined) break;
		report.add(e.exportId, what, taken.count);
		isChanged = true;
		if (action === 'drop-oldest') {
			for (const [seq, count] of taken.parts) releaseRows(engine, e, seq, seq + count);
			e.tally.purgedTotal += taken.count;
		} else {
			const { mappingRevision } = taken;
			const fields = { mappingRevision, reason: 'retention', attempts: 0, nextAt: 0 };
			const failure = expired(engine.time.nowAt);
			addBatch(engine, e, taken, { ...fields, state: 'dead', failure });
		}
	}
	return isChanged;
}

function purgeWaiting(engine: Engine, e: ExportRecord): number {
	const { rows } = e.tally;
	releaseHeld(
		engine,
		e,
		e.keys.removeWhere(() => true),
	);
	// The first waiting row may be in the middle of a chunk whose beginning is in a batch.
	const [first] = walkChunks(engine, e, e.claimSeq, e.nextSeq);
	if (first !== undefined && first.seq < e.claimSeq) {
		releaseRows(engine, e, e.claimSeq, first.endSeq);
		e.claimSeq = first.endSeq;
	}
	engine.connection.run(DELETE_WAITING_CHUNKS, e.number, e.claimSeq);
	e.claimSeq = e.nextSeq;
	e.oldestAt = undefined;
	e.arrivedAt = undefined;
	e.sinceCut = { rows: 0, bytes: 0 };
	e.tally.rows = 0;
	e.tally.bytes = 0;
	e.tally.purgedTotal += rows;
	engine.changed.add(e);
	return rows;
}

function buryHeld(engine: Engine, e: ExportRecord, rows: readonly SqliteHeld[]): void {
	endHold(engine, e, rows);
	const members = newMembers();
	for (const row of rows) addPlace(members, row);
	const mappingRevision = rows[0]?.mappingRevision ?? 0;
	const fields = { mappingRevision, reason: 'retention', attempts: 0, nextAt: 0 };
	addBatch(engine, e, members, { ...fields, state: 'dead', failure: expired(engine.time.nowAt) });
}

/** Rows that were held are gone. */
function releaseHeld(engine: Engine, e: ExportRecord, rows: readonly SqliteHeld[]): void {
	endHold(engine, e, rows);
	const gone = newMembers();
	for (const row of rows) addPlace(gone, { ...row, rowId: 0 });
	releaseParts(engine, e, gone.parts);
}

function purgeNumber(engine: Engine, number: number): number {
	const batch = findBatch(engine, number);
	return batch === undefined ? 0 : purgeBatch(engine, batch);
}
