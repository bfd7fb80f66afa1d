import type { Batch, Outcome } from '../buffer/store';
import type { RetryConfig } from '../config';
import { CoreError, DeliveryError } from '../errors';
import { nextDelayMs } from './retry-schedule';

const TOO_MANY = 429;

type ComesAgain = Extract<Outcome, { kind: 'retry' | 'split' }>;

interface PlanOptions {
	readonly retry: RetryConfig;
	/** Milliseconds since the Unix epoch. */
	readonly now: number;
	/** 0 … 1, for the jitter. */
	readonly random: number;
}

/** Fills in when to retry, not before the sink asks for, and turns retry into dead when the schedule is used up. Pure. */
export function planNextAttempt(
	outcome: Outcome,
	{ attempt }: Pick<Batch, 'attempt'>,
	o: PlanOptions,
): Outcome {
	if (outcome.kind !== 'retry' && outcome.kind !== 'split') return outcome;
	if (!countsAttempt(outcome)) return planUncounted(outcome, attempt, o);
	const delayMs = nextDelayMs(o.retry, attempt, o.random);
	if (delayMs === undefined) return giveUp(outcome, attempt);
	const asked = askedFor(outcome);
	const busyMs = asked === undefined && isBusy(outcome) ? (o.retry.busyDelayMs ?? 0) : 0;
	return withTime(outcome, Math.max(o.now + Math.max(delayMs, busyMs), asked ?? 0));
}

function countsAttempt(outcome: ComesAgain): boolean {
	return outcome.kind === 'retry' ? outcome.counts !== false : outcome.retry.length > 0;
}

/**
 * What counts no attempt uses up no schedule. Where nobody says when it comes again it waits as after a failure: at once it would come
 * in circles.
 */
function planUncounted(outcome: ComesAgain, attempt: number, o: PlanOptions): Outcome {
	const isDone = outcome.kind === 'split' && !outcome.hold?.length;
	if (isDone || askedFor(outcome) !== undefined) return outcome;
	const nth = Math.min(attempt, o.retry.delaysMs.length);
	return withTime(outcome, o.now + (nextDelayMs(o.retry, nth, o.random) ?? 0));
}

function giveUp(outcome: ComesAgain, attempts: number): Outcome {
	const error = new DeliveryError(
		'ERR_DELIVERY_EXHAUSTED',
		`gave up after ${attempts} attempts; the last one: ${outcome.error.message}`,
		{ cause: outcome.error, details: { attempts, lastCode: outcome.error.code } },
	);
	const answer = outcome.answer ? { answer: outcome.answer } : {};
	if (outcome.kind === 'retry') return { kind: 'dead', error, ...answer };
	// Held rows wait on: their attempt did not count. The endpoint may have said until when.
	const { hold, retryAt } = outcome;
	const dead = [...outcome.dead, ...outcome.retry];
	return {
		kind: 'split',
		retry: [],
		...(hold ? { hold } : {}),
		...(hold && retryAt !== undefined ? { retryAt } : {}),
		dead,
		error,
		...answer,
	};
}

function askedFor(outcome: ComesAgain): number | undefined {
	return outcome.kind === 'retry' ? outcome.at : outcome.retryAt;
}

function withTime(outcome: ComesAgain, at: number): Outcome {
	return outcome.kind === 'retry' ? { ...outcome, at } : { ...outcome, retryAt: at };
}

/** It did not answer in time, or said that it is asked too often; so may who gives the token for it. */
function isBusy({ error, answer }: ComesAgain): boolean {
	if (answer?.status === TOO_MANY) return true;
	// Of a split the error is about all of it.
	const errors = [error, ...(error.cause instanceof CoreError ? [error.cause] : [])];
	return errors.some(
		({ code, details }) =>
			code === 'ERR_SINK_TIMEOUT' || (code === 'ERR_SINK_TOKEN' && details['status'] === TOO_MANY),
	);
}
