import type { Column } from '../../../mapping/column';
import type { ExportState, Output } from '../../../config';
import { newSalt } from '../batch-key';
import { isByKey } from '../export-rules';
import { exportUnknown, leaseLost } from '../failures';
import { answerBytesOf, type FinalFailure } from '../kept-failure';
import { sequenceName } from '../key-bytes';
import type { HeldRow, KeyOrder } from '../key-order';
import type { KnownExport, Lease, Row, StoredExport, StoredRow } from '../../store';
import { countDead, countOpen, isEmpty, newTally, type Tally } from '../tally';
import type { MemoryDocuments } from './documents';
import type { MemoryLatest } from './latest';
import type { StoreTime } from '../store-time';

/** The plain data of a memory store, and what every verb needs of it. Instants are store time, unless a row says them. */

export interface MemoryRow {
	readonly row: Row;
	/** Rises with each row. */
	readonly seq: number;
	/** Store time of its arrival. */
	readonly arrivedAt: number;
	/** 0 until the first claim. */
	rowId: number;
}

/** A row that waits for its key (I22). */
export interface MemoryHeld extends HeldRow {
	readonly kept: MemoryRow;
}

export interface Revision {
	readonly output: Output;
	readonly columns: readonly Column[] | undefined;
}

export interface MemoryExport {
	readonly exportId: string;
	config: StoredExport;
	state: ExportState;
	isDraining: boolean;
	/** A removed export stays as a mark, so that its row ids and revisions are never used again (I20). */
	isRemoved: boolean;
	fingerprint: string;
	mappingRevision: number;
	readonly revisions: Map<number, Revision>;
	/** What no claim has come to. */
	waiting: MemoryRow[];
	readonly keys: KeyOrder<MemoryHeld>;
	nextRowId: number;
	tally: Tally;
}

export interface MemoryBatch {
	readonly number: number;
	readonly export: MemoryExport;
	readonly mappingRevision: number;
	readonly rows: readonly MemoryRow[];
	readonly count: number;
	readonly sizeBytes: number;
	readonly reason: string;
	readonly salt: string;
	/** The number of the batch that its rows were in first (I22). */
	readonly place: number;
	state: 'open' | 'dead';
	token: number;
	attempts: number;
	/** While no lease is out: when it may be claimed. */
	nextAt: number;
	lease: { readonly lengthMs: number; untilElapsedMs: number } | undefined;
	deadAt: number;
	failure: FinalFailure | undefined;
	/** Of a dead letter's answer. */
	answerBytes: number;
}

export interface MemoryState {
	readonly storeId: string;
	readonly time: StoreTime;
	readonly exports: Map<string, MemoryExport>;
	readonly batches: Map<number, MemoryBatch>;
	/** Receiver and key → the end of its window, about the earliest first. */
	readonly dedupe: Map<string, number>;
	readonly documents: MemoryDocuments;
	/** By receiver. */
	readonly latest: Map<string, MemoryLatest>;
	nextBatchNumber: number;
	nextSeq: number;
	readonly warn: (message: string) => void;
}

export function findExport(state: MemoryState, exportId: string): MemoryExport {
	const found = state.exports.get(exportId);
	if (found === undefined || found.isRemoved) throw exportUnknown(exportId);
	return found;
}

export function liveExports(state: MemoryState): MemoryExport[] {
	return [...state.exports.values()].filter((e) => !e.isRemoved);
}

export function toKnownExport(e: MemoryExport): KnownExport {
	return {
		...e.config,
		state: e.state,
		mappingRevision: e.mappingRevision,
		isDraining: e.isDraining,
	};
}

export function batchesOf(state: MemoryState, e: MemoryExport, wanted: 'open' | 'dead') {
	return [...state.batches.values()].filter((b) => b.export === e && b.state === wanted);
}

/** Whether somebody holds the batch now; an ended lease stays on it until the batch is claimed again. */
export function isLeased(state: MemoryState, batch: MemoryBatch): boolean {
	return batch.lease !== undefined && batch.lease.untilElapsedMs > state.time.elapsedMs;
}

/** The batch of a lease whose token is the newest one (I6). */
export function findLeased(state: MemoryState, lease: Lease): MemoryBatch {
	const batch = state.batches.get(Number(lease.batchId));
	if (batch?.state !== 'open' || batch.lease === undefined || batch.token !== lease.token) {
		throw leaseLost(lease.batchId);
	}
	return batch;
}

export function addBatch(
	state: MemoryState,
	e: MemoryExport,
	rows: readonly MemoryRow[],
	fields: Pick<MemoryBatch, 'mappingRevision' | 'reason' | 'state' | 'attempts' | 'nextAt'> &
		Partial<Pick<MemoryBatch, 'failure' | 'place'>>,
): MemoryBatch {
	const { failure } = fields;
	const number = state.nextBatchNumber++;
	const batch: MemoryBatch = {
		failure,
		place: number,
		answerBytes: fields.state === 'dead' && failure ? answerBytesOf(failure) : 0,
		...fields,
		number,
		export: e,
		rows,
		count: rows.length,
		sizeBytes: sizeOf(rows),
		salt: newSalt(),
		token: 0,
		lease: undefined,
		deadAt: state.time.nowAt,
	};
	state.batches.set(batch.number, batch);
	if (batch.state === 'open') {
		countOpen(e.tally, batch, 1);
		takeKeys(batch);
	} else countDead(e.tally, batch, 1);
	return batch;
}

/** An open batch has the keys of its rows (I22). */
export function takeKeys({ export: e, number, place, rows }: MemoryBatch): void {
	if (!isByKey(e)) return;
	e.keys.addBatch(number, place, [...new Set(rows.flatMap((row) => keyOf(row) ?? []))]);
}

/** The name of a row's key. */
export function keyOf({ row: { sequenceKey } }: MemoryRow): string | undefined {
	return sequenceKey === undefined ? undefined : sequenceName(sequenceKey);
}

/** The row waits until nothing before it has its key. */
export function hold(e: MemoryExport, kept: MemoryRow, key: string): void {
	const { row, seq, arrivedAt } = kept;
	const { mappingRevision, sizeBytes } = row;
	e.keys.hold({ kept, seq, key, mappingRevision, sizeBytes, arrivedAt });
	e.tally.heldRows++;
	e.tally.heldBytes += sizeBytes;
}

/** A row of a batch waits again. */
export function holdAgain(e: MemoryExport, kept: MemoryRow, key: string): void {
	hold(e, kept, key);
	e.tally.rows++;
	e.tally.bytes += kept.row.sizeBytes;
}

/** Held rows wait no more. */
export function endHold(e: MemoryExport, rows: readonly MemoryHeld[]): MemoryRow[] {
	const kept = rows.map((row) => row.kept);
	const bytes = sizeOf(kept);
	e.tally.heldRows -= rows.length;
	e.tally.heldBytes -= bytes;
	e.tally.rows -= rows.length;
	e.tally.bytes -= bytes;
	return kept;
}

export function removeBatch(state: MemoryState, batch: MemoryBatch): void {
	state.batches.delete(batch.number);
	batch.export.keys.removeBatch(batch.number);
	if (batch.state === 'open') countOpen(batch.export.tally, batch, -1);
	else countDead(batch.export.tally, batch, -1);
}

export function buryBatch(state: MemoryState, batch: MemoryBatch, failure: FinalFailure): void {
	countOpen(batch.export.tally, batch, -1);
	batch.export.keys.removeBatch(batch.number);
	batch.state = 'dead';
	batch.lease = undefined;
	batch.deadAt = state.time.nowAt;
	batch.failure = failure;
	batch.answerBytes = answerBytesOf(failure);
	countDead(batch.export.tally, batch, 1);
}

/** Takes rows out of those that no claim has come to: the first ones, unless it is said from where. */
export function takeWaiting(e: MemoryExport, count: number, from = 0): MemoryRow[] {
	const taken = e.waiting.splice(from, count);
	e.tally.rows -= taken.length;
	e.tally.bytes -= sizeOf(taken);
	return taken;
}

/** An export that is being removed is gone once nothing of it is left. */
export function finishDraining(e: MemoryExport): void {
	if (e.isDraining && isEmpty(e.tally)) markRemoved(e);
}

export function markRemoved(e: MemoryExport): void {
	e.isRemoved = true;
	e.isDraining = false;
	e.tally = newTally();
}

/** The row that has waited longest. */
export function oldestWaiting(e: MemoryExport): MemoryRow | undefined {
	const held = e.keys.oldest?.kept;
	const [first] = e.waiting;
	return held && first && first.seq < held.seq ? first : (held ?? first);
}

export function toStoredRow({ row, rowId }: MemoryRow): StoredRow {
	return { ...row, rowId };
}

export function rowsIn(batches: readonly MemoryBatch[]): number {
	return batches.reduce((sum, { count }) => sum + count, 0);
}

export function sizeOf(rows: readonly MemoryRow[]): number {
	let sizeBytes = 0;
	for (const { row } of rows) sizeBytes += row.sizeBytes;
	return sizeBytes;
}
