import { pathToFileURL } from 'node:url';
import type {
	BackupProgressInfo,
	DatabaseSync,
	SQLInputValue,
	SQLOutputValue,
	StatementSync,
} from 'node:sqlite';
import { ConfigError } from '../../../errors';
import { createPrivate } from './private-files';

export type SqlRow = Record<string, SQLOutputValue>;

/** Primary result codes of SQLite; extended ones carry more in their upper bits (S12). */
export const SQLITE = { busy: 5, ioError: 10, corrupt: 11, full: 13, notADatabase: 26 } as const;

/** The primary code of an error of SQLite, undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
	if (!(error instanceof Error) || !('errcode' in error)) return undefined;
	return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/** The one connection to a database file (I15), with its prepared statements. Only in a worker: every call blocks (S8). */
export class Connection {
	readonly #database: DatabaseSync;
	readonly #statements = new Map<string, StatementSync>();
	#isClosed = false;

	constructor(path: string) {
		// Not imported: the module is missing before Node 22.13, and the warning filter must come first (S5, S7).
		const sqlite = process.getBuiltinModule('node:sqlite');
		if (path !== ':memory:') createPrivate(path);
		this.#database = new sqlite.DatabaseSync(path);
	}

	run(sql: string, ...values: SQLInputValue[]): number {
		return Number(this.#prepare(sql).run(...values).changes);
	}

	get(sql: string, ...values: SQLInputValue[]): SqlRow | undefined {
		return this.#prepare(sql).get(...values);
	}

	all(sql: string, ...values: SQLInputValue[]): SqlRow[] {
		return this.#prepare(sql).all(...values);
	}

	/** Several statements, or one that is not worth keeping. */
	exec(sql: string): void {
		this.#database.exec(sql);
	}

	/**
	 * Copies the database into a file that is there and empty, in pieces, while it is used. Each piece is copied by another thread, in
	 * which SQLite holds its lock; `onPiece` is called after each but the last, and what it throws ends the copying.
	 *
	 * @param path absolute; of a file that nobody else opens: it is not locked, which not every file system can
	 * @throws ConfigError where this Node cannot, the error of SQLite, that of `onPiece`
	 */
	async copyInto(
		path: string,
		pages: number,
		onPiece: (progress: BackupProgressInfo) => void,
	): Promise<void> {
		const { backup } = process.getBuiltinModule('node:sqlite');
		if (typeof backup !== 'function') throw copyUnknown();
		const file = `${pathToFileURL(path).href}?nolock=1`;
		await backup(this.#database, file, { rate: pages, progress: onPiece });
	}

	/** However often it is called. @throws the error of SQLite, once */
	close(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#statements.clear();
		this.#database.close();
	}

	#prepare(sql: string): StatementSync {
		let statement = this.#statements.get(sql);
		if (statement === undefined) {
			statement = this.#database.prepare(sql);
			this.#statements.set(sql, statement);
		}
		return statement;
	}
}

function copyUnknown(): ConfigError {
	return new ConfigError(
		'verb',
		'another one here: a backup of a store that is open needs Node 22.16 or newer; stop the host and copy the whole directory',
		`Node ${process.versions.node}`,
	);
}

/** The columns of a row come untyped; these say what they are. */
export function toNumber(value: SQLOutputValue | undefined): number {
	return typeof value === 'number' ? value : Number(value ?? 0);
}

export function toOptionalNumber(value: SQLOutputValue | undefined): number | undefined {
	return value === null || value === undefined ? undefined : Number(value);
}

export function toText(value: SQLOutputValue | undefined): string {
	return typeof value === 'string' ? value : '';
}

/** A view of the bytes, without a copy. */
export function toBuffer(value: SQLOutputValue | undefined): Buffer {
	if (!(value instanceof Uint8Array)) return Buffer.alloc(0);
	return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
