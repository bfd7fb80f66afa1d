import assert from 'node:assert/strict';
import type { StoredExport } from '../../core/buffer/store';
import {
	anExport,
	appendTexts,
	aRow,
	claimBatch,
	dueAt,
	EXPORT_ID,
	LEASE,
	readTexts,
	someError,
	type Fixture,
} from './store-fixtures';

const DAY_MS = 86_400_000;

export function timeTests(current: () => Fixture): void {
	describe('nextDue', () => {
		it('knows nothing to wait for in an empty store', async () => {
			const { store } = current();
			await store.putExport(anExport());
			assert.equal(await dueAt(store), undefined);
		});

		it('is when the time condition of the first waiting row is met', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const at = clock.now() + 60_000;
			await appendTexts(store, clock, ['a']);
			clock.advance(500);
			await appendTexts(store, clock, ['b']);
			assert.equal(await dueAt(store), at);
			clock.advance(59_500);
			await claimBatch(store);
		});

		it('is when nothing has come for the idle time; each row begins it anew', async () => {
			const { store, clock } = current();
			const conditions = { count: 9, sizeBytes: 1_000, timeMs: 60_000, idleMs: 10_000 };
			await store.putExport(anExport({ conditions }));
			await appendTexts(store, clock, ['a']);
			assert.equal(await dueAt(store), clock.now() + 10_000);
			clock.advance(9_000);
			await appendTexts(store, clock, ['b', 'c']);
			clock.advance(9_999);
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
			assert.equal(await dueAt(store), clock.now() + 1);
			clock.advance(1);
			const { reason, count } = await claimBatch(store);
			assert.equal(count, 3);
			assert.match(reason, /^idle threshold met, last row at: .*, passed: 10s threshold: 10s$/);
		});

		it('is when nothing has come since the last row of those that came together', async () => {
			const { store, clock } = current();
			const conditions = { count: 9, sizeBytes: 1_000, timeMs: 60_000, idleMs: 10_000 };
			await store.putExport(anExport({ conditions }));
			const events = [5_000, 2_000].map((agoMs) => ({
				rows: [aRow(clock, `${agoMs}`, { receivedAt: clock.now() - agoMs })],
			}));
			await store.append({ receiverId: 'receiver', events });
			assert.equal(await dueAt(store), clock.now() + 8_000);
			clock.advance(7_999);
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
			clock.advance(1);
			assert.equal((await claimBatch(store)).count, 2);
		});

		it('is when the time of the first row is over, however many come without an idle time between them', async () => {
			const { store, clock } = current();
			const conditions = { count: 99, sizeBytes: 9_000, timeMs: 60_000, idleMs: 10_000 };
			await store.putExport(anExport({ conditions }));
			for (let second = 0; second < 60; second += 5) {
				await appendTexts(store, clock, ['x']);
				assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
				clock.advance(5_000);
			}
			assert.match((await claimBatch(store)).reason, /^time threshold met/);
		});

		it('is now when a condition is met already', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a', 'b', 'c']);
			assert.equal(await dueAt(store), clock.now());
		});

		it('is the end of a lease when no more may be out', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, 'abcdef'.split(''));
			await claimBatch(store);
			assert.equal(await dueAt(store), clock.now() + LEASE.leaseMs);
		});

		it('is the time of the next attempt', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a', 'b', 'c']);
			const { lease } = await claimBatch(store);
			const at = clock.now() + 7_000;
			await store.settle(lease, { kind: 'retry', at, error: someError });
			assert.equal(await dueAt(store), at);
		});

		it('is told of the exports that are asked for, each by itself', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const conditions = { count: 10, sizeBytes: 1_000, timeMs: 5_000 };
			await store.putExport(anExport({ id: 'fast', conditions }));
			await appendTexts(store, clock, ['a']);
			await appendTexts(store, clock, ['b'], { exportId: 'receiver/fast' });
			await store.putExport(anExport({ id: 'empty' }));
			await store.putExport(anExport({ id: 'gone' }));
			await appendTexts(store, clock, ['c'], { exportId: 'receiver/gone' });
			await store.removeExport('receiver/gone', 'drop');
			const asked = ['receiver/fast', EXPORT_ID, 'empty', 'gone', 'never'].map((id) =>
				id.includes('/') ? id : `receiver/${id}`,
			);
			assert.deepEqual(
				new Map([...(await store.nextDue(asked))].sort()),
				new Map([
					['receiver/fast', clock.now() + 5_000],
					[EXPORT_ID, clock.now() + 60_000],
				]),
			);
			assert.deepEqual([...(await store.nextDue([EXPORT_ID])).keys()], [EXPORT_ID]);
			assert.equal((await store.nextDue([])).size, 0);
		});
	});

	describe('a clock that jumps (I17)', () => {
		it('back: does not extend a lease', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a', 'b', 'c']);
			await claimBatch(store);
			clock.advance(-DAY_MS);
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
			clock.advance(LEASE.leaseMs);
			assert.equal((await claimBatch(store)).attempt, 2);
		});

		it('back: keeps the delay of a retry and of a time condition', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a', 'b', 'c']);
			const { lease } = await claimBatch(store);
			clock.advance(-DAY_MS);
			assert.equal(await dueAt(store), clock.now() + LEASE.leaseMs);
			const at = clock.now() + 5_000;
			await store.settle(lease, { kind: 'retry', at, error: someError });
			await appendTexts(store, clock, ['d']);
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
			assert.equal(await dueAt(store), at);
			clock.advance(5_000);
			const again = await claimBatch(store);
			assert.deepEqual(await readTexts(again), ['a', 'b', 'c']);
			await store.settle(again.lease, { kind: 'ack' });
			clock.advance(54_999);
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
			clock.advance(1);
			assert.deepEqual(await readTexts(await claimBatch(store)), ['d']);
		});

		it('forth and back again: keeps the key of a duplicate and the order of rows', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a']);
			clock.advance(DAY_MS);
			await appendTexts(store, clock, ['b']);
			clock.advance(-DAY_MS);
			await appendTexts(store, clock, ['c']);
			assert.deepEqual(await readTexts(await claimBatch(store)), ['a', 'b', 'c']);
		});
	});

	describe('retention (S38)', () => {
		const put = async (retention: StoredExport['retention']) => {
			const { store, clock } = current();
			await store.putExport(
				anExport({ ...(retention ? { retention } : {}), maxInFlight: 2, state: 'PAUSED' }),
			);
			await appendTexts(store, clock, ['a', 'b', 'c', 'd']);
			return store;
		};
		/** Lets the store's own sweep run, and waits until it has: calls are answered in order, a sweep may be two of them. */
		const passDays = async (days: number) => {
			const { store, clock } = current();
			clock.advance(days * DAY_MS);
			await store.counters();
			return (await store.counters())[0];
		};

		it('puts aside what is older than 7 days, and removes it 7 days later', async () => {
			const store = await put(undefined);
			assert.equal((await passDays(6.9))?.rows, 4);
			const aside = await passDays(0.2);
			assert.deepEqual([aside?.rows, aside?.deadRows, aside?.bytes], [0, 4, 0]);
			const letters = await store.deadLetters();
			assert.deepEqual(await Promise.all(letters.map(readTexts)), [['a', 'b', 'c'], ['d']]);
			assert.equal((await passDays(6.9))?.deadRows, 4);
			const gone = await passDays(0.2);
			assert.deepEqual([gone?.deadRows, gone?.purgedTotal], [0, 4]);
			const { warnings } = current();
			assert.match(warnings[0] ?? '', /^4 rows of export receiver\/orders .* are dead letters now/);
			assert.match(
				warnings[1] ?? '',
				/^dead letters of export receiver\/orders with 4 rows .* removed/,
			);
		});

		it('puts aside an open batch that waits for its retry, not one that is leased', async () => {
			const { clock } = current();
			const store = await put({ ageMs: DAY_MS, action: 'dead-letter' });
			await store.setState(EXPORT_ID, 'ACTIVE');
			const leased = await store.claim(EXPORT_ID, { owner: 'test', leaseMs: 9 * DAY_MS });
			const retried = await claimBatch(store, { flush: true });
			const at = clock.now() + 9 * DAY_MS;
			await store.settle(retried.lease, { kind: 'retry', at, error: someError });
			const counters = await passDays(1.1);
			assert.deepEqual([counters?.openRows, counters?.deadRows], [leased?.count, retried.count]);
		});

		it('drops the oldest when asked to by name, counted', async () => {
			await put({ ageMs: DAY_MS, action: 'drop-oldest' });
			const counters = await passDays(1.1);
			assert.deepEqual([counters?.rows, counters?.purgedTotal, counters?.deadRows], [0, 4, 0]);
			assert.match(current().warnings[0] ?? '', /^4 rows .* are dropped/);
		});

		it('refuses new rows when asked to block', async () => {
			const { clock } = current();
			const store = await put({ ageMs: DAY_MS, action: 'block' });
			assert.equal((await passDays(1.1))?.rows, 4);
			await assert.rejects(appendTexts(store, clock, ['e']), { code: 'ERR_BUFFER_FULL' });
		});
	});
}
