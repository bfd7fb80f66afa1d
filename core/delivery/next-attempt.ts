import type { Batch, Outcome } from '../buffer/store';
import type { RetryConfig } from '../config';
import { DeliveryError } from '../errors';
import { nextDelayMs } from './retry-schedule';

/**
 * Fills in when to retry, not before the sink asks for, and turns retry into dead when the schedule is used up. Pure.
 *
 * @param o.now milliseconds since the Unix epoch
 * @param o.random 0 … 1, for the jitter
 */
export function planNextAttempt(
	outcome: Outcome,
	batch: Pick<Batch, 'attempt'>,
	o: { readonly retry: RetryConfig; readonly now: number; readonly random: number },
): Outcome {
	if (outcome.kind !== 'retry' && outcome.kind !== 'split') return outcome;
	if (outcome.kind === 'split' && outcome.retry.length === 0) return holdOnly(outcome, batch, o);
	const delayMs = nextDelayMs(o.retry, batch.attempt, o.random);
	if (delayMs === undefined) return giveUp(outcome, batch.attempt);
	const at = o.now + delayMs;
	if (outcome.kind === 'retry') return { ...outcome, at: Math.max(at, outcome.at ?? 0) };
	return { ...outcome, retryAt: Math.max(at, outcome.retryAt ?? 0) };
}

/**
 * Rows that were only held count no attempt, so no schedule is used up by them. Where nobody says when they come again they wait as
 * after a failure: at once they would come in circles.
 */
function holdOnly(
	outcome: Extract<Outcome, { kind: 'split' }>,
	{ attempt }: Pick<Batch, 'attempt'>,
	o: { readonly retry: RetryConfig; readonly now: number; readonly random: number },
): Outcome {
	if (!outcome.hold?.length || outcome.retryAt !== undefined) return outcome;
	const { length } = o.retry.delaysMs;
	const delayMs = nextDelayMs(o.retry, Math.min(attempt, length), o.random) ?? 0;
	return { ...outcome, retryAt: o.now + delayMs };
}

function giveUp(outcome: Extract<Outcome, { kind: 'retry' | 'split' }>, attempts: number): Outcome {
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
