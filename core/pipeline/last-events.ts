import type { Event } from '../event/event';
import { BODY_BYTES } from '../pure/bounds';

/** Bytes of the bodies of all that are kept; above it those that came longest ago go. */
const MAX_BYTES = 16 * BODY_BYTES.fallback;
const MAX_KEPT = 1_000;

/**
 * The last event of each receiver, and of each export that the flow feeds, as a sample for whoever edits what is made of them. In memory, of one
 * process: it is gone with it. One whose bytes take more than 1 MiB is not kept.
 */
export class LastEvents {
	readonly #events = new Map<string, Event>();
	#bytes = 0;

	/** @param receiverId as in ExportConfig */
	keep(receiverId: string, event: Event | undefined): void {
		if (!event || bytesOf(event) > BODY_BYTES.fallback) return;
		this.#forget(receiverId);
		this.#events.set(receiverId, event);
		this.#bytes += bytesOf(event);
		while (this.#bytes > MAX_BYTES || this.#events.size > MAX_KEPT) {
			const [oldest = receiverId] = this.#events.keys();
			this.#forget(oldest);
		}
	}

	of(receiverId: string): Event | undefined {
		return this.#events.get(receiverId);
	}

	#forget(receiverId: string): void {
		const event = this.#events.get(receiverId);
		if (!event) return;
		this.#events.delete(receiverId);
		this.#bytes -= bytesOf(event);
	}
}

/** A part of a large body holds all of it. */
function bytesOf({ body }: Event): number {
	return body.buffer.byteLength;
}
