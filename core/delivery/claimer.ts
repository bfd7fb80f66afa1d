import type { Batch, Store } from '../buffer/store';
import { CoreError } from '../errors';
import type { Clock } from '../runtime/clock';
import { LEASE_MS } from './lease-keeper';
import type { LiveFirst, Share } from './live-first';
import type { UnderWay } from './under-way';

/** Where nothing goes ahead, all that waits is one. */
const ALL: readonly Share[] = ['backlog'];

export interface ClaimerPorts {
	/** Called anew for every step, since the handle of the pipeline may change. */
	readonly store: () => Store;
	readonly clock: Clock;
	/** Names this process in leases. */
	readonly owner: string;
}

export interface Claimed {
	readonly batch: Batch;
	readonly share: Share;
}

/** Asks the store for the batches of one export: of whose turn it is, and all that waits after a flush. */
export class Claimer {
	readonly #exportId: string;
	readonly #o: ClaimerPorts;
	readonly #underWay: UnderWay;
	readonly #liveFirst: LiveFirst | undefined;
	#flush = false;

	constructor(
		exportId: string,
		o: ClaimerPorts & { readonly underWay: UnderWay; readonly liveFirst: LiveFirst | undefined },
	) {
		this.#exportId = exportId;
		this.#o = o;
		this.#underWay = o.underWay;
		this.#liveFirst = o.liveFirst;
	}

	/** Until nothing waits any more the conditions count for nothing. */
	get isFlushing(): boolean {
		return this.#flush;
	}

	flush(): void {
		this.#flush = true;
	}

	/** Whether one more batch may be out. */
	hasRoom(share: Share): boolean {
		return this.#underWay.hasRoom(share, this.#liveFirst?.hasBacklog === true);
	}

	/** @returns undefined where nothing is due. @throws what the store does */
	async next(): Promise<Claimed | undefined> {
		for (const share of this.#liveFirst?.turns() ?? ALL) {
			if (!this.hasRoom(share)) continue;
			const flush = this.#flush;
			const batch = await this.#underWay.asking(() => this.#claim(share, flush));
			this.#liveFirst?.asked(share, batch, this.#o.clock.now());
			if (batch) return { batch, share };
			if (flush && share === 'backlog') this.#flush = false;
		}
		return undefined;
	}

	async #claim(share: Share, flush: boolean): Promise<Batch | undefined> {
		const liveMs = share === 'live' ? this.#liveFirst?.liveMs : undefined;
		const o = {
			owner: this.#o.owner,
			leaseMs: LEASE_MS,
			liveMs,
			...(flush ? { flush } : {}),
		};
		try {
			return await this.#o.store().claim(this.#exportId, o);
		} catch (error) {
			// Another process has given the export an order meanwhile: nothing goes ahead any more.
			const isOrdered = error instanceof CoreError && error.code === 'ERR_CONFIG_INVALID';
			if (share === 'live' && isOrdered) return undefined;
			throw error;
		}
	}
}
