/** When what has failed is tried again: schedules as data, and how people write them. Pure, since a browser loads it too. */
import { RETRY } from './bounds';
import { parseDuration } from './duration';

export interface RetryConfig {
	/** Milliseconds before the 2nd, 3rd, … attempt, each from the previous failure; when used up, the batch is dead. */
	readonly delaysMs: readonly number[];
	/** Each delay is multiplied by a random factor in 1 ± jitter; 0 … 1. */
	readonly jitter: number;
	/** The last delay is repeated, until the maximum age or the retention of the export. */
	readonly repeatLast?: boolean | undefined;
	/** Age of an event at which it is given up, `RETRY.maxAgeMs`: an attempt that would begin later is not made (D50). Absent: none. */
	readonly maxAgeMs?: number | undefined;
	/** Shortest wait after a time-out, and after a 429 without Retry-After, `RETRY.busyDelayMs`. Absent: none. */
	readonly busyDelayMs?: number | undefined;
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;

/** Schedules by name, in the order to show them; jitter is applied after the cap. */
export const RETRY_PRESETS = {
	/** Of every sink where nothing else is said (D47, D48). */
	standard: {
		delaysMs: durations(RETRY.delays) ?? [],
		jitter: RETRY.jitter,
		busyDelayMs: 60 * SECOND_MS,
	},
	/** As a Data Connector, by what is known of it (D46, D49, D50). */
	disruptive: {
		delaysMs: doubling(8 * SECOND_MS, HOUR_MS),
		jitter: RETRY.jitter,
		repeatLast: true,
		maxAgeMs: 12 * HOUR_MS,
	},
	/** Doubling from 5 s, then once an hour for a week. */
	exponential: {
		delaysMs: doubling(5 * SECOND_MS, HOUR_MS),
		jitter: RETRY.jitter,
		repeatLast: true,
		maxAgeMs: 7 * 24 * HOUR_MS,
	},
	/** As Keboola Buffer: from each failure the sum of pauses that grow four times to 3 h; here up to a day, for the 7 days of K108 (K106). */
	keboola: {
		delaysMs: sums(2 * 60 * SECOND_MS, 4, 3 * HOUR_MS, 24 * HOUR_MS),
		jitter: 0,
		repeatLast: true,
		maxAgeMs: 7 * 24 * HOUR_MS,
	},
} as const satisfies Record<string, RetryConfig>;

export type RetryPreset = keyof typeof RETRY_PRESETS;

export function isRetryPreset(name: unknown): name is RetryPreset {
	return typeof name === 'string' && Object.hasOwn(RETRY_PRESETS, name);
}

/** Delays that double from the first one up to the cap, which is the last. */
export function doubling(firstMs: number, capMs: number): number[] {
	const delays: number[] = [];
	for (let delayMs = firstMs; delayMs < capMs; delayMs *= 2) delays.push(delayMs);
	return [...delays, capMs];
}

/** Sums of steps, each `factor` times the one before and at most `maxStepMs`, while a sum is less than `endMs`. */
function sums(firstMs: number, factor: number, maxStepMs: number, endMs: number): number[] {
	const delays: number[] = [];
	let step = firstMs;
	for (let sum = step; sum < endMs; sum += step) {
		delays.push(sum);
		step = Math.min(maxStepMs, step * factor);
	}
	return delays;
}

/**
 * A schedule as people write it: the name of a preset, `exponential` with its first delay and its cap, or the pauses themselves.
 *
 * @param text `standard`, `exponential 10s 2h`, `5s, 5m, 30m`; empty is standard
 * @returns undefined for any other text; bounds are checked elsewhere
 */
export function parseRetryText(text: string): RetryConfig | undefined {
	const words = text.split(/[\s,]+/).filter((word) => word !== '');
	const [first = 'standard', ...rest] = words;
	if (isRetryPreset(first) && rest.length === 0) return RETRY_PRESETS[first];
	if (first === 'exponential') {
		const [firstMs = 0, capMs = 0, ...more] = durations(rest.join(' ')) ?? [];
		if (firstMs <= 0 || capMs < firstMs || more.length > 0) return undefined;
		return { ...RETRY_PRESETS.exponential, delaysMs: doubling(firstMs, capMs) };
	}
	const delaysMs = durations(text);
	if (!delaysMs) return undefined;
	const { standard } = RETRY_PRESETS;
	const isStandard = delaysMs.join() === standard.delaysMs.join();
	return isStandard ? standard : { delaysMs, jitter: RETRY.jitter };
}

function durations(text: string): number[] | undefined {
	const delays = text
		.split(/[\s,]+/)
		.filter((word) => word !== '')
		.map(parseDuration);
	return delays.every((delay) => delay !== undefined) ? delays : undefined;
}
