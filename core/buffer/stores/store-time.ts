import { type Clock, systemClock } from '../../runtime/clock';

/** One look at the clocks. Taken where the injected clock lives, handed to where the store decides. */
export interface TimeReading {
	/** Milliseconds since the Unix epoch; may jump either way. */
	readonly wallAt: number;
	/** Never goes back, from any origin; absent when the clock has none. */
	readonly monotonicMs?: number;
}

/** The machine's monotonic clock goes with the machine's wall clock; an injected clock stands for both. */
export function readTime(clock: Clock): TimeReading {
	return clock === systemClock
		? { wallAt: clock.now(), monotonicMs: performance.now() }
		: { wallAt: clock.now() };
}

/**
 * The time by which a store decides (S31, I17): never behind the last time seen, never standing still, and only ahead of
 * the wall clock while that has jumped back. Instants inside a store are store time; `toWall` and `fromWall` translate at
 * its edge, so that a delay stays a delay whatever the wall clock shows.
 */
export class StoreTime {
	/** Store time, milliseconds since the Unix epoch. */
	nowAt: number;
	/** Time by which nothing expires early: a wall clock that jumps forward does not move it. */
	expiryAt: number;
	/** Milliseconds since this store was opened, by the monotonic clock. Leases are measured with it. */
	elapsedMs = 0;

	#wallAt: number;
	#monotonicMs: number | undefined;
	#baseAt: number;
	#baseElapsedMs = 0;
	readonly #openedAt: number;

	/** @param lastSeenAt what the store had seen when it was last written; 0 for a new one */
	constructor(reading: TimeReading, lastSeenAt = 0) {
		this.#wallAt = reading.wallAt;
		this.#monotonicMs = reading.monotonicMs;
		this.nowAt = Math.max(reading.wallAt, lastSeenAt);
		this.expiryAt = this.nowAt;
		this.#baseAt = this.nowAt;
		this.#openedAt = this.nowAt;
	}

	advance(reading: TimeReading): void {
		const passedMs =
			reading.monotonicMs !== undefined && this.#monotonicMs !== undefined
				? reading.monotonicMs - this.#monotonicMs
				: reading.wallAt - this.#wallAt;
		this.elapsedMs += Math.max(0, passedMs);
		this.#wallAt = reading.wallAt;
		this.#monotonicMs = reading.monotonicMs;
		const steadyAt = Math.floor(this.#baseAt + (this.elapsedMs - this.#baseElapsedMs));
		if (reading.wallAt > steadyAt) {
			this.#baseAt = reading.wallAt;
			this.#baseElapsedMs = this.elapsedMs;
		}
		this.nowAt = Math.max(this.nowAt, steadyAt, reading.wallAt);
		this.expiryAt = Math.min(this.nowAt, Math.floor(this.#openedAt + this.elapsedMs));
	}

	toWall(at: number): number {
		return at - (this.nowAt - this.#wallAt);
	}

	fromWall(at: number): number {
		return at + (this.nowAt - this.#wallAt);
	}

	/** When a row arrived: never later than now, so that its age is never negative. */
	arrivedAt(receivedAt: number): number {
		return Math.min(this.fromWall(receivedAt), this.nowAt);
	}
}
