/**
 * How often durations were how long, in buckets whose bounds grow by a constant factor: any quantile is off by at most 1 %, two
 * histograms add up by adding counts, and only buckets that hold something are kept. Pure.
 */

/** Bucket → count; bucket i holds what is above γ^(i-1) and not above γ^i. JSON as it is. */
export type Histogram = Readonly<Record<string, number>>;

/** Half of the width of a bucket, as a share of its middle. */
const RELATIVE_ERROR = 0.01;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);

/** Shorter ones are taken for that, longer ones for a day: so there are at most some thousand buckets. Milliseconds. */
const RANGE_MS = { min: 0.01, max: 86_400_000 } as const;

export function bucketOf(ms: number): number {
	const bounded = Math.min(RANGE_MS.max, Math.max(RANGE_MS.min, Number.isNaN(ms) ? 0 : ms));
	return Math.ceil(Math.log(bounded) / LOG_GAMMA);
}

/** Adds to `into`, which is changed: there is one for each minute, and many additions. */
export function addTo(into: Record<string, number>, bucket: number | string, count = 1): void {
	into[bucket] = (into[bucket] ?? 0) + count;
}

export function mergeInto(into: Record<string, number>, histogram: Histogram): void {
	for (const [bucket, count] of Object.entries(histogram)) addTo(into, bucket, count);
}

/**
 * The duration that a share of all does not exceed (nearest rank).
 *
 * @param share 0 … 1
 * @returns milliseconds; undefined where there is none
 */
export function quantile(histogram: Histogram, share: number): number | undefined {
	const buckets = Object.entries(histogram)
		.map(([bucket, count]) => [Number(bucket), count] as const)
		.sort(([a], [b]) => a - b);
	const all = buckets.reduce((sum, [, count]) => sum + count, 0);
	const rank = Math.max(1, Math.ceil(share * all));
	let seen = 0;
	for (const [bucket, count] of buckets) {
		seen += count;
		if (seen >= rank) return (2 * GAMMA ** bucket) / (GAMMA + 1);
	}
	return undefined;
}
