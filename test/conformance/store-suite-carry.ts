import assert from 'node:assert/strict';
import {
	anExport,
	appendTexts,
	appendEvent,
	aRow,
	claimBatch,
	EXPORT_ID,
	type Fixture,
	keys,
	LEASE,
	readRows,
	readTexts,
	someError,
} from './store-fixtures';

const COLUMNS = [{ type: 'path', name: 'a', path: 'a' }] as const;

/** What brings rows from one store or export into another. */
export function carryTests(current: () => Fixture): void {
	describe('what is carried elsewhere', () => {
		it('comes from an export that is paused, beyond maxInFlight, before its conditions are met', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ conditions: { count: 1, sizeBytes: 999, timeMs: 1_000 } }));
			await appendTexts(store, clock, ['a', 'b']);
			const first = await claimBatch(store);
			await store.setState(EXPORT_ID, 'PAUSED');
			assert.equal(await store.claim(EXPORT_ID, { ...LEASE, flush: true }), undefined);
			const batch = await claimBatch(store, { flush: true, regardless: true });
			assert.notEqual(batch.id, first.id);
		});

		it('comes one batch after the other under order strict', async () => {
			const { store, clock } = current();
			const conditions = { count: 1, sizeBytes: 999, timeMs: 1_000 };
			await store.putExport(anExport({ conditions, order: 'strict', maxInFlight: 5 }));
			await appendTexts(store, clock, ['a', 'b']);
			await claimBatch(store, { regardless: true });
			assert.equal(await store.claim(EXPORT_ID, { ...LEASE, regardless: true }), undefined);
		});

		it('is a dead letter of several rows with its error and attempts, and is delivered as one when replayed', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['before']);
			// More than one chunk, after whatever else has been put aside.
			const texts = ['x'.repeat(700_000), 'y'.repeat(700_000), 'z'];
			const some = [
				{ rows: texts.map((text) => aRow(clock, text)), error: someError, attempts: 4 },
			];
			const { counters } = await appendEvent(store, { rows: [], dead: some });
			assert.deepEqual(
				counters.map(({ rows, deadBatches, deadRows, deadBytes }) => [
					rows,
					deadBatches,
					deadRows,
					deadBytes,
				]),
				[[1, 1, 3, 1_400_001]],
			);
			await appendEvent(store, {
				rows: [],
				dead: [{ rows: [aRow(clock, 'other')], error: someError }],
			});
			const letters = await store.deadLetters();
			assert.deepEqual(
				letters.map(({ count, attempts, error: { code } }) => [count, attempts, code]),
				[
					[3, 4, someError.code],
					[1, 0, someError.code],
				],
			);
			const [letter] = letters;
			assert.ok(letter);
			assert.deepEqual(await readTexts(letter), texts);
			await store.replay({ batchId: letter.batchId });
			const batch = await claimBatch(store);
			const rows = await readRows(batch);
			assert.deepEqual(
				rows.map(({ rowId, payload }) => [rowId, payload.length]),
				[
					[1, 700_000],
					[2, 700_000],
					[3, 1],
				],
			);
			await store.settle(batch.lease, { kind: 'ack' });
			assert.deepEqual(await store.purge({ exportId: EXPORT_ID, what: 'all' }), { rows: 2 });
		});

		it('is refused as a dead letter of no rows, of two exports or revisions, or of half an attempt', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const row = aRow(clock, 'a');
			const wrong = [
				{ rows: [] },
				{ rows: [row, { ...row, exportId: 'receiver/other' }] },
				{ rows: [row, { ...row, mappingRevision: 0 }] },
				{ rows: [row], attempts: 0.5 },
			];
			for (const one of wrong) {
				const dead = [{ ...one, error: someError }];
				await assert.rejects(appendEvent(store, { rows: [], dead }), TypeError);
			}
			assert.equal((await store.counters())[0]?.deadRows, 0);
		});

		it('is counted as dropped, row by row, where its export is disabled', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ state: 'USER_DISABLED' }));
			const rows = [aRow(clock, 'a'), aRow(clock, 'b')];
			await appendEvent(store, { rows: [], dead: [{ rows, error: someError }] });
			const [counters] = await store.counters();
			assert.deepEqual([counters?.deadRows, counters?.droppedTotal], [0, 2]);
		});

		it('is a dead letter that says how its rows are laid out, also when the mapping has changed', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ columns: COLUMNS }));
			await appendTexts(store, clock, ['a']);
			const batch = await claimBatch(store, { flush: true });
			await store.settle(batch.lease, { kind: 'dead', error: someError });
			await store.putExport(anExport({ output: 'event' }));
			const [letter] = await store.deadLetters({ exportId: EXPORT_ID });
			assert.deepEqual(
				[letter?.mappingRevision, letter?.output, letter?.columns, letter?.idempotencyKey],
				[1, 'record', COLUMNS, batch.idempotencyKey],
			);
		});

		it('gets ids behind those that its rows had elsewhere', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			assert.equal(await store.nextRowId(EXPORT_ID), 1);
			assert.equal(await store.nextRowId(EXPORT_ID, 41), 41);
			assert.equal(await store.nextRowId(EXPORT_ID, 7), 41, 'never lowered');
			await appendTexts(store, clock, ['a', 'b', 'c']);
			const ids = (await readRows(await claimBatch(store))).map(({ rowId }) => rowId);
			assert.deepEqual(ids, [41, 42, 43]);
			assert.equal(await store.nextRowId(EXPORT_ID), 44);
			await assert.rejects(store.nextRowId('receiver/none'), { code: 'ERR_EXPORT_UNKNOWN' });
		});

		it('is a key that is known, with what is left of its window', async () => {
			const { store, clock } = current();
			// As UTF-8 compares; half a surrogate pair has none, and comes last.
			const names = ['a', 'b', 'ß', '\u{1F600}', '\ud800'];
			for (const [at, key] of names.entries())
				await appendEvent(store, { dedupeKeys: [{ key, windowMs: 1_000 * (at + 1) }], rows: [] });
			await appendEvent(store, { ...keys('a'), rows: [], receiverId: 'other' });
			clock.advance(1_500);
			const found: (readonly [string, number])[] = [];
			let after: string | undefined;
			do {
				const page = await store.knownKeys('receiver', { after, limit: 2 });
				found.push(...page.keys.map(({ key, windowMs }) => [key, windowMs] as const));
				after = page.next;
			} while (after !== undefined);
			assert.deepEqual(found.toSorted(byWindow), [
				['b', 500],
				['ß', 1_500],
				['\u{1F600}', 2_500],
				['\ud800', 3_500],
			]);
			assert.equal((await store.knownKeys('other')).keys.length, 1);
		});

		it('is a document of any collection', async () => {
			const { documents } = current().store;
			assert.deepEqual(await documents.collections(), []);
			for (const [collection, id] of [
				['b', '1'],
				['a', '1'],
				['a', '2'],
				['gone', '1'],
			] as const)
				await documents.put(collection, id, {});
			await documents.remove('gone', '1');
			assert.deepEqual(await documents.collections(), ['a', 'b']);
		});
	});
}

function byWindow([, a]: readonly [string, number], [, b]: readonly [string, number]): number {
	return a - b;
}
