import type { Batch, Outcome } from '../buffer/store';
import type { RetryConfig } from '../config';
import type { Verdict } from './gate';
import { planNextAttempt } from './next-attempt';

/**
 * What an attempt that is not to be counted ends as: a failed probe of a destination that is down, a failure that reached nobody and
 * has used up the schedule, and whatever an export has got that is paused because its destination is given up. It waits as long as
 * the schedule says after this attempt, and comes again with its number: rows die of their age alone. Pure.
 *
 * @returns undefined: it counts
 */
export function uncounted(
	outcome: Outcome,
	{ attempt }: Pick<Batch, 'attempt'>,
	verdict: Verdict,
	o: { readonly retry: RetryConfig; readonly now: number; readonly random: number },
): Outcome | undefined {
	if (verdict === 'counts' || outcome.kind === 'ack' || outcome.kind === 'release')
		return undefined;
	const { length } = o.retry.delaysMs;
	if (verdict === 'kept') return keep(outcome, o.now);
	// Who wants no second attempt gets none.
	if (length === 0 || (verdict === 'unreachable' && attempt <= length)) return undefined;
	const planned = planNextAttempt(outcome, { attempt: Math.min(attempt, length) }, o);
	if (planned.kind === 'retry') return { ...planned, counts: false };
	if (planned.kind !== 'split' || planned.retry.length === 0) return undefined;
	const { retry, hold = [] } = planned;
	return { ...planned, retry: [], hold: [...retry, ...hold] };
}

/** Nothing of it is put aside: it is due when the export is set active again. */
function keep(
	outcome: Extract<Outcome, { kind: 'retry' | 'dead' | 'split' }>,
	now: number,
): Outcome {
	if (outcome.kind !== 'split') return { ...outcome, kind: 'retry', at: now, counts: false };
	const { retry, hold = [], dead } = outcome;
	return { ...outcome, retry: [], hold: [...retry, ...hold, ...dead], dead: [], retryAt: now };
}
