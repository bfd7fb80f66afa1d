import { BufferError } from '../../../../errors';
import { SQLITE, sqliteCode } from '../connection';
import { isDamage } from '../damage';
import { VERIFY_HINT } from '../open-failed';

/** Whether an error tells that something is not as it was written, or that the disk does not give it. */
export function isUnreadable(error: unknown): boolean {
	return isDamage(error) || sqliteCode(error) === SQLITE.ioError || isOutOfRange(error);
}

/** An integer in a record that is larger than any number: node:sqlite refuses to read it. */
function isOutOfRange(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
}

/** What was met when a store was read, as one of our errors where it is one of SQLite's. */
export function readFailed(directory: string, error: unknown): unknown {
	if (error instanceof BufferError) return error;
	if (isUnreadable(error)) return storeDamaged(directory, toReason(error), error);
	if (sqliteCode(error) === undefined) return error;
	const message = `store ${directory} cannot be read: ${toReason(error)}`;
	return new BufferError('ERR_STORE_UNAVAILABLE', message, { cause: error });
}

export function storeDamaged(directory: string, what: string, cause?: unknown): BufferError {
	const message = `store ${directory} is damaged: ${what}; ${VERIFY_HINT}`;
	return new BufferError('ERR_STORE_CORRUPT', message, { cause, details: { directory } });
}

export function toReason(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
