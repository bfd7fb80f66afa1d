/** What is checked alike in receivers and exports; each throws a ConfigError that names the path and the bound. */
import { checkChoice } from '../check-value';
import type { Origin } from '../config';
import { ConfigError } from '../errors';
import { MAX_ID_LENGTH } from '../pure/bounds';
import { isStorable, STORABLE } from '../pure/storable';

export function identifier(value: unknown, path: string): string {
	if (typeof value !== 'string' || value === '' || value.length > MAX_ID_LENGTH)
		throw new ConfigError(path, `a text of 1 to ${MAX_ID_LENGTH} characters`, value);
	return storable(value, path);
}

/** Full ids are `<receiver>/<export>`: where the first part may hold the slash, two exports could have one of them. */
export function receiverIdentifier(value: unknown, path: string): void {
	if (identifier(value, path).includes('/'))
		throw new ConfigError(path, 'an id without a slash', value);
}

export function parseOrigin(origin: Origin | undefined): Origin {
	return checkChoice(origin ?? 'host', 'origin', ['host', 'api']);
}

export function text(value: unknown, path: string, maxLength: number): string {
	if (typeof value !== 'string' || value.length > maxLength) {
		throw new ConfigError(path, `a text of at most ${maxLength} characters`, value);
	}
	return storable(value, path);
}

export function storable(value: string, path: string): string {
	if (isStorable(value)) return value;
	throw new ConfigError(path, `a text ${STORABLE}`);
}
