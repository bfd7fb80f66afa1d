/**
 * Kept events lie in an export of their own, whose rows wait for nobody: one for each receiver (project, buffer of the flow), whatever number
 * of its exports want them, with the widest of their bounds. So each is kept once, and what stores do for rows they do for them.
 */
import type { KnownExport, Row, Store, StoredExport } from '../buffer/store';
import { fullExportId, isOfKept, keptOwner, type ExportConfig } from '../config';
import { encodeEvent } from '../event/codec';
import type { Event } from '../event/event';
import { canonicalJson } from '../pure/canonical-json';

/** Where the events of an export are kept. */
export interface KeptIn {
	readonly exportId: string;
	readonly mappingRevision: number;
}

/** Full id of the export of what is kept of a receiver. */
export function keptExportId(receiverId: string): string {
	return fullExportId({ receiverId: keptOwner(receiverId), id: 'events' });
}

/** The event as it came. */
export function keptRow(event: Event, { exportId, mappingRevision }: KeptIn): Row {
	const payload = encodeEvent(event);
	const { id: eventId, receivedAt } = event;
	return { exportId, eventId, receivedAt, mappingRevision, payload, sizeBytes: payload.length };
}

/** Sees to it that the store keeps what the export wants kept; writes only where it does not yet. @throws what the store says */
export async function registerKept(
	store: Pick<Store, 'listExports' | 'getExport' | 'putExport'>,
	config: ExportConfig,
): Promise<KeptIn | undefined> {
	const { keep, receiverId } = config;
	if (!keep) return undefined;
	const id = fullExportId(config);
	const others = (await store.listExports()).filter(
		(one) => one.receiverId === receiverId && fullExportId(one) !== id && !one.isDraining,
	);
	const all = [keep, ...others.flatMap((one) => one.keep ?? [])];
	const wanted = keptExport(receiverId, {
		ageMs: Math.max(...all.map(({ ageMs }) => ageMs)),
		bytes: Math.max(...all.map(({ bytes }) => bytes)),
	});
	const exportId = fullExportId(wanted);
	const known = await store.getExport(exportId);
	if (known && !known.isDraining && isAlike(known, wanted))
		return { exportId, mappingRevision: known.mappingRevision };
	return { exportId, mappingRevision: (await store.putExport(wanted)).mappingRevision };
}

/** The same of an export that nobody holds here. */
export async function findKept(
	store: Pick<Store, 'getExport'>,
	{ keep, receiverId }: ExportConfig,
): Promise<KeptIn | undefined> {
	if (!keep) return undefined;
	const exportId = keptExportId(receiverId);
	const known = await store.getExport(exportId);
	return known && { exportId, mappingRevision: known.mappingRevision };
}

/** What receivers that have gone had kept, once all of it was too old. */
export async function removeEmptyKept(
	store: Pick<Store, 'listExports' | 'counters' | 'removeExport'>,
): Promise<void> {
	const all = await store.listExports();
	const owners = new Set(all.map(({ receiverId }) => keptOwner(receiverId)));
	const left = all.filter(({ receiverId }) => isOfKept(receiverId) && !owners.has(receiverId));
	if (left.length === 0) return;
	const counters = new Map((await store.counters()).map((one) => [one.exportId, one]));
	for (const exportId of left.map(fullExportId)) {
		const { rows = 0, openRows = 0 } = counters.get(exportId) ?? {};
		if (rows + openRows === 0) await store.removeExport(exportId, 'drop');
	}
}

function isAlike(known: KnownExport, wanted: StoredExport): boolean {
	const { mappingRevision: _, isDraining: _draining, ...rest } = known;
	return canonicalJson(rest) === canonicalJson(wanted);
}

/** Its conditions only say how much goes at once when it is moved to another store. */
function keptExport(receiverId: string, kept: Required<StoredExport>['kept']): StoredExport {
	return {
		id: 'events',
		receiverId: keptOwner(receiverId),
		label: 'Kept events',
		output: 'event',
		conditions: { count: 10_000, sizeBytes: 4 * 1024 ** 2, timeMs: 86_400_000 },
		retry: { delaysMs: [], jitter: 0 },
		order: 'any',
		maxInFlight: 1,
		onMappingError: 'reject',
		state: 'ACTIVE',
		origin: 'host',
		kept,
	};
}
