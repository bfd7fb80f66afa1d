import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AppendedEvent, KnownExport, StoredRow } from '../../buffer/store';
import { CoreError } from '../../errors';
import { compileExport, toAppended, type Rendered } from '../attached-export';
import { readKept, wantedOf, type KeptRange } from './kept-range';
import { NO_COUNTS, type ReplayCounts } from './replay-book';

/** Rendered in one turn of the event loop. */
const AT_ONCE = 100;

/** A kept event that the present mapping does not take, where the export rejects such. */
export class UnmappedEvent extends Error {
	readonly eventId: string;
	readonly why: CoreError;

	constructor(eventId: string, why: CoreError) {
		super(why.message);
		this.eventId = eventId;
		this.why = why;
	}
}

export interface RenderedSlice extends Pick<AppendedEvent, 'rows' | 'dead'> {
	readonly counts: ReplayCounts;
}

/**
 * Kept events through the present filter and mapping of an export, as events of now that are marked as replayed.
 *
 * @param madeAt of the rows
 * @throws UnmappedEvent where onMappingError is reject
 */
export async function renderSlice(
	known: KnownExport,
	kept: readonly StoredRow[],
	range: KeptRange,
	madeAt: number,
): Promise<RenderedSlice> {
	const export_ = compileExport(known, undefined);
	export_.mappingRevision = known.mappingRevision;
	const rendered: Rendered[] = [];
	const counts = { ...NO_COUNTS };
	const isWanted = wantedOf(range);
	for (const [index, stored] of kept.entries()) {
		if (index % AT_ONCE === AT_ONCE - 1) await nextTurn();
		if (!isWanted(stored)) continue;
		counts.events++;
		const event = readKept(stored);
		if (!event) {
			counts.unreadable++;
			continue;
		}
		const one = render(() => export_.render({ ...event, replay: true }), stored.eventId);
		if (!one) counts.leftOut++;
		else if ('error' in one) counts.dead++;
		else counts.rows++;
		if (one) rendered.push({ ...one, row: { ...one.row, receivedAt: madeAt, replay: true } });
	}
	const { rows, dead } = toAppended(rendered);
	return { rows, ...(dead ? { dead } : {}), counts };
}

function render(how: () => Rendered | undefined, eventId: string): Rendered | undefined {
	try {
		return how();
	} catch (error) {
		throw error instanceof CoreError ? new UnmappedEvent(eventId, error) : error;
	}
}

export function addCounts(a: ReplayCounts, b: ReplayCounts): ReplayCounts {
	return {
		events: a.events + b.events,
		rows: a.rows + b.rows,
		leftOut: a.leftOut + b.leftOut,
		dead: a.dead + b.dead,
		unreadable: a.unreadable + b.unreadable,
	};
}
