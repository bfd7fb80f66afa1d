import assert from 'node:assert/strict';
import type { Batch, StoredExport } from '../../core/buffer/store';
import {
	anExport,
	aRow,
	claimBatch,
	dueAt,
	EXPORT_ID,
	LEASE,
	readRows,
	readTexts,
	someError,
	toText,
	type Fixture,
} from './store-fixtures';

const DAY_MS = 86_400_000;
const ack = { kind: 'ack' } as const;
const error = someError;

/** Order key (I22). A row's text is its key and a number: `a1` is the first of key a; `-1` has no key. */
export function keyOrderTests(current: () => Fixture): void {
	const prepare = async (overrides: Partial<StoredExport> = {}) => {
		await current().store.putExport(
			anExport({
				order: 'key',
				maxInFlight: 9,
				conditions: { count: 2, sizeBytes: 1_000, timeMs: 60_000 },
				...overrides,
			}),
		);
	};
	const keyOf = (text: string) => (text.startsWith('-') ? {} : { sequenceKey: text.slice(0, -1) });
	const append = async (texts: string, mappingRevision = 1) => {
		const { store, clock } = current();
		const rows = texts
			.split(' ')
			.map((text) => aRow(clock, text, { ...keyOf(text), mappingRevision }));
		await store.append({ receiverId: 'receiver', events: rows.map((row) => ({ rows: [row] })) });
	};
	/** What a claim gives: its rows, and the lease by which it is settled. */
	const claim = async (flush = false): Promise<Batch> => claimBatch(current().store, { flush });
	const textsOf = async (batch: Batch) => (await readTexts(batch)).join(' ');
	const claimTexts = async (flush = false) => textsOf(await claim(flush));
	const claimNothing = async (flush = false) =>
		assert.equal(await current().store.claim(EXPORT_ID, { ...LEASE, flush }), undefined);
	const counters = async () => {
		const [found] = await current().store.counters();
		assert.ok(found);
		return found;
	};
	const show = async (batch: Batch) =>
		(await readRows(batch)).map((row) => `${row.rowId} ${toText(row)}`).join(' ');

	describe('order key (I22)', () => {
		it('holds the rows of a key that is open, and gives those of others', async () => {
			const { store, clock } = current();
			await prepare();
			await append('a1 b1 a2 c1 -1 b2');
			const first = await claim();
			assert.equal(await textsOf(first), 'a1 b1');
			assert.equal(await claimTexts(), 'c1 -1');
			assert.equal((await counters()).rows, 2);
			assert.equal((await counters()).openRows, 4);
			await claimNothing(true);
			await store.settle(first.lease, { kind: 'retry', at: clock.now() + 5_000, error });
			await claimNothing(true);
			await append('-2 d1');
			assert.equal(await claimTexts(), '-2 d1');
		});

		it('gives held rows as soon as what had their key is settled, whatever the conditions say', async () => {
			const { store } = current();
			for (const outcome of [ack, { kind: 'dead', error } as const]) {
				await prepare();
				await append('a1 -1');
				const first = await claim();
				await append('a2 -2');
				const other = await claim(true);
				assert.equal(await textsOf(other), '-2');
				await claimNothing();
				await store.settle(first.lease, outcome);
				const next = await claim();
				assert.deepEqual([await textsOf(next), next.reason], ['a2', 'key']);
				await store.removeExport(EXPORT_ID, 'drop');
			}
		});

		it('is due only when there is something to give', async () => {
			const { store, clock } = current();
			await prepare();
			await append('a1 b1');
			const first = await claim();
			await append('a2 b2 a3');
			assert.equal(await dueAt(store), clock.now());
			await claimNothing();
			// It ends with the lease, which is not the time condition of rows that wait for another.
			assert.equal(await dueAt(store), first.lease.until);
			await append('c1');
			assert.equal(await dueAt(store), clock.now() + 30_000);
			await store.settle(first.lease, { kind: 'retry', at: clock.now() + 5_000, error });
			assert.equal(await dueAt(store), clock.now() + 5_000);
			assert.equal((await counters()).nextAttemptAt, clock.now() + 5_000);
			clock.advance(5_000);
			const again = await claim();
			assert.equal(await textsOf(again), 'a1 b1');
			await store.settle(again.lease, ack);
			assert.equal(await dueAt(store), clock.now());
			assert.equal(await claimTexts(), 'a2 a3');
			assert.equal(await claimTexts(), 'b2');
			const { rows, nextAttemptAt } = await counters();
			assert.deepEqual([rows, nextAttemptAt], [1, undefined]);
			assert.equal(await dueAt(store), clock.now() + 30_000);
		});

		it('counts what is held apart, of all that waits', async () => {
			const { store, clock } = current();
			await prepare();
			await append('a1 b1 a2 c1');
			const first = await claim();
			const second = await claim();
			assert.equal(await textsOf(second), 'c1');
			const look = async () => {
				const { rows, bytes, heldRows, heldBytes } = await counters();
				return [rows, bytes, heldRows, heldBytes];
			};
			assert.deepEqual(await look(), [1, 2, 1, 2]);
			const answer = await store.append({
				receiverId: 'receiver',
				events: [{ rows: [aRow(clock, 'd1', { sequenceKey: 'd' })] }],
			});
			assert.deepEqual(await look(), [2, 4, 1, 2]);
			assert.deepEqual(answer.counters, await store.counters());
			await store.settle(first.lease, ack);
			assert.equal(await claimTexts(), 'a2');
			assert.deepEqual(await look(), [1, 2, 0, 0]);
		});

		it('fills a batch of held rows with what waits, when a condition is met', async () => {
			const { store } = current();
			await prepare({ conditions: { count: 4, sizeBytes: 1_000, timeMs: 60_000 } });
			await append('a1 b1 c1 d1');
			const first = await claim();
			await append('a2 b2 c2 e1');
			assert.equal(await textsOf(await claim()), 'e1');
			await append('f1 a3 g1 h1 i1');
			await store.settle(first.lease, ack);
			// Of a key that is in the batch anyway the next one comes along.
			assert.equal(await claimTexts(), 'a2 b2 c2 f1');
			assert.equal(await claimTexts(true), 'g1 h1 i1');
			assert.equal((await counters()).rows, 1);
			assert.equal((await counters()).oldestAt, current().clock.now());
		});

		it('keeps the order of each key when few rows fit', async () => {
			const { store } = current();
			await prepare();
			await append('a1 b1');
			const first = await claim();
			await append('a2 a3 b2 a4 b3');
			await claimNothing();
			await store.settle(first.lease, ack);
			const second = await claim();
			assert.equal(await textsOf(second), 'a2 a3');
			assert.equal(await claimTexts(), 'b2 b3');
			await claimNothing(true);
			await store.settle(second.lease, ack);
			assert.equal(await claimTexts(), 'a4');
		});

		it('passes over no held row that does not fit', async () => {
			const { store, clock } = current();
			await prepare({ conditions: { count: 9, sizeBytes: 100, timeMs: 60_000 } });
			await append('a1');
			const first = await claim(true);
			for (const [text, sizeBytes] of [
				['a2', 60],
				['a3', 60],
			] as const) {
				const row = aRow(clock, text, { ...keyOf(text), sizeBytes });
				await store.append({ receiverId: 'receiver', events: [{ rows: [row] }] });
			}
			await claimNothing(true);
			await append('a4 b1');
			await store.settle(first.lease, ack);
			const second = await claim(true);
			assert.equal(await textsOf(second), 'a2 b1');
			await claimNothing(true);
			await store.settle(second.lease, ack);
			assert.equal(await claimTexts(true), 'a3 a4');
		});

		it('never mixes mapping revisions, and passes over none', async () => {
			const { store } = current();
			await prepare();
			await append('a1 b1');
			const first = await claim();
			await append('a2');
			await claimNothing(true);
			await prepare({ output: 'cells' });
			await append('a3 b2', 2);
			await claimNothing(true);
			await store.settle(first.lease, ack);
			const taken: string[] = [];
			for (let n = 0; n < 3; n++) {
				const batch = await store.claim(EXPORT_ID, { ...LEASE, flush: true });
				if (batch === undefined) break;
				taken.push(`${batch.mappingRevision} ${await textsOf(batch)}`);
				await store.settle(batch.lease, ack);
			}
			assert.deepEqual(taken, ['1 a2', '2 a3 b2']);
		});

		it('gives ids with the first claim: without gaps, rising within a key', async () => {
			const { store } = current();
			await prepare();
			await append('a1 b1 a2 c1 d1');
			const first = await claim();
			assert.equal(await show(first), '1 a1 2 b1');
			assert.equal(await show(await claim(true)), '3 c1 4 d1');
			assert.deepEqual((await store.peek(EXPORT_ID)).map(toText), ['a2']);
			await store.settle(first.lease, ack);
			assert.equal(await show(await claim()), '5 a2');
			assert.equal(await store.nextRowId(EXPORT_ID), 6);
		});

		it('tells long keys apart by all of them', async () => {
			const { store, clock } = current();
			await prepare({ conditions: { count: 1, sizeBytes: 9, timeMs: 1_000 } });
			const long = 'k'.repeat(5_000);
			for (const key of [`${long}1`, `${long}2`, `${long}1`, 'a\ud800\0', 'a\ud801\0', '']) {
				const row = aRow(clock, `${key.length}`, { sequenceKey: key });
				await store.append({ receiverId: 'receiver', events: [{ rows: [row] }] });
			}
			const taken: string[] = [];
			for (let n = 0; n < 5; n++) taken.push(await claimTexts());
			assert.deepEqual(taken, ['5001', '5001', '3', '3', '0']);
			await claimNothing(true);
			assert.equal((await counters()).rows, 1);
		});

		it('comes again before the rows behind it when its lease ends', async () => {
			const { store, clock } = current();
			await prepare();
			await append('a1 b1');
			await claim();
			await append('a2 c1');
			const other = await claim(true);
			assert.equal(await textsOf(other), 'c1');
			await store.settle(other.lease, ack);
			clock.advance(30_000);
			const again = await claim();
			assert.deepEqual([await textsOf(again), again.attempt], ['a1 b1', 2]);
			await store.settle(again.lease, { kind: 'release' });
			await append('b2 d1');
			assert.equal(await claimTexts(), 'a1 b1');
		});

		it('splits: rows behind a retried one of their key wait for it, other held ones do not', async () => {
			const { store, clock } = current();
			await prepare({ conditions: { count: 6, sizeBytes: 1_000, timeMs: 60_000 } });
			await append('a1 b1 a2 c1 b2 -1');
			const first = await claim();
			await append('a3');
			await claimNothing(true);
			const retryAt = clock.now() + 5_000;
			const split = { kind: 'split', retry: [0], retryAt, hold: [2, 3, 5, 4], dead: [] } as const;
			await store.settle(first.lease, { ...split, error });
			const { rows, openRows, openBatches, retryingBatches, ackedTotal } = await counters();
			assert.deepEqual([rows, openRows, openBatches, ackedTotal], [2, 4, 2, 1]);
			assert.equal(retryingBatches, 2);
			assert.equal(await dueAt(store), retryAt);
			clock.advance(5_000);
			const [retried, others] = [await claim(), await claim()];
			assert.deepEqual([await show(retried), retried.attempt], ['1 a1', 2]);
			assert.deepEqual([await show(others), others.attempt], ['4 c1 5 b2 6 -1', 1]);
			await claimNothing(true);
			await store.settle(retried.lease, ack);
			const behind = await claim();
			assert.deepEqual([await show(behind), behind.attempt], ['3 a2 7 a3', 1]);
		});

		it('splits: a held row before a retried one of its key is retried with it', async () => {
			const { store } = current();
			await prepare({ conditions: { count: 4, sizeBytes: 1_000, timeMs: 60_000 } });
			await append('a1 b1 a2 a3');
			const first = await claim();
			await store.settle(first.lease, {
				kind: 'split',
				retry: [2],
				hold: [0, 3, 1],
				dead: [],
				error,
			});
			assert.deepEqual([await claimTexts(), await claimTexts()], ['a1 a2', 'b1']);
			assert.equal((await counters()).rows, 1);
			await claimNothing(true);
		});

		it('goes on behind a dead row of the key', async () => {
			const { store } = current();
			await prepare();
			await append('a1 b1 a2 b2');
			const first = await claim();
			await claimNothing();
			await store.settle(first.lease, { kind: 'split', retry: [1], dead: [0], error });
			assert.deepEqual([await claimTexts(), await claimTexts()], ['b1', 'a2']);
			await claimNothing(true);
		});

		it('replays: rows of a free key at once, others when it is free, in the old order', async () => {
			const { store } = current();
			await prepare();
			await append('a1 b1');
			const dead = await claim();
			await store.settle(dead.lease, { kind: 'dead', error });
			await append('a2 c1 a3');
			const second = await claim();
			await claimNothing(true);
			assert.deepEqual(await store.replay({ exportId: EXPORT_ID }), { batches: 1, rows: 2 });
			assert.equal(await show(await claim()), '2 b1');
			await claimNothing(true);
			const { rows, deadRows, openRows } = await counters();
			assert.deepEqual([rows, deadRows, openRows], [2, 0, 3]);
			await store.settle(second.lease, ack);
			assert.equal(await show(await claim()), '1 a1 5 a3');
		});

		it('purges and counts what is held', async () => {
			const { store } = current();
			await prepare();
			await append('a1 b1 a2 b2 a3');
			await claim();
			await claimNothing(true);
			assert.deepEqual(await store.purge({ exportId: EXPORT_ID, what: 'waiting' }), { rows: 5 });
			const { rows, bytes, openRows, purgedTotal, oldestAt } = await counters();
			assert.deepEqual([rows, bytes, openRows, purgedTotal, oldestAt], [0, 0, 0, 5, undefined]);
			await append('a4 b3');
			assert.equal(await claimTexts(), 'a4 b3');
		});

		for (const action of ['dead-letter', 'drop-oldest'] as const) {
			it(`puts held rows aside when they are too old (${action})`, async () => {
				const { store, clock } = current();
				await prepare({ retention: { ageMs: DAY_MS, action } });
				await append('a1 b1');
				const first = await claimBatch(store, {});
				await append('a2 a3 b2');
				await claimNothing(true);
				// Renewed, so that the batch that has their key is not put aside before them.
				for (let hours = 0; hours < 24; hours++) {
					await store.settle((await store.claim(EXPORT_ID, LEASE))?.lease ?? first.lease, {
						kind: 'release',
					});
					clock.advance(3_600_000);
				}
				await append('a4');
				clock.advance(120_000);
				// Calls are answered in order, a sweep may be two of them.
				await store.counters();
				await store.counters();
				const { rows, deadRows, deadBatches, purgedTotal } = await counters();
				assert.equal(rows, 1);
				if (action === 'drop-oldest') assert.equal(purgedTotal, 5);
				else assert.deepEqual([deadRows, deadBatches], [5, 3]);
				assert.equal(await claimTexts(true), 'a4');
			});
		}

		it('counts held rows for the age that blocks', async () => {
			const { store, clock } = current();
			await prepare({ retention: { ageMs: DAY_MS, action: 'block' } });
			await append('a1 b1');
			const first = await claim();
			await append('a2');
			await claimNothing(true);
			clock.advance(2 * DAY_MS);
			await assert.rejects(append('c1'), { code: 'ERR_BUFFER_FULL' });
			await store.settle(first.lease, ack);
			await claim();
			await append('c1');
		});

		it('gives batches that share a key one after the other, where they are left of another order', async () => {
			const { store } = current();
			await prepare({ order: 'any' });
			await append('a1 b1 a2 c1 c2 d1');
			const batches = [await claim(), await claim(), await claim()];
			for (const { lease } of batches) {
				await store.settle(lease, { kind: 'retry', error });
			}
			await prepare();
			await append('b2 e1');
			const first = await claim();
			assert.equal(await textsOf(first), 'a1 b1');
			assert.equal(await claimTexts(), 'e1');
			await claimNothing(true);
			assert.equal((await counters()).nextAttemptAt, undefined);
			await store.settle(first.lease, { kind: 'split', retry: [0], dead: [], error });
			assert.deepEqual([await claimTexts(), await claimTexts()], ['a1', 'b2']);
			await claimNothing(true);
			const again = await store.deadLetters();
			assert.equal(again.length, 0);
		});

		it('goes on with all of them when it becomes another order', async () => {
			const { store } = current();
			for (const order of ['any', 'strict'] as const) {
				await prepare();
				await append('a1 b1 a2 b2 a3 c1');
				const first = await claim();
				assert.equal(await claimTexts(true), 'c1');
				await prepare({ order });
				if (order === 'strict') {
					await claimNothing(true);
					await store.settle(first.lease, ack);
					await store.purge({ exportId: EXPORT_ID, what: 'dead' });
					await claimNothing(true);
				} else {
					assert.equal(await claimTexts(), 'a2 a3');
					assert.equal(await claimTexts(), 'b2');
					await prepare();
					await append('a4 d1');
					assert.equal(await claimTexts(true), 'd1');
				}
				await store.removeExport(EXPORT_ID, 'drop');
			}
		});

		it('forgets nothing when it becomes another order and comes back', async () => {
			const { store } = current();
			await prepare();
			await append('a1 b1 a2 c1');
			const first = await claim();
			assert.equal(await claimTexts(true), 'c1');
			await prepare({ order: 'any' });
			await prepare();
			await append('a3 c2');
			await claimNothing(true);
			await store.settle(first.lease, ack);
			assert.equal(await claimTexts(), 'a2 a3');
			await claimNothing(true);
		});

		it('refuses claims of live rows', async () => {
			const { store } = current();
			await prepare();
			await append('-1 -2');
			await assert.rejects(claimBatch(store, { liveMs: 60_000 }), {
				code: 'ERR_CONFIG_INVALID',
			});
			assert.equal(await claimTexts(), '-1 -2');
		});

		it('drains what is held of an export that is removed', async () => {
			const { store } = current();
			await prepare();
			await append('a1 b1 a2');
			const first = await claim();
			await claimNothing(true);
			await store.removeExport(EXPORT_ID, 'drain');
			await claimNothing();
			await store.settle(first.lease, ack);
			const last = await claim();
			assert.equal(await textsOf(last), 'a2');
			await store.settle(last.lease, ack);
			assert.equal(await store.getExport(EXPORT_ID), undefined);
		});

		it('holds 10,000 rows of one key without holding up another', async () => {
			const { store } = current();
			await prepare({ conditions: { count: 500, sizeBytes: 5_000_000, timeMs: 60_000 } });
			await append('a1');
			const first = await claim(true);
			for (let n = 0; n < 10; n++)
				await append(Array.from({ length: 1_000 }, () => 'a2').join(' '));
			await append('b1');
			const other = await claim(true);
			assert.equal(await textsOf(other), 'b1');
			await store.settle(other.lease, ack);
			await store.settle(first.lease, ack);
			for (let n = 0; n < 20; n++) {
				const batch = await claim();
				assert.equal(batch.count, 500);
				await claimNothing(true);
				await store.settle(batch.lease, ack);
			}
			await claimNothing(true);
			assert.equal((await counters()).ackedTotal, 10_002);
		});
	});
}
