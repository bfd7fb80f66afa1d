import type { Cancel, Clock } from '../runtime/clock';

/** The one instant at which a lane claims next. */
export class ClaimTimer {
	readonly #clock: Clock;
	readonly #claim: () => void;
	#next: { readonly at: number; readonly cancel: Cancel } | undefined;

	constructor(clock: Clock, claim: () => void) {
		this.#clock = clock;
		this.#claim = claim;
	}

	/** Claims then, and not before; Infinity: not at all. */
	set(at: number): void {
		if (this.#next?.at === at) return;
		this.cancel();
		if (at === Number.POSITIVE_INFINITY) return;
		const cancel = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
			this.#next = undefined;
			this.#claim();
		});
		this.#next = { at, cancel };
	}

	/** Claims then, unless it does so sooner. */
	advance(at: number): void {
		if (!this.#next || at < this.#next.at) this.set(at);
	}

	cancel(): void {
		this.#next?.cancel();
		this.#next = undefined;
	}
}
