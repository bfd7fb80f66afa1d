import { BufferError } from '../../../errors';
import { RETRY_AFTER_MS } from '../defaults';
import { SQLITE, sqliteCode } from './connection';
import { VERIFY_HINT } from './open-failed';
import { probe } from './probe';
import { systemReason } from '../../../runtime/system-reason';

/** What the waiters of a failed group are told (I16). */
export function toGroupError(cause: unknown, directory?: string): BufferError {
	const code = sqliteCode(cause);
	const reason = cause instanceof Error ? cause.message : String(cause);
	const options = { cause, retryAfterMs: RETRY_AFTER_MS, details: { sqliteCode: code } };
	if (code === SQLITE.full) {
		return new BufferError('ERR_BUFFER_FULL', 'the disk of the store is full', options);
	}
	if (code === SQLITE.corrupt || code === SQLITE.notADatabase) {
		return new BufferError(
			'ERR_STORE_CORRUPT',
			`the store is damaged: ${reason}; ${VERIFY_HINT}`,
			options,
		);
	}
	const why = systemReason(cause) ?? (directory === undefined ? undefined : probe(directory));
	return new BufferError(
		'ERR_STORE_UNAVAILABLE',
		// After a failed sync nobody knows.
		`a transaction failed, its events may or may not be stored: ${reason}${why === undefined ? '' : `: ${why}`}`,
		options,
	);
}
