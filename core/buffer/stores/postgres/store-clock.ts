import { systemClock, type Clock } from '../../../runtime/clock';
import { readTime, StoreTime } from '../store-time';

/**
 * Store time of a store that several processes share: the server's clock as it was read at the start of the last transaction,
 * and nothing else (S58), since processes that reckoned for themselves would drift apart and take each other's leases for ended. What
 * rows and the host's timers show is local time; the difference of the two clocks is taken out at this edge. An injected clock stands
 * for all of them, and there a jump back is bridged as in the other stores (I17).
 */
export class StoreClock {
	readonly #clock: Clock;
	/** Steady time: of an injected clock all of it, else only what data expire by. */
	readonly #time: StoreTime;
	#serverAt: number;
	/** Local clock minus the server's. */
	#skewMs = 0;

	/** @param lastSeenAt what the store had seen when a process last noted it */
	constructor(clock: Clock, serverAt: number, lastSeenAt: number) {
		this.#clock = clock;
		this.#serverAt = serverAt;
		this.#time = new StoreTime(this.#read(serverAt), lastSeenAt);
	}

	/** @param serverAt what the server's clock showed, in milliseconds since the Unix epoch */
	advance(serverAt: number): void {
		this.#time.advance(this.#read(serverAt));
	}

	/** By which leases and retries are decided. */
	get nowAt(): number {
		return this.#isShared ? this.#serverAt : this.#time.nowAt;
	}

	/** As nowAt, but a clock that jumps forward does not move it: nothing expires early. */
	get expiryAt(): number {
		return this.#isShared ? Math.min(this.#time.expiryAt, this.#serverAt) : this.#time.expiryAt;
	}

	toLocal(at: number): number {
		return this.#isShared ? at + this.#skewMs : this.#time.toWall(at);
	}

	fromLocal(at: number): number {
		return this.#isShared ? at - this.#skewMs : this.#time.fromWall(at);
	}

	/** When a row arrived: never later than now, so that its age is never negative. */
	arrivedAt(receivedAt: number): number {
		return Math.min(this.fromLocal(receivedAt), this.nowAt);
	}

	get #isShared(): boolean {
		return this.#clock === systemClock;
	}

	#read(serverAt: number) {
		const local = readTime(this.#clock);
		if (!this.#isShared) return local;
		this.#serverAt = serverAt;
		this.#skewMs = local.wallAt - serverAt;
		return { ...local, wallAt: serverAt };
	}
}

/** The server's clock, as a column of a query. */
export const SERVER_NOW = '(extract(epoch from clock_timestamp()) * 1000)::double precision';
