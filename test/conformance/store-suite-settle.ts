import assert from 'node:assert/strict';
import type { Outcome } from '../../core/buffer/store';
import {
	anExport,
	appendTexts,
	claimBatch,
	EXPORT_ID,
	LEASE,
	readRows,
	readTexts,
	someError,
	toText,
	type Fixture,
} from './store-fixtures';

export function settleTests(current: () => Fixture): void {
	const lost = { code: 'ERR_LEASE_LOST' };
	const claimAbc = async () => {
		const { store, clock } = current();
		await store.putExport(anExport());
		await appendTexts(store, clock, ['a', 'b', 'c']);
		return claimBatch(store);
	};
	const show = async (source: Parameters<typeof readRows>[0]) =>
		(await readRows(source)).map((row) => `${row.rowId} ${toText(row)}`);

	describe('lease', () => {
		it('can be renewed by its own length', async () => {
			const { store, clock } = current();
			const { lease } = await claimAbc();
			clock.advance(20_000);
			const renewed = await store.renew(lease);
			assert.deepEqual(renewed, { ...lease, until: clock.now() + LEASE.leaseMs });
			clock.advance(29_999);
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
		});

		it('ends: the same batch is given again with a higher token, attempt and the same key (I4, I7)', async () => {
			const { store, clock } = current();
			const first = await claimAbc();
			clock.advance(LEASE.leaseMs);
			await assert.rejects(store.renew(first.lease), lost);
			const second = await claimBatch(store);
			assert.deepEqual(
				{ ...second, lease: null, rows: null, payloads: null },
				{ ...first, attempt: 2, lease: null, rows: null, payloads: null },
			);
			assert.equal(second.lease.token, 2);
			assert.deepEqual(await show(second), await show(first));
		});

		const acts: [string, Outcome][] = [
			['ack', { kind: 'ack' }],
			['retry', { kind: 'retry', error: someError }],
			['dead', { kind: 'dead', error: someError }],
			['release', { kind: 'release' }],
			['split', { kind: 'split', retry: [0], dead: [1], error: someError }],
		];
		for (const [name, outcome] of acts) {
			it(`lets a stale token neither ${name} nor renew (I6)`, async () => {
				const { store, clock } = current();
				const first = await claimAbc();
				clock.advance(LEASE.leaseMs);
				const second = await claimBatch(store);
				const before = await store.counters();
				await assert.rejects(store.settle(first.lease, outcome), lost);
				await assert.rejects(store.renew(first.lease), lost);
				assert.deepEqual(await store.counters(), before);
				await store.settle(second.lease, { kind: 'ack' });
				await assert.rejects(store.settle(second.lease, outcome), lost);
			});

			it(`is over after ${name}`, async () => {
				const { store } = current();
				const { lease } = await claimAbc();
				await store.settle(lease, outcome);
				await assert.rejects(store.settle(lease, { kind: 'ack' }), lost);
				await assert.rejects(store.renew(lease), lost);
			});
		}

		it('lets its owner settle late when nobody claimed the batch again', async () => {
			const { store, clock } = current();
			const { lease } = await claimAbc();
			clock.advance(LEASE.leaseMs * 2);
			await store.settle(lease, { kind: 'ack' });
			assert.equal((await store.counters())[0]?.ackedTotal, 3);
		});

		it('does not exist for a batch that never was', async () => {
			const { store } = current();
			for (const batchId of ['99', 'x', '']) {
				const lease = { batchId, token: 1, until: 0 };
				await assert.rejects(store.settle(lease, { kind: 'ack' }), lost);
			}
		});
	});

	describe('settle', () => {
		it('ack removes the batch for good (I8)', async () => {
			const { store, clock } = current();
			const { lease } = await claimAbc();
			await store.settle(lease, { kind: 'ack' });
			clock.advance(1e9);
			assert.equal(await store.claim(EXPORT_ID, { ...LEASE, flush: true }), undefined);
			const [counters] = await store.counters();
			assert.deepEqual([counters?.openRows, counters?.ackedTotal], [0, 3]);
		});

		it('retry gives the same batch at its time, not before', async () => {
			const { store, clock } = current();
			const first = await claimAbc();
			const at = clock.now() + 5_000;
			await store.settle(first.lease, { kind: 'retry', at, error: someError });
			clock.advance(4_999);
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
			clock.advance(1);
			const second = await claimBatch(store);
			assert.deepEqual([second.id, second.attempt, second.lease.token], [first.id, 2, 2]);
		});

		it('retry without a time is due at once', async () => {
			const { store } = current();
			const { lease, id } = await claimAbc();
			await store.settle(lease, { kind: 'retry', error: someError });
			assert.equal((await claimBatch(store)).id, id);
		});

		it('retry that does not count is due then, with the same key, its attempt as it was and its error', async () => {
			const { store, clock } = current();
			const first = await claimAbc();
			const at = clock.now() + 1_000;
			await store.settle(first.lease, { kind: 'retry', at, counts: false, error: someError });
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
			clock.advance(1_000);
			const second = await claimBatch(store);
			assert.deepEqual(
				[second.id, second.attempt, second.idempotencyKey],
				[first.id, 1, first.idempotencyKey],
			);
			await store.settle(second.lease, { kind: 'retry', error: someError });
			assert.equal((await claimBatch(store)).attempt, 2);
		});

		it('release is due at once, and the attempt does not count', async () => {
			const { store } = current();
			const first = await claimAbc();
			await store.settle(first.lease, { kind: 'release' });
			const second = await claimBatch(store);
			assert.deepEqual([second.id, second.attempt, second.lease.token], [first.id, 1, 2]);
		});

		it('dead puts the batch aside whole, with its error', async () => {
			const { store, clock } = current();
			const batch = await claimAbc();
			clock.advance(10);
			await store.settle(batch.lease, { kind: 'dead', error: someError });
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
			const [letter] = await store.deadLetters();
			assert.ok(letter);
			const { rows: _, ...plain } = letter;
			assert.deepEqual(plain, {
				batchId: batch.id,
				exportId: EXPORT_ID,
				mappingRevision: 1,
				output: 'record',
				idempotencyKey: batch.idempotencyKey,
				count: 3,
				sizeBytes: 3,
				firstAt: batch.firstAt,
				lastAt: batch.lastAt,
				attempts: 1,
				deadAt: clock.now(),
				error: {
					at: clock.now(),
					code: 'ERR_SINK_UNAVAILABLE',
					message: 'the sink answered 503',
				},
			});
			assert.deepEqual(await show(letter), ['1 a', '2 b', '3 c']);
		});

		it('split acks the rest, retries and buries the named rows, which keep their ids', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ conditions: { count: 6, sizeBytes: 99, timeMs: 1_000 } }));
			await appendTexts(store, clock, 'abcdef'.split(''));
			const batch = await claimBatch(store);
			const retryAt = clock.now() + 1_000;
			const error = someError;
			await store.settle(batch.lease, {
				kind: 'split',
				retry: [4, 0, 3],
				retryAt,
				dead: [2],
				error,
			});
			const [counters] = await store.counters();
			assert.deepEqual(
				[counters?.ackedTotal, counters?.openRows, counters?.deadRows, counters?.openBatches],
				[2, 3, 1, 1],
			);
			const [letter] = await store.deadLetters();
			assert.deepEqual(letter && (await show(letter)), ['3 c']);
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
			clock.advance(1_000);
			const again = await claimBatch(store);
			assert.deepEqual(await show(again), ['1 a', '4 d', '5 e']);
			assert.deepEqual([again.count, again.sizeBytes, again.attempt], [3, 3, 2]);
			assert.notEqual(again.idempotencyKey, batch.idempotencyKey);
			await store.settle(again.lease, { kind: 'split', retry: [1], dead: [], error });
			assert.deepEqual(await show(await claimBatch(store)), ['4 d']);
		});

		it('split holds rows behind those it retries, without having counted the attempt', async () => {
			const { store, clock } = current();
			await store.putExport(
				anExport({ conditions: { count: 6, sizeBytes: 99, timeMs: 1_000 }, maxInFlight: 9 }),
			);
			await appendTexts(store, clock, 'abcdef'.split(''), { sequenceKey: 'k' });
			const batch = await claimBatch(store);
			await store.settle(batch.lease, { kind: 'retry', error: someError });
			const second = await claimBatch(store);
			const retryAt = clock.now() + 1_000;
			const split = { kind: 'split', retry: [1], retryAt, hold: [5, 2], dead: [3] } as const;
			await store.settle(second.lease, { ...split, error: someError });
			const [counters] = await store.counters();
			assert.deepEqual(
				[counters?.ackedTotal, counters?.openBatches, counters?.openRows, counters?.deadRows],
				[2, 2, 3, 1],
			);
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
			clock.advance(1_000);
			const [retried, held] = [await claimBatch(store), await claimBatch(store)];
			assert.deepEqual([await show(retried), retried.attempt], [['2 b'], 3]);
			assert.deepEqual([await show(held), held.attempt], [['3 c', '6 f'], 2]);
			assert.ok((await readRows(held)).every(({ sequenceKey }) => sequenceKey === 'k'));
			await store.settle(held.lease, {
				kind: 'split',
				retry: [],
				hold: [1],
				dead: [],
				error: someError,
			});
			const alone = await claimBatch(store);
			assert.deepEqual([await show(alone), alone.attempt], [['6 f'], 2]);
		});

		const wrong = [
			{ name: 'held and retried', retry: [1], hold: [1], dead: [] },
			{ name: 'held outside the batch', retry: [], hold: [3], dead: [] },
			{ name: 'outside the batch', retry: [3], dead: [] },
			{ name: 'negative', retry: [], dead: [-1] },
			{ name: 'named twice', retry: [1], dead: [1] },
			{ name: 'no whole number', retry: [0.5], dead: [] },
		];
		for (const { name, ...positions } of wrong) {
			it(`refuses a split whose position is ${name}, and changes nothing`, async () => {
				const { store } = current();
				const { lease } = await claimAbc();
				const outcome = { kind: 'split', ...positions, error: someError } as const;
				await assert.rejects(store.settle(lease, outcome), TypeError);
				await store.settle(lease, { kind: 'ack' });
			});
		}

		it('refuses a next attempt at no time, and changes nothing', async () => {
			const { store } = current();
			const { lease } = await claimAbc();
			const never = Number.NaN;
			for (const outcome of [
				{ kind: 'retry', at: never, error: someError } as const,
				{ kind: 'split', retry: [0], retryAt: never, dead: [], error: someError } as const,
			]) {
				await assert.rejects(store.settle(lease, outcome), TypeError);
			}
			await store.settle(lease, { kind: 'ack' });
		});

		it('gives row ids without gaps over all batches', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ maxInFlight: 5 }));
			const seen: string[] = [];
			for (const text of ['a', 'b', 'c']) {
				await appendTexts(store, clock, [text, text.toUpperCase()]);
				const batch = await claimBatch(store, { flush: true });
				seen.push(...(await show(batch)));
				await store.settle(batch.lease, { kind: 'retry', error: someError, at: clock.now() + 1e6 });
			}
			assert.deepEqual(seen, ['1 a', '2 A', '3 b', '4 B', '5 c', '6 C']);
		});

		it('retryNow makes waiting retries due', async () => {
			const { store, clock } = current();
			const { lease } = await claimAbc();
			await store.settle(lease, { kind: 'retry', at: clock.now() + 1e6, error: someError });
			assert.equal(await store.retryNow(EXPORT_ID), 1);
			assert.deepEqual(await readTexts(await claimBatch(store)), ['a', 'b', 'c']);
			assert.equal(await store.retryNow(EXPORT_ID), 0);
		});
	});
}
