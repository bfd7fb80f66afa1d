import type { Store } from '../../core/buffer/store';

/** What a flusher asked of its store. */
export interface Calls {
	claims: number;
	nextDue: number;
	/** Exports that were claimed or asked about. */
	readonly askedFor: Set<string>;
	reset(): void;
}

/** The same store, its claims and questions counted. */
export function countCalls(
	store: Store,
	beforeClaim: () => void = () => {},
): { store: Store; calls: Calls } {
	const calls: Calls = {
		claims: 0,
		nextDue: 0,
		askedFor: new Set(),
		reset() {
			calls.claims = 0;
			calls.nextDue = 0;
			calls.askedFor.clear();
		},
	};
	const counted: Store = Object.assign(Object.create(store) as Store, {
		claim: async (...args: Parameters<Store['claim']>) => {
			calls.claims += 1;
			calls.askedFor.add(args[0]);
			beforeClaim();
			return store.claim(...args);
		},
		nextDue: async (exportIds: readonly string[]) => {
			calls.nextDue += 1;
			for (const id of exportIds) calls.askedFor.add(id);
			return store.nextDue(exportIds);
		},
	});
	return { store: counted, calls };
}
