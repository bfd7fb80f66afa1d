import type { Rate } from './rate';

interface Bucket {
	/** Tokens per millisecond. */
	readonly perMs: number;
	readonly size: number;
	tokens: number;
}

/** Lets requests through at a rate: a bucket of tokens per second, one per minute, each holding the burst. */
export class RateLimit {
	readonly #buckets: readonly Bucket[];
	#at: number;

	constructor({ perSecond, perMinute, burst }: Rate, now: number) {
		const rates = [
			...(perSecond === undefined ? [] : [perSecond / 1_000]),
			...(perMinute === undefined ? [] : [perMinute / 60_000]),
		];
		this.#buckets = rates.map((perMs) => ({ perMs, size: burst, tokens: burst }));
		this.#at = now;
	}

	/** When the next request may be made; not in the future: now. */
	nextAt(now: number): number {
		this.#fill(now);
		const waits = this.#buckets.map(({ tokens, perMs }) =>
			tokens >= 1 ? 0 : Math.ceil((1 - tokens) / perMs),
		);
		return now + Math.max(0, ...waits);
	}

	/** One request, whether there was a token or not. */
	take(now: number): void {
		this.#fill(now);
		for (const bucket of this.#buckets) bucket.tokens -= 1;
	}

	/** A request that was not made after all. */
	giveBack(): void {
		for (const bucket of this.#buckets) bucket.tokens = Math.min(bucket.size, bucket.tokens + 1);
	}

	#fill(now: number): void {
		// A clock that was put back gives nothing, and takes nothing.
		const passedMs = Math.max(0, now - this.#at);
		this.#at = now;
		for (const bucket of this.#buckets) {
			// Without the rounding a token would be there a moment after its instant.
			const tokens = bucket.tokens + passedMs * bucket.perMs;
			bucket.tokens = Math.min(bucket.size, Math.round(tokens * 1e9) / 1e9);
		}
	}
}
