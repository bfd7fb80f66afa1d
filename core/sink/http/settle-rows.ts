import type { EndpointAnswer, Outcome } from '../../buffer/store';
import { DeliveryError, type CoreError } from '../../errors';
import type { UnreadableRow } from '../read-rows';
import type { Permit } from '../sink';
import type { RequestOutcome } from './answer';

/** A row that was sent, and what became of its request. */
export interface TriedRow {
	readonly position: number;
	readonly outcome: RequestOutcome;
}

/**
 * What became of a batch whose rows were sent in requests of their own. Rows that were taken are done, whatever became of others; those
 * that were refused are put aside; those that come again have had their attempt, and wait for the latest instant that one of them was
 * told. All others are held: no attempt of theirs is counted. Pure.
 *
 * @param tried in the order in which they ended
 * @param o.count of the batch
 * @param o.unreadable rows that cannot be sent: put aside with the last of the others, held as long as any of them is left
 * @param o.stoppedBy why the rest was not tried, where no row's outcome says it
 */
export function settleRows(
	tried: readonly TriedRow[],
	o: {
		readonly count: number;
		readonly unreadable: readonly UnreadableRow[];
		readonly stoppedBy?: Exclude<Permit, 'granted'> | undefined;
	},
): Outcome {
	const { count, unreadable, stoppedBy } = o;
	const endedAs = (kind: Outcome['kind']): number[] =>
		tried
			.filter(({ outcome }) => outcome.kind === kind)
			.map(({ position }) => position)
			.sort((a, b) => a - b);
	const [taken, refused, retry] = [endedAs('ack'), endedAs('dead'), endedAs('retry')];
	const broken = unreadable.map(({ position }) => position);
	const ended = new Set([...taken, ...refused, ...retry, ...broken]);
	const untried = positionsOf(count).filter((i) => !ended.has(i));
	const comesAgain = retry.length + untried.length > 0;
	const [hold, dead] = comesAgain
		? [[...untried, ...broken], refused]
		: [untried, [...refused, ...broken]];

	// As if it had not been claimed.
	if (hold.length === count) return { kind: 'release' };
	const last = lastFailure(tried);
	const answer = answerOf(tried, last);
	if (retry.length + hold.length + dead.length === 0) return { kind: 'ack', ...answer };
	const failure = last && 'error' in last ? last.error : undefined;
	const of = {
		taken: taken.length,
		count,
		retry: retry.length,
		hold: hold.length,
		dead: dead.length,
	};
	const error = failure ?? (comesAgain ? undefined : unreadable[0]?.error);
	const retryAt = retryAtOf(tried, stoppedBy);
	const isPaused = tried.some(({ outcome }) => outcome.kind === 'retry' && outcome.pause);
	if (last?.kind === 'retry' && retry.length === count)
		return { ...last, ...(retryAt === undefined ? {} : { at: retryAt }) };
	if (error && dead.length === count) return { kind: 'dead', error, ...answer };
	return {
		kind: 'split',
		retry,
		...(retryAt === undefined ? {} : { retryAt }),
		...(hold.length > 0 ? { hold } : {}),
		...(isPaused ? { pause: true } : {}),
		dead,
		error: failure || !error ? partial(of, failure) : error,
		...answer,
	};
}

/** What comes again says most of what is to be done. */
function lastFailure(tried: readonly TriedRow[]): RequestOutcome | undefined {
	const lastOf = (kind: Outcome['kind']) =>
		tried.findLast(({ outcome }) => outcome.kind === kind)?.outcome;
	return lastOf('retry') ?? lastOf('dead');
}

function retryAtOf(
	tried: readonly TriedRow[],
	stoppedBy: Exclude<Permit, 'granted'> | undefined,
): number | undefined {
	const asked = tried.flatMap(({ outcome }) =>
		outcome.kind === 'retry' && outcome.at !== undefined ? [outcome.at] : [],
	);
	if (typeof stoppedBy === 'object') asked.push(stoppedBy.notBefore);
	return asked.length === 0 ? undefined : Math.max(...asked);
}

/** That of the last failure, unless one before it asked for more than another try; of rows that were all taken, the last. */
function answerOf(
	tried: readonly TriedRow[],
	last: RequestOutcome | undefined,
): { answer?: EndpointAnswer } {
	const answers = tried.flatMap(({ outcome: { answer } }) => answer ?? []);
	const answer =
		answers.find(({ asksToDisable }) => asksToDisable) ?? (last ? last.answer : answers.at(-1));
	return answer ? { answer } : {};
}

function partial(
	{
		taken,
		count,
		...details
	}: Readonly<Record<'taken' | 'count' | 'retry' | 'hold' | 'dead', number>>,
	cause: CoreError | undefined,
): DeliveryError {
	const why = cause ? `the last failure: ${cause.message}` : 'the others have to wait';
	const message = `${taken} of ${count} rows were taken; ${why}`;
	return new DeliveryError('ERR_BATCH_PARTIAL', message, { cause, details });
}

/** Rows that were refused one by one, each with its own error. Pure. */
export function putAsideOf(
	tried: readonly TriedRow[],
	unreadable: readonly UnreadableRow[],
): UnreadableRow[] {
	const refused = tried.flatMap(({ position, outcome }) =>
		outcome.kind === 'dead' ? [{ position, error: outcome.error }] : [],
	);
	return [...unreadable, ...refused];
}

function positionsOf(count: number): number[] {
	return Array.from({ length: count }, (_, position) => position);
}
