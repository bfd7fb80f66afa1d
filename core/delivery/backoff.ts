import type { Cancel, Clock } from '../runtime/clock';

/** First pause after a failure; doubles up to the second. */
const FIRST_MS = 1_000;
const MAX_MS = 30_000;

/** Pauses while something fails again and again, longer each time. */
export class Backoff {
	readonly #clock: Clock;
	readonly #again: () => void;
	#pauseMs = 0;
	#cancel: Cancel | undefined;

	constructor(clock: Clock, again: () => void) {
		this.#clock = clock;
		this.#again = again;
	}

	get isPausing(): boolean {
		return this.#cancel !== undefined;
	}

	/** Not while it pauses. @returns milliseconds until it is tried again */
	failed(): number {
		this.#pauseMs = Math.min(Math.max(FIRST_MS, this.#pauseMs * 2), MAX_MS);
		this.#cancel = this.#clock.after(this.#pauseMs, () => {
			this.#cancel = undefined;
			this.#again();
		});
		return this.#pauseMs;
	}

	succeeded(): void {
		this.#pauseMs = 0;
	}

	cancel(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}
}
