import assert from 'node:assert/strict';
import { UNMAPPED_REVISION } from '../../core/buffer/store';
import {
	anExport,
	aRow,
	appendTexts,
	claimBatch,
	EXPORT_ID,
	readRows,
	readTexts,
	someError,
	type Fixture,
} from './store-fixtures';

export function deadLetterTests(current: () => Fixture): void {
	const buryTexts = async (texts: string[], exportId = EXPORT_ID) => {
		const { store, clock } = current();
		await appendTexts(store, clock, texts, { exportId });
		const batch = await claimBatch(store, { exportId, flush: true });
		await store.settle(batch.lease, { kind: 'dead', error: someError });
		return batch;
	};

	describe('dead letters (S37)', () => {
		it('are listed oldest first, by export and by page', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await store.putExport(anExport({ id: 'other' }));
			const ids: string[] = [];
			for (const exportId of [EXPORT_ID, 'receiver/other', EXPORT_ID]) {
				ids.push((await buryTexts(['a'], exportId)).id);
				clock.advance(1_000);
			}
			const list = async (o?: { exportId?: string; limit?: number; offset?: number }) =>
				(await store.deadLetters(o)).map((letter) => letter.batchId);
			assert.deepEqual(await list(), ids);
			assert.deepEqual(await list({ exportId: EXPORT_ID }), [ids[0], ids[2]]);
			assert.deepEqual(await list({ limit: 1, offset: 1 }), [ids[1]]);
		});

		it('hold an event that could not be mapped as the event itself', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ columns: [{ type: 'body', name: 'b' }] }));
			const row = aRow(clock, 'the event', { mappingRevision: UNMAPPED_REVISION });
			await store.append({
				receiverId: 'receiver',
				events: [{ rows: [], dead: [{ rows: [row], error: someError }] }],
			});
			const [letter] = await store.deadLetters();
			await store.replay({ batchId: letter?.batchId ?? '' });
			const batch = await claimBatch(store);
			assert.equal(batch.output, 'event');
			assert.equal(batch.columns, undefined);
			assert.equal(batch.mappingRevision, UNMAPPED_REVISION);
		});

		it('are replayed as new batches with the same rows and ids and a new key', async () => {
			const { store } = current();
			await store.putExport(anExport());
			const dead = await buryTexts(['a', 'b']);
			const before = await readRows((await store.deadLetters())[0] ?? dead);
			assert.deepEqual(await store.replay({ batchId: dead.id }), { batches: 1, rows: 2 });
			assert.deepEqual(await store.deadLetters(), []);
			const again = await claimBatch(store);
			assert.equal(again.attempt, 1);
			assert.notEqual(again.id, dead.id);
			assert.notEqual(again.idempotencyKey, dead.idempotencyKey);
			assert.deepEqual(await readRows(again), before);
			await store.settle(again.lease, { kind: 'ack' });
			const [counters] = await store.counters();
			assert.deepEqual(
				[counters?.ackedTotal, counters?.deadRows, counters?.buriedTotal],
				[2, 0, 2],
			);
		});

		it('are replayed since an instant', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await buryTexts(['old']);
			clock.advance(1_000);
			const since = clock.now();
			await buryTexts(['new']);
			assert.deepEqual(await store.replay({ exportId: EXPORT_ID, since }), { batches: 1, rows: 1 });
			assert.deepEqual(await readTexts(await claimBatch(store)), ['new']);
			assert.deepEqual(await store.replay({ exportId: EXPORT_ID }), { batches: 1, rows: 1 });
		});

		it('that do not exist are neither replayed nor purged', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a', 'b', 'c']);
			const { id } = await claimBatch(store);
			for (const batchId of ['77', 'x', id]) {
				assert.deepEqual(await store.replay({ batchId }), { batches: 0, rows: 0 });
				assert.deepEqual(await store.purge({ batchId }), { rows: 0 });
			}
		});

		it('go before newer rows when the order is strict', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ order: 'strict' }));
			const dead = await buryTexts(['a']);
			await appendTexts(store, clock, ['b']);
			const later = await claimBatch(store, { flush: true });
			await store.settle(later.lease, { kind: 'retry', error: someError });
			await store.replay({ batchId: dead.id });
			assert.deepEqual(await readTexts(await claimBatch(store)), ['a']);
		});

		it('get their row ids by their first claim when they never had any', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const row = { exportId: EXPORT_ID, eventId: 'e', receivedAt: clock.now(), sizeBytes: 1 };
			const payload = new Uint8Array([120]);
			const dead = [{ rows: [{ ...row, mappingRevision: 1, payload }], error: someError }];
			await store.append({ receiverId: 'receiver', events: [{ rows: [], dead }] });
			const [letter] = await store.deadLetters();
			assert.deepEqual(letter && (await readRows(letter)).map((r) => r.rowId), [0]);
			await store.replay({ exportId: EXPORT_ID });
			assert.deepEqual(
				(await readRows(await claimBatch(store))).map((r) => r.rowId),
				[1],
			);
		});
	});

	describe('purge', () => {
		const prepare = async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ maxInFlight: 5 }));
			const dead = await buryTexts(['dead']);
			await appendTexts(store, clock, ['open 1', 'open 2']);
			await claimBatch(store, { flush: true });
			await appendTexts(store, clock, ['waiting']);
			return dead;
		};

		const cases = [
			{ what: 'waiting', purged: 3, left: { rows: 0, openRows: 0, deadRows: 1 } },
			{ what: 'dead', purged: 1, left: { rows: 1, openRows: 2, deadRows: 0 } },
			{ what: 'all', purged: 4, left: { rows: 0, openRows: 0, deadRows: 0 } },
		] as const;
		for (const { what, purged, left } of cases) {
			it(`removes and counts ${what}`, async () => {
				const { store } = current();
				await prepare();
				assert.deepEqual(await store.purge({ exportId: EXPORT_ID, what }), { rows: purged });
				const [c] = await store.counters();
				assert.deepEqual({ rows: c?.rows, openRows: c?.openRows, deadRows: c?.deadRows }, left);
				assert.equal(c?.purgedTotal, purged);
				assert.equal(c?.bytes, left.rows === 0 ? 0 : 'waiting'.length);
			});
		}

		it('removes one dead letter', async () => {
			const { store } = current();
			const { id } = await prepare();
			assert.deepEqual(await store.purge({ batchId: id }), { rows: 1 });
			assert.deepEqual(await store.deadLetters(), []);
		});

		it('leaves a store that works', async () => {
			const { store, clock } = current();
			await prepare();
			await store.purge({ exportId: EXPORT_ID, what: 'all' });
			await appendTexts(store, clock, ['x', 'y', 'z']);
			assert.deepEqual(await readTexts(await claimBatch(store)), ['x', 'y', 'z']);
		});
	});
}
