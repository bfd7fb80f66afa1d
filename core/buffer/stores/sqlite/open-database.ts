import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Connection, SQLITE, sqliteCode, toNumber, toOptionalNumber, toText } from './connection';
import type { SavedTime } from '../store-time';
import type { Meta } from './engine';
import { openFailed } from './open-failed';
import { storeOwned } from './owner-file';
import { applyPragmas, lock } from './pragmas';
import type { Durability } from '../durability';
import { checkSchema } from './check-schema';
import { DamagedDatabase } from './damage';
import { otherFormat } from '../failures';
import { FORMAT, SCHEMA } from './schema';
import { HAS_META, INSERT_META, SELECT_MARKS, SELECT_META } from './sql';

/** The former owner may be closing (S12). */
const BUSY_RETRY_MS = 2_000;
const BUSY_STEP_MS = 50;

export interface OpenDatabase {
	readonly connection: Connection;
	readonly meta: Meta;
	readonly past: SavedTime;
	/** Whether it was made just now. */
	readonly isNew: boolean;
}

/**
 * Opens `store.db` and keeps it locked (S11), creates its tables where it is new (S17). Blocks for up to 2 s: only in a worker.
 *
 * @throws BufferError ERR_STORE_OWNED, ERR_STORE_VERSION, ERR_STORE_CORRUPT, ERR_STORE_UNAVAILABLE
 */
export function openDatabase(
	directory: string,
	options: { durability: Durability; nowAt: number },
): OpenDatabase {
	const deadline = performance.now() + BUSY_RETRY_MS;
	for (;;) {
		try {
			return tryOpen(directory, options);
		} catch (error) {
			const code = sqliteCode(error);
			if (code === undefined) throw error;
			if (code !== SQLITE.busy) throw openFailed(directory, code, error);
			if (performance.now() >= deadline) throw storeOwned(join(directory, 'owner.json'), directory);
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_STEP_MS);
		}
	}
}

function tryOpen(
	directory: string,
	{ durability, nowAt }: { durability: Durability; nowAt: number },
): OpenDatabase {
	const connection = new Connection(join(directory, 'store.db'));
	try {
		lock(connection);
		const isNew = connection.get(HAS_META) === undefined;
		if (!isNew) checkFormat(connection, directory);
		applyPragmas(connection, durability);
		beginWriting(connection, isNew, nowAt);
		checkSchema(connection);
		const { meta, past } = readMeta(connection);
		const marks = connection
			.all(SELECT_MARKS)
			.map((row) => ({ at: toNumber(row.at), livedAt: toNumber(row.lived_at) }));
		// It was made just now: it has no past.
		const known = isNew ? { lastSeenAt: 0, livedAt: 0, marks: [] } : { ...past, marks };
		return { connection, isNew, meta, past: known };
	} catch (error) {
		connection.close();
		throw error;
	}
}

/** Before anything is written. @throws BufferError ERR_STORE_VERSION; DamagedDatabase */
function checkFormat(connection: Connection, directory: string): void {
	const format = toNumber(connection.get(SELECT_META)?.format);
	if (!Number.isInteger(format) || format < 1) {
		throw new DamagedDatabase('the record of the store is not as it was written');
	}
	if (format !== FORMAT) throw otherFormat(directory, format, FORMAT);
}

/** Also takes the lock for writing, when there is nothing to make. */
function beginWriting(connection: Connection, isNew: boolean, nowAt: number): void {
	connection.exec('BEGIN EXCLUSIVE');
	try {
		if (isNew) {
			connection.exec(SCHEMA);
			connection.run(INSERT_META, randomUUID(), nowAt, FORMAT, nowAt);
		}
		connection.exec('COMMIT');
	} catch (error) {
		connection.exec('ROLLBACK');
		throw error;
	}
}

/** @returns also what it knows of its time, but for the marks */
export function readMeta(connection: Connection): { meta: Meta; past: SavedTime } {
	const row = connection.get(SELECT_META) ?? {};
	return {
		past: {
			lastSeenAt: toNumber(row.last_seen_at),
			livedAt: toOptionalNumber(row.lived_at) ?? 0,
			marks: [],
		},
		meta: {
			storeId: toText(row.store_id),
			createdAt: toNumber(row.created_at),
			commitNumber: toNumber(row.commit_number),
			appendedRows: toNumber(row.appended_rows),
			nextBatch: toNumber(row.next_batch),
			missingRows: toNumber(row.missing_rows),
			quarantinedRows: toNumber(row.quarantined_rows),
			documentRevision: toNumber(row.document_revision),
		},
	};
}
