import { BufferError } from '../../../errors';
import { SQLITE, sqliteCode } from './connection';
import { probe } from './probe';
import { systemCode, systemReason } from '../../../runtime/system-reason';

/** What can be done about a damaged store, in every message that tells of one. */
export const VERIFY_HINT =
	'see docs/errors.md, and check it with: node <package>/dist/cli.js store verify <directory>';

/** The error of a database that SQLite cannot open. */
export function openFailed(
	directory: string,
	code: number | undefined,
	cause: unknown,
): BufferError {
	const isCorrupt = code === SQLITE.corrupt || code === SQLITE.notADatabase;
	const said = cause instanceof Error ? cause.message : String(cause);
	const why = systemReason(cause) ?? (isCorrupt ? undefined : reasonOf(code, directory));
	const reason = code === undefined ? (why ?? said) : `${said} (SQLite code ${code})`;
	const because = code === undefined || why === undefined ? '' : `: ${why}`;
	const hint = isCorrupt ? `; ${VERIFY_HINT}` : '';
	return new BufferError(
		isCorrupt ? 'ERR_STORE_CORRUPT' : 'ERR_STORE_UNAVAILABLE',
		`store ${directory} cannot be opened: ${reason}${because}${hint}`,
		{ cause, details: { directory, sqliteCode: code } },
	);
}

function reasonOf(code: number | undefined, directory: string): string | undefined {
	return code === SQLITE.full ? 'no space is left on the disk: make room there' : probe(directory);
}

/** Whether it was for want of room that a store could not be opened. */
export function isDiskFull(error: unknown): boolean {
	if (error instanceof BufferError && error.cause !== undefined) return isDiskFull(error.cause);
	return sqliteCode(error) === SQLITE.full || systemCode(error) === 'ENOSPC';
}
