import type { Store } from '../store';
import { checkOutcome } from './check-outcome';
import { storeClosed } from './failures';
import { processShared } from '../../runtime/process-shared';

interface Entry {
	readonly opening: Promise<Store>;
	handleCount: number;
	closing?: Promise<void>;
}

/** The one registry of open stores that this release has in the process (S13). */
function registry(): Map<string, Entry> {
	return processShared('stores', () => new Map());
}

/**
 * Gives a handle on the open store of `key`, opening it first when nobody has it. The last handle that closes closes the
 * store; who opens while it is closing waits for that.
 */
export async function shareStore(key: string, open: () => Promise<Store>): Promise<Store> {
	for (;;) {
		const entry = registry().get(key);
		if (entry?.closing === undefined) break;
		await entry.closing.catch(() => {});
	}
	const entry = registry().get(key) ?? { opening: open(), handleCount: 0 };
	registry().set(key, entry);
	entry.handleCount++;
	try {
		return newHandle(await entry.opening, () => release(key, entry));
	} catch (error) {
		entry.handleCount--;
		if (registry().get(key) === entry) registry().delete(key);
		throw error;
	}
}

async function release(key: string, entry: Entry): Promise<void> {
	entry.handleCount--;
	if (entry.handleCount > 0) return;
	const closeNow = async () => {
		try {
			await (await entry.opening).close();
		} finally {
			if (registry().get(key) === entry) registry().delete(key);
		}
	};
	entry.closing = closeNow();
	await entry.closing;
}

/** A store whose `close` counts once; afterwards every call is refused, although others still use the store. */
function newHandle(store: Store, release: () => Promise<void>): Store {
	let closing: Promise<void> | undefined;
	const live = (): Store => {
		if (closing !== undefined) throw storeClosed();
		return store;
	};
	return {
		get id() {
			return store.id;
		},
		kind: store.kind,
		directory: store.directory,
		...(store.isInOrder ? { isInOrder: true } : {}),
		documents: {
			collections: async () => live().documents.collections(),
			get: async (...args) => live().documents.get(...args),
			list: async (...args) => live().documents.list(...args),
			put: async (...args) => live().documents.put(...args),
			remove: async (...args) => live().documents.remove(...args),
		},
		putExport: async (e) => live().putExport(e),
		getExport: async (exportId) => live().getExport(exportId),
		listExports: async () => live().listExports(),
		nextRowId: async (exportId, atLeast) => live().nextRowId(exportId, atLeast),
		setState: async (exportId, state, o) => live().setState(exportId, state, o),
		removeExport: async (exportId, how) => live().removeExport(exportId, how),
		append: async (request) => live().append(request),
		claim: async (exportId, o) => live().claim(exportId, o),
		renew: async (lease) => live().renew(lease),
		async settle(lease, outcome) {
			checkOutcome(outcome);
			return live().settle(lease, outcome);
		},
		nextDue: async (exportIds) => live().nextDue(exportIds),
		counters: async () => live().counters(),
		knownKeys: async (receiverId, o) => live().knownKeys(receiverId, o),
		latest: async (receiverId, o) => live().latest(receiverId, o),
		latestTimes: async (receiverId, keys) => live().latestTimes(receiverId, keys),
		forgetLatest: async (receiverId) => live().forgetLatest(receiverId),
		peek: async (exportId, o) => live().peek(exportId, o),
		readWaiting: async (exportId, o) => live().readWaiting(exportId, o),
		deadLetters: async (o) => live().deadLetters(o),
		replay: async (o) => live().replay(o),
		retryNow: async (exportId) => live().retryNow(exportId),
		purge: async (o) => live().purge(o),
		backup: async (directory) => live().backup(directory),
		stats: async () => live().stats(),
		...(store.watch ? { watch: (listener) => live().watch?.(listener) ?? (() => {}) } : {}),
		...(store.peers
			? {
					peers: {
						self: store.peers.self,
						living: async () => (await live().peers?.living()) ?? new Set(),
					},
				}
			: {}),
		close: () => (closing ??= release()),
	};
}
