import { systemClock, type Clock } from '../../../runtime/clock';
import { type ClockJump, type ClockMark, type SavedTime, readTime, StoreTime } from '../store-time';

/** Smaller steps back are those of a clock that is corrected. */
const SET_BACK_FROM_MS = 1_000;

/** What the server's clock showed, in milliseconds since the Unix epoch, and what is added to it to make store time. */
export interface ServerTime {
	readonly now: number;
	readonly offset: number;
}

/**
 * Store time of a store that several processes share: the server's clock as it was read at the start of the last transaction (S58),
 * since processes that reckoned for themselves would drift apart and take each other's leases for ended; plus an offset that is
 * kept with the store and raised when that clock was set back, so that leases and retries do not wait for it to come round again
 * (I17). What rows and the host's timers show is local time; the difference of the two clocks is taken out at this edge. An injected
 * clock stands for all of them, and there a jump back is bridged as in the other stores.
 */
export class StoreClock {
	readonly #clock: Clock;
	/** Steady time: of an injected clock all of it, else only what data age by. */
	readonly #time: StoreTime;
	#serverAt: number;
	/** Local clock minus the server's. */
	#skewMs = 0;
	/** When the server's clock was read at the latest, by our monotonic clock. */
	#readMs = performance.now();

	/** @param past what the store had seen when a process last noted it */
	constructor(clock: Clock, server: ServerTime, past: SavedTime) {
		this.#clock = clock;
		this.#serverAt = server.now + server.offset;
		this.#time = new StoreTime(this.#read(server), past);
	}

	/**
	 * By how much the server's clock was set back since it was last read; 0 when it was not.
	 *
	 * @param askedMs when it was asked, by our monotonic clock: however long the answer took, no more than this had passed
	 */
	setBackMs({ now, offset }: ServerTime, askedMs: number): number {
		if (!this.#isShared) return 0;
		const backMs = this.#serverAt + Math.max(0, askedMs - this.#readMs) - (now + offset);
		return backMs > SET_BACK_FROM_MS ? Math.ceil(backMs) : 0;
	}

	advance(server: ServerTime): void {
		this.#time.advance(this.#read(server));
	}

	/** By which leases and retries are decided. */
	get nowAt(): number {
		return this.#isShared ? this.#serverAt : this.#time.nowAt;
	}

	/** How long the store has lived: a clock that jumps, or is wrong at the start, does not move it. */
	get livedAt(): number {
		return this.#time.livedAt;
	}

	/** As that of StoreTime. */
	bornBefore(ageMs: number): number {
		return this.#time.bornBefore(ageMs);
	}

	takeJumps(): ClockJump[] {
		return this.#time.takeJumps();
	}

	takeMarks(): ClockMark[] {
		return this.#time.takeMarks();
	}

	giveBack(marks: readonly ClockMark[]): void {
		this.#time.giveBack(marks);
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

	#read({ now, offset }: ServerTime) {
		const local = readTime(this.#clock);
		if (!this.#isShared) return local;
		this.#readMs = performance.now();
		this.#serverAt = now + offset;
		this.#skewMs = local.wallAt - this.#serverAt;
		return { ...local, wallAt: this.#serverAt };
	}
}

/** The server's clock, as a column of a query. */
export const SERVER_NOW = '(extract(epoch from clock_timestamp()) * 1000)::double precision';

/** A ServerTime. */
export const SERVER_TIME = `SELECT ${SERVER_NOW} AS now, clock_offset_ms AS "offset" FROM @meta`;

/** Unless another process was faster. */
export const RAISE_OFFSET = 'UPDATE @meta SET clock_offset_ms = $1 WHERE clock_offset_ms = $2';

/** So that who opens the store later knows a clock that is behind. */
export const NOTE_SEEN = 'UPDATE @meta SET last_seen_at = greatest(last_seen_at, $1)';
