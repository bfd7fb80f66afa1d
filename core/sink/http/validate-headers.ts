import { ConfigError } from '../../errors';
import { HEADER_VALUE_EXPECTATION, isHeaderName, isHeaderValue } from '../../pure/header-name';
import { PROTECTED_HEADERS } from '../../pure/protected-headers';
import { elementPath } from '../config-path';
import { isSecretRef } from '../secret-ref';

const MAX_HEADERS = 50;

/**
 * @param taken names in lower case that something else of the configuration sets
 * @throws ConfigError naming the header, never its value
 */
export function validateHeaders(
	headers: unknown = {},
	taken: readonly string[],
	path: string,
): void {
	if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
		throw new ConfigError(path, 'an object of names and values');
	}
	const entries = Object.entries(headers);
	if (entries.length > MAX_HEADERS) {
		throw new ConfigError(path, `at most ${MAX_HEADERS} headers`, entries.length);
	}
	const known = new Set<string>();
	for (const [name, value] of entries) {
		const place = elementPath(path, name);
		if (!isHeaderName(name)) throw new ConfigError(place, 'the name of a header');
		if ([...PROTECTED_HEADERS, ...taken].includes(name.toLowerCase())) {
			throw new ConfigError(place, 'a header that the sender does not set itself (D41)');
		}
		if (known.has(name.toLowerCase())) {
			throw new ConfigError(place, 'a header that is not there in another spelling');
		}
		known.add(name.toLowerCase());
		if (!isSecretRef(value) && !isHeaderValue(value)) {
			throw new ConfigError(place, HEADER_VALUE_EXPECTATION);
		}
	}
}
