/**
 * How an export is to be when its rows have been moved, kept in the store that they are moved to for as long as that takes: it is paused
 * instead of disabled, since rows that come into a disabled one are dropped, and gets the mapping of older rows for a moment. One into
 * which rows have come stays paused.
 */
import { type ExportState, fullExportId, isDisabled } from '../../config';
import type { KnownExport, Store, StoredExport } from '../../buffer/store';

/** A collection for each store that rows come from; ids are full ids of exports. */
const COLLECTION = 'moving.';

export interface Journal {
	readonly config: StoredExport;
	readonly state: ExportState;
	readonly isDraining: boolean;
}

export function isJournal(collection: string): boolean {
	return collection.startsWith(COLLECTION);
}

/** What was begun and not ended, or how the export is there now, or here where there is none there. Makes it take rows. */
export async function beginMove(from: Store, to: Store, here: KnownExport): Promise<Journal> {
	const exportId = fullExportId(here);
	const [collection, id] = placeOf(from, exportId);
	const begun = (await to.documents.get(collection, id))?.value as Journal | undefined;
	const journal = begun ?? toJournal((await to.getExport(exportId)) ?? here);
	if (begun === undefined) await to.documents.put(collection, id, journal, { ifRevision: 0 });
	await to.putExport({ ...journal.config, state: journal.state });
	if (isDisabled(journal)) await to.setState(exportId, 'PAUSED');
	return journal;
}

/** The export is there as it is to be. */
export async function endMove(
	from: Store,
	to: Store,
	exportId: string,
	journal: Journal,
): Promise<void> {
	await to.putExport({ ...journal.config, state: journal.state });
	// Disabling drops what waits, and nobody has asked for that.
	if (isDisabled(journal) && !(await hasWaiting(to, exportId)))
		await to.setState(exportId, journal.state);
	if (journal.isDraining) await to.removeExport(exportId, 'drain');
	await to.documents.remove(...placeOf(from, exportId));
}

function toJournal({ mappingRevision: _, isDraining, ...config }: KnownExport): Journal {
	return { config, state: config.state, isDraining };
}

async function hasWaiting(store: Store, exportId: string): Promise<boolean> {
	const counters = (await store.counters()).find((one) => one.exportId === exportId);
	return counters !== undefined && counters.rows + counters.openRows > 0;
}

function placeOf({ id }: Store, exportId: string): [collection: string, id: string] {
	return [`${COLLECTION}${id}`, exportId];
}
