import type * as Core from '../../core/index';
import type { Batch } from '../../core/buffer/store';
import type { Drainable } from './store-load';

type Open = typeof Core.openStore;
type Options = Parameters<Open>[0];
type Store = Awaited<ReturnType<Open>>;

export const EXPORT_ID = 'bench/rows';
const RECEIVER = 'bench';

/** Waits for nothing by itself: rows go when they are flushed. */
export async function putBenchExport(store: Store): Promise<void> {
	await store.putExport({
		id: 'rows',
		receiverId: RECEIVER,
		label: 'bench',
		output: 'record',
		conditions: { count: 10_000_000, sizeBytes: 50 * 1024 ** 2, timeMs: 86_400_000 },
		retry: { delaysMs: [5_000], jitter: 0 },
		order: 'any',
		maxInFlight: 1,
		onMappingError: 'reject',
		state: 'ACTIVE',
		origin: 'host',
		quota: { bytes: 1e12 },
	});
}

export function appendRows(store: Store, payload: Uint8Array, count = 1): Promise<unknown> {
	const row = {
		exportId: EXPORT_ID,
		eventId: 'bench',
		receivedAt: Date.now(),
		mappingRevision: 1,
		payload,
		// A million of them stay below the size condition, whose most is 50 MB.
		sizeBytes: 40,
	};
	const rows = count === 1 ? [row] : Array.from({ length: count }, () => row);
	return store.append({ receiverId: RECEIVER, events: [{ rows }] });
}

/** Our store, through the door that hosts use. */
export async function sluice(
	openStore: Open,
	options: Options,
	names: { readonly name: string; readonly what: string },
): Promise<Drainable> {
	const store = await openStore(options);
	await putBenchExport(store);
	let batch: Batch | undefined;
	return {
		...names,
		append: (payload) => appendRows(store, payload),
		/** As they come in: 64 at a time, so that the chunks are as small as under load. */
		async fill(payload, count) {
			await store.purge({ exportId: EXPORT_ID, what: 'all' });
			for (let left = count; left > 0; left -= 64) {
				const now = Math.min(64, left);
				await Promise.all(Array.from({ length: now }, () => appendRows(store, payload)));
			}
		},
		async claimAndRead() {
			batch = await store.claim(EXPORT_ID, { owner: 'bench', leaseMs: 60_000, flush: true });
			let rows = 0;
			if (batch !== undefined) for await (const slice of batch.rows()) rows += slice.length;
			return rows;
		},
		async ack() {
			if (batch !== undefined) await store.settle(batch.lease, { kind: 'ack' });
		},
		close: () => store.close(),
	};
}
