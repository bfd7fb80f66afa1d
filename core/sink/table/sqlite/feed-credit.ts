/** Slices that may be on their way to the worker at once. */
const AHEAD = 2;

/** How far rows may go ahead of who writes them: what waits in between is memory. */
export class FeedCredit {
	#left = AHEAD;
	#isOver = false;
	#wake: () => void = () => {};

	get isOver(): boolean {
		return this.#isOver;
	}

	/** Resolves when one more may be sent, and when nobody wants any. */
	async take(): Promise<void> {
		while (this.#left <= 0 && !this.#isOver) {
			await new Promise<void>((resolve) => (this.#wake = resolve));
		}
		this.#left -= 1;
	}

	give(): void {
		this.#left += 1;
		this.#wake();
	}

	end(): void {
		this.#isOver = true;
		this.#wake();
	}
}
