import { storeFull } from './failures';
import { checkQuota, type CountedExport, type UsedBytes } from './quota';

/** What is kept before a request: by a receiver, and by the whole store where that has a limit. */
export interface StoredUsage {
	byReceiver(receiverId: string): UsedBytes;
	byStore(): UsedBytes;
}

/**
 * What counts for the quotas while the events of one request are appended, one after the other: each is checked against what is kept
 * and what those before it have added (S43).
 */
export class QuotaUsage implements StoredUsage {
	readonly #kept: StoredUsage;
	readonly #maxStoreBytes: number | undefined;
	readonly #receivers = new Map<string, UsedBytes>();
	#store: UsedBytes | undefined;

	constructor(kept: StoredUsage, maxStoreBytes?: number) {
		this.#kept = kept;
		this.#maxStoreBytes = maxStoreBytes;
	}

	byReceiver(receiverId: string): UsedBytes {
		let used = this.#receivers.get(receiverId);
		if (used === undefined) {
			used = { ...this.#kept.byReceiver(receiverId) };
			this.#receivers.set(receiverId, used);
		}
		return used;
	}

	byStore(): UsedBytes {
		return (this.#store ??= { ...this.#kept.byStore() });
	}

	/** @throws BufferError ERR_QUOTA, naming the receiver or project that the export belongs to: it may be another than the one that pushes */
	checkOwner({ config }: { readonly config: CountedExport['config'] }): void {
		checkQuota(config, this.byReceiver(config.receiverId));
	}

	/** @throws BufferError ERR_BUFFER_FULL */
	checkStore(): void {
		if (this.#maxStoreBytes === undefined) return;
		const used = this.byStore();
		if (used.bytes > this.#maxStoreBytes) throw storeFull(used, this.#maxStoreBytes);
	}

	/** @param receiverId that of the export's configuration */
	add(receiverId: string, sizeBytes: number, isDead: boolean): void {
		const all = [this.byReceiver(receiverId)];
		if (this.#maxStoreBytes !== undefined) all.push(this.byStore());
		for (const used of all) {
			used.bytes += sizeBytes;
			if (isDead) used.deadBytes += sizeBytes;
		}
	}
}
