import type { Counters } from '../../buffer/store';
import type { Operable } from '../operable';

/** What the store counts of one export; undefined for one that it does not know. */
export async function countersOf(
	{ store }: Operable,
	exportId: string,
): Promise<Counters | undefined> {
	return (await store.counters()).find((one) => one.exportId === exportId);
}
