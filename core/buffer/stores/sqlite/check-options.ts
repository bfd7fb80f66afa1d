import { ConfigError } from '../../../errors';
import { type Bounds, type LimitInput, readLimits } from '../limits';
import type { StoreLimits } from './protocol';

const KB = 1024;
const MB = 1024 ** 2;

/** Limits of a sqlite store as its user may give them; an absent one takes its default. */
export type LimitOptions = LimitInput<StoreLimits>;

const BOUNDS: Record<keyof StoreLimits, Bounds> = {
	maxGroupRows: { min: 1, max: 100_000, fallback: 5_000 },
	maxGroupBytes: { min: KB, max: 256 * MB, fallback: 8 * MB },
	maxBytesInFlight: { min: KB, max: 1024 * MB, fallback: 64 * MB },
	minFreeBytes: { min: 0, max: Number.MAX_SAFE_INTEGER },
	ballastBytes: { min: 0, max: 1024 * MB, fallback: 32 * MB },
	maxStoreBytes: { min: 1, max: Number.MAX_SAFE_INTEGER },
};

/** @throws ConfigError naming the path and its bounds */
export function checkLimits(given?: LimitOptions): StoreLimits {
	return readLimits(BOUNDS, given);
}

export function checkDirectory(directory: unknown): string {
	if (typeof directory === 'string' && directory !== '') return directory;
	throw new ConfigError('store.directory', 'a path of at least 1 character', directory);
}
