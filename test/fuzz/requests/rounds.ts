import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Store } from '../../../core/buffer/store';
import { collect } from '../../support/collect';
import { aPost, exchange as send, statuses } from '../../support/raw-http';
import { connectionTo } from './connections';
import { exchange } from './exchange';
import { Books, storedEvent, type IsHosts, type Observed, type StoredEvent } from './oracle';
import type { FuzzPlace } from './places';

/** Of one round, all at once. */
const CONNECTIONS = { minLength: 1, maxLength: 8 };

/**
 * Sends random connections, round after round, to a server whose store is at hand, and looks after each of them at what was answered and
 * what is stored, and whether a good request is taken. Prints how many there were.
 */
export async function fuzzRounds(o: {
	readonly port: number;
	readonly places: readonly FuzzPlace[];
	/** Takes one event without any proof. */
	readonly open: string;
	readonly store: Store;
	readonly runs: number;
	readonly staysOpen?: boolean;
	readonly isHosts?: IsHosts;
}): Promise<void> {
	const { port, places, store, staysOpen = false } = o;
	const books = new Books(o.isHosts);
	const seen = new Map<number, number>();
	let next = 0;
	const property = fc.asyncProperty(fc.array(connectionTo(places), CONNECTIONS), async (given) => {
		const observed = await Promise.all(
			given.map(async (connection): Promise<Observed> => {
				const mark = `m${next++}`;
				return {
					connection,
					mark,
					exchanged: await exchange(port, connection, mark, { staysOpen }),
				};
			}),
		);
		books.check(observed, await drain(store));
		for (const { exchanged } of observed)
			for (const status of statuses(exchanged.received))
				seen.set(status, (seen.get(status) ?? 0) + 1);
		const good = await send({ port }, aPost(o.open, ['x-mark: good']));
		assert.deepEqual(statuses(good), [200]);
		const late = await drain(store);
		assert.equal(late.filter(({ mark }) => mark === 'good').length, 1);
		books.check(
			[],
			late.filter(({ mark }) => mark !== 'good'),
		);
	});
	await fc.assert(property, { numRuns: o.runs });
	console.log(`      ${next} connections, answers ${JSON.stringify(Object.fromEntries(seen))}`);
}

/** All that waits, which is gone then. */
async function drain(store: Store): Promise<StoredEvent[]> {
	const found: StoredEvent[] = [];
	for (const { exportId } of await store.counters()) {
		const o = { owner: 'test', leaseMs: 60_000, flush: true };
		for (;;) {
			const batch = await store.claim(exportId, o);
			if (!batch) break;
			for (const { payload } of await collect(batch.rows())) found.push(storedEvent(payload));
			await store.settle(batch.lease, { kind: 'ack' });
		}
	}
	return found;
}
