import type { RetryConfig } from '../config';
import { ConfigError } from '../errors';
import { RETRY } from '../pure/bounds';
import { parseRetryText, RETRY_PRESETS } from '../pure/retry';
import { isWhole } from '../pure/whole-number';

/**
 * A retry schedule as people write it (`parseRetryText`).
 *
 * @param text `5s, 5m, 30m, 2h`, or the name of a preset; empty or absent is the standard schedule (D47)
 * @throws ConfigError naming path and bound
 */
export function parseRetry(text: string | undefined, path: string): RetryConfig {
	const { maxDelays, delayMs } = RETRY;
	const most = delayMs.max / 3_600_000;
	const retry = parseRetryText(text ?? '');
	if (retry && retry.delaysMs.length > maxDelays) {
		throw new ConfigError(path, `at most ${maxDelays} durations`, retry.delaysMs.length);
	}
	if (retry?.delaysMs.every((ms) => isWhole(ms, delayMs))) return retry;
	const names = Object.keys(RETRY_PRESETS).join(', ');
	const expected = `durations such as 5s, 5m, 2h, each of at most ${most}h, or one of ${names}`;
	throw new ConfigError(path, expected, text);
}
