import type { AppendedEvent, Counters, Store } from '../buffer/store';
import { CoreError } from '../errors';
import type { Acceptance } from '../receiver/answer';

/** What became of events that were appended together. */
export interface Appended {
	/** Of each event, in order. */
	readonly became: readonly Acceptance[];
	/** By the position of a duplicate, the positions of those of its keys that were known. */
	readonly knownKeys: ReadonlyMap<number, readonly number[]>;
	/** Of the exports that took any. */
	readonly counters: readonly Counters[];
}

/**
 * Appends events, all or none. Those that no export takes and of which nothing is kept are left out, and nothing remembers their keys.
 *
 * @throws as Store.append
 */
export async function appendEvents(
	store: Pick<Store, 'append'>,
	receiverId: string,
	events: readonly AppendedEvent[],
): Promise<Appended> {
	const taken = events.every(leavesSomething) ? events : events.filter(leavesSomething);
	if (taken.length === 0)
		return { became: events.map(() => 'filtered'), knownKeys: new Map(), counters: [] };
	const {
		duplicates,
		knownKeys: known,
		counters,
	} = await store.append({ receiverId, events: taken });
	let next = 0;
	const knownKeys = new Map<number, readonly number[]>();
	const became = events.map((event, index): Acceptance => {
		if (!leavesSomething(event)) return 'filtered';
		const position = next++;
		if (duplicates[position] === true) {
			knownKeys.set(index, known?.[position] ?? []);
			return 'duplicate';
		}
		return hasRows(event) ? 'stored' : 'filtered';
	});
	return { became, knownKeys, counters };
}

/**
 * Appends items of the flow: together where they fit into one request, else in halves, one after the other. Where a later part fails,
 * the earlier ones are stored.
 *
 * @param appended hears of each part that is stored
 * @throws as Store.append, but never ERR_REQUEST_TOO_LARGE
 */
export async function appendItems(
	store: Pick<Store, 'append'>,
	receiverId: string,
	items: readonly AppendedEvent[],
	appended: (counters: readonly Counters[]) => void,
): Promise<void> {
	try {
		const { counters } = await appendEvents(store, receiverId, items);
		if (counters.length > 0) appended(counters);
	} catch (error) {
		const isTooLarge = error instanceof CoreError && error.code === 'ERR_REQUEST_TOO_LARGE';
		if (!isTooLarge || items.length <= 1) throw error;
		const half = Math.ceil(items.length / 2);
		await appendItems(store, receiverId, items.slice(0, half), appended);
		await appendItems(store, receiverId, items.slice(half), appended);
	}
}

/** The latest events are the receiver's: no export need take them. */
function leavesSomething(event: AppendedEvent): boolean {
	return hasRows(event) || event.latest !== undefined;
}

function hasRows({ rows, dead = [] }: AppendedEvent): boolean {
	return rows.length + dead.length > 0;
}
