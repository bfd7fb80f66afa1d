import { RETENTION_MS } from '../defaults';
import { isByKey, isKept, retentionOf } from '../export-rules';
import { groupRows } from '../key-order';
import type { PurgeChoice, ReplayChoice } from '../../store';
import { expired, ExpiryReport } from '../expiry';
import { batchNumber, type ReadLetters } from '../letter-range';
import {
	addBatch,
	batchesOf,
	buryBatch,
	endHold,
	findExport,
	finishDraining,
	holdAgain,
	isLeased,
	keyOf,
	liveExports,
	type MemoryBatch,
	type MemoryExport,
	type MemoryRow,
	type MemoryState,
	removeBatch,
	takeWaiting,
} from './state';
import { trimKept } from './trim-kept';

/** Oldest first. */
export function listDead(
	state: MemoryState,
	{ batch, exportId }: Partial<Pick<ReadLetters, 'batch' | 'exportId'>>,
): MemoryBatch[] {
	const found = batch === undefined ? [...state.batches.values()] : findDead(state, batch);
	return found
		.filter((b) => b.state === 'dead')
		.filter((b) => exportId === undefined || b.export.exportId === exportId)
		.sort((a, b) => a.deadAt - b.deadAt || a.number - b.number);
}

/** S37: a new batch with the same rows and row ids and a new key. */
export function replay(state: MemoryState, o: ReplayChoice): { batches: number; rows: number } {
	const chosen = 'batchId' in o ? findDead(state, batchNumber(o.batchId)) : deadSince(state, o);
	let rows = 0;
	for (const dead of chosen) {
		removeBatch(state, dead);
		const free = holdBusy(dead);
		if (free.length > 0) {
			addBatch(state, dead.export, free, {
				mappingRevision: dead.mappingRevision,
				reason: dead.reason,
				state: 'open',
				attempts: 0,
				nextAt: state.time.nowAt,
			});
		}
		rows += dead.count;
	}
	return { batches: chosen.length, rows };
}

/** Rows whose key is busy are held (I22). @returns the others */
function holdBusy({ export: e, rows }: MemoryBatch): readonly MemoryRow[] {
	if (!isByKey(e)) return rows;
	return rows.filter((row) => {
		const key = keyOf(row);
		if (key === undefined || !e.keys.isBusy(key)) return true;
		holdAgain(e, row, key);
		return false;
	});
}

export function purge(state: MemoryState, o: PurgeChoice): number {
	if ('exportId' in o) {
		const e = findExport(state, o.exportId);
		const rows = purgeExport(state, e, o.what);
		finishDraining(e);
		return rows;
	}
	return findDead(state, batchNumber(o.batchId)).reduce(
		(rows, dead) => rows + purgeBatch(state, dead),
		0,
	);
}

export function purgeExport(
	state: MemoryState,
	e: MemoryExport,
	what: 'waiting' | 'dead' | 'all',
): number {
	let rows = 0;
	if (what !== 'dead') {
		rows += countPurged(
			e,
			endHold(
				e,
				e.keys.removeWhere(() => true),
			).length,
		);
		rows += purgeWaiting(e, e.waiting.length);
		for (const batch of batchesOf(state, e, 'open')) rows += purgeBatch(state, batch);
	}
	if (what !== 'waiting') {
		for (const batch of batchesOf(state, e, 'dead')) rows += purgeBatch(state, batch);
	}
	return rows;
}

/** S38: what is older than its export's retention is put aside or dropped; dead letters go 7 days after that. */
export function sweep(state: MemoryState): void {
	const report = new ExpiryReport();
	for (const e of liveExports(state)) {
		if (isKept(e)) {
			trimKept(state, e);
			continue;
		}
		const { ageMs, action } = retentionOf(e);
		const bornBefore = state.time.bornBefore(ageMs);
		if (action !== 'block') expireExport(state, e, bornBefore, action, report);
		for (const dead of batchesOf(state, e, 'dead')) {
			if (dead.deadAt > state.time.bornBefore(RETENTION_MS)) continue;
			report.add(e.exportId, 'removed', purgeBatch(state, dead));
		}
		finishDraining(e);
	}
	report.tell(state.warn);
}

function expireExport(
	state: MemoryState,
	e: MemoryExport,
	bornBefore: number,
	action: 'dead-letter' | 'drop-oldest',
	report: ExpiryReport,
): void {
	const what = action === 'drop-oldest' ? 'dropped' : 'put aside';
	for (const batch of batchesOf(state, e, 'open')) {
		const arrivedAt = batch.rows[0]?.arrivedAt ?? Number.POSITIVE_INFINITY;
		if (isLeased(state, batch) || arrivedAt > bornBefore) continue;
		report.add(e.exportId, what, batch.count);
		if (action === 'drop-oldest') purgeBatch(state, batch);
		else buryBatch(state, batch, expired(state.time.nowAt, batch.failure));
	}
	const held = e.keys.removeWhere(({ arrivedAt }) => arrivedAt <= bornBefore);
	for (const group of groupRows(held, e.config.conditions)) {
		report.add(e.exportId, what, group.length);
		putAside(state, e, endHold(e, group), action);
	}
	for (;;) {
		const count = countExpired(e, bornBefore);
		if (count === 0) return;
		report.add(e.exportId, what, count);
		putAside(state, e, takeWaiting(e, count), action);
	}
}

/** Rows that wait no more, all of one mapping revision. */
function putAside(
	state: MemoryState,
	e: MemoryExport,
	rows: readonly MemoryRow[],
	action: 'dead-letter' | 'drop-oldest',
): void {
	if (action === 'drop-oldest') {
		countPurged(e, rows.length);
		return;
	}
	const mappingRevision = rows[0]?.row.mappingRevision ?? 0;
	const fields = { mappingRevision, reason: 'retention', attempts: 0, nextAt: 0 };
	const failure = expired(state.time.nowAt);
	addBatch(state, e, rows, { ...fields, state: 'dead', failure });
}

/** Old rows at the head that may share a dead letter. */
function countExpired(e: MemoryExport, bornBefore: number): number {
	const revision = e.waiting[0]?.row.mappingRevision;
	let count = 0;
	for (const { arrivedAt, row } of e.waiting) {
		if (arrivedAt > bornBefore || row.mappingRevision !== revision) break;
		if (count >= e.config.conditions.count) break;
		count++;
	}
	return count;
}

function purgeWaiting(e: MemoryExport, count: number): number {
	takeWaiting(e, count);
	return countPurged(e, count);
}

function countPurged(e: MemoryExport, count: number): number {
	e.tally.purgedTotal += count;
	return count;
}

function purgeBatch(state: MemoryState, batch: MemoryBatch): number {
	removeBatch(state, batch);
	batch.export.tally.purgedTotal += batch.count;
	return batch.count;
}

function findDead(state: MemoryState, number: number): MemoryBatch[] {
	const batch = state.batches.get(number);
	return batch?.state === 'dead' ? [batch] : [];
}

function deadSince(
	state: MemoryState,
	o: Exclude<ReplayChoice, { readonly batchId: string }>,
): MemoryBatch[] {
	findExport(state, o.exportId);
	const since = o.since === undefined ? 0 : state.time.fromWall(o.since);
	return listDead(state, { exportId: o.exportId }).filter((b) => b.deadAt >= since);
}
