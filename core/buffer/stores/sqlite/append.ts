import { isDisabled } from '../../../config';
import { checkAge, checkTakes, isKept } from '../export-rules';
import type { KeptLatest } from '../latest-codec';
import { sumKept } from '../quota';
import { QuotaUsage } from '../quota-usage';
import { readReceivedAt } from '../row-codec';
import { countDropped } from '../tally';
import { addBatch } from './batches';
import { MAX_CHUNK_BYTES } from '../defaults';
import { addRow } from './chunk-builder';
import { insertChunk } from './chunks';
import { RequestKeys } from './dedupe';
import {
	type Engine,
	type ExportRecord,
	exportsOfReceiver,
	findExport,
	liveExports,
} from './engine';
import { oldestWaiting } from './find-oldest';
import { type FinalFailure, finalFailure } from '../kept-failure';
import { type AppendCall, type EncodedEvent, type EncodedRow } from './packed-appends';
import type { StoreLimits } from './protocol';

interface PlacedRow {
	readonly export: ExportRecord;
	readonly row: EncodedRow;
}

interface PlacedLetter {
	readonly rows: readonly PlacedRow[];
	readonly failure: FinalFailure;
	readonly attempts: number;
}

interface PlacedEvent {
	readonly rows: readonly PlacedRow[];
	readonly dead: readonly PlacedLetter[];
	readonly latest: KeptLatest | undefined;
}

type Limits = Pick<StoreLimits, 'maxStoreBytes'>;

/**
 * Adds the events of one request to the running group: everything is checked before anything is written (I2).
 *
 * @returns for each event which of its keys were known, in which case nothing of it was stored (I19); undefined when none was
 */
export function append(
	engine: Engine,
	call: AppendCall,
	limits: Limits,
): readonly (readonly number[])[] | undefined {
	const keys = new RequestKeys(engine, call.receiverId);
	const usage = usageIn(engine, limits);
	const placed: PlacedEvent[] = [];
	let known: (readonly number[])[] | undefined;
	for (const [index, event] of call.events.entries()) {
		const ofEvent = keys.see(event.keys);
		if (ofEvent.length > 0) {
			known ??= call.events.map(() => []);
			known[index] = ofEvent;
		} else {
			placed.push(placeEvent(engine, event, usage));
		}
	}
	if (placed.length === 0 && !keys.hasNew) return known;
	engine.begin();
	keys.save();
	for (const { rows, dead, latest } of placed) {
		for (const row of rows) appendRow(engine, row);
		for (const letter of dead) appendDead(engine, letter);
		if (latest !== undefined) engine.latest.add(call.receiverId, latest);
	}
	return known;
}

/** Finds the exports of an event's rows, and whether it may take them. */
function placeEvent(engine: Engine, event: EncodedEvent, usage: QuotaUsage): PlacedEvent {
	const rows = event.rows.map((row) => findPlace(engine, row));
	const { nowAt } = engine.time;
	const dead = event.dead.map(({ error, answer, attempts, ...letter }) => ({
		attempts,
		failure: finalFailure(nowAt, error, answer),
		rows: letter.rows.map((row) => findPlace(engine, row)),
	}));
	const deadRows = dead.flatMap((letter) => letter.rows);
	const usesRoom = checkExports(engine, rows, usage);
	const deadUseRoom = checkExports(engine, deadRows, usage);
	if (usesRoom || deadUseRoom) usage.checkStore();
	for (const row of rows) countRow(row, usage, false);
	for (const row of deadRows) countRow(row, usage, true);
	return { rows, dead, latest: event.latest };
}

function findPlace(engine: Engine, row: EncodedRow): PlacedRow {
	const e = findExport(engine, row.exportId);
	checkTakes(e, row.mappingRevision);
	return { export: e, row };
}

/** @returns whether any row is kept: those of disabled exports are only counted */
function checkExports(engine: Engine, rows: readonly PlacedRow[], usage: QuotaUsage): boolean {
	let checked: ExportRecord | undefined;
	for (const { export: e } of rows) {
		if (e === checked || isDisabled(e) || isKept(e)) continue;
		usage.checkOwner(e);
		checkAge(e, oldestWaiting(e).arrivedAt, engine.time);
		checked = e;
	}
	return checked !== undefined;
}

function countRow({ export: e, row }: PlacedRow, usage: QuotaUsage, isDead: boolean): void {
	if (!isDisabled(e) && !isKept(e)) usage.add(e.config.receiverId, row.sizeBytes, isDead);
}

function usageIn(engine: Engine, { maxStoreBytes }: Limits): QuotaUsage {
	const sum = (exports: readonly ExportRecord[]) => sumKept(exports.map(({ tally }) => tally));
	const stored = {
		byReceiver: (receiverId: string) => sum(exportsOfReceiver(engine, receiverId)),
		byStore: () => sum(liveExports(engine).filter((e) => !isKept(e))),
	};
	return new QuotaUsage(stored, maxStoreBytes);
}

function appendRow(engine: Engine, { export: e, row }: PlacedRow): void {
	if (isDisabled(e)) return dropRow(engine, e);
	addRow(engine, e, row);
}

/** Chunks and a dead letter of its own. */
function appendDead(engine: Engine, { rows, failure, attempts }: PlacedLetter): void {
	const [first] = rows;
	const last = rows.at(-1);
	if (first === undefined || last === undefined) return;
	const { export: e } = first;
	if (isDisabled(e)) return rows.forEach(() => dropRow(engine, e));
	// Dead rows count down from 0, so that the walk over those that wait never meets them: a number for each, of which the batch has one.
	engine.meta.nextBatch += rows.length - 1;
	const seq = -engine.meta.nextBatch;
	insertDeadChunks(engine, e, seq, rows);
	const { mappingRevision } = first.row;
	const at = receivedAtOf(first);
	const members = {
		parts: [[seq, rows.length, 0]] as const,
		count: rows.length,
		sizeBytes: rows.reduce((sum, { row }) => sum + row.sizeBytes, 0),
		firstAt: at,
		lastAt: receivedAtOf(last),
		arrivedAt: engine.time.arrivedAt(at),
	};
	const fields = { mappingRevision, reason: 'replay', attempts, nextAt: 0 };
	addBatch(engine, e, members, { ...fields, state: 'dead', failure });
	e.tally.acceptedTotal += rows.length;
	engine.meta.appendedRows += rows.length;
}

/** The rows lie one behind the other in the same bytes. */
function insertDeadChunks(
	engine: Engine,
	e: ExportRecord,
	seq: number,
	rows: readonly PlacedRow[],
): void {
	for (let from = 0; from < rows.length;) {
		let end = from + 1;
		const start = rows[from]?.row.start ?? 0;
		while ((rows[end]?.row.end ?? Number.POSITIVE_INFINITY) - start <= MAX_CHUNK_BYTES) end++;
		const some = rows.slice(from, end);
		const [first, last] = [some[0], some.at(-1)];
		if (first === undefined || last === undefined) return;
		const at = receivedAtOf(first);
		const header = {
			exportNumber: e.number,
			seq: seq + from,
			count: some.length,
			bytes: some.reduce((sum, { row }) => sum + row.sizeBytes, 0),
			at,
			lastAt: receivedAtOf(last),
			arrivedAt: engine.time.arrivedAt(at),
			mappingRevision: first.row.mappingRevision,
		};
		insertChunk(engine, header, first.row.bytes.subarray(start, last.row.end));
		from = end;
	}
}

function receivedAtOf({ row }: PlacedRow): number {
	return readReceivedAt(row.bytes, row.start);
}

function dropRow(engine: Engine, e: ExportRecord): void {
	countDropped(e.tally, 1);
	engine.changed.add(e);
}
