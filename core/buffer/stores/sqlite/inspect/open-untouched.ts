import { existsSync, linkSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BufferError } from '../../../../errors';
import { Connection, SQLITE, sqliteCode, toNumber } from '../connection';
import { openFailed } from '../open-failed';
import { storeOwned } from '../owner-file';
import { FORMAT } from '../schema';
import { SELECT_META } from '../sql';
import { requireSqlite } from '../worker-location';
import { requireStore } from './require-store';

export interface Untouched {
	readonly connection: Connection;
	readonly directory: string;
	readonly format: number;
	/** Leaves every file as it was. */
	close(): void;
}

const FILES = ['store.db', 'store.db-wal'] as const;
const TRIES = 40;
const WAIT_MS = 50;

/**
 * Opens the database of a store that nobody owns for reading, under the owner's lock (S11), and changes no byte of it. SQLite
 * would move a WAL that a crash left into the file when the last connection closes, and with it throw away what stands behind
 * a damaged frame (S49). It does not where the file it opened is gone: so it opens hard links, and these are gone at once.
 * Links need no copy, and the lock is that of the file itself.
 *
 * @throws BufferError ERR_STORE_OWNED, ERR_STORE_VERSION, ERR_STORE_CORRUPT, ERR_STORE_UNAVAILABLE; ConfigError
 */
export function openUntouched(path: string): Untouched {
	requireSqlite();
	requireStore(path);
	const directory = realpathSync(path);
	for (let tries = 1; ; tries++) {
		try {
			const opened = tryOpen(directory);
			if (opened !== undefined) return opened;
		} catch (error) {
			const code = sqliteCode(error);
			if (code === undefined) throw error;
			if (code !== SQLITE.busy) throw openFailed(directory, code, error);
		}
		// S12: the former owner may be closing.
		if (tries === TRIES) throw storeOwned(join(directory, 'owner.json'), directory);
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
	}
}

/** @returns undefined when the files were exchanged meanwhile */
function tryOpen(directory: string): Untouched | undefined {
	const links = linkFiles(directory);
	const removeLinks = () => rmSync(links, { recursive: true, force: true });
	let connection: Connection | undefined;
	try {
		connection = new Connection(join(links, 'store.db'));
		for (const pragma of [
			'busy_timeout=0',
			'locking_mode=EXCLUSIVE',
			'mmap_size=0',
			'query_only=1',
		]) {
			connection.exec(`PRAGMA ${pragma}`);
		}
		const format = toNumber(connection.get(SELECT_META)?.format);
		if (FILES.some((name) => !isSame(join(directory, name), join(links, name)))) {
			removeLinks();
			connection.close();
			return undefined;
		}
		if (format > FORMAT) {
			const message = `the store has format ${format}, this release knows ${FORMAT}`;
			throw new BufferError('ERR_STORE_VERSION', message, { details: { format, known: FORMAT } });
		}
		// Windows cannot remove what is open, and there SQLite does not look whether it is gone.
		if (process.platform !== 'win32') removeLinks();
		const opened = connection;
		return {
			connection,
			directory,
			format,
			close() {
				opened.close();
				removeLinks();
			},
		};
	} catch (error) {
		removeLinks();
		connection?.close();
		throw error;
	}
}

function linkFiles(directory: string): string {
	try {
		const links = mkdtempSync(join(directory, '.inspect-'));
		for (const name of FILES) {
			if (existsSync(join(directory, name))) linkSync(join(directory, name), join(links, name));
		}
		return links;
	} catch (cause) {
		throw new BufferError(
			'ERR_STORE_UNAVAILABLE',
			`store ${directory} cannot be read where it is: its directory takes no hard links; copy it, WAL and all, to one that does`,
			{ cause },
		);
	}
}

/** SQLite makes an empty WAL where there is none. */
function isSame(file: string, link: string): boolean {
	const there = statSync(file, { throwIfNoEntry: false });
	const linked = statSync(link, { throwIfNoEntry: false });
	if (there === undefined) return linked === undefined || linked.size === 0;
	return linked !== undefined && linked.ino === there.ino;
}
