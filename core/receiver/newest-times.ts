/**
 * When the newest event of each device and type happened, by which an older one is known that comes later (D34). The store has them with the
 * latest events; here is what of them was asked for or has come, so that a store of one process is asked once for each key.
 */
import { LATEST_BOUNDS } from '../buffer/latest';
import type { Store } from '../buffer/store';
import { keepNewest } from '../runtime/keep-newest';
import type { TakenEvent } from './intake/keys';

interface Ports {
	readonly receiverId: string;
	readonly store: () => Pick<Store, 'latestTimes'>;
	/** Whether other processes may have the store. */
	readonly isShared: () => boolean;
}

export class NewestTimes {
	readonly #ports: Ports;
	/** By key, who was asked for last at the end. */
	readonly #times = new Map<string, number>();

	constructor(ports: Ports) {
		this.#ports = ports;
	}

	/** To be called before `mark`: asks the store for what is not known here. @throws what the store says */
	async lookFor(events: readonly TakenEvent[]): Promise<void> {
		const { receiverId, store, isShared } = this.#ports;
		const keys = new Set(events.flatMap(({ latest }) => latest?.key ?? []));
		const asked = isShared() ? [...keys] : [...keys].filter((key) => !this.#times.has(key));
		if (asked.length === 0) return;
		const times = await store().latestTimes(receiverId, asked);
		for (const [key, at] of times) this.#raise(key, at);
	}

	/**
	 * Marks events that are older than another one of their device and type, which was stored or comes before them here. They are not kept
	 * as the latest. What has the same time is none.
	 *
	 * @param drop they are to be left out of everything
	 */
	mark(events: readonly TakenEvent[], drop: boolean): readonly TakenEvent[] {
		const newer = new Map<string, number>();
		return events.map((one): TakenEvent => {
			const { latest, ...rest } = one;
			if (!latest) return one;
			const { key, at } = latest;
			const newest = newer.get(key) ?? this.#times.get(key) ?? at;
			newer.set(key, Math.max(newest, at));
			if (at >= newest) return one;
			return { ...rest, event: { ...one.event, stale: true }, isDropped: drop };
		});
	}

	/** They are on their way to the disk: what comes meanwhile and is older is known. */
	taken(events: readonly TakenEvent[]): void {
		for (const { latest } of events) if (latest) this.#raise(latest.key, latest.at);
	}

	/** They did not get there. What the store has is asked for again. */
	failed(events: readonly TakenEvent[]): void {
		for (const { latest } of events) if (latest) this.#times.delete(latest.key);
	}

	#raise(key: string, at: number): void {
		const newest = Math.max(at, this.#times.get(key) ?? at);
		keepNewest(this.#times, key, newest, LATEST_BOUNDS.keys);
	}
}
