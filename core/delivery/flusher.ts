/**
 * The flusher takes due batches out of the store and hands each to its export's sink, one lane per export that is attached here.
 *
 * It claims when an append crosses a threshold, when a lane's timer reaches its next due instant, when a delivery ends, when a gate
 * changes its mind, and on flush. What other exports have due claims nothing: the store is asked only about those that could be claimed.
 * Crash points: before the claim, rows wait; between claim and settle, the lease ends and the same batch comes again (I9);
 * after the settle, it is final (I8). Nothing here is kept that a restart would need.
 */
import type { Counters } from '../buffer/store';
import { CoreError } from '../errors';
import type { Cancel } from '../runtime/clock';
import { Backoff } from './backoff';
import { Lane, type LaneConfig, type LanePorts } from './lane';

/** How long `remove` waits in all: hosts give up on a node after 15 s (R35), and what is left ends with its lease. */
const REMOVE_MS = 8_000;

export type FlusherOptions = LanePorts;

/** Owns the lanes and their deliveries; `close` ends them. */
export class Flusher {
	readonly #o: FlusherOptions;
	readonly #lanes = new Map<string, Lane>();
	readonly #backoff: Backoff;
	readonly #unsubscribe: () => void;
	#isAsking = false;
	/** Something happened while the store was asked: ask again. */
	#again = false;

	constructor(options: FlusherOptions) {
		this.#o = options;
		this.#backoff = new Backoff(options.clock, () => this.claimDue());
		this.#unsubscribe = options.gate.onChange((exportId) =>
			this.#lanes.get(exportId)?.gateChanged(),
		);
	}

	/** Begins to deliver an export's batches; what is due is claimed at once. */
	add(exportId: string, config: LaneConfig): void {
		const lane = new Lane(exportId, config, this.#o);
		this.#lanes.set(exportId, lane);
		lane.tryClaim();
	}

	/**
	 * Aborts the export's deliveries, which then end within 5 s; their leases are released, rows stay. A store that does not
	 * answer is waited for 8 s in all.
	 */
	async remove(exportId: string): Promise<void> {
		const lane = this.#lanes.get(exportId);
		if (!lane) return;
		this.#lanes.delete(exportId);
		if (await this.#isWithin(lane.remove(), REMOVE_MS)) return;
		this.#o.logger.warn(
			`buffer: ${exportId} did not stop within ${REMOVE_MS / 1000} s; what was under way comes again when its lease has ended`,
			{ exportId },
		);
	}

	/** To be called with what `append` returned. */
	appended(counters: Counters): void {
		this.#lanes.get(counters.exportId)?.appended(counters);
	}

	/** Closes and delivers what waits, whatever the conditions say. */
	flush(exportId: string): void {
		this.#lanes.get(exportId)?.flush();
	}

	/**
	 * Claims what has become due by other means than those above: resume, retry now, replay, another process. What is under way of an
	 * export that was paused or disabled sends no more.
	 */
	claimDue(): void {
		if (this.#isAsking) this.#again = true;
		else if (!this.#backoff.isPausing) void this.#askStore();
	}

	/** Batches with the sink of an export right now. */
	inFlight(exportId: string): number {
		return this.#lanes.get(exportId)?.inFlight ?? 0;
	}

	async close(): Promise<void> {
		this.#unsubscribe();
		this.#backoff.cancel();
		await Promise.all([...this.#lanes.keys()].map((exportId) => this.remove(exportId)));
	}

	/** One question for all lanes. */
	async #askStore(): Promise<void> {
		this.#isAsking = true;
		try {
			do {
				this.#again = false;
				await this.#askStates();
				const open = [...this.#lanes.values()].filter(({ isOpen }) => isOpen);
				if (open.length === 0) continue;
				const due = await this.#o.store().nextDue(open.map(({ exportId }) => exportId));
				for (const lane of open) lane.due(due.get(lane.exportId));
			} while (this.#again);
			this.#backoff.succeeded();
		} catch (error) {
			this.#askFailed(error);
		} finally {
			this.#isAsking = false;
		}
	}

	/** Only of those to which it matters: the others claim nothing once the store knows. */
	async #askStates(): Promise<void> {
		const sending = [...this.#lanes.values()].filter(({ isSending }) => isSending);
		for (const lane of sending) {
			const known = await this.#o.store().getExport(lane.exportId);
			lane.stateIs(known?.state);
		}
	}

	#askFailed(error: unknown): void {
		if (this.#lanes.size === 0) return;
		const pauseMs = this.#backoff.failed();
		const code = error instanceof CoreError ? error.code : 'unexpected error';
		this.#o.logger.error(
			`buffer: cannot ask the store what is due (${code}), next try in ${pauseMs} ms`,
			{ code },
		);
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
}
