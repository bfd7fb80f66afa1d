import type { Share } from './live-first';

interface Delivery {
	readonly share: Share;
	readonly abort: AbortController;
	readonly done: Promise<void>;
}

/** The batches of one export that are out, and those that its store was asked for: whether there is room for one more. */
export class UnderWay {
	readonly #maxInFlight: number;
	readonly #deliveries = new Map<string, Delivery>();
	/** Of them those that the sink is done with: the store is about to know. */
	readonly #leaving = new Set<string>();
	/** How many the store was asked for and has not answered. */
	#asked = 0;

	/** @param maxInFlight batches at once; of new rows one more while a backlog drains */
	constructor(maxInFlight: number) {
		this.#maxInFlight = maxInFlight;
	}

	/** Batches with the sink. */
	get inFlight(): number {
		return this.#deliveries.size - this.#leaving.size;
	}

	/** Whether there is none, not even one that is about to come. */
	get isEmpty(): boolean {
		return this.#deliveries.size + this.#asked === 0;
	}

	/** While the store is asked for a batch its place is taken. */
	async asking<T>(ask: () => Promise<T>): Promise<T> {
		this.#asked += 1;
		try {
			return await ask();
		} finally {
			this.#asked -= 1;
		}
	}

	began(batchId: string, delivery: Delivery): void {
		this.#deliveries.set(batchId, delivery);
	}

	/** Frees its place before the store has answered. */
	leaves(batchId: string): void {
		this.#leaving.add(batchId);
	}

	ended(batchId: string): void {
		this.#deliveries.delete(batchId);
		this.#leaving.delete(batchId);
	}

	/** @param hasBacklog whether new rows go ahead of others: then one batch of them may be out beside those of the backlog */
	hasRoom(share: Share, hasBacklog: boolean): boolean {
		const atMost = this.#maxInFlight + (hasBacklog ? 1 : 0);
		if (this.inFlight + this.#asked >= atMost) return false;
		if (share === 'live') return true;
		let ofBacklog = 0;
		for (const [id, one] of this.#deliveries)
			if (one.share === 'backlog' && !this.#leaving.has(id)) ofBacklog += 1;
		return ofBacklog < this.#maxInFlight;
	}

	/** Aborts them; resolves when they have ended. */
	async abort(): Promise<void> {
		const deliveries = [...this.#deliveries.values()];
		for (const { abort } of deliveries) abort.abort();
		await Promise.all(deliveries.map(({ done }) => done));
	}
}
