/**
 * The flusher takes due batches out of the store and hands each to its export's sink.
 *
 * States of one export: idle → claiming → delivering (up to maxInFlight batches) → settling → claiming …
 * It wakes when an append crosses a threshold, when a timer reaches the next due instant, when a delivery ends, and on flush.
 * Crash points: before the claim, rows wait; between claim and settle, the lease ends and the same batch comes again (I9);
 * after the settle, it is final (I8). Nothing here is kept that a restart would need.
 */
import type { RetryConfig } from '../config';
import type { Cancel, Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';
import { CoreError } from '../errors';
import type { Sink } from '../sink/sink';
import type { Conditions } from '../buffer/conditions';
import { deliverBatch, type AttemptReport, type DeliveryRequest } from './attempt';
import type { Batch, Counters, Store } from '../buffer/store';

/** How long a claim is valid without renewal (S30). */
export const LEASE_MS = 60_000;

/** How long `remove` waits in all: hosts give up on a node after 15 s (R35), and what is left ends with its lease. */
const REMOVE_MS = 8_000;

/** First pause after the store failed a claim; doubles up to the second. */
const STORE_BACKOFF_MS = 1_000;
const STORE_BACKOFF_MAX_MS = 30_000;

/** When to look again at rows that are due but cannot be claimed. */
const STUCK_LOOK_MS = 1_000;

export interface FlusherOptions {
	/** Called anew for every step, since the handle of the pipeline may change. */
	readonly store: () => Store;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Random numbers in [0, 1) for jitter. */
	readonly random: () => number;
	/** Names this process in leases. */
	readonly owner: string;
	/** Hears of every attempt that ended. */
	readonly onAttempt: (report: AttemptReport) => void;
	/** Hears of every request of a sink. */
	readonly onRequest: (request: DeliveryRequest) => void;
}

export interface FlusherExport {
	readonly sink: Sink;
	readonly retry: RetryConfig;
	readonly conditions: Conditions;
	readonly maxInFlight: number;
}

interface Entry extends FlusherExport {
	readonly exportId: string;
	readonly deliveries: Map<
		string,
		{ readonly abort: AbortController; readonly done: Promise<void> }
	>;
	claiming: boolean;
	/** The claims under way: who removes the export waits, so that a batch claimed meanwhile is given back. */
	loop: Promise<void>;
	/** Something happened while a claim was under way: look again. */
	again: boolean;
	flush: boolean;
	removed: boolean;
}

/** Owns one timer and the deliveries under way; `close` ends both. */
export class Flusher {
	readonly #o: FlusherOptions;
	readonly #entries = new Map<string, Entry>();
	#timer: { at: number; cancel: Cancel } | undefined;
	#backoffMs = 0;
	#looking = false;
	#closed = false;

	constructor(options: FlusherOptions) {
		this.#o = options;
	}

	/** Begins to deliver an export's batches; what is due is claimed at once. */
	add(exportId: string, config: FlusherExport): void {
		this.#entries.set(exportId, {
			...config,
			exportId,
			deliveries: new Map(),
			claiming: false,
			loop: Promise.resolve(),
			again: false,
			flush: false,
			removed: false,
		});
		this.#claimDue(exportId);
	}

	/**
	 * Aborts the export's deliveries, which then end within 5 s; their leases are released, rows stay. A store that does not
	 * answer is waited for 8 s in all.
	 */
	async remove(exportId: string): Promise<void> {
		const entry = this.#entries.get(exportId);
		if (!entry) return;
		this.#entries.delete(exportId);
		entry.removed = true;
		const under = [...entry.deliveries.values()];
		for (const { abort } of under) abort.abort();
		const ended = Promise.all([entry.loop, ...under.map(({ done }) => done)]);
		if (await this.#isWithin(ended, REMOVE_MS)) return;
		this.#o.logger.warn(
			`buffer: ${exportId} did not stop within ${REMOVE_MS / 1000} s; what was under way comes again when its lease has ended`,
			{ exportId },
		);
	}

	/** To be called with what `append` returned: claims when a threshold is crossed, else sees to the timer. */
	appended(counters: Counters): void {
		const entry = this.#entries.get(counters.exportId);
		if (!entry || counters.oldestAt === undefined || counters.state !== 'ACTIVE') return;
		// A delivery that ends looks again anyway; asking the store on every append meanwhile would cost a round trip each.
		if (entry.deliveries.size >= entry.maxInFlight || !isReady(entry)) return;
		const { count, sizeBytes, timeMs } = entry.conditions;
		if (counters.rows >= count || counters.bytes >= sizeBytes) this.#claimDue(counters.exportId);
		else this.#wakeAt(counters.oldestAt + timeMs);
	}

	/** Closes and delivers what waits, whatever the conditions say. */
	flush(exportId: string): void {
		const entry = this.#entries.get(exportId);
		if (!entry) return;
		entry.flush = true;
		this.#claimDue(exportId);
	}

	/** Looks again at everything: after resume, retry now, replay. */
	wake(): void {
		for (const exportId of this.#entries.keys()) this.#claimDue(exportId);
	}

	/** Looks whether something has become due that this process did not do. */
	look(): void {
		if (this.#closed || this.#looking || this.#entries.size === 0) return;
		this.#looking = true;
		void this.#lookOnce();
	}

	/** Batches with the sink of an export right now. */
	inFlight(exportId: string): number {
		return this.#entries.get(exportId)?.deliveries.size ?? 0;
	}

	async close(): Promise<void> {
		this.#closed = true;
		this.#timer?.cancel();
		await Promise.all([...this.#entries.keys()].map((exportId) => this.remove(exportId)));
	}

	async #isWithin(ended: Promise<unknown>, ms: number): Promise<boolean> {
		let cancel: Cancel = () => {};
		const late = new Promise<false>((resolve) => {
			cancel = this.#o.clock.after(ms, () => resolve(false));
		});
		try {
			return await Promise.race([ended.then(() => true), late]);
		} finally {
			cancel();
		}
	}

	#claimDue(exportId: string): void {
		const entry = this.#entries.get(exportId);
		if (!entry || this.#closed) return;
		if (entry.claiming) {
			entry.again = true;
			return;
		}
		entry.claiming = true;
		entry.loop = this.#claimLoop(entry);
	}

	async #claimLoop(entry: Entry): Promise<void> {
		try {
			do {
				entry.again = false;
				await this.#claimAll(entry);
			} while (entry.again && !entry.removed);
			this.#backoffMs = 0;
			await this.#scheduleNext();
		} catch (error) {
			this.#storeFailed(error);
		} finally {
			entry.claiming = false;
			if (entry.again && !entry.removed) this.#claimDue(entry.exportId);
		}
	}

	async #claimAll(entry: Entry): Promise<void> {
		while (!entry.removed && !this.#closed && entry.deliveries.size < entry.maxInFlight) {
			if (!isReady(entry)) return;
			const flush = entry.flush;
			const batch = await this.#o.store().claim(entry.exportId, {
				owner: this.#o.owner,
				leaseMs: LEASE_MS,
				...(flush ? { flush } : {}),
			});
			if (!batch) {
				if (flush) entry.flush = false;
				return;
			}
			if (entry.removed) await this.#o.store().settle(batch.lease, { kind: 'release' });
			else this.#deliver(entry, batch);
		}
	}

	#deliver(entry: Entry, batch: Batch): void {
		const abort = new AbortController();
		const done = deliverBatch(batch, entry, { ...this.#o, leaseMs: LEASE_MS, abort }).then(
			(report) => {
				entry.deliveries.delete(batch.id);
				this.#o.onAttempt(report);
				if (entry.removed) return;
				this.#claimDue(entry.exportId);
			},
		);
		entry.deliveries.set(batch.id, { abort, done });
	}

	async #scheduleNext(): Promise<void> {
		// Whoever makes a sink ready wakes the flusher.
		if (this.#closed || ![...this.#entries.values()].some(isReady)) return;
		const at = await this.#o.store().nextDueAt();
		if (at === undefined) return;
		const now = this.#o.clock.now();
		// What is due and was not claimed waits for something other than time (a lease, a sink that is not here): do not spin.
		this.#wakeAt(at <= now ? now + STUCK_LOOK_MS : at);
	}

	async #lookOnce(): Promise<void> {
		try {
			const at = await this.#o.store().nextDueAt();
			if (at === undefined) return;
			if (at <= this.#o.clock.now()) this.wake();
			else this.#wakeAt(at);
		} catch (error) {
			this.#storeFailed(error);
		} finally {
			this.#looking = false;
		}
	}

	#wakeAt(at: number): void {
		if (this.#closed || (this.#timer && this.#timer.at <= at)) return;
		this.#timer?.cancel();
		const delayMs = Math.max(0, at - this.#o.clock.now());
		const cancel = this.#o.clock.after(delayMs, () => {
			this.#timer = undefined;
			this.wake();
		});
		this.#timer = { at, cancel };
	}

	#storeFailed(error: unknown): void {
		if (this.#closed) return;
		this.#backoffMs = Math.min(
			Math.max(STORE_BACKOFF_MS, this.#backoffMs * 2),
			STORE_BACKOFF_MAX_MS,
		);
		const code = error instanceof CoreError ? error.code : 'unexpected error';
		this.#o.logger.error(`buffer: cannot claim (${code}), next try in ${this.#backoffMs} ms`, {
			code,
		});
		this.#wakeAt(this.#o.clock.now() + this.#backoffMs);
	}
}

function isReady({ sink }: FlusherExport): boolean {
	return sink.isReady?.() !== false;
}
