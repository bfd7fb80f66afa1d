import { RETRY } from '../pure/bounds';
import { parseDuration } from '../pure/duration';
import { isWhole } from '../pure/whole-number';
import type { RetryConfig } from '../config';
import { ConfigError } from '../errors';
import { DEFAULT_RETRY } from './retry-schedule';

/**
 * A retry schedule as people write it: durations of the pauses, separated by commas or blanks.
 *
 * @param text `5s, 5m, 30m, 2h`; empty or absent is the default schedule (D47)
 * @throws ConfigError naming path and bound
 */
export function parseRetry(text: string | undefined, path: string): RetryConfig {
	const words = (text ?? '').split(/[\s,]+/).filter((word) => word !== '');
	if (words.length === 0) return DEFAULT_RETRY;
	const { maxDelays, delayMs } = RETRY;
	if (words.length > maxDelays)
		throw new ConfigError(path, `at most ${maxDelays} durations`, words.length);
	const delaysMs = words.map((word) => {
		const ms = parseDuration(word);
		if (isWhole(ms, delayMs)) return ms;
		const most = delayMs.max / 3_600_000;
		throw new ConfigError(path, `durations such as 5s, 5m, 2h, each of at most ${most}h`, word);
	});
	return { ...DEFAULT_RETRY, delaysMs };
}
