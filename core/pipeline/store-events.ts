import type { Store } from '../buffer/store';
import type { TakenEvent } from '../receiver/intake/keys';
import { appendEvents, type Appended } from './append-events';
import type { AttachedExport } from './attached-export';
import { renderEvents, type AttachedReceiver } from './attached-receiver';

/** What was appended, and of which events: those that are stale are marked. */
export interface StoredEvents extends Appended {
	readonly taken: readonly TakenEvent[];
}

/**
 * Renders and appends the events of a request, all or none. Between the look at what is newest and the append nothing else runs, so that of
 * two requests of this process the older event is stale whichever is faster.
 *
 * @param leftOut as renderEvents
 * @throws as renderEvents and Store.append
 */
export async function storeEvents(
	receiver: AttachedReceiver,
	events: readonly TakenEvent[],
	o: {
		readonly store: Store;
		readonly exports: readonly AttachedExport[];
		readonly leftOut: AttachedExport[];
	},
): Promise<StoredEvents> {
	const { newest, config } = receiver;
	const { store, exports, leftOut } = o;
	if (!newest) {
		const rendered = renderEvents(exports, events, leftOut);
		return { ...(await appendEvents(store, config.id, rendered)), taken: events };
	}
	await newest.lookFor(events);
	const taken = newest.mark(events, config.latest?.dropStale === true);
	const rendered = renderEvents(exports, taken, leftOut);
	newest.taken(taken);
	try {
		const appended = await appendEvents(store, config.id, rendered);
		const became = appended.became.map((one, at) => (taken[at]?.isDropped ? 'stale' : one));
		return { ...appended, became, taken };
	} catch (error) {
		newest.failed(taken);
		throw error;
	}
}
