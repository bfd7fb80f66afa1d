import assert from 'node:assert/strict';
import { openStore } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import {
	LEFT_OUT_COLLECTION,
	LeftOutCounts,
	readLeftOutTotal,
} from '../../../core/metrics/left-out';
import { FakeClock, settled } from '../../support/fake-clock';

const ID = 'r1/main';

describe('how many events a filter has left out', () => {
	let clock: FakeClock;
	let store: Store;
	const errors: unknown[] = [];

	beforeEach(async () => {
		clock = new FakeClock();
		store = await openStore({ kind: 'memory', clock });
		errors.length = 0;
	});
	afterEach(() => store.close());

	/** As a process of its own. */
	async function process(by: string): Promise<LeftOutCounts> {
		const counts = new LeftOutCounts({
			documents: () => store.documents,
			clock,
			by,
			onError: (error) => errors.push(error),
		});
		await counts.load(ID);
		return counts;
	}
	const kept = () => readLeftOutTotal(store.documents, ID);
	const write = () => clock.advance(10_000);

	it('is kept ten seconds later at the latest, and goes on after a restart', async () => {
		const first = await process('a');
		first.add(ID, 2);
		first.add(ID);
		assert.deepEqual([first.total(ID), await kept()], [3, 0]);
		await write();
		assert.equal(await kept(), 3);
		first.add(ID, 4);
		await first.close();
		const second = await process('b');
		assert.equal(second.total(ID), 7);
		second.add(ID, 1);
		await second.close();
		assert.equal(await kept(), 8);
		assert.equal((await process('b')).total(ID), 8, 'a process that opens its pipeline again');
	});

	it('is the sum of processes, whoever writes first', async () => {
		const [a, b] = [await process('a'), await process('b')];
		for (let round = 1; round <= 5; round++) {
			a.add(ID, 10);
			b.add(ID, 1);
			await write();
			assert.equal(await kept(), 11 * round);
		}
		assert.equal(Math.max(a.total(ID), b.total(ID)), 55);
	});

	it('counts nothing twice where a write was done and its answer was lost, and nothing less where it was not', async () => {
		const a = await process('a');
		const { documents } = store;
		const put = documents.put.bind(documents);
		for (const isDone of [true, false]) {
			documents.put = async (...args) => {
				if (isDone) await put(...args);
				throw new Error('the answer is lost');
			};
			a.add(ID, 5);
			await write();
			documents.put = put;
			await write();
		}
		assert.equal(await kept(), 10);
		assert.equal(errors.length, 2);
	});

	it('stays small over many restarts, and one that comes late counts on from there', async () => {
		const early = await process('early');
		early.add(ID, 3);
		await write();
		for (let n = 0; n < 60; n++) {
			const one = await process(`p${n}`);
			one.add(ID, 1);
			await one.close();
		}
		const { value } = (await store.documents.get(LEFT_OUT_COLLECTION, ID)) ?? {};
		assert.equal(Object.keys((value as { by: object }).by).length, 20);
		assert.equal(await kept(), 63);
		early.add(ID, 2);
		await early.keep(ID);
		assert.equal(await kept(), 65);
		early.add(ID, 1);
		await early.close();
		assert.equal(await kept(), 66);
	});

	it('holds up nobody where the store keeps nothing, and what is no number counts nothing', async () => {
		for (const value of ['text', { before: -1.5, by: { x: 'many', y: 4 } }, null]) {
			await store.documents.put(LEFT_OUT_COLLECTION, ID, value);
			assert.equal((await process('a')).total(ID), value && typeof value === 'object' ? 4 : 0);
		}
		store.documents.get = () => Promise.reject(new Error('away'));
		const one = await process('b');
		one.add(ID, 2);
		assert.equal(one.total(ID), 2);
		assert.equal(errors.length, 1);
		await settled();
	});

	it('costs an export whose filter leaves nothing out no write and no timer', async () => {
		const one = await process('a');
		assert.equal(clock.pending(), 1, 'that of the store');
		await one.close();
		assert.deepEqual(await store.documents.collections(), []);
	});
});
