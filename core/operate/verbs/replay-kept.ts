import type { KnownExport } from '../../buffer/store';
import { isDisabled } from '../../config';
import { ConfigError } from '../../errors';
import { keptExportId } from '../../pipeline/kept-export';
import { walkKept, type KeptRange } from '../../pipeline/replays/kept-range';
import {
	NO_COUNTS,
	readBook,
	writeBook,
	type OpenBook,
	type PastReplay,
} from '../../pipeline/replays/replay-book';
import { REPLAY } from '../../pure/bounds';
import { canonicalJson } from '../../pure/canonical-json';
import { systemClock, type Clock } from '../../runtime/clock';
import { newUuid } from '../../runtime/ids';
import { requireExport, type Operable } from '../operable';
import { timeOf } from './kept-time';
import { ask, type Confirm, type Question } from './confirm';

export interface ReplayKeptOptions {
	/** When they came, milliseconds since the Unix epoch: from (default: the oldest), and before (default: now). */
	readonly from?: unknown;
	readonly until?: unknown;
	/** Only of these types, or with these ids; up to REPLAY. */
	readonly types?: unknown;
	readonly eventIds?: unknown;
	readonly confirm?: Confirm | undefined;
	/** Default the system's. */
	readonly clock?: Clock | undefined;
}

export interface ReplayBegun {
	readonly exportId: string;
	/** In the range, as far as they are kept. */
	readonly events: number;
	readonly from?: number;
	readonly until: number;
	/** One that had stopped goes on where it was. */
	readonly goesOn?: true;
}

/**
 * Gives the kept events of a time to a buffer once more, through its present filter and mapping: as new rows, marked, which no dedupe key
 * keeps away. Whoever holds the buffer carries it out, also after a crash; on a store that no host has it waits for that. It ends with
 * *purge* of what waits, and with *disable*. Without a confirmation of at least as many events nothing is done.
 *
 * @throws ConfigError where nothing is kept in that time, another replay of the buffer is under way, or it is disabled; BufferError
 *   ERR_EXPORT_UNKNOWN
 */
export async function replayKept(
	on: Operable,
	exportId: string,
	{ confirm, clock = systemClock, ...given }: ReplayKeptOptions = {},
): Promise<Question | ReplayBegun> {
	const known = await requireExport(on, exportId);
	checkState(known, exportId);
	const range = rangeOf(given, clock.now());
	const { documents } = on.store;
	const book = await readBook(documents, exportId);
	if (book.running) return goOn(on, exportId, book, range);
	const keptId = keptExportId(known.receiverId);
	const events = await countKept(on, keptId, range);
	const question = ask(confirm, events, questionOf(book.past, range));
	if (question) return question;
	const running = {
		id: newUuid(clock.now()),
		storeId: on.store.id,
		keptId,
		range,
		beganAt: clock.now(),
		of: events,
		done: '',
		counts: NO_COUNTS,
	};
	await writeBook(documents, exportId, { ...book, running });
	await on.lookAtReplay?.(exportId);
	// Another process may have it.
	on.claimDue?.();
	return begun(exportId, range, events);
}

/** The same once more lets one that has stopped go on, by the mapping of now. @throws ConfigError for any other */
async function goOn(
	on: Operable,
	exportId: string,
	book: OpenBook,
	range: KeptRange,
): Promise<ReplayBegun> {
	const { running } = book;
	if (!running) throw new TypeError('there is no replay to go on with');
	if (!running.stopped || !isSame(running.range, range)) {
		const { from, to } = running.range;
		const what = running.stopped ? 'one that has stopped' : 'one that is under way';
		throw new ConfigError(
			'exportId',
			`a buffer without a replay: it has ${what}, from ${showAt(from)} to ${showAt(to)}; purge what waits to end it`,
			exportId,
		);
	}
	const { stopped: _, ...rest } = running;
	await writeBook(on.store.documents, exportId, { ...book, running: rest });
	await on.lookAtReplay?.(exportId);
	return { ...begun(exportId, running.range, running.of), goesOn: true };
}

/** Its end is that of then, where nobody says one. */
function isSame(former: KeptRange, { to: _, ...range }: KeptRange): boolean {
	const { to: _to, ...rest } = former;
	return canonicalJson(rest) === canonicalJson(range);
}

function begun(exportId: string, { from, to = 0 }: KeptRange, events: number): ReplayBegun {
	return { exportId, events, ...(from === undefined ? {} : { from }), until: to };
}

function checkState(known: KnownExport, exportId: string): void {
	if (known.isDraining)
		throw new ConfigError('exportId', 'a buffer that is not being removed', exportId);
	if (isDisabled(known))
		throw new ConfigError('exportId', 'a buffer that is not disabled: it drops its rows', exportId);
}

async function countKept(on: Operable, keptId: string, range: KeptRange): Promise<number> {
	if (!(await on.store.getExport(keptId)))
		throw new ConfigError(
			'exportId',
			'a buffer whose receiver keeps events: none of its buffers has "Keep Delivered" on',
		);
	let events = 0;
	for await (const rows of walkKept(on.store, keptId, range)) events += rows.length;
	if (events > 0) return events;
	const [oldest] = (await on.store.peek(keptId, { limit: 1 })) ?? [];
	const since = oldest ? `the oldest came at ${showAt(oldest.receivedAt)}` : 'nothing is kept now';
	throw new ConfigError('from', `a time, and types or ids, of events that are kept: ${since}`);
}

/** What was replayed already would be there twice. */
function questionOf(past: readonly PastReplay[], range: KeptRange): string {
	const again = past.findLast((one) => one.rows > 0 && overlaps(one.range, range));
	const twice = again
		? `; some of them were replayed at ${showAt(again.beganAt)} already (${again.rows} rows), and come once more`
		: '';
	return `a replay gives the buffer kept events once more${twice}`;
}

function overlaps(a: KeptRange, b: KeptRange): boolean {
	const [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
	return (a.from ?? from) < (b.to ?? to) && (b.from ?? from) < (a.to ?? to);
}

function rangeOf(o: Omit<ReplayKeptOptions, 'confirm' | 'clock'>, now: number): KeptRange {
	const types = textsOf(o.types, 'types', REPLAY.maxTypes);
	const eventIds = textsOf(o.eventIds, 'eventIds', REPLAY.maxEventIds);
	return {
		...timeOf(o, now),
		...(types ? { types } : {}),
		...(eventIds ? { eventIds } : {}),
	};
}

function textsOf(value: unknown, path: string, most: number): readonly string[] | undefined {
	if (value === undefined) return undefined;
	const isList = Array.isArray(value) && value.length > 0 && value.length <= most;
	if (isList && value.every((one) => typeof one === 'string')) return value as string[];
	throw new ConfigError(path, `a list of 1 to ${most} texts`, value);
}

function showAt(at: number | undefined): string {
	return at === undefined ? 'the beginning' : new Date(at).toISOString();
}
