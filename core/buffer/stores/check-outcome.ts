import type { Outcome } from '../store';

const KINDS: readonly unknown[] = [
	'ack',
	'retry',
	'dead',
	'split',
	'release',
] satisfies Outcome['kind'][];

/**
 * What is no outcome settles nothing, and a time that is none would be stored as one that never comes.
 *
 * @throws TypeError the caller is wrong
 */
export function checkOutcome(outcome: Outcome): void {
	if (!KINDS.includes((outcome as Outcome | undefined)?.kind)) {
		throw new TypeError('settle: what became of the batch is not told');
	}
	const at =
		outcome.kind === 'retry' ? outcome.at : outcome.kind === 'split' ? outcome.retryAt : undefined;
	if (at === undefined || Number.isFinite(at)) return;
	throw new TypeError(`settle: the time of the next attempt is ${at}`);
}
