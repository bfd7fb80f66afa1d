import type { Clock } from '../../runtime/clock';

/** One look at the clocks. Taken where the injected clock lives, handed to where the store decides. */
export interface TimeReading {
	/** Milliseconds since the Unix epoch; may jump either way. */
	readonly wallAt: number;
	/** Never goes back, from any origin; absent when the clock has none. */
	readonly monotonicMs?: number;
}

/** An injected clock may stand for both. */
export function readTime(clock: Clock): TimeReading {
	const monotonicMs = clock.monotonicMs?.();
	return { wallAt: clock.now(), ...(monotonicMs === undefined ? {} : { monotonicMs }) };
}

/** At `at` (store time) the store had lived until `livedAt`. Between two marks both go on equally; at each, `at` has run ahead. */
export interface ClockMark {
	readonly at: number;
	readonly livedAt: number;
}

/** What a store knows of its time when it is opened again. */
export interface SavedTime {
	/** Store time when it was last written; 0 for a new one. */
	readonly lastSeenAt: number;
	/** 0 where nobody wrote it down. */
	readonly livedAt: number;
	/** In their order. Where they are missing, nothing expires before it has lived that long from now on. */
	readonly marks: readonly ClockMark[];
}

/** How far the wall clock was moved: while the store was open, or since it was last written. Negative: back. */
export interface ClockJump {
	readonly ms: number;
	readonly isAtOpen: boolean;
}

/** Smaller jumps are not told: clocks are corrected all the time. */
export const TOLD_FROM_MS = 60_000;
/** A store may be closed for so long without anybody wondering. */
const CLOSED_FROM_MS = 86_400_000;
/** Store time may run ahead of the time lived by so much before it is marked. */
const MARK_FROM_MS = 1_000;
/** More are not kept; without the oldest ones the oldest rows expire later. */
export const MAX_MARKS = 500;

/**
 * The time by which a store decides (S31, I17): never behind the last time seen, never standing still, and only ahead of
 * the wall clock while that has jumped back. Instants inside a store are store time; `toWall` and `fromWall` translate at
 * its edge, so that a delay stays a delay whatever the wall clock shows.
 */
export class StoreTime {
	/** Store time, milliseconds since the Unix epoch. */
	nowAt: number;
	/**
	 * Time that the store has lived: it goes on while the store is open, by the monotonic clock, and stands still while it is
	 * closed. A wall clock that is wrong when the store is opened, or jumps, does not move it: nothing expires early.
	 */
	livedAt: number;
	/** Milliseconds since this store was opened, by the monotonic clock. Leases are measured with it. */
	elapsedMs = 0;

	#wallAt: number;
	#monotonicMs: number | undefined;
	#baseAt: number;
	#baseElapsedMs = 0;
	readonly #openedLivedAt: number;
	readonly #marks: ClockMark[];
	#unsaved: ClockMark[] = [];
	#jumps: ClockJump[] = [];

	/** @param past what the store had written down; nothing for a new one */
	constructor(reading: TimeReading, past: SavedTime = { lastSeenAt: 0, livedAt: 0, marks: [] }) {
		this.#wallAt = reading.wallAt;
		this.#monotonicMs = reading.monotonicMs;
		this.nowAt = Math.max(reading.wallAt, past.lastSeenAt);
		this.livedAt = Math.min(this.nowAt, past.livedAt || past.lastSeenAt || this.nowAt);
		this.#baseAt = this.nowAt;
		this.#openedLivedAt = this.livedAt;
		this.#marks = [...past.marks];
		this.#mark();
		const ms = past.lastSeenAt === 0 ? 0 : reading.wallAt - past.lastSeenAt;
		if (ms <= -TOLD_FROM_MS || ms >= CLOSED_FROM_MS) this.#jumps.push({ ms, isAtOpen: true });
	}

	advance(reading: TimeReading): void {
		const wallMs = reading.wallAt - this.#wallAt;
		const passedMs =
			reading.monotonicMs !== undefined && this.#monotonicMs !== undefined
				? reading.monotonicMs - this.#monotonicMs
				: Math.max(0, wallMs);
		const jumpMs = wallMs - passedMs;
		if (Math.abs(jumpMs) >= TOLD_FROM_MS) this.#jumps.push({ ms: jumpMs, isAtOpen: false });
		this.elapsedMs += Math.max(0, passedMs);
		this.#wallAt = reading.wallAt;
		this.#monotonicMs = reading.monotonicMs;
		const steadyAt = Math.floor(this.#baseAt + (this.elapsedMs - this.#baseElapsedMs));
		if (reading.wallAt > steadyAt) {
			this.#baseAt = reading.wallAt;
			this.#baseElapsedMs = this.elapsedMs;
		}
		this.nowAt = Math.max(this.nowAt, steadyAt, reading.wallAt);
		this.livedAt = Math.min(this.nowAt, Math.floor(this.#openedLivedAt + this.elapsedMs));
		this.#mark();
	}

	/** What arrived (store time) until then has been here for that long while the store lived; in the far past where nothing can have. */
	bornBefore(ageMs: number): number {
		const livedAt = this.livedAt - ageMs;
		const mark = this.#marks.findLast((one) => one.livedAt <= livedAt);
		return mark === undefined ? -Number.MAX_SAFE_INTEGER : mark.at + (livedAt - mark.livedAt);
	}

	/** Jumps since the last call. */
	takeJumps(): ClockJump[] {
		return this.#jumps.splice(0);
	}

	/** Marks since the last call, to be kept with the store. */
	takeMarks(): ClockMark[] {
		return this.#unsaved.splice(0);
	}

	/** After a write that failed. */
	giveBack(marks: readonly ClockMark[]): void {
		this.#unsaved.unshift(...marks);
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

	#mark(): void {
		const last = this.#marks.at(-1);
		const aheadMs = this.nowAt - this.livedAt;
		if (last !== undefined && aheadMs - (last.at - last.livedAt) <= MARK_FROM_MS) return;
		const mark = { at: this.nowAt, livedAt: this.livedAt };
		this.#marks.push(mark);
		this.#unsaved.push(mark);
		if (this.#marks.length > MAX_MARKS) this.#marks.shift();
	}
}

/** For the log and the warnings of a store. */
export function describeJump({ ms, isAtOpen }: ClockJump): string {
	const far = showDuration(Math.abs(ms));
	if (isAtOpen && ms > 0) {
		return (
			`the clock shows ${far} more than when the store was last written: it was closed for so long, or the clock is wrong. ` +
			'Rows and dead letters do not age by it, retries and time conditions may be due at once'
		);
	}
	const when = isAtOpen ? 'behind the time at which the store was last written' : 'set back';
	return ms < 0
		? `the clock is ${far} ${when}; delays go on as they were, and nothing is lost. Check the clock of the machine`
		: `the clock was set forward by ${far}, or the machine slept; retries and time conditions may be due at once, ` +
				'rows and dead letters do not age by it. Check the clock of the machine';
}

function showDuration(ms: number): string {
	const minutes = Math.round(ms / 60_000);
	if (minutes < 120) return `${minutes} min`;
	const hours = Math.round(minutes / 60);
	return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
