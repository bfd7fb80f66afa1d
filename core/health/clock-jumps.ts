import { readTime, type TimeReading } from '../buffer/stores/store-time';
import type { Clock } from '../runtime/clock';

/** Smaller ones are corrections, which go on all the time. */
const JUMP_FROM_MS = 60_000;

/** Sees how far somebody has moved the clock: by the monotonic one, and without it only back. */
export class ClockJumps {
	readonly #clock: Clock;
	#last: TimeReading;

	constructor(clock: Clock) {
		this.#clock = clock;
		this.#last = readTime(clock);
	}

	/** Since it was asked last, milliseconds; negative: back; 0: it goes as it should. */
	take(): number {
		const { wallAt, monotonicMs } = this.#last;
		const now = readTime(this.#clock);
		this.#last = now;
		const wallMs = now.wallAt - wallAt;
		const passedMs =
			monotonicMs === undefined || now.monotonicMs === undefined
				? Math.max(0, wallMs)
				: now.monotonicMs - monotonicMs;
		const jumpMs = Math.round(wallMs - passedMs);
		return Math.abs(jumpMs) < JUMP_FROM_MS ? 0 : jumpMs;
	}
}
