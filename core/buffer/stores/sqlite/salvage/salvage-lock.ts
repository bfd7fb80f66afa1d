import { existsSync, linkSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '../connection';
import { hasOrphanedWal } from '../orphaned-wal';
import { makePrivateDirectory } from '../private-files';

const LINKS = join('quarantine', 'locked');

/**
 * Runs `f` while no other process salvages the same store and, where SQLite can still lock it, none opens it (S11).
 *
 * The lock is an empty file in quarantine/ and stays there: a lock that is removed while somebody waits for it is two locks.
 * Whether `f` succeeds or not, the damaged file and its WAL are byte by byte as they were when it is over, where there are hard
 * links.
 *
 * @throws the error of SQLite, code 5, when another one does
 */
export function withSalvageLock<T>(directory: string, f: () => T): T {
	const quarantine = join(directory, 'quarantine');
	makePrivateDirectory(quarantine);
	const lock = new Connection(join(quarantine, 'salvage.lock'));
	let damaged: Connection | undefined;
	try {
		lock.exec('PRAGMA busy_timeout=0');
		lock.exec('PRAGMA locking_mode=EXCLUSIVE');
		lock.exec('BEGIN EXCLUSIVE');
		damaged = lockDamaged(directory);
		return f();
	} finally {
		damaged?.close();
		rmSync(join(directory, LINKS), { recursive: true, force: true });
		lock.close();
	}
}

function lockDamaged(directory: string): Connection | undefined {
	if (statSync(join(directory, 'store.db'), { throwIfNoEntry: false }) === undefined)
		return undefined;
	const place = linkDamaged(directory);
	// By its own name SQLite would remove the log that is to be saved.
	if (place === directory && hasOrphanedWal(directory)) return undefined;
	const connection = new Connection(join(place, 'store.db'));
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
	// Windows cannot remove what is open, and there SQLite does not look whether it is gone.
	if (place !== directory && process.platform !== 'win32') rmSync(place, { recursive: true });
	return connection;
}

/**
 * Other names for the damaged files. The last connection that closes moves the WAL into the file and removes it, under query_only
 * too, and with it what stands behind a damaged frame; but not where the name it opened is gone (inspect/open-untouched.ts).
 *
 * @returns their directory: the store's own on a file system without hard links
 */
function linkDamaged(directory: string): string {
	const links = join(directory, LINKS);
	try {
		rmSync(links, { recursive: true, force: true }); // of a salvage that a crash interrupted
		makePrivateDirectory(links);
		for (const name of ['store.db', 'store.db-wal']) {
			if (existsSync(join(directory, name))) linkSync(join(directory, name), join(links, name));
		}
		return links;
	} catch {
		return directory;
	}
}

function isBusy(error: unknown): boolean {
	return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}
