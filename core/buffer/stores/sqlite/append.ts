import { UNMAPPED_REVISION } from '../../store';
import { exportDraining, retentionBlocks, revisionUnknown } from '../failures';
import type { KeptLatest } from '../latest-codec';
import { sumKept } from '../quota';
import { QuotaUsage } from '../quota-usage';
import { readReceivedAt } from '../row-codec';
import { addBatch } from './batches';
import { addRow } from './chunk-builder';
import { insertChunk } from './chunks';
import { RequestKeys } from './dedupe';
import {
	type Engine,
	type ExportRecord,
	exportsOfReceiver,
	findExport,
	isDisabled,
	liveExports,
} from './engine';
import { type AppendCall, bytesOf, type EncodedEvent, type EncodedRow } from './packed-appends';
import type { PlainError, StoreLimits } from './protocol';

interface PlacedRow {
	readonly export: ExportRecord;
	readonly row: EncodedRow;
}

interface PlacedEvent {
	readonly rows: readonly PlacedRow[];
	readonly dead: readonly (PlacedRow & { readonly error: PlainError })[];
	readonly latest: KeptLatest | undefined;
}

type Limits = Pick<StoreLimits, 'maxStoreBytes'>;

/**
 * Adds the events of one request to the running group: everything is checked before anything is written (I2).
 *
 * @returns for each event whether it was known, in which case nothing of it was stored (I19); undefined when none was
 */
export function append(
	engine: Engine,
	call: AppendCall,
	limits: Limits,
): readonly boolean[] | undefined {
	const keys = new RequestKeys(engine, call.receiverId);
	const usage = usageIn(engine, limits);
	const placed: PlacedEvent[] = [];
	let duplicates: boolean[] | undefined;
	for (const [index, event] of call.events.entries()) {
		if (keys.see(event.keys)) {
			duplicates ??= call.events.map(() => false);
			duplicates[index] = true;
		} else {
			placed.push(placeEvent(engine, call.receiverId, event, usage));
		}
	}
	if (placed.length === 0 && !keys.hasNew) return duplicates;
	engine.begin();
	keys.save();
	for (const { rows, dead, latest } of placed) {
		for (const row of rows) appendRow(engine, row);
		for (const row of dead) appendDead(engine, row);
		if (latest !== undefined) engine.latest.add(call.receiverId, latest);
	}
	return duplicates;
}

/** Finds the exports of an event's rows, and whether it may take them. */
function placeEvent(
	engine: Engine,
	receiverId: string,
	event: EncodedEvent,
	usage: QuotaUsage,
): PlacedEvent {
	const rows = event.rows.map((row) => findPlace(engine, row));
	const dead = event.dead.map(({ row, error }) => ({ ...findPlace(engine, row), error }));
	const isKept = checkExports(engine, receiverId, rows, usage);
	const isDeadKept = checkExports(engine, receiverId, dead, usage);
	if (isKept || isDeadKept) usage.checkStore();
	for (const row of rows) countRow(row, usage, false);
	for (const row of dead) countRow(row, usage, true);
	return { rows, dead, latest: event.latest };
}

function findPlace(engine: Engine, row: EncodedRow): PlacedRow {
	const { exportId, mappingRevision } = row;
	const e = findExport(engine, exportId);
	if (e.isDraining) throw exportDraining(exportId);
	const isKnown = mappingRevision === UNMAPPED_REVISION || e.revisions.has(mappingRevision);
	if (!isKnown) throw revisionUnknown(exportId, mappingRevision);
	return { export: e, row };
}

/** @returns whether any row is kept: those of disabled exports are only counted */
function checkExports(
	engine: Engine,
	receiverId: string,
	rows: readonly PlacedRow[],
	usage: QuotaUsage,
): boolean {
	let checked: ExportRecord | undefined;
	for (const { export: e } of rows) {
		if (e === checked || isDisabled(e)) continue;
		usage.checkReceiver(receiverId, e);
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

function countRow({ export: e, row }: PlacedRow, usage: QuotaUsage, isDead: boolean): void {
	if (!isDisabled(e)) usage.add(e.config.receiverId, row.sizeBytes, isDead);
}

function usageIn(engine: Engine, { maxStoreBytes }: Limits): QuotaUsage {
	const sum = (exports: readonly ExportRecord[]) => sumKept(exports.map(({ tally }) => tally));
	const stored = {
		byReceiver: (receiverId: string) => sum(exportsOfReceiver(engine, receiverId)),
		byStore: () => sum(liveExports(engine)),
	};
	return new QuotaUsage(stored, maxStoreBytes);
}

function appendRow(engine: Engine, { export: e, row }: PlacedRow): void {
	if (isDisabled(e)) return dropRow(engine, e);
	addRow(engine, e, row);
}

/** A chunk and a dead letter of its own, at the place of the row in its export. */
function appendDead(engine: Engine, { export: e, row, error }: PlacedEvent['dead'][number]): void {
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
