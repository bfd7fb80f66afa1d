/** A second failure in a row is no accident (S25). */
const BACKOFF_MS = { first: 100, max: 5_000 } as const;
/** A disk that keeps damaging the store is not worked against for ever. */
const MAX_SALVAGES = { count: 3, withinMs: 86_400_000 } as const;

/** How a store that fails is treated: when it is tried again, and how often it is made anew. By the monotonic clock. */
export class Outage {
	#failuresInRow = 0;
	#downUntilMs = 0;
	#salvagedAtMs: number[] = [];

	/** Whether nothing is tried. */
	get isOn(): boolean {
		return performance.now() < this.#downUntilMs;
	}

	noteSuccess(): void {
		this.#failuresInRow = 0;
	}

	/** @param isAnswered what it failed for has been mended */
	noteFailure(isAnswered: boolean): void {
		this.#failuresInRow = isAnswered ? 0 : this.#failuresInRow + 1;
		if (this.#failuresInRow < 2) return;
		const backoffMs = BACKOFF_MS.first * 2 ** Math.min(10, this.#failuresInRow - 2);
		this.#waitFor(Math.min(BACKOFF_MS.max, backoffMs));
	}

	/** Nothing is tried before then. @returns how long that is */
	noteNotOpened(): number {
		this.#waitFor(BACKOFF_MS.max);
		return BACKOFF_MS.max;
	}

	/** @returns whether the store may be salvaged once more */
	spendSalvage(): boolean {
		const nowMs = performance.now();
		const { count, withinMs } = MAX_SALVAGES;
		this.#salvagedAtMs = this.#salvagedAtMs.filter((atMs) => nowMs - atMs < withinMs);
		return this.#salvagedAtMs.length < count && this.#salvagedAtMs.push(nowMs) > 0;
	}

	#waitFor(ms: number): void {
		this.#downUntilMs = performance.now() + ms;
	}
}
