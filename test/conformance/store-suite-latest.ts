import assert from 'node:assert/strict';
import { LATEST_BOUNDS } from '../../core/buffer/latest';
import { aLatest, appendLatest, latestTexts } from './latest-fixtures';
import { anExport, appendEvent, aRow, keys, type Fixture } from './store-fixtures';

export function latestTests(current: () => Fixture): void {
	describe('latest (S40)', () => {
		it('keeps the last event of each key with all that is said of it, per receiver', async () => {
			const { store } = current();
			const full = aLatest('a', 'ü', {
				type: 'temperature',
				device: 'sensor 1',
				labels: { floor: '2', name: 'Zoë "x"' },
				at: 1_600_000_000_000.25,
				event: new Uint8Array([0, 255, 10]),
			});
			await appendLatest(store, aLatest('a', 'old'), aLatest('b', 'b1'));
			await appendLatest(store, full);
			await store.append({
				receiverId: 'other',
				events: [{ rows: [], latest: aLatest('a', 'of another') }],
			});
			const { events, next } = await store.latest('receiver');
			assert.deepEqual([events, next], [[full, aLatest('b', 'b1')], undefined]);
			assert.deepEqual(await latestTexts(store, 'other'), ['a of another']);
			assert.deepEqual(await store.latest('nobody'), { events: [], next: undefined });
		});

		it('lets an event that happened earlier never replace a later one', async () => {
			const { store } = current();
			await appendLatest(store, aLatest('a', 'at 10', { at: 10 }));
			await appendLatest(store, aLatest('a', 'at 9', { at: 9 }), aLatest('b', 'x', { at: -5 }));
			assert.deepEqual(await latestTexts(store), ['a at 10', 'b x']);
			await appendLatest(store, aLatest('a', 'at 10 again', { at: 10 }));
			assert.deepEqual(await latestTexts(store), ['a at 10 again', 'b x']);
			const inOneRequest = [12, 11, 10.5].map((at) => aLatest('a', `at ${at}`, { at }));
			await appendLatest(store, ...inOneRequest);
			assert.deepEqual(await latestTexts(store), ['a at 12', 'b x']);
			await Promise.all(
				[14, 13].map((at) => appendLatest(store, aLatest('a', `at ${at}`, { at }))),
			);
			assert.deepEqual(await latestTexts(store), ['a at 14', 'b x']);
		});

		it('tells when those of some keys happened', async () => {
			const { store } = current();
			await appendLatest(store, aLatest('a', '1', { at: 10.5 }), aLatest('ü', '2', { at: -3 }));
			const [, times] = await Promise.all([
				appendLatest(store, aLatest('a', '3', { at: 11 }), aLatest('b', '4', { at: 4 })),
				store.latestTimes('receiver', ['ü', 'nobody', "'; --"]),
			]);
			assert.deepEqual([...times], [['ü', -3]]);
			const after = await store.latestTimes('receiver', ['b', 'a', 'a']);
			assert.deepEqual([...after].sort(), [
				['a', 11],
				['b', 4],
			]);
			assert.deepEqual([...(await store.latestTimes('other', ['a']))], []);
			assert.deepEqual([...(await store.latestTimes('receiver', []))], []);
		});

		it('keeps what its event is appended with, or nothing: of a duplicate or a refused request none', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const push = (text: string) =>
				appendEvent(store, {
					...keys('once'),
					rows: [aRow(clock, text)],
					latest: aLatest('a', text, { at: Number(text) }),
				});
			await push('1');
			assert.equal((await push('2')).duplicate, true);
			const wrong = { rows: [aRow(clock, '3', { exportId: 'receiver/none' })] };
			await assert.rejects(
				store.append({
					receiverId: 'receiver',
					events: [{ rows: [], latest: aLatest('a', '3', { at: 3 }) }, wrong],
				}),
				{ code: 'ERR_EXPORT_UNKNOWN' },
			);
			assert.deepEqual(await latestTexts(store), ['a 1']);
		});

		it('keeps it whatever becomes of the rows and of the export', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ state: 'USER_DISABLED' }));
			await appendEvent(store, { rows: [aRow(clock, 'dropped')], latest: aLatest('a', '1') });
			await store.removeExport('receiver/orders', 'drop');
			assert.deepEqual(await latestTexts(store), ['a 1']);
			assert.equal(await store.forgetLatest('receiver'), 1);
			assert.equal(await store.forgetLatest('receiver'), 0);
			assert.deepEqual(await latestTexts(store), []);
		});

		it('gives pages in the order of keys, as their bytes compare', async () => {
			const { store } = current();
			const names = ['A', 'a', 'a b', 'é', '\uff5e', '\u{1f600}'];
			await appendLatest(store, ...names.toReversed().map((key) => aLatest(key, 'x')));
			const page = await store.latest('receiver', { after: 'A', limit: 2 });
			assert.deepEqual([page.events.map(({ key }) => key), page.next], [['a', 'a b'], 'a b']);
			assert.deepEqual(
				(await latestTexts(store)).map((text) => text.slice(0, -2)),
				names,
			);
			const event = new Uint8Array(LATEST_BOUNDS.eventBytes);
			await appendLatest(store, ...names.slice(0, 4).map((key) => aLatest(key, '', { event })));
			const first = await store.latest('receiver');
			assert.deepEqual([first.events.length, first.next], [3, 'a b']);
			assert.equal((await latestTexts(store)).length, names.length);
		});

		it('drops the keys that were updated longest ago beyond its bound, and no others', async () => {
			const { store } = current();
			const named = (from: number, count: number) =>
				Array.from({ length: count }, (_, n) => aLatest(`${from + n}`.padStart(6, '0'), 'x'));
			for (let from = 0; from < LATEST_BOUNDS.keys; from += 5_000) {
				await appendLatest(store, ...named(from, 5_000));
			}
			await appendLatest(store, ...named(0, 10));
			await appendLatest(store, ...named(LATEST_BOUNDS.keys, 20));
			const kept = await latestTexts(store);
			assert.equal(kept.length, LATEST_BOUNDS.keys);
			// 10 were updated again. The order inside a group is the store's.
			assert.deepEqual(
				kept.slice(0, 10),
				named(0, 10).map(({ key }) => `${key} x`),
			);
			assert.equal(kept.at(-1), `${LATEST_BOUNDS.keys + 19}`.padStart(6, '0') + ' x');
			assert.ok(
				kept.some((text) => text === '005000 x'),
				'of a later group none is dropped',
			);
		}).timeout(60_000);

		it('drops by bytes, too', async () => {
			const { store } = current();
			const event = new Uint8Array(LATEST_BOUNDS.eventBytes);
			const most = LATEST_BOUNDS.bytes / LATEST_BOUNDS.eventBytes;
			const named = (n: number) => aLatest(`${n}`.padStart(3, '0'), '', { event });
			for (let n = 0; n < most + 2; n++) {
				// Groups of 8 MB.
				const some = [
					named(n),
					...(n % 6 === 0 && n + 6 < most ? [1, 2, 3, 4, 5].map((m) => named(n + m)) : []),
				];
				n += some.length - 1;
				await appendLatest(store, ...some);
			}
			const keysKept: string[] = [];
			let page = await store.latest('receiver');
			for (;;) {
				keysKept.push(...page.events.map(({ key }) => key));
				if (page.next === undefined) break;
				page = await store.latest('receiver', { after: page.next });
			}
			// Heads count, too.
			assert.deepEqual([keysKept.length, keysKept[0]], [most - 1, '003']);
		}).timeout(60_000);

		const wrong = [
			{ name: 'no key', latest: aLatest('', 'x') },
			{ name: 'a long key', latest: aLatest('x'.repeat(LATEST_BOUNDS.keyLength + 1), 'x') },
			{ name: 'a NUL in its key', latest: aLatest('a\0', 'x') },
			{ name: 'no time', latest: aLatest('a', 'x', { at: Number.NaN }) },
			{ name: 'a text for its event', latest: { ...aLatest('a', 'x'), event: 'x' as never } },
			{
				name: 'an event above 1 MB',
				latest: aLatest('a', '', { event: new Uint8Array(LATEST_BOUNDS.eventBytes + 1) }),
			},
		];
		for (const { name, latest } of wrong) {
			it(`takes ${name} for a mistake of the caller`, async () => {
				await assert.rejects(appendLatest(current().store, latest), TypeError);
				assert.deepEqual(await latestTexts(current().store), []);
			});
		}
	});
}
