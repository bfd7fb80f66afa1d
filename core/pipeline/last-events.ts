import type { Event } from '../event/event';
import { BODY_BYTES } from '../pure/bounds';

/** Receivers and exports of the flow whose last event is kept; of more, those that came last. */
const MAX_KEPT = 1_000;

/**
 * The last event of each receiver, and of each export that the flow feeds, as a sample for whoever edits what is made of them. In memory, of one
 * process: it is gone with it. One whose bytes take more than 1 MiB is not kept.
 */
export class LastEvents {
	readonly #events = new Map<string, Event>();

	/** @param receiverId as in ExportConfig */
	keep(receiverId: string, event: Event | undefined): void {
		// A part of a large body holds all of it.
		if (!event || event.body.buffer.byteLength > BODY_BYTES.fallback) return;
		if (!this.#events.has(receiverId) && this.#events.size >= MAX_KEPT) this.#forgetOldest();
		this.#events.set(receiverId, event);
	}

	of(receiverId: string): Event | undefined {
		return this.#events.get(receiverId);
	}

	#forgetOldest(): void {
		const [oldest] = this.#events.keys();
		if (oldest !== undefined) this.#events.delete(oldest);
	}
}
