import type { RetryConfig } from '../config';
import { RETRY } from '../pure/bounds';
import { parseDuration } from '../pure/duration';

const SECOND = 1_000;

/** The retry schedule of every sink where nothing else is said (D47, D48). */
export const DEFAULT_RETRY: RetryConfig = {
	delaysMs: RETRY.delays.split(', ').flatMap((delay) => parseDuration(delay) ?? []),
	jitter: RETRY.jitter,
};

/**
 * How long to wait after a failed attempt (D47, D48). Pure.
 *
 * @param failedAttempt number of the attempt that failed, from 1
 * @param random 0 … 1, for the jitter
 * @returns milliseconds from the failure; undefined when the schedule is used up
 */
export function nextDelayMs(
	retry: RetryConfig,
	failedAttempt: number,
	random: number,
): number | undefined {
	const delayMs = retry.delaysMs[failedAttempt - 1];
	if (delayMs === undefined) return undefined;
	return Math.round(delayMs * (1 + retry.jitter * (2 * random - 1)));
}

/** Preset `disruptive` (D49): 8 s, doubling, capped at 1 h, as often as fits into 12 h. */
export const DISRUPTIVE_RETRY: RetryConfig = {
	delaysMs: [8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, ...Array<number>(10).fill(3_600)].map(
		(seconds) => seconds * SECOND,
	),
	jitter: RETRY.jitter,
};
