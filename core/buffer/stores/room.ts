import { storeFull } from './failures';
import { checkQuota, type Keeper, type Used } from './quota';

/** What is kept before a request: by a receiver, and by the whole store where that has a limit. */
export interface Holdings {
	byReceiver(receiverId: string): Used;
	byStore(): Used;
}

/**
 * The room that the events of one request find, one after the other: each is checked against what is kept and what those before it
 * have taken (S43).
 */
export class Room implements Holdings {
	readonly #kept: Holdings;
	readonly #maxStoreBytes: number | undefined;
	readonly #receivers = new Map<string, Used>();
	#store: Used | undefined;

	constructor(kept: Holdings, maxStoreBytes?: number) {
		this.#kept = kept;
		this.#maxStoreBytes = maxStoreBytes;
	}

	byReceiver(receiverId: string): Used {
		let used = this.#receivers.get(receiverId);
		if (used === undefined) {
			used = { ...this.#kept.byReceiver(receiverId) };
			this.#receivers.set(receiverId, used);
		}
		return used;
	}

	byStore(): Used {
		return (this.#store ??= { ...this.#kept.byStore() });
	}

	/** @throws BufferError ERR_QUOTA, for a row of an export that belongs to this receiver */
	checkReceiver(receiverId: string, { config }: { readonly config: Keeper['config'] }): void {
		checkQuota(receiverId, config, this.byReceiver(config.receiverId));
	}

	/** @throws BufferError ERR_BUFFER_FULL */
	checkStore(): void {
		if (this.#maxStoreBytes === undefined) return;
		const used = this.byStore();
		if (used.bytes > this.#maxStoreBytes) throw storeFull(used, this.#maxStoreBytes);
	}

	/** @param receiverId that of the export's configuration */
	take(receiverId: string, sizeBytes: number, isDead: boolean): void {
		const all = [this.byReceiver(receiverId)];
		if (this.#maxStoreBytes !== undefined) all.push(this.byStore());
		for (const used of all) {
			used.bytes += sizeBytes;
			if (isDead) used.deadBytes += sizeBytes;
		}
	}
}
