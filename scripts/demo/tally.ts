import type { SensorEvent } from './events';

/** The line that `--check` prints; every figure counts sensor event ids, but `duplicates`: deliveries beyond the first of an id. */
export interface Summary {
	readonly sent: number;
	readonly accepted: number;
	readonly refused: number;
	readonly delivered: number;
	readonly duplicates: number;
	readonly lost: number;
}

/** Keeps the books of the demo by the event id in the body. */
export class Tally {
	readonly #sent = new Set<string>();
	readonly #accepted = new Set<string>();
	readonly #refused = new Set<string>();
	readonly #delivered = new Map<string, number>();

	sent(event: SensorEvent): void {
		this.#sent.add(event.eventId);
	}

	/**
	 * @returns whether that was a final answer. 404, 500 and 503 are what a host says that is starting; n8n even says 200 "n8n is
	 * starting up. Please wait" to everything while it migrates its database, so that only an answer with an id is a receipt
	 */
	answered(event: SensorEvent, status: number, body: string): boolean {
		if (status === 200 && body.startsWith('{"id":')) this.#accepted.add(event.eventId);
		else if (status === 401) this.#refused.add(event.eventId);
		else return false;
		return true;
	}

	delivered(eventIds: readonly string[]): void {
		for (const id of eventIds) this.#delivered.set(id, (this.#delivered.get(id) ?? 0) + 1);
	}

	get summary(): Summary {
		const delivered = this.#delivered.size;
		const deliveries = [...this.#delivered.values()].reduce((sum, one) => sum + one, 0);
		return {
			sent: this.#sent.size,
			accepted: this.#accepted.size,
			refused: this.#refused.size,
			delivered,
			duplicates: deliveries - delivered,
			lost: [...this.#accepted].filter((id) => !this.#delivered.has(id)).length,
		};
	}

	/** What must never happen: something refused was delivered, or something that was never accepted. */
	get wronglyDelivered(): number {
		return [...this.#delivered.keys()].filter((id) => this.#refused.has(id) || !this.#sent.has(id))
			.length;
	}
}
