import { instantOf } from '../pure/instant';
import { failure } from './failure';

/** Larger numbers are milliseconds: as seconds they would be in the year 5138. */
const FIRST_MILLISECONDS = 1e11;

/**
 * Refuses what was signed too long ago, or too far ahead: a copy that somebody sends again.
 *
 * @param text seconds or milliseconds since the Unix epoch, or RFC 3339
 * @returns until when it is good, milliseconds since the Unix epoch
 * @throws SignatureError; details.reason is bad_timestamp, timestamp_too_old or timestamp_in_future
 */
export function checkTimestamp(text: string, now: number, toleranceSeconds: number): number {
	const at = millisecondsOf(text);
	if (at === undefined) throw failure('ERR_SIGNATURE_MISMATCH', 'bad_timestamp');
	if (at < now - toleranceSeconds * 1_000) throw failure('ERR_TOKEN_EXPIRED', 'timestamp_too_old');
	if (at > now + toleranceSeconds * 1_000) {
		throw failure('ERR_TOKEN_NOT_YET_VALID', 'timestamp_in_future');
	}
	return at + toleranceSeconds * 1_000;
}

function millisecondsOf(text: string): number | undefined {
	if (!/^\d{1,15}$/.test(text)) return instantOf(text);
	const value = Number(text);
	return value < FIRST_MILLISECONDS ? value * 1_000 : value;
}
