import type { ExportState } from '../config';
import type { StoreStats } from '../buffer/store';
import type { HeldReceiver } from '../pipeline/held';
import type { ExportSnapshot } from './export-snapshot';
import { ALERTS } from '../pure/bounds';
import { nextAttemptOf, notesOfHealth, type HealthPhrase } from './health-notes';

/**
 * How good it is, the worst first: rows were given up · batches failed and come again · something needs a person · rows are under
 * way · nothing is.
 */
export type Level = 'dead' | 'retrying' | 'attention' | 'working' | 'quiet';

/** Something to say, in no language: hosts have a text for each key, with the values in it. */
export type Phrase =
	/** What the store warns of; the log says all of it. */
	| { readonly key: 'store'; readonly other: string }
	/** The store would vanish with its container. */
	| { readonly key: 'ephemeral' }
	| HealthPhrase
	| { readonly key: 'paused' }
	/** n rows were dropped since it is disabled: those that waited then, and those that came. */
	| { readonly key: 'disabled'; readonly n: number }
	/** n events had nothing where their receiver looks for a dedupe key, or for the type. */
	| { readonly key: 'unkeyed' | 'untyped'; readonly n: number }
	/** n events do not fit the schema of their receiver, and were taken all the same. */
	| { readonly key: 'unfitting'; readonly n: number }
	/** A replay of kept events waits for a person. */
	| { readonly key: 'replayStopped' }
	/** A replay of kept events is under way: n of them are to come. */
	| { readonly key: 'replaying'; readonly n: number }
	/** n rows wait for someone who takes them. */
	| { readonly key: 'kept'; readonly n: number }
	| { readonly key: 'waiting' | 'open' | 'retryingNow' | 'dead'; readonly n: number }
	/** What waits is held up by a rate until `at`, as its export says. */
	| { readonly key: 'slowed'; readonly at: number }
	/** `at`: when the next attempt is due, milliseconds since the Unix epoch. */
	| { readonly key: 'retrying'; readonly n: number; readonly at: number }
	/** When the oldest row came of those that are retried, where that is longer ago than what people are told of rows that wait. */
	| { readonly key: 'oldest'; readonly at: number };

export interface Summary {
	readonly level: Level;
	/** What is wrong, and what holds rows up. */
	readonly notes: readonly Phrase[];
	/** How many rows are where: those that wait always, the others where there are any. */
	readonly numbers: readonly Phrase[];
}

const STATES: readonly ExportState[] = ['ACTIVE', 'PAUSED', 'USER_DISABLED', 'SYSTEM_DISABLED'];

/**
 * Some exports, their receivers and their store in few words: nothing that waits, comes again or was given up is left out. Pure.
 *
 * @param of a whole snapshot, or the exports of one node
 * @param of.store left out, nothing is said of it; so with receivers
 */
export function summarize(of: {
	readonly at: number;
	readonly exports: readonly ExportSnapshot[];
	readonly receivers?: readonly Pick<HeldReceiver, 'pathMisses'>[];
	readonly store?: Pick<StoreStats, 'warnings' | 'ephemeral'> | undefined;
}): Summary {
	const { exports, store } = of;
	const sum = (value: (one: ExportSnapshot) => number): number =>
		exports.reduce((total, one) => total + value(one), 0);
	const waiting = sum((one) => one.waiting.rows);
	const open = sum((one) => one.open.rows);
	const retrying = sum((one) => one.retrying.rows);
	const dead = sum((one) => one.dead.rows);
	const notes = [
		...notesOfStore(store),
		...notesOfState(exports),
		...notesOfHealth(exports, of.at),
		...notesOfMisses(of.receivers ?? []),
		...notesOfReplays(exports),
		...notesOfKept(exports),
	];
	const numbers: Phrase[] = [
		{ key: 'waiting', n: waiting },
		...phrasesOfRate(exports, of.at),
		...some('open', open),
		...phrasesOfReplays(exports),
		...(retrying > 0 ? [phraseOfRetrying(exports, retrying, of.at)] : []),
		...phrasesOfAge(exports, of.at),
		...some('dead', dead),
	];
	return { level: level(), notes, numbers };

	function level(): Level {
		if (dead > 0) return 'dead';
		if (retrying > 0) return 'retrying';
		if (notes.length > 0) return 'attention';
		const isReplaying = exports.some(({ replay }) => replay && !replay.stopped);
		return waiting + open > 0 || isReplaying ? 'working' : 'quiet';
	}
}

function some(key: 'open' | 'dead', n: number): Phrase[] {
	return n > 0 ? [{ key, n }] : [];
}

function notesOfStore(store: Pick<StoreStats, 'warnings' | 'ephemeral'> | undefined): Phrase[] {
	const { warnings = [], ephemeral } = store ?? {};
	const [other] = warnings.filter((warning) => warning !== ephemeral);
	if (other !== undefined) return [{ key: 'store', other }];
	return ephemeral === undefined ? [] : [{ key: 'ephemeral' }];
}

/** The state that holds up most: disabled before paused before active. */
function notesOfState(exports: readonly ExportSnapshot[]): Phrase[] {
	const worst = Math.max(0, ...exports.map(({ state }) => STATES.indexOf(state)));
	if (STATES[worst] === 'ACTIVE') return [];
	if (STATES[worst] === 'PAUSED') return [{ key: 'paused' }];
	const n = exports.reduce((sum, { droppedSinceDisabled = 0 }) => sum + droppedSinceDisabled, 0);
	return [{ key: 'disabled', n }];
}

function notesOfMisses(receivers: readonly Pick<HeldReceiver, 'pathMisses'>[]): Phrase[] {
	const sum = (path: keyof HeldReceiver['pathMisses']) =>
		receivers.reduce((n, { pathMisses }) => n + pathMisses[path], 0);
	const [unkeyed, untyped, unfitting] = [sum('dedupe'), sum('type'), sum('schema')];
	return [
		...(unkeyed > 0 ? [{ key: 'unkeyed', n: unkeyed } as const] : []),
		...(untyped > 0 ? [{ key: 'untyped', n: untyped } as const] : []),
		...(unfitting > 0 ? [{ key: 'unfitting', n: unfitting } as const] : []),
	];
}

function notesOfKept(exports: readonly ExportSnapshot[]): Phrase[] {
	const n = exports
		.filter(({ taken, state }) => taken === 'no' && state === 'ACTIVE')
		.reduce((rows, one) => rows + one.waiting.rows + one.retrying.rows, 0);
	return n > 0 ? [{ key: 'kept', n }] : [];
}

function notesOfReplays(exports: readonly ExportSnapshot[]): Phrase[] {
	return exports.some(({ replay }) => replay?.stopped) ? [{ key: 'replayStopped' }] : [];
}

function phrasesOfReplays(exports: readonly ExportSnapshot[]): Phrase[] {
	const running = exports.flatMap(({ replay }) => (replay && !replay.stopped ? [replay] : []));
	if (running.length === 0) return [];
	const n = running.reduce((sum, { of, events }) => sum + Math.max(0, of - events), 0);
	return [{ key: 'replaying', n }];
}

/** Of several the last one: until then not all go as fast as they come. What is with the sink may wait for its rate there. */
function phrasesOfRate(exports: readonly ExportSnapshot[], now: number): Phrase[] {
	const slowed = exports
		.filter(({ state, waiting, open }) => state === 'ACTIVE' && waiting.rows + open.rows > 0)
		.map(({ health }) => health?.slowedUntil ?? 0);
	const at = Math.max(0, ...slowed);
	return at > now ? [{ key: 'slowed', at }] : [];
}

function phraseOfRetrying(exports: readonly ExportSnapshot[], n: number, now: number): Phrase {
	const due = exports.flatMap((one) => nextAttemptOf(one) ?? []);
	const at = Math.min(...due);
	return due.length === 0 || at <= now ? { key: 'retryingNow', n } : { key: 'retrying', n, at };
}

function phrasesOfAge(exports: readonly ExportSnapshot[], now: number): Phrase[] {
	const at = Math.min(...exports.map(({ retrying }) => retrying.oldestAt ?? now));
	return now - at >= ALERTS.queueAgeMs ? [{ key: 'oldest', at }] : [];
}

/**
 * An instant as a status can show it, by the clock of this machine: `14:05:10`, with the day where it is not within 24 hours,
 * `12-31 14:05`.
 *
 * @param at milliseconds since the Unix epoch
 */
export function showDue(at: number, now: number): string {
	const date = new Date(at);
	const two = (value: number): string => String(value).padStart(2, '0');
	const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
	if (Math.abs(at - now) < 24 * 3_600_000) return `${time}:${two(date.getSeconds())}`;
	return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}
