import { ConfigError } from '../errors';
import { parseDuration, shortDuration } from '../pure/duration';
import { isWhole, type Range } from '../pure/whole-number';

/**
 * Milliseconds of a duration such as `12h`.
 *
 * @param range in milliseconds
 * @throws ConfigError naming path and bounds
 */
export function readDuration(text: unknown, path: string, range: Range): number {
	const ms = typeof text === 'string' ? parseDuration(text) : undefined;
	if (isWhole(ms, range)) return ms;
	throw new ConfigError(path, durationExpectation(range), text);
}

function durationExpectation({ min, max }: Range): string {
	return `a duration such as 30m or 12h, from ${shortDuration(min)} to ${shortDuration(max)}`;
}
