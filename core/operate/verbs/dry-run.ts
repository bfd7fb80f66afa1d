import type { DeadLetter, KnownExport, Store, StoredRow } from '../../buffer/store';
import type { ExportConfig } from '../../config';
import { readDefinition } from '../../definitions/read-definition';
import { ConfigError, CoreError } from '../../errors';
import { keptExportId } from '../../pipeline/kept-export';
import { readKept, walkKept, type KeptRange } from '../../pipeline/replays/kept-range';
import type { Event } from '../../event/event';
import { dryRun, type DryRun, type TriedEvent } from '../../pipeline/dry-run';
import { parseExportConfig, type ExportInput } from '../../pipeline/parse-export';
import { checkRows, type SinkConfig } from '../../sink/create-sink';
import { systemClock, type Clock } from '../../runtime/clock';
import { dryRunText } from '../dry-run-text';
import { limitOf, requireExport, type Operable } from '../operable';
import { timeOf } from './kept-time';
import { givenEvent, type GivenEvent } from './given-event';

/** Where a dry run found an event: it was given, waits, was put aside as it came, is the last that came, the latest of its device, or kept for replays. */
export type EventPlace = 'given' | 'waiting' | 'dead' | 'received' | 'latest' | 'kept';

/** What is to change; what is absent stays as it is, null takes it away. */
export interface ChangedMapping {
	/** null: the whole event. */
	readonly columns?: unknown;
	readonly filter?: unknown;
	readonly output?: unknown;
}

export interface DryRunOptions extends ChangedMapping, GivenEvent {
	/** Kept events of this time alone; as *replay kept* takes them. */
	readonly from?: unknown;
	readonly until?: unknown;
	/** Events at most, of those that the store has; as PAGE. */
	readonly limit?: number | undefined;
	/** Default the system's. */
	readonly clock?: Clock | undefined;
}

export interface DryRan extends DryRun<EventPlace> {
	readonly exportId: string;
	/** All of it in a line. */
	readonly says: string;
}

/**
 * Takes events through a changed mapping of a buffer before it is saved, and shows column by column what differs: a given event or sample;
 * else what the store has of it as it came, which is what waits of a buffer that maps nothing, dead letters that could not be mapped or were
 * not, the last event that came here, the latest events of its receiver, and those that are kept of it. Nothing is stored and nothing changes.
 *
 * @throws ConfigError, MappingError naming what is wrong with the mapping, also for the destination of the buffer; ConfigError where there is no event to try; BufferError
 *   ERR_EXPORT_UNKNOWN; what the store says
 */
export async function runDry(
	on: Operable,
	exportId: string,
	{ limit, clock = systemClock, sample, event, from, until, ...change }: DryRunOptions = {},
): Promise<DryRan> {
	const known = await requireExport(on, exportId);
	const most = limitOf(limit, 'limit');
	const before = parseExportConfig(known);
	const after = parseExportConfig(changed(known, change));
	await checkDestination(on.store, exportId, before, after);
	const isGiven = event !== undefined || sample !== undefined;
	const time = from === undefined && until === undefined ? undefined : { from, until };
	if (isGiven && time)
		throw new ConfigError('from', 'either an event or a time of kept ones', from);
	const events: TriedEvent<EventPlace>[] = isGiven
		? [{ from: 'given', event: givenEvent({ sample, event }, clock.now()) }]
		: time
			? await ofTime(on.store, known, timeOf(time, clock.now()), most)
			: await storedEvents(on, known, exportId, most);
	if (events.length === 0) {
		throw new ConfigError(
			'event',
			'an event, or a sample: the store has none of this buffer as it came, since rows hold what was made of them',
		);
	}
	const ran = dryRun(events, before, after);
	return { exportId, says: dryRunText(ran), ...ran };
}

/** Without another output said, rows are records where there are columns now, as the dialogs have it. */
function changed(known: KnownExport, { columns, filter, output }: ChangedMapping): ExportInput {
	const { columns: formerColumns, filter: formerFilter, output: formerOutput, ...rest } = known;
	const given = {
		columns: columns === undefined ? formerColumns : (columns ?? undefined),
		filter: filter === undefined ? formerFilter : (filter ?? undefined),
	};
	const isOfOneKind = (given.columns === undefined) === (formerColumns === undefined);
	const rows = output ?? (isOfOneKind ? formerOutput : undefined);
	const set = Object.entries({ ...given, output: rows }).filter(([, value]) => value !== undefined);
	// Checked there, whatever it is.
	return { ...rest, ...Object.fromEntries(set) } as ExportInput;
}

/** Whether the destination takes what the changed mapping makes, as far as it took what the present one does. */
async function checkDestination(
	store: Store,
	exportId: string,
	before: ExportConfig,
	after: ExportConfig,
): Promise<void> {
	const sink = await destinationOf(store, exportId);
	if (!sink) return;
	try {
		checkRows(sink, before);
	} catch {
		// As it is stored, without its secrets, nothing can be said.
		return;
	}
	checkRows(sink, after);
}

/** A definition that cannot be read keeps nobody from trying a mapping. */
async function destinationOf(store: Store, exportId: string): Promise<SinkConfig | undefined> {
	try {
		return (await readDefinition(store.documents, 'export', exportId))?.definition.sink;
	} catch (error) {
		if (error instanceof CoreError) return undefined;
		throw error;
	}
}

async function storedEvents(
	on: Operable,
	known: KnownExport,
	exportId: string,
	most: number,
): Promise<TriedEvent<EventPlace>[]> {
	const { store } = on;
	const found = new Map<string, TriedEvent<EventPlace>>();
	// One that is damaged, or none, keeps nobody from trying the others.
	const add = (from: EventPlace, bytes: Uint8Array): void =>
		put(from, readKept({ payload: bytes }));
	const put = (from: EventPlace, event: Event | undefined): void => {
		if (event && found.size < most && !found.has(event.id)) found.set(event.id, { from, event });
	};
	if (known.output === 'event') {
		// One that was mapped before the buffer was changed cannot be read as an event.
		for (const { payload } of await store.peek(exportId, { limit: most })) add('waiting', payload);
	}
	for (const letter of await store.deadLetters({ exportId, limit: most })) {
		if (found.size >= most) break;
		for (const row of await rowsOf(letter, most - found.size)) add('dead', row.payload);
	}
	put('received', on.lastEvent?.(known.receiverId));
	if (found.size < most) {
		const { events } = await store.latest(known.receiverId, { limit: most - found.size });
		for (const { event } of events) add('latest', event);
	}
	if (found.size < most) {
		for (const { event } of await ofTime(store, known, {}, most)) put('kept', event);
	}
	return [...found.values()];
}

/** Of what is kept for replays the oldest of a time. */
async function ofTime(
	store: Store,
	{ receiverId }: KnownExport,
	range: KeptRange,
	most: number,
): Promise<TriedEvent<EventPlace>[]> {
	const found: TriedEvent<EventPlace>[] = [];
	const keptId = keptExportId(receiverId);
	if (!(await store.getExport(keptId))) return found;
	for await (const rows of walkKept(store, keptId, range)) {
		for (const row of rows) {
			const event = readKept(row);
			if (event) found.push({ from: 'kept', event });
			if (found.length === most) return found;
		}
	}
	return found;
}

/** Of a letter whose rows are events as they came. */
async function rowsOf(letter: DeadLetter, most: number): Promise<readonly StoredRow[]> {
	if (letter.output !== 'event') return [];
	const rows: StoredRow[] = [];
	for await (const slice of letter.rows()) {
		rows.push(...slice);
		if (rows.length >= most) break;
	}
	return rows.slice(0, most);
}
