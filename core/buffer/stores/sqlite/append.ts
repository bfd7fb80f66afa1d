import { UNMAPPED_REVISION } from '../../store';
import { QUOTA_BYTES } from '../defaults';
import {
	exportDraining,
	quotaReached,
	retentionBlocks,
	revisionUnknown,
	storeFull,
} from '../failures';
import { isAtLeast } from '../order-key';
import { crc32 } from 'node:zlib';
import { addBatch } from './batches';
import { addRow } from './chunk-builder';
import { toNumber, toOptionalNumber } from './connection';
import {
	type Engine,
	type ExportRecord,
	exportsOfReceiver,
	findExport,
	isDisabled,
	liveExports,
} from './engine';
import { type AppendCall, FIELDS_PER_ROW, type PlainError, type StoreLimits } from './protocol';
import { readKeys, readReceivedAt } from '../row-codec';
import {
	DELETE_OLD_KEYS,
	INSERT_CHUNK,
	SELECT_KEY,
	SELECT_LATEST_ORDER,
	UPSERT_KEY,
	UPSERT_LATEST,
} from './sql';

interface IncomingRow {
	readonly export: ExportRecord;
	readonly mappingRevision: number;
	readonly encoded: Buffer;
	readonly sizeBytes: number;
}

/**
 * Adds the rows of one event to the running group: everything is checked before anything is written (I2).
 *
 * @returns whether the event's key was known, in which case nothing was stored (I19)
 */
export function append(
	engine: Engine,
	call: AppendCall,
	message: { readonly exportIds: readonly string[]; readonly bytes: Buffer },
	limits: Pick<StoreLimits, 'maxStoreBytes'>,
): boolean {
	if (isKnownKey(engine, call)) return true;
	const rows = parseRows(engine, call.rows, message);
	const dead = call.dead.map(({ row, error }) => ({
		rows: parseRows(engine, row, message),
		error,
	}));
	checkRoom(engine, call.receiverId, [...rows, ...dead.flatMap((letter) => letter.rows)], limits);
	engine.begin();
	rememberKey(engine, call);
	for (const row of rows) appendRow(engine, row);
	for (const letter of dead) {
		for (const row of letter.rows) appendDead(engine, row, letter.error);
	}
	return false;
}

function parseRows(
	engine: Engine,
	flat: readonly number[],
	message: { readonly exportIds: readonly string[]; readonly bytes: Buffer },
): IncomingRow[] {
	const rows: IncomingRow[] = [];
	for (let at = 0; at < flat.length; at += FIELDS_PER_ROW) {
		const [index = 0, mappingRevision = 0, offset = 0, length = 0, sizeBytes = 0] = flat.slice(
			at,
			at + FIELDS_PER_ROW,
		);
		const exportId = message.exportIds[index] ?? '';
		const e = findExport(engine, exportId);
		if (e.isDraining) throw exportDraining(exportId);
		const isKnown = mappingRevision === UNMAPPED_REVISION || e.revisions.has(mappingRevision);
		if (!isKnown) throw revisionUnknown(exportId, mappingRevision);
		const encoded = message.bytes.subarray(offset, offset + length);
		rows.push({ export: e, mappingRevision, encoded, sizeBytes });
	}
	return rows;
}

function checkRoom(
	engine: Engine,
	receiverId: string,
	rows: readonly IncomingRow[],
	limits: Pick<StoreLimits, 'maxStoreBytes'>,
): void {
	const kept = new Set(rows.map((row) => row.export).filter((e) => !isDisabled(e)));
	for (const e of kept) {
		checkQuota(engine, receiverId, e);
		const { ageMs, action } = e.config.retention ?? {};
		if (action !== 'block' || ageMs === undefined || e.arrivedAt === undefined) continue;
		if (engine.time.expiryAt - e.arrivedAt >= ageMs) throw retentionBlocks(e.exportId, ageMs);
	}
	if (kept.size === 0 || limits.maxStoreBytes === undefined) return;
	const usedBytes = usedBy(liveExports(engine));
	if (usedBytes > limits.maxStoreBytes) throw storeFull(usedBytes, limits.maxStoreBytes);
}

/** Strictly greater than, as the K-rules have it (S43). */
function checkQuota(engine: Engine, receiverId: string, e: ExportRecord): void {
	const quotaBytes = e.config.quota?.bytes ?? QUOTA_BYTES;
	const usedBytes = usedBy(exportsOfReceiver(engine, e.config.receiverId));
	if (usedBytes > quotaBytes) throw quotaReached(receiverId, usedBytes, quotaBytes);
}

function usedBy(exports: readonly ExportRecord[]): number {
	return exports.reduce((sum, { tally }) => sum + tally.bytes + tally.openBytes, 0);
}

function appendRow(engine: Engine, row: IncomingRow): void {
	if (isDisabled(row.export)) return dropRow(engine, row.export);
	addRow(engine, row.export, row);
	const { latestKey, orderKey } = readKeys(row.encoded);
	if (latestKey === undefined) return;
	const { connection } = engine;
	const { number } = row.export;
	const stored = connection.get(SELECT_LATEST_ORDER, number, latestKey)?.order_key;
	if (!isAtLeast(orderKey, typeof stored === 'string' ? stored : undefined)) return;
	const revision = row.mappingRevision;
	const { encoded } = row;
	const crc = crc32(encoded);
	connection.run(UPSERT_LATEST, number, latestKey, revision, orderKey ?? null, encoded, crc);
}

/** A chunk and a dead letter of its own, at the place of the row in its export. */
function appendDead(engine: Engine, row: IncomingRow, error: PlainError): void {
	const e = row.export;
	if (isDisabled(e)) return dropRow(engine, e);
	const { number } = e;
	const { encoded, sizeBytes, mappingRevision } = row;
	const at = readReceivedAt(encoded);
	const arrivedAt = engine.time.arrivedAt(at);
	// Dead rows count down from 0, so that the walk over those that wait never meets them.
	const seq = -engine.meta.nextBatch;
	engine.connection.run(
		INSERT_CHUNK,
		number,
		seq,
		1,
		sizeBytes,
		at,
		at,
		arrivedAt,
		mappingRevision,
		crc32(encoded),
		1,
		encoded,
	);
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
	const row = engine.connection.get(SELECT_KEY, call.receiverId, call.dedupeKey);
	return (toOptionalNumber(row?.until) ?? 0) > engine.time.expiryAt;
}

function rememberKey(engine: Engine, call: AppendCall): void {
	if (call.dedupeKey === undefined) return;
	const { expiryAt } = engine.time;
	engine.connection.run(DELETE_OLD_KEYS, expiryAt);
	const until = expiryAt + call.dedupeWindowMs;
	engine.connection.run(UPSERT_KEY, call.receiverId, call.dedupeKey, toNumber(until));
}
