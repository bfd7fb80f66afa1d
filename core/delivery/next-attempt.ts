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
	if (outcome.kind !== 'retry' && !(outcome.kind === 'split' && outcome.retry.length > 0))
		return outcome;
	const delayMs = nextDelayMs(o.retry, batch.attempt, o.random);
	if (delayMs === undefined) return giveUp(outcome, batch.attempt);
	const at = o.now + delayMs;
	if (outcome.kind === 'retry') return { ...outcome, at: Math.max(at, outcome.at ?? 0) };
	return { ...outcome, retryAt: Math.max(at, outcome.retryAt ?? 0) };
}

function giveUp(outcome: Extract<Outcome, { kind: 'retry' | 'split' }>, attempts: number): Outcome {
	const error = new DeliveryError(
		'ERR_DELIVERY_EXHAUSTED',
		`gave up after ${attempts} attempts; the last one: ${outcome.error.message}`,
		{ cause: outcome.error, details: { attempts, lastCode: outcome.error.code } },
	);
	const answer = outcome.answer ? { answer: outcome.answer } : {};
	if (outcome.kind === 'retry') return { kind: 'dead', error, ...answer };
	// Held rows wait on: their attempt did not count.
	const hold = outcome.hold ? { hold: outcome.hold } : {};
	const dead = [...outcome.dead, ...outcome.retry];
	return { kind: 'split', retry: [], ...hold, dead, error, ...answer };
}
