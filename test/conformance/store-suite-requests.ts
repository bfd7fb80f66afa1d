import assert from 'node:assert/strict';
import type { AppendedEvent } from '../../core/buffer/store';
import { MAX_APPEND_EVENTS } from '../../core/buffer/store';
import { GROUP_BYTES } from '../../core/buffer/stores/defaults';
import { latestTexts } from './latest-fixtures';
import {
	anExport,
	appendEvent,
	appendTexts,
	aRow,
	claimBatch,
	keys,
	readTexts,
	someError,
	type Fixture,
} from './store-fixtures';

/** Requests with many events: each is stored whole or not at all (I2). */
export function requestTests(current: () => Fixture): void {
	const append = (events: readonly AppendedEvent[], receiverId = 'receiver') =>
		current().store.append({ receiverId, events });
	const event = (text: string, ...names: string[]): AppendedEvent => ({
		...(names.length === 0 ? {} : keys(...names)),
		rows: [aRow(current().clock, text)],
	});
	const waiting = async () => (await current().store.counters()).map(({ rows }) => rows);
	const large = { count: 10_000_000, sizeBytes: 50_000_000, timeMs: 60_000 };

	describe('requests of many events', () => {
		it('gives the rows of all events back in their order, and an answer for each', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ conditions: large }));
			const { duplicates, counters } = await append([
				event('a'),
				{ rows: [] },
				{ rows: [aRow(clock, 'b'), aRow(clock, 'c')] },
				{ rows: [aRow(clock, 'd')], dead: [{ rows: [aRow(clock, 'x')], error: someError }] },
			]);
			assert.deepEqual(duplicates, [false, false, false, false]);
			assert.deepEqual(counters, await store.counters());
			assert.deepEqual([counters[0]?.rows, counters[0]?.deadRows], [4, 1]);
			assert.deepEqual(await readTexts(await claimBatch(store, { flush: true })), [
				'a',
				'b',
				'c',
				'd',
			]);
		});

		const last = [
			{
				name: 'an export that nobody knows',
				code: 'ERR_EXPORT_UNKNOWN',
				row: { exportId: 'receiver/missing' },
			},
			{
				name: 'a revision that nobody knows',
				code: 'ERR_EXPORT_UNKNOWN',
				row: { mappingRevision: 9 },
			},
			{
				name: 'an export that is being removed',
				code: 'ERR_EXPORT_UNKNOWN',
				row: { exportId: 'receiver/going' },
			},
			{
				name: 'an export whose quota is full',
				code: 'ERR_QUOTA',
				row: { exportId: 'full/orders' },
			},
		];
		for (const { name, code, row } of last) {
			it(`stores nothing and leaves no key when the last event is for ${name} (I2)`, async () => {
				const { store, clock } = current();
				await store.putExport(anExport());
				await store.putExport(anExport({ id: 'going' }));
				await appendTexts(store, clock, ['kept'], { exportId: 'receiver/going' });
				await store.removeExport('receiver/going', 'drain');
				await store.putExport(anExport({ receiverId: 'full', quota: { bytes: 1 } }));
				await appendTexts(store, clock, ['xx'], { exportId: 'full/orders' });
				const before = await store.counters();
				const dead = [{ rows: [aRow(clock, 'dead')], error: someError }];
				const events = [
					event('a', 'one'),
					{ ...event('b', 'two', 'three'), dead },
					{ ...keys('four'), rows: [aRow(clock, 'c'), aRow(clock, 'last', row)] },
				];
				const [refused, good] = await Promise.allSettled([
					append(events),
					append([event('good', 'two')]),
				]);
				assert.equal(refused.status === 'rejected' && refused.reason.code, code);
				assert.deepEqual(good.status === 'fulfilled' && good.value.duplicates, [false]);
				const after = await store.counters();
				assert.equal(after[0]?.rows, (before[0]?.rows ?? 0) + 1, 'what came with it is stored');
				assert.deepEqual(after.slice(1), before.slice(1));
				assert.deepEqual(await latestTexts(store), []);
				const again = await append(['one', 'two', 'three', 'four'].map((key) => event(key, key)));
				assert.deepEqual(again.duplicates, [false, true, false, false]);
			});
		}

		it('counts the events of a request for the quota one after the other', async () => {
			const { store } = current();
			await store.putExport(anExport({ quota: { bytes: 10 } }));
			await append([event('01234'), event('56789'), event('x')]); // at the quota, not above it
			const { lease } = await claimBatch(store, { flush: true });
			await store.settle(lease, { kind: 'ack' });
			const tooMany = [event('01234'), event('56789', 'key'), event('x'), event('y')];
			await assert.rejects(append(tooMany), { code: 'ERR_QUOTA' });
			assert.deepEqual(await waiting(), [0]);
			// A duplicate takes no room.
			await append([event('0', 'key')]);
			const { duplicates } = await append([
				event('123456789'),
				event('duplicate', 'key'),
				event('duplicate', 'key'),
				event('z'),
			]);
			assert.deepEqual(duplicates, [false, true, true, false]);
		});

		it('takes the first of those that repeat a key inside the request (I19)', async () => {
			const { store } = current();
			await store.putExport(anExport({ conditions: large }));
			const { duplicates, knownKeys } = await append([
				event('a', 'k'),
				event('b', 'k'),
				event('c'),
				event('d', 'l', 'k'),
				event('e', 'l'),
				event('f', 'm', 'm'),
				event('g', 'm'),
			]);
			assert.deepEqual(duplicates, [false, true, false, true, true, false, true]);
			assert.deepEqual(knownKeys, [[], [0], [], [1], [0], [], [0]]);
			const texts = await readTexts(await claimBatch(store, { flush: true }));
			assert.deepEqual(texts, ['a', 'c', 'f']);
		});

		it('knows an event by any of its keys, and remembers the others of a duplicate (I19)', async () => {
			const { store } = current();
			await store.putExport(anExport());
			const known = async (...names: string[]) =>
				(await append([event('x', ...names)])).knownKeys?.[0];
			assert.equal(await known('id 1', 'replay 1'), undefined);
			assert.deepEqual(await known('id 2', 'replay 1'), [1]);
			assert.deepEqual(await known('id 1', 'replay 2'), [0]);
			assert.deepEqual(await known('id 3', 'replay 2'), [1]);
			assert.deepEqual(await known('id 2', 'replay 2'), [0, 1]);
			assert.equal(await known('id 4', 'replay 4'), undefined);
			assert.deepEqual(await waiting(), [2]);
			assert.equal(
				(await appendEvent(store, { receiverId: 'other', ...event('y', 'id 1') })).duplicate,
				false,
			);
		});

		it('keeps each key for its own window', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const push = async (...dedupeKeys: { key: string; windowMs: number }[]) =>
				(await appendEvent(store, { dedupeKeys, rows: [aRow(clock, 'x')] })).duplicate;
			const short = (key: string) => ({ key, windowMs: 1_000 });
			const long = (key: string) => ({ key, windowMs: 60_000 });
			assert.equal(await push(short('a'), long('b')), false);
			clock.advance(999);
			assert.equal(await push(long('a')), true);
			clock.advance(1);
			assert.equal(await push(long('a')), false, 'a duplicate does not make a window longer');
			assert.equal(await push(short('b')), true);
			clock.advance(59_000);
			assert.equal(await push(short('b')), false);
			assert.equal(await push(short('a')), true);
		});

		it('gives a key the window of the request that was taken', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const request = (windowMs: number, row: object = {}) =>
				append([{ dedupeKeys: [{ key: 'k', windowMs }], rows: [aRow(clock, 'x', row)] }]);
			const [refused] = await Promise.allSettled([
				request(60_000, { exportId: 'receiver/missing' }),
				request(1_000),
			]);
			assert.equal(refused.status, 'rejected');
			clock.advance(999);
			assert.deepEqual((await request(1_000)).duplicates, [true]);
			clock.advance(1);
			assert.deepEqual((await request(1_000)).duplicates, [false]);
		});

		it(`takes ${MAX_APPEND_EVENTS} events, each with a key, and refuses one more with 413`, async () => {
			const { store } = current();
			await store.putExport(anExport({ conditions: large }));
			const most = Array.from({ length: MAX_APPEND_EVENTS }, (_, n) => event(`${n}`, `key ${n}`));
			const tooMany = append([...most, event('more')]);
			await assert.rejects(tooMany, {
				code: 'ERR_REQUEST_TOO_LARGE',
				status: 413,
				retryable: false,
			});
			assert.deepEqual(await waiting(), [0]);
			const { duplicates } = await append(most);
			assert.equal(duplicates.length, MAX_APPEND_EVENTS);
			assert.ok(!duplicates.includes(true));
			assert.deepEqual(await waiting(), [MAX_APPEND_EVENTS]);
			const again = await append([event('new'), ...most.slice(1)]);
			assert.deepEqual(again.duplicates.indexOf(true), 1);
			assert.deepEqual(await waiting(), [MAX_APPEND_EVENTS + 1]);
			const texts = await readTexts(await claimBatch(store, { flush: true }));
			assert.deepEqual(texts, [...most.keys(), 'new'].map(String));
		}).timeout(60_000);

		it('refuses events that are together larger than one transaction, and takes one alone', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ conditions: large }));
			const half = { rows: [aRow(clock, '', { payload: new Uint8Array(GROUP_BYTES / 2) })] };
			const refused = {
				code: 'ERR_REQUEST_TOO_LARGE',
				status: 413,
				message: /maxGroupBytes is 8388608/,
			};
			await assert.rejects(append([half, half]), refused);
			assert.deepEqual(await waiting(), [0]);
			await append([half, event('small')]);
			await append([{ rows: [...half.rows, ...half.rows] }]);
			assert.deepEqual(await waiting(), [4]);
		});

		it('keeps the order of requests that run at the same time (I11)', async () => {
			const { store } = current();
			await store.putExport(anExport({ conditions: large }));
			const requests = Array.from({ length: 20 }, (_, n) =>
				Array.from({ length: 1 + (n % 7) }, (_, m) => `${n}.${m}`),
			);
			await Promise.all(requests.map((texts) => append(texts.map((text) => event(text)))));
			const texts = await readTexts(await claimBatch(store, { flush: true }));
			assert.deepEqual(texts, requests.flat());
		});
	});
}
