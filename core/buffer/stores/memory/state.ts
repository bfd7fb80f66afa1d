import type { Column } from '../../../mapping/column';
import type { ExportState, Output } from '../../../config';
import { newSalt } from '../batch-key';
import { exportUnknown, leaseLost } from '../failures';
import { answerBytesOf, type FinalFailure } from '../kept-failure';
import type { KnownExport, Lease, Row, StoredExport, StoredRow } from '../../store';
import { countDead, countOpen, isEmpty, newTally, type Tally } from '../tally';
import type { MemoryDocuments } from './documents';
import type { MemoryLatest } from './latest';
import type { StoreTime } from '../store-time';

/** The plain data of a memory store, and what every verb needs of it. Instants are store time, unless a row says them. */

export interface MemoryRow {
	readonly row: Row;
	/** Store time of its arrival. */
	readonly arrivedAt: number;
	/** 0 until the first claim. */
	rowId: number;
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
	waiting: MemoryRow[];
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
		Partial<Pick<MemoryBatch, 'failure'>>,
): MemoryBatch {
	const { failure } = fields;
	const batch: MemoryBatch = {
		failure,
		answerBytes: fields.state === 'dead' && failure ? answerBytesOf(failure) : 0,
		...fields,
		number: state.nextBatchNumber++,
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
	if (batch.state === 'open') countOpen(e.tally, batch, 1);
	else countDead(e.tally, batch, 1);
	return batch;
}

export function removeBatch(state: MemoryState, batch: MemoryBatch): void {
	state.batches.delete(batch.number);
	if (batch.state === 'open') countOpen(batch.export.tally, batch, -1);
	else countDead(batch.export.tally, batch, -1);
}

export function buryBatch(state: MemoryState, batch: MemoryBatch, failure: FinalFailure): void {
	countOpen(batch.export.tally, batch, -1);
	batch.state = 'dead';
	batch.lease = undefined;
	batch.deadAt = state.time.nowAt;
	batch.failure = failure;
	batch.answerBytes = answerBytesOf(failure);
	countDead(batch.export.tally, batch, 1);
}

/** Takes rows out of those that wait: the first ones, unless it is said from where. */
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

export function toStoredRow({ row, rowId }: MemoryRow): StoredRow {
	return { ...row, rowId };
}

export function rowsIn(batches: readonly MemoryBatch[]): number {
	return batches.reduce((sum, { count }) => sum + count, 0);
}

function sizeOf(rows: readonly MemoryRow[]): number {
	let sizeBytes = 0;
	for (const { row } of rows) sizeBytes += row.sizeBytes;
	return sizeBytes;
}
