import type { Cancel, Clock } from '../runtime/clock';

/** One instant at which to look again. */
export class WakeTimer {
	readonly #clock: Clock;
	readonly #wake: () => void;
	#next: { readonly at: number; readonly cancel: Cancel } | undefined;

	constructor(clock: Clock, wake: () => void) {
		this.#clock = clock;
		this.#wake = wake;
	}

	/** Wakes then, and not before; Infinity: not at all. */
	set(at: number): void {
		if (this.#next?.at === at) return;
		this.cancel();
		if (at === Number.POSITIVE_INFINITY) return;
		const cancel = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
			this.#next = undefined;
			this.#wake();
		});
		this.#next = { at, cancel };
	}

	/** Wakes then, unless it does so sooner. */
	advance(at: number): void {
		if (!this.#next || at < this.#next.at) this.set(at);
	}

	cancel(): void {
		this.#next?.cancel();
		this.#next = undefined;
	}
}
