import type { Store, StoredRow } from '../../buffer/store';
import { decodeEvent } from '../../event/codec';
import type { Event } from '../../event/event';

/** Which kept events: what is absent leaves none out. */
export interface KeptRange {
	/** When they came, milliseconds since the Unix epoch: from, and before. */
	readonly from?: number;
	readonly to?: number;
	/** Types of events, as their receiver reads them. */
	readonly types?: readonly string[];
	readonly eventIds?: readonly string[];
}

/** All rows of kept events that came in this time, page by page; whoever reads on gets what came meanwhile, too. */
export async function* walkKept(
	store: Pick<Store, 'readWaiting'>,
	keptId: string,
	range: KeptRange,
): AsyncGenerator<readonly StoredRow[]> {
	const { from, to } = range;
	const isWanted = wantedOf(range);
	let after: string | undefined;
	for (;;) {
		const page = await store.readWaiting(keptId, { after, from, to });
		yield page.rows.filter(isWanted);
		if (page.isLast) return;
		after = page.end;
	}
}

/** By what of the range is no time. One that cannot be read has no type. */
export function wantedOf({ types, eventIds }: KeptRange): (row: StoredRow) => boolean {
	const [ids, names] = [new Set(eventIds), new Set(types)];
	return (row) => {
		if (eventIds && !ids.has(row.eventId)) return false;
		return !types || names.has(readKept(row)?.type ?? '');
	};
}

/** Undefined where it cannot be read. */
export function readKept({ payload }: Pick<StoredRow, 'payload'>): Event | undefined {
	try {
		return decodeEvent(payload);
	} catch {
		return undefined;
	}
}
