import { ConfigError } from '../../../errors';
import type { Durability, StoreLimits } from './protocol';

const KB = 1024;
const MB = 1024 ** 2;

/** Limits of a sqlite store as its user may give them; an absent one takes its default. */
export type LimitOptions = {
	readonly [Name in keyof StoreLimits]?: StoreLimits[Name] | undefined;
};

const BOUNDS: Record<keyof StoreLimits, { min: number; max: number; fallback?: number }> = {
	maxGroupRows: { min: 1, max: 100_000, fallback: 5_000 },
	maxGroupBytes: { min: KB, max: 256 * MB, fallback: 8 * MB },
	maxBytesInFlight: { min: KB, max: 1024 * MB, fallback: 64 * MB },
	minFreeBytes: { min: 0, max: Number.MAX_SAFE_INTEGER },
	ballastBytes: { min: 0, max: 1024 * MB, fallback: 32 * MB },
	maxStoreBytes: { min: 1, max: Number.MAX_SAFE_INTEGER },
};

/** @throws ConfigError naming the path and its bounds */
export function checkLimits(given: LimitOptions = {}): StoreLimits {
	if (typeof given !== 'object' || given === null) {
		throw new ConfigError('store.limits', 'an object', given);
	}
	for (const name of Object.keys(given)) {
		if (!Object.hasOwn(BOUNDS, name)) {
			throw new ConfigError(`store.limits.${name}`, `one of ${Object.keys(BOUNDS).join(', ')}`);
		}
	}
	return {
		maxGroupRows: checkLimit(given, 'maxGroupRows') ?? 0,
		maxGroupBytes: checkLimit(given, 'maxGroupBytes') ?? 0,
		maxBytesInFlight: checkLimit(given, 'maxBytesInFlight') ?? 0,
		minFreeBytes: checkLimit(given, 'minFreeBytes'),
		ballastBytes: checkLimit(given, 'ballastBytes') ?? 0,
		maxStoreBytes: checkLimit(given, 'maxStoreBytes'),
	};
}

export function checkDurability(durability: unknown = 'full'): Durability {
	if (durability === 'full' || durability === 'normal') return durability;
	throw new ConfigError('store.durability', '"full" or "normal"', durability);
}

export function checkDirectory(directory: unknown): string {
	if (typeof directory === 'string' && directory !== '') return directory;
	throw new ConfigError('store.directory', 'a path of at least 1 character', directory);
}

function checkLimit(given: LimitOptions, name: keyof StoreLimits): number | undefined {
	const { min, max, fallback } = BOUNDS[name];
	const value = given[name];
	if (value === undefined) return fallback;
	if (Number.isInteger(value) && value >= min && value <= max) return value;
	throw new ConfigError(`store.limits.${name}`, `a whole number from ${min} to ${max}`, value);
}
