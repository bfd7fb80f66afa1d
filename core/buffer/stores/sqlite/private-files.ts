import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Descriptor } from './descriptor';

/** Rows are what partners sent, and hold what only the host's user may read: so do the files they are in, whatever the umask is. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const OTHERS = 0o077;

/** What a store makes in its directory; files of somebody else beside it are none of its business. */
const OURS = /^(store\.(db|wit).*|owner\.json|ballast\.bin|quarantine|\.inspect-.*)$/;

export function makePrivateDirectory(path: string): void {
	mkdirSync(path, { recursive: true, mode: DIRECTORY_MODE });
}

/** Written and synced. */
export function writePrivate(path: string, data: string | Uint8Array): void {
	writeFileSync(path, data, { mode: FILE_MODE, flush: true });
}

/**
 * An empty file where there is none, for SQLite: what it makes itself others may read, and its log and journal take the mode of the
 * database. Never opens a file that exists: closing it would drop the locks of this process (S14).
 */
export function createPrivate(path: string): void {
	if (existsSync(path)) return;
	try {
		new Descriptor(path, 'wx', FILE_MODE).close();
	} catch (error) {
		// Somebody was faster, or SQLite says better what is wrong with the place.
		if (existsSync(path)) return;
		throw error;
	}
}

/**
 * Takes from others what an earlier release, a copy or a umask gave them. The directory itself only where nothing else is in it.
 *
 * @returns what others may still read and why, for people
 */
export function makePrivate(directory: string): string | undefined {
	if (process.platform === 'win32') return undefined; // where modes say nothing
	try {
		const names = readdirSync(directory);
		const ours = names.filter((name) => OURS.test(name));
		if (ours.length === names.length) tighten(directory);
		for (const name of ours) tightenAll(join(directory, name));
		return undefined;
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		return `others may be able to read the files of store ${directory}: ${reason}`;
	}
}

function tightenAll(path: string): void {
	const isDirectory = tighten(path);
	if (!isDirectory) return;
	for (const name of readdirSync(path)) tightenAll(join(path, name));
}

/** @returns whether it is a directory */
function tighten(path: string): boolean {
	const found = lstatSync(path, { throwIfNoEntry: false });
	if (found === undefined || found.isSymbolicLink()) return false;
	if ((found.mode & OTHERS) !== 0) chmodSync(path, found.mode & 0o7777 & ~OTHERS);
	return found.isDirectory();
}
