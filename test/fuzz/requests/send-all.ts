import fc from 'fast-check';
import { connectionTo } from './connections';
import { exchange } from './exchange';
import type { Observed } from './oracle';
import type { FuzzPlace } from './places';

/** Connections at once. */
const AT_ONCE = 8;

/** Sends random connections to a host whose store is looked at when it has ended. @param seed prints with a failure */
export async function sendAll(
	port: number,
	places: readonly FuzzPlace[],
	{ count, seed }: { readonly count: number; readonly seed: number },
): Promise<Observed[]> {
	const waiting = fc.sample(connectionTo(places), { seed, numRuns: count }).entries();
	const observed: Observed[] = [];
	const sendNext = async (): Promise<void> => {
		for (const [index, connection] of waiting) {
			const mark = `m${index}`;
			const exchanged = await exchange(port, connection, mark, { staysOpen: true });
			observed.push({ connection, mark, exchanged });
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, sendNext));
	return observed;
}
