import type { Counters, KnownExport, Store, StoredRow } from '../../buffer/store';
import { isDisabled } from '../../config';
import { locatedError } from '../../error-place';
import type { ErrorCode } from '../../errors';
import { addCounts, renderSlice, UnmappedEvent } from './render-slice';
import { closeReplay, readBook, writeBook, type OpenBook, type Replay } from './replay-book';

/** How long it is known what was appended: what was killed may go on within it. */
const KNOWN_MS = 7 * 86_400_000;
/** What of an export may wait before its replay waits, too: a replay must not fill the quota that new events need. */
const WAITING = { rows: 20_000, bytes: 8 * 1024 ** 2 } as const;

/** What a step of a replay came to. */
export type Stepped =
	/** There is more to do, at once. */
	| { readonly is: 'on'; readonly replay: Replay }
	/** Enough of it waits to be delivered. */
	| { readonly is: 'waiting'; readonly replay: Replay }
	/** A person has to see to it. */
	| { readonly is: 'stopped'; readonly replay: Replay }
	/** To its end, or because the export is gone, disabled or being removed. */
	| { readonly is: 'ended'; readonly replay?: Replay; readonly why?: 'disabled' | 'removed' };

export interface StepPorts {
	readonly store: Store;
	readonly now: () => number;
	readonly appended: (counters: readonly Counters[]) => void;
}

/**
 * One slice of the replay of an export, if one is under way; its place is on disk before and after.
 *
 * @throws what the store says: the same step may be made again
 */
export async function stepReplay(ports: StepPorts, exportId: string): Promise<Stepped> {
	const { store, now } = ports;
	const book = await readBook(store.documents, exportId);
	const { running } = book;
	if (!running) return { is: 'ended' };
	if (running.stopped) return { is: 'stopped', replay: running };
	const known = await store.getExport(exportId);
	if (!known || known.isDraining || isDisabled(known)) {
		await writeBook(store.documents, exportId, closeReplay(book, now(), true));
		const why = known && !known.isDraining ? 'disabled' : 'removed';
		return { is: 'ended', replay: running, why };
	}
	if (running.storeId !== store.id) return stop(ports, exportId, book, movedElsewhere());
	if (await isEnough(store, exportId)) return { is: 'waiting', replay: running };
	if (running.isLast && running.next === undefined) return end(ports, exportId, book);
	return running.next === undefined
		? plan(ports, exportId, book)
		: appendSlice(ports, known, exportId, book);
}

/** Where the next slice ends. */
async function plan(ports: StepPorts, exportId: string, book: OpenBook): Promise<Stepped> {
	const { running } = book;
	if (!running) return { is: 'ended' };
	const { store } = ports;
	const { keptId, range, done: after } = running;
	if (!(await store.getExport(keptId))) return end(ports, exportId, book);
	const { from, to } = range;
	const page = await store.readWaiting(keptId, { after, from, to });
	const next = { next: page.end, ...(page.isLast ? { isLast: true as const } : {}) };
	return write(ports, exportId, book, { ...running, ...next });
}

async function appendSlice(
	ports: StepPorts,
	known: KnownExport,
	exportId: string,
	book: OpenBook,
): Promise<Stepped> {
	const { store } = ports;
	const { running } = book;
	if (!running) return { is: 'ended' };
	const { id, done, next: until, ...rest } = running;
	if (until === undefined) return { is: 'on', replay: running };
	try {
		const { rows, damaged } = await readAll(store, running);
		const { counts, ...event } = await renderSlice(known, rows, running.range, ports.now());
		if (event.rows.length + (event.dead?.length ?? 0) > 0) {
			const dedupeKeys = [{ key: `replay:${id}/${done}`, windowMs: KNOWN_MS }];
			const { receiverId } = known;
			const { counters } = await store.append({ receiverId, events: [{ ...event, dedupeKeys }] });
			ports.appended(counters);
		}
		const seen = { ...counts, unreadable: counts.unreadable + damaged };
		const replay = { ...rest, id, done: until, counts: addCounts(running.counts, seen) };
		return await write(ports, exportId, book, replay);
	} catch (error) {
		if (!(error instanceof UnmappedEvent)) throw error;
		const { code, message } = locatedError(error.why);
		const { eventId } = error;
		return stop(ports, exportId, book, { code, message, eventId });
	}
}

/** What is left of the slice: of what is kept the oldest may have gone. */
async function readAll(
	store: Store,
	replay: Replay,
): Promise<{ rows: StoredRow[]; damaged: number }> {
	const { keptId, done, next: until, range } = replay;
	const { from, to } = range;
	const rows: StoredRow[] = [];
	let damaged = 0;
	if (!(await store.getExport(keptId))) return { rows, damaged };
	for (let after = done; ;) {
		const page = await store.readWaiting(keptId, { after, until, from, to });
		rows.push(...page.rows);
		damaged += page.damaged;
		if (page.isLast) return { rows, damaged };
		after = page.end;
	}
}

async function isEnough(store: Store, exportId: string): Promise<boolean> {
	const found = (await store.counters()).find((one) => one.exportId === exportId);
	return found !== undefined && (found.rows > WAITING.rows || found.bytes > WAITING.bytes);
}

async function write(
	{ store }: StepPorts,
	exportId: string,
	book: OpenBook,
	running: Replay,
): Promise<Stepped> {
	await writeBook(store.documents, exportId, { ...book, running });
	return { is: 'on', replay: running };
}

async function end(ports: StepPorts, exportId: string, book: OpenBook): Promise<Stepped> {
	await writeBook(ports.store.documents, exportId, closeReplay(book, ports.now(), false));
	return { is: 'ended', ...(book.running ? { replay: book.running } : {}) };
}

async function stop(
	ports: StepPorts,
	exportId: string,
	book: OpenBook,
	stopped: NonNullable<Replay['stopped']>,
): Promise<Stepped> {
	if (!book.running) return { is: 'ended' };
	const replay = { ...book.running, stopped };
	await writeBook(ports.store.documents, exportId, { ...book, running: replay });
	return { is: 'stopped', replay };
}

function movedElsewhere(): { code: ErrorCode; message: string } {
	return {
		code: 'ERR_CONFIG_INVALID',
		message:
			'the store was moved while it was under way: end it by purging what waits, and replay the rest of the time again',
	};
}
