import type { Outcome } from '../store';

/** What a split does with each row of its batch, in the batch's order. */
export interface SplitPlan {
	readonly retry: readonly number[];
	readonly hold: readonly number[];
	readonly dead: readonly number[];
	readonly ackedCount: number;
}

/** A position that is none: the caller is wrong. A class of its own, so that no other TypeError passes for it. */
export class PositionError extends TypeError {}

/**
 * Orders and checks the positions of a split.
 *
 * @throws PositionError when a position is outside the batch or named twice: a sink that does this is wrong
 */
export function planSplit(
	outcome: Pick<Extract<Outcome, { kind: 'split' }>, 'retry' | 'hold' | 'dead'>,
	count: number,
): SplitPlan {
	const { retry, hold = [], dead } = outcome;
	const named = new Set<number>();
	for (const position of [...retry, ...hold, ...dead]) {
		if (!Number.isInteger(position) || position < 0 || position >= count) {
			throw new PositionError(`split: position ${position} is outside a batch of ${count} rows`);
		}
		if (named.has(position)) throw new PositionError(`split: position ${position} is named twice`);
		named.add(position);
	}
	const inOrder = (positions: readonly number[]) => positions.toSorted((a, b) => a - b);
	return {
		retry: inOrder(retry),
		hold: inOrder(hold),
		dead: inOrder(dead),
		ackedCount: count - named.size,
	};
}
