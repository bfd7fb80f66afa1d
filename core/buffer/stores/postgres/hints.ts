import type { Cancel, Clock } from '../../../runtime/clock';
import type { Connection } from '../../../postgres/connection';

/** Also without a hint, e.g. after the connection was away, every process looks this often. */
const LOOK_EVERY_MS = 5_000;
/** At most as often does one process tell the others. */
const NOTIFY_EVERY_MS = 200;

/**
 * Tells other processes that something may have become due, and hears them. Only a hint (S60): whoever misses one looks by itself.
 * Sent after the commit and outside of it, since PostgreSQL lets only one transaction with a notification commit at a time.
 */
export class Hints {
	readonly #clock: Clock;
	readonly #work: Connection;
	readonly #channel: string;
	/** Names this process, which need not hear itself. */
	readonly #sender: string;
	readonly #listeners = new Set<() => void>();
	#cancelLook: Cancel | undefined;
	#cancelSend: Cancel | undefined;
	#nextSendMs = 0;

	constructor(clock: Clock, work: Connection, channel: string, sender: string) {
		this.#clock = clock;
		this.#work = work;
		this.#channel = channel;
		this.#sender = sender;
	}

	/** Calls the listener whenever another process may have made something due, and from time to time. */
	watch(listener: () => void): () => void {
		this.#listeners.add(listener);
		if (this.#cancelLook === undefined) this.#planLook();
		return () => {
			this.#listeners.delete(listener);
		};
	}

	heard(sender: string | undefined): void {
		if (sender !== this.#sender) this.#tell();
	}

	notify(): void {
		if (this.#cancelSend !== undefined) return;
		const waitMs = this.#nextSendMs - performance.now();
		if (waitMs <= 0) this.#send();
		else this.#cancelSend = this.#clock.after(waitMs, () => this.#send());
	}

	close(): void {
		this.#cancelLook?.();
		this.#cancelSend?.();
		this.#listeners.clear();
	}

	#send(): void {
		this.#cancelSend = undefined;
		this.#nextSendMs = performance.now() + NOTIFY_EVERY_MS;
		// Whoever does not hear it looks by itself.
		this.#work.query('SELECT pg_notify($1, $2)', [this.#channel, this.#sender]).catch(() => {});
	}

	#planLook(): void {
		this.#cancelLook = this.#clock.after(LOOK_EVERY_MS, () => {
			this.#planLook();
			// A connection that was lost hears nothing until it is made again.
			void this.#work.keepUp();
			this.#tell();
		});
	}

	#tell(): void {
		for (const listener of this.#listeners) listener();
	}
}
