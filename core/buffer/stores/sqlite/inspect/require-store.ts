import { type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { BufferError, ConfigError } from '../../../../errors';
import { storeDamaged, toReason } from './read-failed';

/**
 * Who only looks must not make a store by it.
 *
 * @throws ConfigError naming the directory; BufferError ERR_STORE_UNAVAILABLE where it may not be looked into,
 *   ERR_STORE_CORRUPT where only the log is left
 */
export function requireStore(directory: string): void {
	if (typeof directory !== 'string') throw noStore(directory);
	const found = statOf(directory, 'store.db');
	if (found !== undefined && !found.isFile()) throw noStore(directory);
	if (found !== undefined && found.size > 0) return;
	const log = statOf(directory, 'store.db-wal');
	if (log === undefined || log.size === 0) throw noStore(directory);
	throw storeDamaged(
		directory,
		`store.db is ${found === undefined ? 'gone' : 'empty'}, its log is not`,
	);
}

export function noStore(directory: string, cause?: unknown): ConfigError {
	const expected = 'a directory that holds a store.db of a store';
	return new ConfigError('store.directory', expected, directory, { cause });
}

/** Somebody else may read it where it is. */
export function notAllowed(directory: string, cause: unknown): BufferError {
	const message = `store ${directory} cannot be read: ${toReason(cause)}; run this as the user that runs the host`;
	return new BufferError('ERR_STORE_UNAVAILABLE', message, { cause });
}

function statOf(directory: string, name: string): Stats | undefined {
	try {
		return statSync(join(directory, name), { throwIfNoEntry: false });
	} catch (error) {
		if (codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM') throw notAllowed(directory, error);
		throw noStore(directory, error);
	}
}

/** The code of an error of the file system. */
export function codeOf(error: unknown): string | undefined {
	if (!(error instanceof Error) || !('code' in error)) return undefined;
	return typeof error.code === 'string' ? error.code : undefined;
}
