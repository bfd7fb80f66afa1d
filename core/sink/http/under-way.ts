/** Requests that are under way. */
export class UnderWay {
	readonly #running = new Set<Promise<void>>();
	#ended = 0;
	#wake: () => void = () => {};

	/** How many have ended. */
	get ended(): number {
		return this.#ended;
	}

	/** @param request must not reject */
	add(request: Promise<void>): void {
		const running = request.then(() => {
			this.#running.delete(running);
			this.#ended += 1;
			this.#wake();
		});
		this.#running.add(running);
	}

	/** Resolves when one more has ended than `before`. One waits at a time. */
	async nextEnd(before: number): Promise<void> {
		if (this.#ended > before) return;
		await new Promise<void>((resolve) => (this.#wake = resolve));
	}

	/** Resolves when all have ended. */
	async all(): Promise<void> {
		await Promise.all(this.#running);
	}
}
