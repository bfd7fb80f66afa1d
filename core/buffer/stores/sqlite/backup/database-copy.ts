import { dirname } from 'node:path';
import { BufferError } from '../../../../errors';
import { SQLITE, sqliteCode, toNumber } from '../connection';
import type { Engine } from '../engine';
import { createPrivate } from '../private-files';
import type { StoreLimits } from '../protocol';
import { probe } from '../probe';
import { systemReason } from '../../../../runtime/system-reason';
import { backupFailed } from './backup-failed';
import type { CopiedFrom } from './copied-from';
import { roomFor } from './require-room';
import { SyncBehind } from './sync-behind';

/** 256 KB, in less than a millisecond: so long may a group wait for a piece. */
const PIECE_PAGES = 64;

/** Why one ends before it is complete. */
const STOPPED = {
	closed: 'the store was closed meanwhile',
	failed: 'the store failed meanwhile; see its log, and begin again',
} as const;

/**
 * Copies the database of an open store into a file, a piece at a time, each between two groups (S53). What a group changes in pages
 * that are copied already, SQLite changes in the copy, too: so it is that of its last instant.
 */
export class DatabaseCopy {
	readonly #store: {
		readonly directory: string;
		readonly limits: Pick<StoreLimits, 'minFreeBytes'>;
	};
	readonly #onTurn: () => void;
	#state: 'none' | 'starting' | 'running' = 'none';
	#stopReason: keyof typeof STOPPED | undefined;
	#ended: Promise<unknown> = Promise.resolve();

	/** @param onTurn called when it has begun, and when it has ended */
	constructor(
		store: { readonly directory: string; readonly limits: Pick<StoreLimits, 'minFreeBytes'> },
		onTurn: () => void,
	) {
		this.#store = store;
		this.#onTurn = onTurn;
	}

	/** SQLite refuses to begin within a transaction: no group may run before the first piece is copied. */
	get isStarting(): boolean {
		return this.#state === 'starting';
	}

	/** Until then the connection must not be closed: it would keep its lock. */
	get isRunning(): boolean {
		return this.#state !== 'none';
	}

	/** One at a time. @throws BufferError ERR_BACKUP_FAILED; ConfigError where this Node cannot */
	run(engine: Engine, path: string): Promise<CopiedFrom> {
		this.#state = 'starting';
		this.#stopReason = undefined;
		const running = this.#run(engine, path);
		this.#ended = running.catch(() => {});
		return running;
	}

	/** Resolves when the connection may be closed. */
	async stop(reason: keyof typeof STOPPED): Promise<void> {
		this.#stopReason ??= reason;
		await this.#ended;
	}

	async #run({ connection, meta }: Engine, path: string): Promise<CopiedFrom> {
		const { storeId, commitNumber, appendedRows } = meta;
		const { directory, limits } = this.#store;
		let behind: SyncBehind | undefined;
		try {
			const pageBytes = toNumber(connection.get('PRAGMA page_size')?.page_size);
			const pages = toNumber(connection.get('PRAGMA page_count')?.page_count);
			const requireRoom = roomFor(dirname(path), { directory, ...limits });
			requireRoom(pages * pageBytes);
			createPrivate(path);
			const syncing = (behind = new SyncBehind(path));
			await connection.copyInto(path, PIECE_PAGES, ({ totalPages, remainingPages }) => {
				this.#begin();
				if (this.#stopReason !== undefined) throw backupFailed(STOPPED[this.#stopReason]);
				requireRoom(remainingPages * pageBytes);
				syncing.follow((totalPages - remainingPages) * pageBytes);
			});
			return { storeId, commitNumber, appendedRows };
		} catch (error) {
			throw copyingFailed(error, path);
		} finally {
			await behind?.close();
			this.#state = 'none';
			this.#onTurn();
		}
	}

	#begin(): void {
		if (this.#state !== 'starting') return;
		this.#state = 'running';
		this.#onTurn();
	}
}

function copyingFailed(cause: unknown, path: string): Error {
	if (cause instanceof BufferError) return cause;
	const said = cause instanceof Error ? cause.message : String(cause);
	const why =
		sqliteCode(cause) === SQLITE.full
			? 'the disk of the backup is full: make room there, or choose another one'
			: (systemReason(cause) ?? probe(dirname(path)) ?? said);
	return backupFailed(why, { cause });
}
