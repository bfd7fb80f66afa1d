import { elementPath } from './config-path';
import { ConfigError } from './errors';
import { isHeaderName } from './pure/header-name';

/** What headers of a configuration have to be, beside names that can be sent, each once in any case. */
export interface HeaderRules {
	readonly max: number;
	/** Names in lower case that cannot be set. */
	readonly taken: readonly string[];
	/** Who sets those, for messages: `the sender`, `the server`. */
	readonly takenBy: string;
	/** What is wrong with a value: what was expected instead. */
	readonly faultOf: (value: unknown) => string | undefined;
}

/**
 * @param path of the object of names and values
 * @throws ConfigError naming the header, never its value
 */
export function checkHeaders(
	headers: unknown,
	path: string,
	{ max, taken, takenBy, faultOf }: HeaderRules,
): void {
	if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
		throw new ConfigError(path, 'an object of names and values');
	}
	const entries = Object.entries(headers);
	if (entries.length > max) throw new ConfigError(path, `at most ${max} headers`, entries.length);
	const known = new Set<string>();
	for (const [name, value] of entries) {
		const place = elementPath(path, name);
		const key = name.toLowerCase();
		if (!isHeaderName(name)) throw new ConfigError(place, 'the name of a header');
		if (taken.includes(key)) {
			throw new ConfigError(place, `a header that ${takenBy} does not set itself`);
		}
		if (known.has(key)) throw new ConfigError(place, 'each header once, in whatever case');
		known.add(key);
		const expected = faultOf(value);
		if (expected !== undefined) throw new ConfigError(place, expected);
	}
}
