import { BufferError } from '../../../../errors';
import { VERIFY_HINT } from '../open-failed';
import { findUnreadable } from './find-unreadable';
import { openUntouched, type Untouched } from './open-untouched';

/**
 * Who opens a damaged store makes it anew (S51), and what was a dead letter may then be something else or gone: nothing is to
 * be done to it by somebody who does not expect that. Where it cannot be looked at in place, nothing is known.
 *
 * @throws as `openUntouched`, but for a directory without links; ERR_STORE_CORRUPT
 */
export function requireSound(directory: string): void {
	const untouched = tryOpen(directory);
	if (untouched === undefined) return;
	try {
		const found = findUnreadable(untouched);
		if (found !== undefined) throw refused(directory, found);
	} finally {
		untouched.close();
	}
}

function tryOpen(directory: string): Untouched | undefined {
	try {
		return openUntouched(directory);
	} catch (error) {
		if (!(error instanceof BufferError)) throw error;
		if (error.details['takesNoLinks'] === true) return undefined;
		if (error.code !== 'ERR_STORE_CORRUPT') throw error;
		const { cause } = error;
		throw refused(directory, cause instanceof Error ? cause.message : error.message, error);
	}
}

function refused(directory: string, found: string, cause?: unknown): BufferError {
	const message =
		`store ${directory} is damaged and nothing was changed: ${found}; start the host, which makes its file anew, ` +
		`stop it and try again then; ${VERIFY_HINT}`;
	return new BufferError('ERR_STORE_CORRUPT', message, { cause });
}
