import type { RetryConfig } from '../config';

/**
 * How long to wait after a failed attempt (D47, D48). Pure.
 *
 * @param failedAttempt number of the attempt that failed, from 1
 * @param random 0 … 1, for the jitter
 * @returns milliseconds from the failure; undefined when the schedule is used up
 */
export function nextDelayMs(
	{ delaysMs, jitter, repeatLast = false }: RetryConfig,
	failedAttempt: number,
	random: number,
): number | undefined {
	const delayMs = delaysMs[failedAttempt - 1] ?? (repeatLast ? delaysMs.at(-1) : undefined);
	if (delayMs === undefined) return undefined;
	return Math.round(delayMs * (1 + jitter * (2 * random - 1)));
}
