import { parseDuration } from '../pure/duration';
import type { RetryConfig } from '../config';
import { ConfigError } from '../errors';
import { DEFAULT_RETRY } from './retry-schedule';

/**
 * A retry schedule as people write it: durations of the pauses, separated by commas or blanks.
 *
 * @param text `5s, 5m, 30m, 2h`; empty or absent is the default schedule (D47)
 * @throws ConfigError naming the path
 */
export function parseRetry(text: string | undefined, path: string): RetryConfig {
	const words = (text ?? '').split(/[\s,]+/).filter((word) => word !== '');
	if (words.length === 0) return DEFAULT_RETRY;
	const delaysMs = words.map((word) => {
		const delayMs = parseDuration(word);
		if (delayMs === undefined) throw new ConfigError(path, 'durations such as 5s, 5m, 2h', word);
		return delayMs;
	});
	return { ...DEFAULT_RETRY, delaysMs };
}
