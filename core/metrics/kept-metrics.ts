import { WriteBehind } from '../buffer/write-behind';
import type { Documents } from '../buffer/documents';
import type { Clock } from '../runtime/clock';
import { metricId, METRICS_COLLECTION, readBlocks, type MetricKey } from './metric-documents';
import {
	addMinutes,
	blockOf,
	isOver,
	keepMinutes,
	minuteIn,
	minuteOf,
	viewWindow,
	type Minute,
	type Minutes,
	type WindowView,
} from './window';

export interface MetricPorts {
	readonly documents: () => Documents;
	readonly clock: Clock;
	/** Names this process. */
	readonly by: string;
	/** Keeping them failed: the first of a series. */
	readonly onError: (error: unknown) => void;
}

/** The window of one export or receiver: what others have kept, what was counted here, and the block that grows. */
export class KeptMetrics {
	readonly #key: MetricKey;
	readonly #ports: MetricPorts;
	/** By the id of their documents. */
	readonly #blocks = new Map<string, Minutes>();
	#growing:
		{ readonly block: number; readonly minutes: Minutes; readonly kept: WriteBehind } | undefined;
	readonly #closing = new Set<Promise<void>>();

	constructor(key: MetricKey, ports: MetricPorts) {
		this.#key = key;
		this.#ports = ports;
	}

	/** What all processes have kept until now. Throws nothing: metrics hold up nobody. */
	async load(): Promise<void> {
		const { documents, clock, onError } = this.#ports;
		try {
			const found = await readBlocks(documents(), this.#key, clock.now());
			for (const [id, kept] of found) {
				const counted = this.#blocks.get(id);
				// Of this process, before a redeploy: what was counted since goes on top.
				if (counted) addMinutes(counted, kept);
				else this.#blocks.set(id, kept);
			}
		} catch (error) {
			onError(error);
		}
	}

	/** The minute that runs, to be counted in now; it will be kept. */
	minute(): Minute {
		const minute = minuteOf(this.#ports.clock.now());
		const { minutes, kept } = this.#grow(blockOf(minute));
		kept.touch();
		return minuteIn(minutes, minute);
	}

	view(): WindowView {
		const now = this.#ports.clock.now();
		return viewWindow(this.#blocks.values(), now);
	}

	/** Resolves when what was counted until now is kept, or could not be. */
	async keep(): Promise<void> {
		await Promise.all([this.#growing?.kept.flush(), ...this.#closing]);
	}

	async close(): Promise<void> {
		this.#turn();
		await Promise.all(this.#closing);
	}

	#grow(block: number): { readonly minutes: Minutes; readonly kept: WriteBehind } {
		if (this.#growing?.block === block) return this.#growing;
		this.#turn();
		const { documents, clock, by, onError } = this.#ports;
		const id = metricId(this.#key, block, by);
		// A clock that was put back comes into a block once more.
		const minutes = this.#blocks.get(id) ?? new Map<number, Minute>();
		const kept = new WriteBehind({
			documents: documents(),
			clock,
			collection: METRICS_COLLECTION,
			id,
			read: () => keepMinutes(minutes),
			merge: (mine) => mine,
			onError,
		});
		this.#blocks.set(id, minutes);
		this.#growing = { block, minutes, kept };
		return this.#growing;
	}

	/** The block that grew is full: written for the last time. */
	#turn(): void {
		const closing = this.#growing?.kept.close();
		this.#growing = undefined;
		if (closing) {
			this.#closing.add(closing);
			void closing.then(() => this.#closing.delete(closing));
		}
		const now = this.#ports.clock.now();
		for (const id of this.#blocks.keys())
			if (isOver(Number(id.split('|').at(-2)), now)) this.#blocks.delete(id);
	}
}
