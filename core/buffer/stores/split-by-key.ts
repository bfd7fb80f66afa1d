import type { SplitPlan } from './positions';

export interface KeyedPlan extends SplitPlan {
	/** Of a key that is retried: they wait for it without a batch. */
	readonly behind: readonly number[];
}

/**
 * What a split does under order key (I22): per key the rows up to the last retried one are retried, and those behind them wait. So two of
 * the batches that it makes never share a key. Pure.
 *
 * @param keyAt of the row at a position of the batch
 */
export function splitByKey(
	plan: SplitPlan,
	keyAt: (position: number) => string | undefined,
): KeyedPlan {
	const lastRetried = new Map<string, number>();
	for (const position of plan.retry) {
		const key = keyAt(position);
		if (key !== undefined) lastRetried.set(key, position);
	}
	const retry = [...plan.retry];
	const hold: number[] = [];
	const behind: number[] = [];
	for (const position of plan.hold) {
		const last = lastRetried.get(keyAt(position) ?? '');
		if (keyAt(position) === undefined || last === undefined) hold.push(position);
		else if (position < last) retry.push(position);
		else behind.push(position);
	}
	return { ...plan, retry: retry.sort((a, b) => a - b), hold, behind };
}
