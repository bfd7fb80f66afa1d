import type { ExportState } from '../../../config';
import type { StoredExport } from '../../store';
import { exportUnknown } from '../failures';
import type { KeptFailure } from '../kept-failure';
import { type HeldRow, KeyOrder } from '../key-order';
import type { LatestOfGroup } from '../latest-codec';
import { type ClockMark, MAX_MARKS, type StoreTime } from '../store-time';
import { newTally, type Tally } from '../tally';
import { type Connection, type SqlRow, toNumber, toOptionalNumber, toText } from './connection';
import type { OpenChunk } from './open-chunk';
import { parseConfig, parseStored } from './damage';
import {
	DELETE_OLD_MARKS,
	INSERT_MARK,
	SELECT_EXPORTS,
	UPDATE_EXPORT_NUMBERS,
	UPDATE_META,
} from './sql';

/**
 * The plain data of an open sqlite store, in its worker. One process owns the file (I15), so what is read at open is true
 * until a transaction fails; then everything is read again.
 */
export interface Engine {
	readonly connection: Connection;
	readonly time: StoreTime;
	readonly meta: Meta;
	readonly exports: Map<string, ExportRecord>;
	readonly exportsById: Map<number, ExportRecord>;
	/** Live exports of a receiver, for its quota; filled when asked for, emptied when exports come or go. */
	readonly exportsByReceiver: Map<string, readonly ExportRecord[]>;
	/** Batch number → its lease. Only this process can have given one: those of former owners ended at open (S30). */
	leases: Map<number, LeaseRecord>;
	/** Rows of the running group that are not yet in a chunk. */
	readonly builders: Map<ExportRecord, OpenChunk>;
	/** Latest events of the running group that are not yet in the table. */
	readonly latest: LatestOfGroup;
	/** Exports whose numbers the running group changed. */
	readonly changed: Set<ExportRecord>;
	readonly quarantineDirectory: string;
	/** Begins the group's transaction at its first write. */
	begin(): void;
	warn(message: string): void;
}

export interface Meta {
	readonly storeId: string;
	readonly createdAt: number;
	commitNumber: number;
	appendedRows: number;
	nextBatch: number;
	missingRows: number;
	quarantinedRows: number;
	/** The last one given. */
	documentRevision: number;
}

export interface LeaseRecord {
	readonly exportNumber: number;
	readonly token: number;
	/** Rows of its batch: what is with the sink is not waiting for its next attempt. */
	readonly rows: number;
	readonly lengthMs: number;
	/** By the monotonic clock (S31). */
	readonly untilElapsedMs: number;
}

/** A row that waits for its key (I22), as the table `held` has it, with what a claim needs to know of it. */
export interface SqliteHeld extends HeldRow {
	readonly rowId: number;
	readonly receivedAt: number;
}

export interface ExportRecord {
	readonly number: number;
	readonly exportId: string;
	config: StoredExport;
	state: ExportState;
	isDraining: boolean;
	/** A removed export stays as a mark, so that its row ids and revisions are never used again (I20). */
	isRemoved: boolean;
	fingerprint: string;
	mappingRevision: number;
	/** Revisions that rows may name. */
	revisions: Set<number>;
	/** Of the next appended row. */
	nextSeq: number;
	/** Of the oldest waiting row that no claim has come to. */
	claimSeq: number;
	nextRowId: number;
	/** Which keys are busy, and what is held for them: read at open, where the order is one of keys or something is held. */
	readonly keys: KeyOrder<SqliteHeld>;
	/** receivedAt of the oldest waiting row that no claim has come to, and its arrival in store time. */
	oldestAt: number | undefined;
	arrivedAt: number | undefined;
	/** Its mapping revision; undefined where nobody has read it yet (find-oldest.ts). */
	firstRevision: number | undefined;
	tally: Tally;
	/** The newest of its batches (batches.ts). */
	lastFailure: KeptFailure | undefined | 'unread';
	/** What waits since the last threshold: where the next chunk has to be cut (S23). Lost at open; then cuts fall inside chunks. */
	sinceCut: { rows: number; bytes: number };
}

/** What of the waiting rows no claim has come to. */
export function unread({ tally }: Pick<ExportRecord, 'tally'>): { rows: number; bytes: number } {
	return { rows: tally.rows - tally.heldRows, bytes: tally.bytes - tally.heldBytes };
}

export function findExport(engine: Engine, exportId: string): ExportRecord {
	const found = engine.exports.get(exportId);
	if (found === undefined || found.isRemoved) throw exportUnknown(exportId);
	return found;
}

export function exportOfNumber(engine: Engine, exportNumber: number): ExportRecord {
	const found = engine.exportsById.get(exportNumber);
	if (found === undefined) throw exportUnknown(`number ${exportNumber}`);
	return found;
}

export function liveExports(engine: Engine): ExportRecord[] {
	return [...engine.exports.values()].filter((e) => !e.isRemoved);
}

/** All that share a receiver's quota; asked for by every append, so it does not walk over all exports each time. */
export function exportsOfReceiver(engine: Engine, receiverId: string): readonly ExportRecord[] {
	const known = engine.exportsByReceiver.get(receiverId);
	if (known !== undefined) return known;
	const found = liveExports(engine).filter((e) => e.config.receiverId === receiverId);
	engine.exportsByReceiver.set(receiverId, found);
	return found;
}

/** Leases of an export that have not ended. */
export function liveLeases(engine: Engine, e: ExportRecord): LeaseRecord[] {
	const live: LeaseRecord[] = [];
	for (const lease of engine.leases.values()) {
		if (lease.exportNumber === e.number && isLive(engine, lease)) live.push(lease);
	}
	return live;
}

export function isLeased(engine: Engine, batchNumber: number): boolean {
	const lease = engine.leases.get(batchNumber);
	return lease !== undefined && isLive(engine, lease);
}

export function isLive(engine: Engine, lease: LeaseRecord): boolean {
	return lease.untilElapsedMs > engine.time.elapsedMs;
}

export function loadExports(connection: Connection): ExportRecord[] {
	return connection.all(SELECT_EXPORTS).map(toExportRecord);
}

/** Writes the numbers that the running group changed. */
export function saveChanged(engine: Engine): void {
	for (const e of engine.changed) {
		engine.connection.run(
			UPDATE_EXPORT_NUMBERS,
			e.nextSeq,
			e.claimSeq,
			e.nextRowId,
			e.oldestAt ?? null,
			e.arrivedAt ?? null,
			JSON.stringify(e.tally),
			e.number,
		);
	}
	engine.changed.clear();
}

export function saveMeta({ connection, meta, time }: Engine): void {
	connection.run(
		UPDATE_META,
		meta.commitNumber,
		meta.appendedRows,
		meta.nextBatch,
		time.nowAt,
		meta.missingRows,
		meta.quarantinedRows,
		time.livedAt,
		meta.documentRevision,
	);
}

/** Where store time ran ahead of the time lived. */
export function saveMarks(connection: Connection, marks: readonly ClockMark[]): void {
	for (const { at, livedAt } of marks) connection.run(INSERT_MARK, at, livedAt);
	if (marks.length > 0) connection.run(DELETE_OLD_MARKS, MAX_MARKS);
}

function toExportRecord(row: SqlRow): ExportRecord {
	return {
		number: toNumber(row.id),
		exportId: toText(row.name),
		config: parseConfig(toText(row.config), toText(row.name)),
		state: toText(row.state) as ExportState,
		isDraining: toNumber(row.is_draining) === 1,
		isRemoved: toNumber(row.is_removed) === 1,
		fingerprint: toText(row.fingerprint),
		mappingRevision: toNumber(row.revision),
		revisions: new Set(),
		nextSeq: toNumber(row.next_seq),
		claimSeq: toNumber(row.claim_seq),
		nextRowId: toNumber(row.next_row_id),
		keys: new KeyOrder(),
		oldestAt: toOptionalNumber(row.oldest_at),
		arrivedAt: toOptionalNumber(row.arrived_at),
		firstRevision: undefined,
		tally: { ...newTally(), ...(parseStored(toText(row.tally)) as Partial<Tally>) },
		lastFailure: 'unread',
		sinceCut: { rows: 0, bytes: 0 },
	};
}
