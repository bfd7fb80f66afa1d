import { UNMAPPED_REVISION } from '../../store';
import { exportDraining, retentionBlocks, revisionUnknown, storeFull } from '../failures';
import { keyBytes, keyText } from '../key-bytes';
import { isAtLeast } from '../order-key';
import { checkQuota, sumKept } from '../quota';
import { crc32 } from 'node:zlib';
import { addBatch } from './batches';
import { addRow } from './chunk-builder';
import { insertChunk } from './chunks';
import { type SqlRow, toBuffer, toNumber, toOptionalNumber } from './connection';
import {
	type Engine,
	type ExportRecord,
	exportsOfReceiver,
	findExport,
	isDisabled,
	liveExports,
} from './engine';
import { type AppendCall, bytesOf, type EncodedRow } from './packed-appends';
import type { PlainError, StoreLimits } from './protocol';
import { readKeys, readReceivedAt } from '../row-codec';
import { DELETE_OLD_KEYS, SELECT_KEY, SELECT_LATEST_ORDER, UPSERT_KEY, UPSERT_LATEST } from './sql';

interface PlacedRow {
	readonly export: ExportRecord;
	readonly row: EncodedRow;
}

/**
 * Adds the rows of one event to the running group: everything is checked before anything is written (I2).
 *
 * @returns whether the event's key was known, in which case nothing was stored (I19)
 */
export function append(
	engine: Engine,
	call: AppendCall,
	limits: Pick<StoreLimits, 'maxStoreBytes'>,
): boolean {
	if (isKnownKey(engine, call)) return true;
	const rows = call.rows.map((row) => findPlace(engine, row));
	const dead = call.dead.map(({ row }) => findPlace(engine, row));
	const usesRoom = checkExports(engine, call.receiverId, rows);
	const deadUseRoom = checkExports(engine, call.receiverId, dead);
	if (usesRoom || deadUseRoom) checkStore(engine, limits);
	engine.begin();
	rememberKey(engine, call);
	for (const row of rows) appendRow(engine, row);
	for (const [index, { error }] of call.dead.entries()) {
		const row = dead[index];
		if (row !== undefined) appendDead(engine, row, error);
	}
	return false;
}

function findPlace(engine: Engine, row: EncodedRow): PlacedRow {
	const { exportId, mappingRevision } = row;
	const e = findExport(engine, exportId);
	if (e.isDraining) throw exportDraining(exportId);
	const isKnown = mappingRevision === UNMAPPED_REVISION || e.revisions.has(mappingRevision);
	if (!isKnown) throw revisionUnknown(exportId, mappingRevision);
	return { export: e, row };
}

/** @returns whether any row takes room: those of disabled exports are only counted */
function checkExports(engine: Engine, receiverId: string, rows: readonly PlacedRow[]): boolean {
	let checked: ExportRecord | undefined;
	for (const { export: e } of rows) {
		if (e === checked || isDisabled(e)) continue;
		checkQuota(receiverId, e.config, keptBy(exportsOfReceiver(engine, e.config.receiverId)));
		checkRetention(engine, e);
		checked = e;
	}
	return checked !== undefined;
}

function checkRetention({ time }: Engine, e: ExportRecord): void {
	const { ageMs, action } = e.config.retention ?? {};
	if (action !== 'block' || ageMs === undefined || e.arrivedAt === undefined) return;
	if (e.arrivedAt <= time.bornBefore(ageMs)) throw retentionBlocks(e.exportId, ageMs);
}

function checkStore(engine: Engine, { maxStoreBytes }: Pick<StoreLimits, 'maxStoreBytes'>): void {
	if (maxStoreBytes === undefined) return;
	const used = keptBy(liveExports(engine));
	if (used.bytes > maxStoreBytes) throw storeFull(used, maxStoreBytes);
}

function keptBy(exports: readonly ExportRecord[]) {
	return sumKept(exports.map(({ tally }) => tally));
}

function appendRow(engine: Engine, { export: e, row }: PlacedRow): void {
	if (isDisabled(e)) return dropRow(engine, e);
	addRow(engine, e, row);
	const { latestKey, orderKey } = readKeys(row.bytes, row.start);
	if (latestKey === undefined) return;
	const { connection } = engine;
	const stored = connection.get(SELECT_LATEST_ORDER, e.number, keyValue(latestKey))?.order_key;
	if (!isAtLeast(orderKey, toKey(stored))) return;
	const encoded = bytesOf(row);
	connection.run(
		UPSERT_LATEST,
		e.number,
		keyValue(latestKey),
		row.mappingRevision,
		orderKey === undefined ? null : keyValue(orderKey),
		encoded,
		crc32(encoded),
	);
}

/** A chunk and a dead letter of its own, at the place of the row in its export. */
function appendDead(engine: Engine, { export: e, row }: PlacedRow, error: PlainError): void {
	if (isDisabled(e)) return dropRow(engine, e);
	const { number } = e;
	const { sizeBytes, mappingRevision } = row;
	const encoded = bytesOf(row);
	const at = readReceivedAt(encoded);
	const arrivedAt = engine.time.arrivedAt(at);
	// Dead rows count down from 0, so that the walk over those that wait never meets them.
	const seq = -engine.meta.nextBatch;
	const header = { exportNumber: number, seq, count: 1, bytes: sizeBytes, at, lastAt: at };
	insertChunk(engine, { ...header, arrivedAt, mappingRevision }, encoded);
	const members = { parts: [[seq, 1, 0]] as const, count: 1, sizeBytes, arrivedAt };
	const fields = { mappingRevision, reason: 'replay', attempts: 0, nextAt: 0 };
	const dead = { ...fields, state: 'dead', error } as const;
	addBatch(engine, e, { ...members, firstAt: at, lastAt: at }, dead);
	e.tally.acceptedTotal++;
	engine.meta.appendedRows++;
}

function dropRow(engine: Engine, e: ExportRecord): void {
	e.tally.droppedTotal++;
	engine.changed.add(e);
}

function isKnownKey(engine: Engine, call: AppendCall): boolean {
	if (call.dedupeKey === undefined) return false;
	const row = engine.connection.get(SELECT_KEY, call.receiverId, keyValue(call.dedupeKey));
	return (toOptionalNumber(row?.until) ?? 0) > engine.time.livedAt;
}

function rememberKey(engine: Engine, call: AppendCall): void {
	if (call.dedupeKey === undefined) return;
	const { livedAt } = engine.time;
	engine.connection.run(DELETE_OLD_KEYS, livedAt);
	const until = livedAt + call.dedupeWindowMs;
	engine.connection.run(UPSERT_KEY, call.receiverId, keyValue(call.dedupeKey), toNumber(until));
}

/** Text with half a surrogate pair has no UTF-8 of its own: SQLite would take different keys for one. A BLOB equals no text. */
function keyValue(key: string): string | Buffer {
	return key.isWellFormed() ? key : keyBytes(key);
}

function toKey(value: SqlRow[string] | undefined): string | undefined {
	if (value instanceof Uint8Array) return keyText(toBuffer(value));
	return typeof value === 'string' ? value : undefined;
}
