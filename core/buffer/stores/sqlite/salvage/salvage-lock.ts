import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '../connection';

/**
 * Runs `f` while no other process salvages the same store and, where SQLite can still lock it, none opens it (S11).
 *
 * The lock is an empty file in quarantine/ and stays there: a lock that is removed while somebody waits for it is two locks.
 *
 * @throws the error of SQLite, code 5, when another one does
 */
export function withSalvageLock<T>(directory: string, f: () => T): T {
	const quarantine = join(directory, 'quarantine');
	mkdirSync(quarantine, { recursive: true, mode: 0o700 });
	const lock = new Connection(join(quarantine, 'salvage.lock'));
	let damaged: Connection | undefined;
	try {
		lock.exec('PRAGMA busy_timeout=0');
		lock.exec('PRAGMA locking_mode=EXCLUSIVE');
		lock.exec('BEGIN EXCLUSIVE');
		damaged = lockDamaged(directory);
		return f();
	} finally {
		// Its file is no longer the store's, so that SQLite does not checkpoint into it (inspect/open-untouched.ts).
		damaged?.close();
		lock.close();
	}
}

function lockDamaged(directory: string): Connection | undefined {
	const path = join(directory, 'store.db');
	if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
	const connection = new Connection(path);
	try {
		for (const pragma of ['busy_timeout=0', 'locking_mode=EXCLUSIVE', 'query_only=1']) {
			connection.exec(`PRAGMA ${pragma}`);
		}
		connection.get('SELECT count(*) FROM sqlite_schema');
	} catch (error) {
		if (isBusy(error)) {
			connection.close();
			throw error;
		}
		// Nobody else can open it either; who tries waits for the lock above.
	}
	return connection;
}

function isBusy(error: unknown): boolean {
	return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}
