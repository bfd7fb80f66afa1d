/** Numbers that all stores share. */

import { PAGE } from '../../pure/bounds';

const KB = 1024;
const MB = 1024 ** 2;

/** Most payload bytes in one slice of a batch (S29). */
export const MAX_SLICE_BYTES = 1024 ** 2;

/** A chunk is also what one read brings into memory, and what a cut inside it has to walk. */
export const MAX_CHUNK_BYTES = 1024 ** 2;

/** Bytes of rows that one transaction takes when the store's limits do not say (S22). */
export const GROUP_BYTES = 8 * MB;

/** Limits that people may give every durable store. */
export const SHARED_LIMITS = {
	maxGroupRows: { min: 1, max: 100_000, fallback: 5_000 },
	maxGroupBytes: { min: KB, max: 256 * MB, fallback: GROUP_BYTES },
	maxBytesInFlight: { min: KB, max: 1024 * MB, fallback: 64 * MB },
	maxStoreBytes: { min: 1, max: Number.MAX_SAFE_INTEGER },
};

/** Age at which rows are put aside, and dead letters removed, when the export does not say (S38). */
export const RETENTION_MS = 7 * 86_400_000;

/** Bytes of waiting rows and open batches of a receiver when its exports do not say (S43). */
export const QUOTA_BYTES = 100 * 1024 ** 2;

/** How often a store looks for what its retention has to remove. */
export const SWEEP_EVERY_MS = 60_000;

/** Told to senders whose rows were refused, unless something better is known. */
export const RETRY_AFTER_MS = 5_000;

/** The limit of rows or dead letters that `peek` and `deadLetters` give, brought into its bounds. */
export function pageLimit(limit: number | undefined): number {
	const wanted = Math.floor(limit ?? PAGE.fallback);
	return Math.min(PAGE.max, Math.max(PAGE.min, Number.isFinite(wanted) ? wanted : 1));
}
