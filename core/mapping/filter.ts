import type { Event } from '../event/event';

/** Decides whether an export takes an event. Absent or empty: it takes all of them. */
export interface Filter {
	/** Event types the export takes; none means all (D38). */
	readonly types?: readonly string[];
}

/** An event without a type passes only where no types are asked for. */
export function matchesFilter(filter: Filter | undefined, event: Pick<Event, 'type'>): boolean {
	const types = filter?.types ?? [];
	return types.length === 0 || (event.type !== undefined && types.includes(event.type));
}
