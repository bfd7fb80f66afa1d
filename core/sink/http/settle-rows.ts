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
 * What became of a batch whose rows were sent one by one. Rows that were taken are done, whatever comes after them; those that were
 * refused are put aside; the one that comes again has had its attempt. All others are held: no attempt of theirs is counted. Pure.
 *
 * @param tried in order; only the last one may come again
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
		tried.filter(({ outcome }) => outcome.kind === kind).map(({ position }) => position);
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
	const last = tried.findLast(({ outcome }) => outcome.kind !== 'ack')?.outcome;
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
	if (last?.kind === 'retry' && retry.length === count) return last;
	if (error && dead.length === count) return { kind: 'dead', error, ...answer };
	return {
		kind: 'split',
		retry,
		...retryAtOf(last, stoppedBy),
		...(hold.length > 0 ? { hold } : {}),
		dead,
		error: failure || !error ? partial(of, failure) : error,
		...answer,
	};
}

function retryAtOf(
	last: RequestOutcome | undefined,
	stoppedBy: Exclude<Permit, 'granted'> | undefined,
): { retryAt?: number } {
	if (last?.kind === 'retry') return last.at === undefined ? {} : { retryAt: last.at };
	return typeof stoppedBy === 'object' ? { retryAt: stoppedBy.notBefore } : {};
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

function positionsOf(count: number): number[] {
	return Array.from({ length: count }, (_, position) => position);
}
