import assert from 'node:assert/strict';
import type { BufferError } from '../../core/errors';
import { MappingError } from '../../core/errors';
import {
	anExport,
	appendEvent,
	appendTexts,
	aRow,
	claimBatch,
	EXPORT_ID,
	keys,
	readRows,
	readTexts,
	someError,
	toText,
	type Fixture,
} from './store-fixtures';

export function appendTests(current: () => Fixture): void {
	describe('append', () => {
		it('counts what it took and says so in its answer', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const rows = [aRow(clock, 'a'), aRow(clock, 'bb', { sizeBytes: 20 })];
			const { duplicate, counters } = await appendEvent(store, { rows });
			assert.equal(duplicate, false);
			assert.equal(counters.length, 1);
			const { rows: waiting, bytes, oldestAt, acceptedTotal, exportId } = counters[0] ?? {};
			assert.deepEqual(
				{ waiting, bytes, oldestAt, acceptedTotal, exportId },
				{ waiting: 2, bytes: 21, oldestAt: clock.now(), acceptedTotal: 2, exportId: EXPORT_ID },
			);
			assert.deepEqual(await store.counters(), counters);
		});

		it('takes an append without rows', async () => {
			const { store } = current();
			assert.deepEqual(await store.append({ receiverId: 'receiver', events: [{ rows: [] }] }), {
				duplicates: [false],
				counters: [],
			});
			assert.deepEqual(await store.append({ receiverId: 'receiver', events: [] }), {
				duplicates: [],
				counters: [],
			});
		});

		it('gives rows back byte by byte with all they carry', async () => {
			const { store, clock } = current();
			await store.putExport(
				anExport({ conditions: { count: 4, sizeBytes: 9_000_000, timeMs: 1_000 } }),
			);
			const rows = [
				aRow(clock, '', { eventId: '', sequenceKey: '' }),
				aRow(clock, 'ü€😀', { eventId: 'ключ', sizeBytes: 4_000_000 }),
				aRow(clock, 'gone', { sequenceKey: 'a\ud800\0', operation: 'delete' }),
				aRow(clock, 'z', { payload: new Uint8Array(70_000).fill(255), receivedAt: 12_345.5 }),
			];
			await store.append({ receiverId: 'receiver', events: [{ rows }] });
			const found = await readRows(await claimBatch(store));
			const plain = (row: (typeof rows)[number]) => ({ ...row, payload: [...row.payload] });
			assert.deepEqual(
				found.map(plain),
				rows.map((row, index) => ({ ...plain(row), rowId: index + 1 })),
			);
		});

		it('keeps a copy: who writes to the payload later changes nothing', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const payload = Buffer.from('before');
			await store.append({
				receiverId: 'receiver',
				events: [{ rows: [aRow(clock, '', { payload })] }],
			});
			payload.fill(0);
			const [row] = await store.peek(EXPORT_ID);
			assert.deepEqual(row?.payload, new Uint8Array(Buffer.from('before')));
		});

		it('stores all rows of an event over several exports, or none (I2)', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await store.putExport(anExport({ id: 'other' }));
			const other = { exportId: 'receiver/other' };
			await appendEvent(store, { rows: [aRow(clock, 'a'), aRow(clock, 'b', other)] });
			await assert.rejects(
				appendEvent(store, {
					...keys('k'),
					rows: [aRow(clock, 'c'), aRow(clock, 'd', { exportId: 'receiver/missing' })],
				}),
				{ code: 'ERR_EXPORT_UNKNOWN' },
			);
			const counts = (await store.counters()).map((c) => [c.exportId, c.rows]);
			assert.deepEqual(counts.sort(), [
				[EXPORT_ID, 1],
				['receiver/other', 1],
			]);
			const again = await appendEvent(store, { ...keys('k'), rows: [aRow(clock, 'c')] });
			assert.equal(again.duplicate, false, 'a refused append leaves no key behind');
		});

		it('keeps the order of appends that run at the same time (I11)', async () => {
			const { store, clock } = current();
			await store.putExport(
				anExport({ conditions: { count: 200, sizeBytes: 1e6, timeMs: 1_000 } }),
			);
			const texts = Array.from({ length: 200 }, (_, index) => `row ${index}`);
			await Promise.all(texts.map((text) => appendTexts(store, clock, [text])));
			const rows = await readRows(await claimBatch(store));
			assert.deepEqual(rows.map(toText), texts);
			assert.deepEqual(
				rows.map((row) => row.rowId),
				texts.map((_, index) => index + 1),
			);
		});

		it('refuses rows that are none, and lives on', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const wrong = [
				{ payload: 'text' },
				// Views whose bytes would be copied wrongly.
				{ payload: new DataView(new ArrayBuffer(8)) },
				{ payload: new Uint16Array(4) },
				{ eventId: 7 },
				{ receivedAt: Number.NaN },
				// No date can show it.
				{ receivedAt: 9e15 },
				{ sequenceKey: 7 },
				{ operation: 'upsert' },
			] as object[];
			for (const overrides of wrong) {
				const rows = [{ ...aRow(clock, 'a'), ...overrides }];
				await assert.rejects(
					store.append({ receiverId: 'receiver', events: [{ rows }] }),
					TypeError,
				);
			}
			await appendTexts(store, clock, ['good']);
			assert.equal((await store.counters())[0]?.rows, 1);
		});

		it('refuses what is wrong about an event, and those that came with it are stored', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const dead = [{ row: aRow(clock, 'dead') }] as never;
			const wrong = [
				{ dedupeKeys: [{ key: 'k', windowMs: Number.NaN }] },
				{ dedupeKeys: [{ key: 7, windowMs: 1_000 }] as never },
				{ dead },
			];
			for (const [index, one] of wrong.entries()) {
				const [refused, good] = await Promise.allSettled([
					appendEvent(store, { rows: [aRow(clock, 'wrong')], ...one }),
					appendTexts(store, clock, ['good']),
				]);
				assert.ok(refused.status === 'rejected' && refused.reason instanceof TypeError);
				assert.equal(good.status, 'fulfilled');
				assert.equal((await store.counters())[0]?.rows, index + 1);
			}
		});

		it('takes keys for different that differ in half a surrogate pair (I19)', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const halves = ['a\ud800', 'a\ud801', 'a\ufffd', 'a\ud800'];
			const duplicates: boolean[] = [];
			for (const key of halves) {
				const rows = [aRow(clock, key, { eventId: key })];
				const { duplicate } = await appendEvent(store, { ...keys(key), rows });
				duplicates.push(duplicate);
			}
			assert.deepEqual(duplicates, [false, false, false, true]);
			const waiting = await store.peek(EXPORT_ID);
			assert.deepEqual(waiting.map((row) => row.eventId).sort(), halves.slice(0, 3).sort());
		});

		it('refuses a size that is no count of bytes', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			for (const sizeBytes of [-1, 1.5, Number.NaN, 2 ** 32]) {
				const rows = [aRow(clock, 'a', { sizeBytes })];
				await assert.rejects(
					store.append({ receiverId: 'receiver', events: [{ rows }] }),
					TypeError,
				);
			}
			assert.equal((await store.counters())[0]?.rows, 0);
		});

		it('puts rows that could not be mapped straight aside', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const error = new MappingError('ERR_COLUMN_VALUE', 'column total: no number');
			const { counters } = await appendEvent(store, {
				rows: [aRow(clock, 'good')],
				dead: [{ rows: [aRow(clock, 'bad')], error }],
			});
			assert.equal(counters[0]?.rows, 1);
			assert.equal(counters[0]?.deadRows, 1);
			assert.equal(counters[0]?.acceptedTotal, 2);
			const [letter] = await store.deadLetters();
			assert.equal(letter?.error.code, 'ERR_COLUMN_VALUE');
			assert.deepEqual(letter && (await readTexts(letter)), ['bad']);
		});
	});

	describe('dedupe (I19)', () => {
		const push = (key: string, receiverId = 'receiver') => {
			const { store, clock } = current();
			const dedupeKeys = [{ key, windowMs: 10_000 }];
			return appendEvent(store, { receiverId, dedupeKeys, rows: [aRow(clock, 'a')] });
		};

		it('stores a key once inside its window', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			assert.equal((await push('k')).duplicate, false);
			clock.advance(9_999);
			const second = await push('k');
			assert.equal(second.duplicate, true);
			assert.equal(second.counters[0]?.rows, 1);
			assert.equal((await push('k', 'another receiver')).duplicate, false);
			clock.advance(1);
			assert.equal((await push('k')).duplicate, false);
			assert.equal((await store.counters())[0]?.rows, 3);
		});

		it('answers a duplicate that comes together with its original', async () => {
			const { store } = current();
			await store.putExport(anExport());
			const answers = await Promise.all([push('k'), push('k'), push('k')]);
			assert.deepEqual(
				answers.map(({ duplicate }) => duplicate),
				[false, true, true],
			);
			assert.equal((await store.counters())[0]?.rows, 1);
		});
	});

	/** Whatever a body, a path or a sender's header may hold. */
	const long = Array.from({ length: 200 }, (_, n) => crypto.randomUUID() + n).join();
	const nasty = [
		...[long, `${long}\0`, `${long}\ud800`],
		...[
			'',
			'a',
			'A',
			'a\0',
			'\0',
			'\0a',
			'a\0b',
			'a\u0001',
			'\ud800',
			'\ud801',
			'\udc00\ud800',
			'\ufffd',
		],
		...['é', 'e\u0301', '\uffff', '\u{1f600}', '{"a":1}', "'; DROP TABLE latest; --"],
		...[
			'x'.repeat(3_000),
			`${'x'.repeat(3_000)}y`,
			'x'.repeat(100_000),
			`${'x'.repeat(100_000)}\0`,
		],
	];

	it('knows the same keys of producers in every store, also with NUL, half characters and of any length', async () => {
		const { store, clock } = current();
		await store.putExport(anExport());
		const push = (dedupeKey: string) =>
			appendEvent(store, { ...keys(dedupeKey), rows: [aRow(clock, 'a')] });
		const first = await Promise.all(nasty.map(push));
		assert.ok(first.every(({ duplicate }) => !duplicate));
		for (const key of nasty) assert.equal((await push(key)).duplicate, true, JSON.stringify(key));
		assert.equal((await store.counters())[0]?.rows, nasty.length);
	});

	describe('quota and peek', () => {
		it('refuses rows when those that wait exceed the quota, and takes them again after an ack', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ quota: { bytes: 10 } }));
			await appendTexts(store, clock, ['0123456789']);
			await appendTexts(store, clock, ['x']); // at the quota, not above it
			const refused = { code: 'ERR_QUOTA', retryAfterMs: 5_000 };
			await assert.rejects(appendTexts(store, clock, ['y']), refused);
			const { lease } = await claimBatch(store, { flush: true });
			await assert.rejects(appendTexts(store, clock, ['y']), refused, 'open batches count');
			await store.settle(lease, { kind: 'ack' });
			await appendTexts(store, clock, ['y']);
		});

		it('names the project whose quota is full, whoever pushes', async () => {
			const { store, clock } = current();
			const exportId = 'project:paris/all';
			const receiverId = 'project:paris';
			await store.putExport(anExport({ id: 'all', receiverId, quota: { bytes: 1 } }));
			await appendTexts(store, clock, ['ab'], { exportId });
			await assert.rejects(appendTexts(store, clock, ['c'], { exportId }), (error: BufferError) => {
				assert.match(error.message, /^project paris holds 2 bytes/);
				assert.equal(error.details['receiverId'], receiverId);
				return error.code === 'ERR_QUOTA';
			});
			await store.settle((await claimBatch(store, { exportId, flush: true })).lease, {
				kind: 'dead',
				error: someError,
			});
			assert.match((await store.stats()).warnings[0] ?? '', /dead letters of project paris/);
		});

		it('counts dead letters in the quota, says so, and drops none of them', async () => {
			const { store, clock } = current();
			const tight = (bytes: number) =>
				store.putExport(anExport({ maxInFlight: 9, quota: { bytes } }));
			await tight(20);
			const dead = (text: string) =>
				appendEvent(store, {
					rows: [],
					dead: [{ rows: [aRow(clock, text)], error: someError }],
				});
			await dead('0123456789');
			await appendTexts(store, clock, ['rejected', 'one more']);
			const { lease } = await claimBatch(store, { flush: true });
			const refused = { code: 'ERR_QUOTA', retryAfterMs: 5_000 };
			await assert.rejects(appendTexts(store, clock, ['x']), refused, 'open and dead together');
			await store.settle(lease, { kind: 'dead', error: someError });
			for (const act of [() => appendTexts(store, clock, ['x']), () => dead('x')]) {
				await assert.rejects(act(), (error: Error) => {
					assert.match(error.message, /holds 26 bytes, 26 of them dead letters \(replay or purge/);
					return true;
				});
			}
			const [counters] = await store.counters();
			assert.deepEqual([counters?.deadRows, counters?.deadBytes], [3, 26]);
			const [warning] = (await store.stats()).warnings;
			assert.match(warning ?? '', /dead letters of receiver receiver take 26 of the 20 bytes/);
			await store.replay({ exportId: EXPORT_ID });
			await assert.rejects(
				appendTexts(store, clock, ['x']),
				refused,
				'replayed, they still are kept',
			);
			await store.settle((await claimBatch(store)).lease, { kind: 'ack' });
			await appendTexts(store, clock, ['x']);
			const [after] = await store.counters();
			assert.equal(after?.deadBytes, 0);
			assert.deepEqual((await store.stats()).warnings, []);
		});

		it('refuses rows of a group one by one as dead letters fill the quota', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ quota: { bytes: 5 } }));
			const results = await Promise.allSettled(
				Array.from({ length: 10 }, () =>
					appendEvent(store, {
						rows: [],
						dead: [{ rows: [aRow(clock, '123')], error: someError }],
					}),
				),
			);
			assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 2);
			assert.equal((await store.counters())[0]?.deadBytes, 6);
		});

		it('shows the oldest waiting rows', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a', 'b', 'c', 'd', 'e']);
			await claimBatch(store);
			const rows = await store.peek(EXPORT_ID, { limit: 1 });
			assert.deepEqual(
				rows.map((row) => [toText(row), row.rowId]),
				[['d', 0]],
			);
			assert.equal((await store.peek(EXPORT_ID)).length, 2);
		});
	});
}
