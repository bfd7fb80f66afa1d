import type { Outcome } from '../store';

/**
 * A time that is none would be stored as one that never comes.
 *
 * @throws TypeError the caller is wrong
 */
export function checkOutcome(outcome: Outcome): void {
	const at =
		outcome.kind === 'retry' ? outcome.at : outcome.kind === 'split' ? outcome.retryAt : undefined;
	if (at === undefined || Number.isFinite(at)) return;
	throw new TypeError(`settle: the time of the next attempt is ${at}`);
}
