import { ConfigError } from '../../../errors';
import { KEEP_FREE_MB } from '../../../pure/bounds';
import { SHARED_LIMITS } from '../defaults';
import { type Bounds, type LimitInput, readLimits } from '../limits';
import type { StoreLimits } from './protocol';

/**
 * Longest path of a store's directory, in bytes. SQLite takes 504 for a database and says only that it cannot be opened;
 * `quarantine/locked/store.db` is the longest of ours below it.
 */
export const MAX_DIRECTORY_BYTES = 470;

const MB = 1024 ** 2;

/** Limits of a sqlite store as its user may give them; an absent one takes its default. */
export type LimitOptions = LimitInput<StoreLimits>;

const BOUNDS: Record<keyof StoreLimits, Bounds> = {
	...SHARED_LIMITS,
	minFreeBytes: { min: KEEP_FREE_MB.min * MB, max: KEEP_FREE_MB.max * MB },
	ballastBytes: { min: 0, max: 1024 * MB },
};

/** @throws ConfigError naming the path and its bounds */
export function checkLimits(given?: LimitOptions): StoreLimits {
	return readLimits(BOUNDS, given);
}

/**
 * The limits that a dialog's field *keep free* says.
 *
 * @param value whole MB, KEEP_FREE_MB; as a number or as text; empty or absent: the store decides by the size of the disk
 * @throws ConfigError ERR_CONFIG_INVALID naming the bounds
 */
export function keepFree(value: unknown): { limits?: { minFreeBytes: number } } {
	const text = typeof value === 'number' ? String(value) : value;
	if (text === undefined || text === null || text === '') return {};
	const { min, max } = KEEP_FREE_MB;
	const megabytes =
		typeof text === 'string' && /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
	if (megabytes >= min && megabytes <= max) return { limits: { minFreeBytes: megabytes * MB } };
	throw new ConfigError('keepFreeMb', `empty, or a whole number from ${min} to ${max} (MB)`, value);
}

/** @param directory its real path @throws ConfigError */
export function checkLength(directory: string): void {
	const bytes = Buffer.byteLength(directory);
	if (process.platform === 'win32' || bytes <= MAX_DIRECTORY_BYTES) return;
	const expected = `a path of at most ${MAX_DIRECTORY_BYTES} bytes: this one is too long, with ${bytes}`;
	throw new ConfigError('store.directory', expected, directory);
}

export function checkDirectory(directory: unknown): string {
	if (typeof directory === 'string' && directory !== '') return directory;
	throw new ConfigError('store.directory', 'a path of at least 1 character', directory);
}
