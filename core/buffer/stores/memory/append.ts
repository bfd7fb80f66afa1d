import { type AppendRequest, checkAppend } from '../append-request';
import { DEDUPE_WINDOW_MS } from '../defaults';
import { exportDraining, retentionBlocks, revisionUnknown } from '../failures';
import { isAtLeast } from '../order-key';
import { checkQuota, sumKept } from '../quota';
import { UNMAPPED_REVISION, type Row } from '../../store';
import { addBatch, findExport, liveExports, type MemoryExport, type MemoryState } from './state';

/** @returns whether the event's key was known, in which case nothing was stored (I19) */
export function append(state: MemoryState, request: AppendRequest): boolean {
	checkAppend(request);
	forgetKeys(state);
	if (isKnownKey(state, request)) return true;
	// Everything is checked before anything is written (I2).
	for (const row of request.rows) checkRow(state, request.receiverId, row);
	for (const { row } of request.dead ?? []) checkRow(state, request.receiverId, row);
	if (request.dedupeKey !== undefined) {
		const windowMs = request.dedupeWindowMs ?? DEDUPE_WINDOW_MS;
		state.dedupe.delete(keyOf(request));
		state.dedupe.set(keyOf(request), state.time.livedAt + windowMs);
	}
	for (const row of request.rows) appendRow(state, row);
	for (const { row, error } of request.dead ?? []) appendDead(state, row, error);
	return false;
}

function isKnownKey(state: MemoryState, request: AppendRequest): boolean {
	if (request.dedupeKey === undefined) return false;
	return (state.dedupe.get(keyOf(request)) ?? 0) > state.time.livedAt;
}

function keyOf(request: AppendRequest): string {
	return JSON.stringify([request.receiverId, request.dedupeKey]);
}

function forgetKeys(state: MemoryState): void {
	for (const [key, until] of state.dedupe) {
		// Oldest first; a longer window before a shorter one only keeps some keys longer than needed.
		if (until > state.time.livedAt) return;
		state.dedupe.delete(key);
	}
}

function checkRow(state: MemoryState, receiverId: string, row: Row): void {
	const e = findExport(state, row.exportId);
	if (e.isDraining) throw exportDraining(row.exportId);
	if (row.mappingRevision !== UNMAPPED_REVISION && !e.revisions.has(row.mappingRevision)) {
		throw revisionUnknown(row.exportId, row.mappingRevision);
	}
	if (isDisabled(e)) return;
	const { config } = e;
	const sharing = liveExports(state).filter((o) => o.config.receiverId === config.receiverId);
	checkQuota(receiverId, config, sumKept(sharing.map(({ tally }) => tally)));
	const { ageMs, action } = e.config.retention ?? {};
	const first = e.waiting[0];
	if (action === 'block' && ageMs !== undefined && first !== undefined) {
		if (first.arrivedAt <= state.time.bornBefore(ageMs)) throw retentionBlocks(e.exportId, ageMs);
	}
}

function appendRow(state: MemoryState, row: Row): void {
	const e = findExport(state, row.exportId);
	if (isDisabled(e)) {
		e.tally.droppedTotal++;
		return;
	}
	const kept: Row = { ...row, payload: new Uint8Array(row.payload) };
	e.waiting.push({ row: kept, rowId: 0, arrivedAt: state.time.arrivedAt(row.receivedAt) });
	e.tally.rows++;
	e.tally.bytes += row.sizeBytes;
	e.tally.acceptedTotal++;
	if (row.latestKey === undefined) return;
	if (isAtLeast(row.orderKey, e.latest.get(row.latestKey)?.orderKey)) {
		e.latest.set(row.latestKey, kept);
	}
}

function appendDead(state: MemoryState, row: Row, error: { code: string; message: string }): void {
	const e = findExport(state, row.exportId);
	if (isDisabled(e)) {
		e.tally.droppedTotal++;
		return;
	}
	const arrivedAt = state.time.arrivedAt(row.receivedAt);
	e.tally.acceptedTotal++;
	addBatch(
		state,
		e,
		[{ row: { ...row, payload: new Uint8Array(row.payload) }, rowId: 0, arrivedAt }],
		{
			mappingRevision: row.mappingRevision,
			reason: 'replay',
			state: 'dead',
			attempts: 0,
			nextAt: 0,
			error: { code: error.code, message: error.message },
		},
	);
}

function isDisabled(e: MemoryExport): boolean {
	return e.state === 'USER_DISABLED' || e.state === 'SYSTEM_DISABLED';
}
