import { systemClock, type Clock } from '../../../runtime/clock';
import { readTime, StoreTime } from '../store-time';

/**
 * Store time of a store that several processes share: the server's clock decides (S58), read at the start of each transaction,
 * and within a process it never goes back (I17). What rows and the host's timers show is local time; the difference of the two
 * wall clocks is taken out at this edge. An injected clock stands for all of them.
 */
export class StoreClock {
	readonly #clock: Clock;
	readonly #time: StoreTime;
	/** Local wall clock minus the server's. */
	#skewMs = 0;

	/** @param lastSeenAt what the store had seen when a process last noted it */
	constructor(clock: Clock, serverAt: number, lastSeenAt: number) {
		this.#clock = clock;
		this.#time = new StoreTime(this.#reading(serverAt), lastSeenAt);
	}

	/** @param serverAt what the server's clock showed, in milliseconds since the Unix epoch */
	advance(serverAt: number): void {
		this.#time.advance(this.#reading(serverAt));
	}

	/** Store time, by which leases and retries are decided. */
	get nowAt(): number {
		return this.#time.nowAt;
	}

	/** As nowAt, but a clock that jumps forward does not move it: nothing expires early. */
	get expiryAt(): number {
		return this.#time.expiryAt;
	}

	toLocal(at: number): number {
		return this.#time.toWall(at) + this.#skewMs;
	}

	fromLocal(at: number): number {
		return this.#time.fromWall(at - this.#skewMs);
	}

	/** When a row arrived: never later than now, so that its age is never negative. */
	arrivedAt(receivedAt: number): number {
		return Math.min(this.fromLocal(receivedAt), this.nowAt);
	}

	#reading(serverAt: number) {
		const local = readTime(this.#clock);
		if (this.#clock !== systemClock) return local;
		this.#skewMs = local.wallAt - serverAt;
		return { ...local, wallAt: serverAt };
	}
}

/** The server's clock, as a column of a query. */
export const SERVER_NOW = '(extract(epoch from clock_timestamp()) * 1000)::double precision';
