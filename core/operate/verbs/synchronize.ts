import { projectOf, DEFAULT_PROJECT, isDisabled } from '../../config';
import { listDefinitions } from '../../definitions/list-definitions';
import { ConfigError } from '../../errors';
import { decodeEvent } from '../../event/codec';
import { appendDetached } from '../../pipeline/append-detached';
import type { KnownExport, Store } from '../../buffer/store';
import { requireExport, type Operable } from '../operable';

export interface Synchronized {
	readonly exportId: string;
	/** Latest events that were offered to the buffer: its filter may have left some of them out. */
	readonly events: number;
}

/** Of the latest events that are rendered at a time; they are at most 4 MB. */
const PAGE_EVENTS = 500;

/**
 * Puts the latest event of each type of each device into a buffer, through its filter, mapping and signing as any event and with its own
 * id (D55); also into one that was made after they came. Where it is disabled nothing is put.
 *
 * @throws ConfigError for a buffer of the flow, and where nothing keeps the latest events; BufferError, MappingError as `Pipeline.add`
 */
export async function synchronize(on: Operable, exportId: string): Promise<Synchronized> {
	const known = await requireExport(on, exportId);
	const receivers = await receiversOf(on.store, known);
	if (isDisabled(known)) return { exportId, events: 0 };
	let events = 0;
	for (const receiverId of receivers) events += await offerLatest(on, exportId, receiverId);
	return { exportId, events };
}

/** @throws ConfigError where none of them keeps its latest events */
async function receiversOf(store: Store, known: KnownExport): Promise<readonly string[]> {
	const project = projectOf(known);
	const { good } = await listDefinitions(store.documents, 'receiver');
	const keeping = good
		.map(({ definition }) => definition.config)
		.filter(({ latest }) => latest !== undefined)
		.filter((one) =>
			project === undefined
				? one.id === known.receiverId
				: (one.project ?? DEFAULT_PROJECT) === project,
		)
		.map(({ id }) => id);
	if (keeping.length > 0) return keeping;
	const expected = 'a buffer of a receiver that keeps the latest event of each device';
	throw new ConfigError('exportId', expected, known.receiverId);
}

async function offerLatest(on: Operable, exportId: string, receiverId: string): Promise<number> {
	let count = 0;
	let after: string | undefined;
	do {
		const page = await on.store.latest(receiverId, { after, limit: PAGE_EVENTS });
		const events = page.events.map(({ event }) => decodeEvent(event));
		if (events.length > 0) await add(on, exportId, events);
		count += events.length;
		after = page.next;
	} while (after !== undefined);
	return count;
}

/** Whoever holds it here hears of it at once, and counts what its filter leaves out. */
async function add(
	on: Operable,
	exportId: string,
	events: Parameters<typeof appendDetached>[2],
): Promise<void> {
	if (on.add && on.held?.().exports.has(exportId)) return on.add(exportId, events);
	const claimDue = () => on.claimDue?.();
	return appendDetached({ store: on.store, claimDue }, exportId, events);
}
