import { ConfigError } from '../errors';
import { instantOf } from '../pure/instant';
import type { SchemeField } from '../pure/scheme-description';
import { isSecret } from './validate-secret';

/** For schemes whose header carries several signatures. */
export const ALL_SIGN_UNTIL: SchemeField = {
	name: 'allSignUntil',
	use: 'sign',
	type: 'text',
	maxLength: 40,
	fallback: '',
};

/**
 * While receivers change over to a new secret, the former ones sign beside it; afterwards the first one signs alone.
 *
 * @param until RFC 3339; none: all of them sign for as long as they are there
 * @param now milliseconds since the Unix epoch
 */
export function signingSecrets(
	secrets: readonly string[],
	until: string | undefined,
	now: number,
): readonly string[] {
	const good = secrets.filter(isSecret);
	const isOver = until !== undefined && now >= (instantOf(until) ?? 0);
	return isOver ? good.slice(0, 1) : good;
}

/** @throws ConfigError */
export function validateUntil(until: string | undefined, path: string): void {
	if (until !== undefined && instantOf(until) === undefined) {
		throw new ConfigError(path, 'a time such as 2027-01-31T12:00:00Z', until);
	}
}
