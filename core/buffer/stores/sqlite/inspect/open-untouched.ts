import { existsSync, linkSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BufferError } from '../../../../errors';
import { Connection, SQLITE, sqliteCode, toNumber } from '../connection';
import { openFailed } from '../open-failed';
import { storeOwned } from '../owner-file';
import { otherFormat } from '../../failures';
import { FORMAT } from '../schema';
import { SELECT_META } from '../sql';
import { requireSqlite } from '../worker-location';
import { codeOf, noStore, notAllowed, requireStore } from './require-store';
import { storeDamaged, toReason } from './read-failed';

export interface Untouched {
	readonly connection: Connection;
	readonly directory: string;
	readonly format: number;
	/** Leaves every file as it was. */
	close(): void;
}

const FILES = ['store.db', 'store.db-wal'] as const;
const TRIES = 40;
/** No such table or column. */
const SQLITE_ERROR = 1;
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
		const format = readFormat(connection, directory);
		if (FILES.some((name) => !isSame(join(directory, name), join(links, name)))) {
			removeLinks();
			connection.close();
			return undefined;
		}
		if (format !== FORMAT) throw otherFormat(directory, format, FORMAT);
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

/** @throws ConfigError where the database is that of something else, or of a store that was never made */
function readFormat(connection: Connection, directory: string): number {
	try {
		const meta = connection.get(SELECT_META);
		if (meta !== undefined) return toNumber(meta.format);
	} catch (error) {
		if (sqliteCode(error) === SQLITE_ERROR) throw noStore(directory, error);
		throw error;
	}
	throw storeDamaged(directory, 'what it says of itself is gone');
}

function linkFiles(directory: string): string {
	let links: string | undefined;
	try {
		links = mkdtempSync(join(directory, '.inspect-'));
		for (const name of FILES) {
			if (existsSync(join(directory, name))) linkSync(join(directory, name), join(links, name));
		}
		return links;
	} catch (cause) {
		if (links !== undefined) rmSync(links, { recursive: true, force: true });
		throw linkingFailed(directory, cause);
	}
}

/** Why a directory takes no hard links; the kernel says EPERM for files of others (protected_hardlinks) and for file systems. */
export function linkingFailed(
	directory: string,
	cause: unknown,
	isOurs: () => boolean = () => isOwner(join(directory, 'store.db')),
): BufferError {
	const code = codeOf(cause);
	if (code === 'EACCES' || (code === 'EPERM' && !isOurs())) return notAllowed(directory, cause);
	const takesNone = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EINVAL'];
	const why =
		code === 'EROFS'
			? 'it cannot be written there, which links to its files need; run this where the host runs, or on a copy of the whole directory'
			: code !== undefined && takesNone.includes(code)
				? 'its directory takes no hard links; copy all of it to one that does'
				: 'no links to its files can be made';
	return new BufferError(
		'ERR_STORE_UNAVAILABLE',
		`store ${directory} cannot be read where it is: ${why} (${toReason(cause)})`,
		{ cause, details: { directory, takesNoLinks: true } },
	);
}

function isOwner(path: string): boolean {
	const user = process.getuid?.() ?? 0;
	return user === 0 || statSync(path, { throwIfNoEntry: false })?.uid === user;
}

/** SQLite makes an empty WAL where there is none. */
function isSame(file: string, link: string): boolean {
	const there = statSync(file, { throwIfNoEntry: false });
	const linked = statSync(link, { throwIfNoEntry: false });
	if (there === undefined) return linked === undefined || linked.size === 0;
	return linked !== undefined && linked.ino === there.ino;
}
