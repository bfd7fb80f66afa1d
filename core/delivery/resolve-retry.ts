import { checkWhole } from '../check-value';
import type { RetryConfig } from '../config';
import { ConfigError } from '../errors';
import { RETRY } from '../pure/bounds';
import { doubling, isRetryPreset, RETRY_PRESETS, type RetryPreset } from '../pure/retry';

/** A schedule before defaults: by name, by a rule, or its delays; what else is given replaces what the name stands for. */
export interface RetryInput extends Partial<RetryConfig> {
	/** Default standard, where there is neither a rule nor a list. */
	readonly preset?: RetryPreset | undefined;
	/** Delays that double from the first one up to the cap, which is repeated; milliseconds, `RETRY.exponentialMs`. */
	readonly exponential?: { readonly firstMs: number; readonly capMs: number } | undefined;
}

/**
 * Checks a schedule and fills in what its name stands for.
 *
 * @throws ConfigError naming path and bound
 */
export function resolveRetry(input: RetryInput, path: string): RetryConfig {
	const { preset, exponential, delaysMs, ...settings } = input;
	const given = [preset, exponential, delaysMs].filter((one) => one !== undefined);
	if (given.length > 1) {
		throw new ConfigError(path, 'one of preset, exponential and delaysMs');
	}
	if (preset !== undefined && !isRetryPreset(preset)) {
		const names = Object.keys(RETRY_PRESETS).join(', ');
		throw new ConfigError(`${path}.preset`, `one of ${names}`, preset);
	}
	const base: RetryConfig = exponential
		? ofRule(exponential, `${path}.exponential`)
		: delaysMs === undefined
			? RETRY_PRESETS[preset ?? 'standard']
			: { delaysMs: checkDelays(delaysMs, `${path}.delaysMs`), jitter: RETRY.jitter };
	return checkSettings({ ...base, ...settings }, path);
}

function ofRule(
	{ firstMs, capMs }: { readonly firstMs: number; readonly capMs: number },
	path: string,
): RetryConfig {
	checkWhole(firstMs, `${path}.firstMs`, RETRY.exponentialMs);
	checkWhole(capMs, `${path}.capMs`, { ...RETRY.exponentialMs, min: firstMs });
	return { ...RETRY_PRESETS.exponential, delaysMs: doubling(firstMs, capMs) };
}

function checkDelays(delaysMs: readonly number[], path: string): readonly number[] {
	if (!Array.isArray(delaysMs) || delaysMs.length > RETRY.maxDelays) {
		throw new ConfigError(path, `a list of at most ${RETRY.maxDelays} delays`);
	}
	for (const [index, delayMs] of delaysMs.entries()) {
		checkWhole(delayMs, `${path}[${index}]`, RETRY.delayMs);
	}
	return delaysMs;
}

function checkSettings(retry: RetryConfig, path: string): RetryConfig {
	const { jitter, repeatLast, maxAgeMs, busyDelayMs } = retry;
	if (!(jitter >= 0 && jitter <= 1)) {
		throw new ConfigError(`${path}.jitter`, 'a number from 0 to 1', jitter);
	}
	if (repeatLast !== undefined && typeof repeatLast !== 'boolean') {
		throw new ConfigError(`${path}.repeatLast`, 'true or false', repeatLast);
	}
	const last = retry.delaysMs.at(-1) ?? 0;
	if (repeatLast && last < RETRY.minRepeatedMs) {
		const expected = `a last delay of at least ${RETRY.minRepeatedMs} ms, since it is repeated`;
		throw new ConfigError(`${path}.repeatLast`, expected, last);
	}
	if (maxAgeMs !== undefined) checkWhole(maxAgeMs, `${path}.maxAgeMs`, RETRY.maxAgeMs);
	if (busyDelayMs !== undefined) checkWhole(busyDelayMs, `${path}.busyDelayMs`, RETRY.busyDelayMs);
	return retry;
}
