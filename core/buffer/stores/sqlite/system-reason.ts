import { accessSync, constants, existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Descriptor } from './descriptor';

/** What the system means by its codes, and what to do: SQLite tells none of it. */
const REASONS: Readonly<Record<string, string>> = {
	EACCES: 'permission denied: the user that runs the host must be able to write there',
	EPERM: 'not permitted: the files must belong to the user that runs the host',
	EROFS: 'the file system is read-only: choose a directory that can be written',
	ENAMETOOLONG: 'the path is too long: choose a shorter one',
	ENOTDIR: 'a part of the path is a file, not a directory',
	EEXIST: 'there is a file of that name, not a directory',
	EISDIR: 'there is a directory where the store has a file',
	ELOOP: 'too many symbolic links in the path',
	ENOENT: 'a part of the path is gone, or a symbolic link leads nowhere',
	ENOSPC: 'no space is left on the disk: make room there',
	EDQUOT: 'the disk quota of the user that runs the host is used up: make room there',
	EMFILE: 'too many open files: raise the limit of the process (ulimit -n)',
	ENFILE: 'too many open files on this machine',
	EIO: 'the disk does not read or write: see the log of the system',
};
/** What passes, or what somebody mends while the host runs, without touching the configuration. */
const PASSING = ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO'];

/** The code of an error of the file system. */
export function systemCode(error: unknown): string | undefined {
	if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
	return typeof error.code === 'string' ? error.code : undefined;
}

/** In words, with what to do; undefined for what is no error of the file system. */
export function systemReason(error: unknown): string | undefined {
	const code = systemCode(error);
	if (code === undefined) return undefined;
	return `${REASONS[code] ?? (error as Error).message} (${code})`;
}

export function isPassing(error: unknown): boolean {
	return PASSING.includes(systemCode(error) ?? '');
}

/** Why a directory cannot be made: asked of the nearest one above it that exists, where the system says only that there is none. */
export function reasonAbove(directory: string, error: unknown): string | undefined {
	if (systemCode(error) !== 'ENOENT') return systemReason(error);
	let above = dirname(directory);
	while (!existsSync(above) && above !== dirname(above)) above = dirname(above);
	return probe(above) ?? systemReason(error);
}

/** Why SQLite cannot work in a directory, found by doing what it does; undefined where that works. */
export function probe(directory: string): string | undefined {
	const path = join(directory, `.probe-${process.pid}`);
	try {
		new Descriptor(path, 'w').close();
		rmSync(path, { force: true });
		for (const name of ['store.db', 'store.db-wal']) {
			const file = join(directory, name);
			if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
		}
		return undefined;
	} catch (error) {
		return systemReason(error);
	}
}
