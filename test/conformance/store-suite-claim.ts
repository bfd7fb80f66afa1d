import assert from 'node:assert/strict';
import type { Lease } from '../../core/buffer/store';
import {
	anExport,
	aRow,
	appendTexts,
	claimBatch,
	dueAt,
	EXPORT_ID,
	LEASE,
	readRows,
	readTexts,
	someError,
	type Fixture,
} from './store-fixtures';

export function claimTests(current: () => Fixture): void {
	const claimNothing = async () => {
		assert.equal(await current().store.claim(EXPORT_ID, LEASE), undefined);
	};

	describe('claim', () => {
		it('gives nothing before a condition is met', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await claimNothing();
			await appendTexts(store, clock, ['a', 'b']);
			await claimNothing();
			clock.advance(59_999);
			await claimNothing();
		});

		it('gives the payloads of its rows alone, where it can, also more than once', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a', '', 'ä日']);
			const batch = await claimBatch(store);
			for (let time = 0; time < 2 && batch.payloads; time++) {
				const texts: string[] = [];
				for await (const { bytes, starts, ends } of batch.payloads())
					for (const [i, start] of starts.entries())
						texts.push(Buffer.from(bytes.subarray(start, ends[i])).toString());
				assert.deepEqual(texts, ['a', '', 'ä日']);
			}
			assert.deepEqual(await readTexts(batch), ['a', '', 'ä日']);
		});

		const closings = [
			{ name: 'count', texts: ['a', 'b', 'c'], waitMs: 0, reason: /^count threshold met/ },
			{ name: 'size', texts: ['x'.repeat(1_000)], waitMs: 0, reason: /^size threshold met/ },
			{ name: 'time', texts: ['a'], waitMs: 60_000, reason: /^time threshold met/ },
		];
		for (const { name, texts, waitMs, reason } of closings) {
			it(`gives a batch when the ${name} condition is met`, async () => {
				const { store, clock } = current();
				await store.putExport(anExport());
				const firstAt = clock.now();
				await appendTexts(store, clock, texts);
				clock.advance(waitMs);
				const batch = await claimBatch(store);
				assert.match(batch.reason, reason);
				assert.deepEqual(await readTexts(batch), texts);
				const { count, sizeBytes, lastAt, attempt, exportId, mappingRevision, output } = batch;
				assert.deepEqual(
					{ count, sizeBytes, firstAt: batch.firstAt, lastAt, attempt, exportId },
					{
						count: texts.length,
						sizeBytes: texts.join('').length,
						firstAt,
						lastAt: firstAt,
						attempt: 1,
						exportId: EXPORT_ID,
					},
				);
				assert.deepEqual({ mappingRevision, output }, { mappingRevision: 1, output: 'record' });
				assert.deepEqual(batch.lease, {
					batchId: batch.id,
					token: 1,
					until: clock.now() + LEASE.leaseMs,
				});
				const start = `${store.id}/${EXPORT_ID}/${batch.id}-`;
				assert.ok(batch.idempotencyKey.startsWith(start));
				assert.match(batch.idempotencyKey.slice(start.length), /^[0-9a-f]{16}$/);
			});
		}

		it('gives what waits when a flush is asked for', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			assert.equal(await store.claim(EXPORT_ID, { ...LEASE, flush: true }), undefined);
			await appendTexts(store, clock, ['a']);
			const batch = await claimBatch(store, { flush: true });
			assert.equal(batch.reason, 'flush');
			assert.deepEqual(await readTexts(batch), ['a']);
		});

		it('lowers the counters of what waits by exactly what it took (I10)', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const firstAt = clock.now();
			await appendTexts(store, clock, ['a', 'bb', 'ccc']);
			clock.advance(1_000);
			await appendTexts(store, clock, ['dddd']);
			await claimBatch(store);
			const [counters] = await store.counters();
			assert.deepEqual(
				{ ...counters, exportId: '', state: '' },
				{
					exportId: '',
					state: '',
					rows: 1,
					bytes: 4,
					heldRows: 0,
					heldBytes: 0,
					oldestAt: firstAt + 1_000,
					lastFailure: undefined,
					openBatches: 1,
					openRows: 3,
					retryingBatches: 0,
					retryingRows: 0,
					retryingOldestAt: undefined,
					nextAttemptAt: undefined,
					deadBatches: 0,
					deadRows: 0,
					deadBytes: 0,
					acceptedTotal: 4,
					ackedTotal: 0,
					droppedTotal: 0,
					droppedSinceDisabled: 0,
					purgedTotal: 0,
					buriedTotal: 0,
				},
			);
		});

		const bounds = [
			{ name: 'rows', sizes: [1, 1, 1, 1, 1, 1, 1], counts: [3, 3, 1] },
			{ name: 'bytes', sizes: [400, 400, 400, 400], counts: [2, 2] },
			{ name: 'exactly the byte limit', sizes: [500, 500, 500, 500], counts: [2, 2] },
			{ name: 'a byte too many', sizes: [500, 501, 500], counts: [1, 1, 1] },
			{ name: 'a row larger than the limit', sizes: [1, 5_000, 1], counts: [1, 1, 1] },
		];
		for (const { name, sizes, counts } of bounds) {
			it(`keeps a batch within its bounds: ${name} (I12)`, async () => {
				const { store, clock } = current();
				await store.putExport(anExport({ maxInFlight: 10 }));
				const texts = sizes.map((size, index) => String(index).padEnd(size, '.'));
				await Promise.all(texts.map((text) => appendTexts(store, clock, [text])));
				const found: number[] = [];
				const seen: string[] = [];
				for (const _ of counts) {
					const batch = await claimBatch(store, { flush: true });
					const read = await readTexts(batch);
					assert.equal(read.length, batch.count);
					assert.equal(read.join('').length, batch.sizeBytes);
					found.push(batch.count);
					seen.push(...read);
				}
				assert.deepEqual(found, counts);
				assert.deepEqual(seen, texts);
				assert.equal((await store.counters())[0]?.rows, 0);
			});
		}

		it('keeps a batch within bounds that were lowered after the rows came', async () => {
			const { store, clock } = current();
			const before = { count: 100, sizeBytes: 10_000, timeMs: 60_000 };
			await store.putExport(anExport({ conditions: before, maxInFlight: 10 }));
			const texts = Array.from({ length: 7 }, (_, index) => `row ${index}`);
			await Promise.all(texts.map((text) => appendTexts(store, clock, [text])));
			await store.putExport(anExport({ conditions: { ...before, count: 2 }, maxInFlight: 10 }));
			const seen: string[] = [];
			for (const count of [2, 2, 2, 1]) {
				const batch = await claimBatch(store, { flush: true });
				assert.equal(batch.count, count);
				seen.push(...(await readTexts(batch)));
				await store.settle(batch.lease, { kind: 'ack' });
			}
			assert.deepEqual(seen, texts);
		});

		it('never mixes mapping revisions in a batch', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ maxInFlight: 5 }));
			await appendTexts(store, clock, ['a', 'b']);
			const columns = [{ type: 'body', name: 'body' }] as const;
			await store.putExport(anExport({ columns, output: 'cells', maxInFlight: 5 }));
			await appendTexts(store, clock, ['c'], { mappingRevision: 2 });
			await appendTexts(store, clock, ['late'], { mappingRevision: 1 });
			const batches = [await claimBatch(store), await claimBatch(store, { flush: true })];
			batches.push(await claimBatch(store, { flush: true }));
			const shown = [];
			for (const batch of batches) {
				const { mappingRevision, output, columns: seen } = batch;
				shown.push({ texts: await readTexts(batch), mappingRevision, output, columns: seen });
			}
			const first = { mappingRevision: 1, output: 'record', columns: undefined };
			assert.deepEqual(shown, [
				{ texts: ['a', 'b'], ...first },
				{ texts: ['c'], mappingRevision: 2, output: 'cells', columns: [...columns] },
				{ texts: ['late'], ...first },
			]);
		});

		it('gives at most maxInFlight batches at once', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ maxInFlight: 2 }));
			await appendTexts(store, clock, 'abcdefghi'.split(''));
			const first = await claimBatch(store);
			await claimBatch(store);
			await claimNothing();
			await store.settle(first.lease, { kind: 'ack' });
			assert.deepEqual(await readTexts(await claimBatch(store)), ['g', 'h', 'i']);
		});

		it('gives later batches while one waits for its retry', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, 'abcdef'.split(''));
			const { lease } = await claimBatch(store);
			await store.settle(lease, { kind: 'retry', at: clock.now() + 5_000, error: someError });
			assert.deepEqual(await readTexts(await claimBatch(store)), ['d', 'e', 'f']);
		});

		it('counts what waits for its next attempt apart from what is with the sink', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ maxInFlight: 3 }));
			const look = async () => {
				const [c] = await store.counters();
				return [c?.openBatches, c?.openRows, c?.retryingBatches, c?.retryingRows, c?.nextAttemptAt];
			};
			assert.deepEqual(await look(), [0, 0, 0, 0, undefined]);
			await appendTexts(store, clock, 'abcdefg'.split(''));
			const batches = [await claimBatch(store), await claimBatch(store)];
			batches.push(await claimBatch(store, { flush: true }));
			assert.deepEqual(await look(), [3, 7, 0, 0, undefined]);
			const startedAt = clock.now();
			for (const [index, delayMs] of [9_000, 5_000].entries()) {
				const { lease } = batches[index] ?? (await claimBatch(store));
				const at = startedAt + delayMs;
				await store.settle(lease, { kind: 'retry', at, error: someError });
			}
			assert.deepEqual(await look(), [3, 7, 2, 6, startedAt + 5_000]);
			const answer = await store.append({
				receiverId: 'receiver',
				events: [{ rows: [aRow(clock, 'h')] }],
			});
			assert.deepEqual(await store.counters(), answer.counters, 'an append says the same');
			clock.advance(LEASE.leaseMs);
			assert.deepEqual(await look(), [3, 7, 3, 7, startedAt], 'a lease that ended, due at once');
			await store.settle((await claimBatch(store)).lease, { kind: 'ack' });
			assert.deepEqual(await look(), [2, 6, 2, 6, startedAt + 5_000]);
			await store.retryNow(EXPORT_ID);
			await claimBatch(store);
			assert.deepEqual((await look()).slice(0, 4), [2, 6, 1, 3]);
		});

		it('knows how long the oldest row waits that is retried, whichever batch it is in', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ maxInFlight: 3 }));
			const oldest = async () => (await store.counters())[0]?.retryingOldestAt;
			const startedAt = clock.now();
			for (const texts of ['abc', 'def', 'ghi']) {
				await appendTexts(store, clock, texts.split(''));
				clock.advance(1_000);
			}
			const leases: Lease[] = [];
			for (let batch = 0; batch < 3; batch++) leases.push((await claimBatch(store)).lease);
			assert.equal(await oldest(), undefined, 'all are with the sink');
			const again = async (index: number, delayMs: number) => {
				const lease = leases[index];
				assert.ok(lease);
				const at = clock.now() + delayMs;
				await store.settle(lease, { kind: 'retry', at, error: someError });
			};
			await again(2, 1_000);
			assert.equal(await oldest(), startedAt + 2_000);
			await again(1, 60_000);
			assert.equal(await oldest(), startedAt + 1_000, 'also where it comes later than others');
			await again(0, 90_000);
			assert.equal(await oldest(), startedAt);
			clock.advance(90_000);
			assert.deepEqual(await readTexts(await claimBatch(store)), ['g', 'h', 'i']);
			const { lease } = await claimBatch(store);
			assert.equal(await oldest(), startedAt);
			await store.settle(lease, { kind: 'ack' });
			const last = await claimBatch(store);
			assert.deepEqual(await readTexts(last), ['a', 'b', 'c']);
			assert.equal(await oldest(), undefined);
			const dead = { retry: [1], dead: [0], error: someError } as const;
			await store.settle(last.lease, { kind: 'split', ...dead });
			assert.equal(await oldest(), startedAt);
		});

		it('knows the next attempt under strict order only when the first batch waits for it', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ order: 'strict' }));
			await appendTexts(store, clock, ['a', 'b', 'c']);
			const { lease } = await claimBatch(store);
			const retry = [0, 2];
			const retryAt = clock.now() + 5_000;
			await store.settle(lease, { kind: 'split', retry, retryAt, dead: [1], error: someError });
			await store.replay({ exportId: EXPORT_ID });
			const look = async () => {
				const [c] = await store.counters();
				return [c?.retryingBatches, c?.retryingRows, c?.nextAttemptAt];
			};
			assert.deepEqual(await look(), [2, 3, retryAt]);
			clock.advance(5_000);
			await claimBatch(store);
			assert.deepEqual(await look(), [1, 1, undefined]);
		});

		it('holds later batches behind an open one when the order is strict (S35)', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ order: 'strict', maxInFlight: 9 }));
			await appendTexts(store, clock, 'abcdef'.split(''));
			const first = await claimBatch(store);
			await claimNothing();
			await store.settle(first.lease, { kind: 'retry', at: clock.now() + 5_000, error: someError });
			await claimNothing();
			assert.equal(await dueAt(store), clock.now() + 5_000);
			clock.advance(5_000);
			const again = await claimBatch(store);
			assert.deepEqual(await readTexts(again), ['a', 'b', 'c']);
			await store.settle(again.lease, { kind: 'ack' });
			assert.deepEqual(await readTexts(await claimBatch(store)), ['d', 'e', 'f']);
		});

		it('closes a batch by the conditions of now, also amid rows that came together before them', async () => {
			const { store, clock } = current();
			const waitFor = (count: number) =>
				store.putExport(anExport({ conditions: { count, sizeBytes: 1_000, timeMs: 60_000 } }));
			await waitFor(2);
			for (const texts of [
				['a', 'b'],
				['c', 'd'],
			]) {
				const events = texts.map((text) => ({ rows: [aRow(clock, text)] }));
				await store.append({ receiverId: 'receiver', events });
			}
			await waitFor(3);
			const batch = await claimBatch(store);
			assert.deepEqual(await readTexts(batch), ['a', 'b', 'c']);
			await store.settle(batch.lease, { kind: 'ack' });
			assert.deepEqual(await readTexts(await claimBatch(store, { flush: true })), ['d']);
		});

		it('reads a batch in slices of at most 1 MB, as often as asked (S29)', async () => {
			const { store, clock } = current();
			const conditions = { count: 100, sizeBytes: 20_000_000, timeMs: 60_000 };
			await store.putExport(anExport({ conditions }));
			const sizes = [600_000, 600_000, 100_000, 3_000_000, 10, 10];
			const texts = sizes.map((size, index) => String(index).padEnd(size, '.'));
			await Promise.all(texts.map((text) => appendTexts(store, clock, [text])));
			const batch = await claimBatch(store, { flush: true });
			const slices: number[][] = [];
			for await (const slice of batch.rows()) slices.push(slice.map((row) => row.rowId));
			assert.deepEqual(slices, [[1], [2, 3], [4], [5, 6]]);
			assert.deepEqual(await readTexts(batch), texts);
			await store.settle(batch.lease, { kind: 'ack' });
			await assert.rejects(readRows(batch), { code: 'ERR_LEASE_LOST' });
		});
	});
}
