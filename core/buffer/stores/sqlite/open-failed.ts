import { BufferError } from '../../../errors';
import { SQLITE, sqliteCode } from './connection';

/** What can be done about a damaged store, in every message that tells of one. */
export const VERIFY_HINT =
	'see docs/errors.md, and check it with: node <package>/dist/cli.js store verify <directory>';

/** The error of a database that SQLite cannot open. */
export function openFailed(directory: string, code: number, cause: unknown): BufferError {
	const isCorrupt = code === SQLITE.corrupt || code === SQLITE.notADatabase;
	const reason = cause instanceof Error ? cause.message : String(cause);
	const hint = isCorrupt ? `; ${VERIFY_HINT}` : '';
	return new BufferError(
		isCorrupt ? 'ERR_STORE_CORRUPT' : 'ERR_STORE_UNAVAILABLE',
		`store ${directory} cannot be opened: ${reason} (SQLite code ${code})${hint}`,
		{ cause, details: { directory, sqliteCode: code } },
	);
}

/** Whether it was for want of room that a store could not be opened. */
export function isDiskFull(error: unknown): boolean {
	if (error instanceof BufferError) return error.details.sqliteCode === SQLITE.full;
	return (
		sqliteCode(error) === SQLITE.full ||
		(error instanceof Error && 'code' in error && error.code === 'ENOSPC')
	);
}
