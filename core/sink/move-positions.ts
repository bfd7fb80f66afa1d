import type { Outcome } from '../buffer/store';

/** An outcome whose rows are named as they were somewhere else. @param positions of each row, where it was there */
export function movePositions(outcome: Outcome, positions: readonly number[]): Outcome {
	if (outcome.kind !== 'split') return outcome;
	const positionOf = (i: number): number => positions[i] ?? i;
	return {
		...outcome,
		retry: outcome.retry.map(positionOf),
		...(outcome.hold ? { hold: outcome.hold.map(positionOf) } : {}),
		dead: outcome.dead.map(positionOf),
	};
}
