import assert from 'node:assert/strict';
import { keptOwner } from '../../core/config';
import type { Row, Store, StoredExport, WaitingRange } from '../../core/buffer/store';
import { eventually } from '../support/eventually';
import { anExport, appendTexts, aRow, claimBatch, type Fixture, toText } from './store-fixtures';

const OWNER = keptOwner('receiver');
const KEPT_ID = `${OWNER}/events`;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

function aKept(kept: StoredExport['kept'] = { ageMs: DAY_MS, bytes: 1_000_000 }): StoredExport {
	const receiverId = OWNER;
	return { ...anExport({ id: 'events', receiverId, output: 'event' }), ...(kept ? { kept } : {}) };
}

export function keptTests(current: () => Fixture): void {
	describe('kept events', () => {
		const keep = (texts: readonly string[], more: Partial<Row> = {}) =>
			appendTexts(current().store, current().clock, texts, { exportId: KEPT_ID, ...more });
		/** Lets the sweep run that every store makes once a minute, until it has purged so many rows. */
		const sweep = async (purged: number) => {
			const { store, clock } = current();
			clock.advance(MINUTE_MS);
			await store.counters();
			await eventually('the sweep', async () => (await countersOf(store)).purgedTotal >= purged);
		};

		it('reads what waits page by page, from a place on and up to one, and takes nothing', async () => {
			const { store, clock } = current();
			await store.putExport(aKept());
			await keep(['a', 'b']);
			const first = await store.readWaiting(KEPT_ID);
			assert.deepEqual([first.rows.map(toText), first.isLast], [['a', 'b'], true]);
			const [row] = first.rows;
			assert.deepEqual(
				{ ...row, payload: 'a' },
				{ ...aRow(clock, 'a'), payload: 'a', rowId: 0, exportId: KEPT_ID },
			);
			assert.deepEqual(await store.readWaiting(KEPT_ID, { after: first.end }), {
				rows: [],
				damaged: 0,
				end: first.end,
				isLast: true,
			});
			await keep(['c', 'd']);
			const until = (await store.readWaiting(KEPT_ID, { after: first.end })).end;
			await keep(['e']);
			assert.deepEqual(await textsOf(store, { after: first.end, until }), ['c', 'd']);
			assert.deepEqual(await textsOf(store), ['a', 'b', 'c', 'd', 'e']);
			await assert.rejects(store.readWaiting(KEPT_ID, { after: 'x' }), {
				code: 'ERR_CONFIG_INVALID',
			});
			await assert.rejects(store.readWaiting('receiver/none'), { code: 'ERR_EXPORT_UNKNOWN' });
		});

		it('reads pages of about 1 MB, each row in one of them', async () => {
			const { store, clock } = current();
			await store.putExport(aKept({ ageMs: DAY_MS, bytes: 10_000_000 }));
			const large = (text: string) => text.padEnd(400_000, '.');
			const texts = ['a', 'b', 'c', 'd', 'e', 'f'].map(large);
			await appendTexts(store, clock, texts, { exportId: KEPT_ID });
			const pages: number[] = [];
			assert.deepEqual(await textsOf(store, {}, pages), texts);
			assert.ok(pages.length >= 2 && Math.max(...pages) <= 3, `pages of ${pages.join()} rows`);
		});

		it('reads what came in a time, whatever the clock did in between', async () => {
			const { store, clock } = current();
			await store.putExport(aKept({ ageMs: 30 * DAY_MS, bytes: 1_000_000 }));
			const at = clock.now();
			for (const [text, ms] of [
				['a', 0],
				['b', DAY_MS],
				['back', 1_000],
				['c', 2 * DAY_MS],
			] as const)
				await keep([text], { receivedAt: at + ms });
			await store.append({
				receiverId: 'receiver',
				events: [3 * DAY_MS, 3 * DAY_MS + 5_000].map((ms) => ({
					rows: [aRow(clock, `at ${ms}`, { exportId: KEPT_ID, receivedAt: at + ms })],
				})),
			});
			assert.deepEqual(await textsOf(store, { from: at, to: at + DAY_MS }), ['a', 'back']);
			assert.deepEqual(await textsOf(store, { from: at + DAY_MS, to: at + 2 * DAY_MS }), ['b']);
			assert.deepEqual(await textsOf(store, { from: at + 3 * DAY_MS + 1 }), [
				`at ${3 * DAY_MS + 5_000}`,
			]);
			assert.deepEqual(await textsOf(store, { to: at }), []);
			const between = [0, MINUTE_MS, 0].map((ms) => at + 9 * DAY_MS + ms);
			const rows = between.map((receivedAt) =>
				aRow(clock, `of ${receivedAt}`, { exportId: KEPT_ID, receivedAt }),
			);
			await store.append({ receiverId: 'receiver', events: [{ rows }] });
			assert.deepEqual(await textsOf(store, { from: at + 9 * DAY_MS + 1 }), [`of ${between[1]}`]);
		});

		it('drops the oldest beyond their bytes, purged by count and without a word', async () => {
			const { store, warnings } = current();
			await store.putExport(aKept({ ageMs: DAY_MS, bytes: 30 }));
			for (const text of ['a', 'b', 'c', 'd', 'e']) await keep([text.repeat(10)]);
			await sweep(2);
			assert.deepEqual(
				await textsOf(store),
				['c', 'd', 'e'].map((one) => one.repeat(10)),
			);
			const kept = await countersOf(store);
			assert.deepEqual(
				[kept.rows, kept.bytes, kept.acceptedTotal, kept.purgedTotal, kept.deadRows],
				[3, 30, 5, 2, 0],
			);
			await store.putExport(aKept({ ageMs: DAY_MS, bytes: 10 }));
			await sweep(4);
			assert.deepEqual(await textsOf(store), ['e'.repeat(10)]);
			assert.deepEqual(warnings, []);
		});

		it('drops what is too old, and nothing of it becomes a dead letter', async () => {
			const { store, clock, warnings } = current();
			await store.putExport(aKept({ ageMs: 10 * DAY_MS, bytes: 1_000_000 }));
			await keep(['a', 'b']);
			const oldestAt = clock.now();
			clock.advance(9 * DAY_MS);
			await keep(['c']);
			await sweep(0);
			assert.equal((await countersOf(store)).oldestAt, oldestAt);
			assert.deepEqual(await textsOf(store), ['a', 'b', 'c']);
			clock.advance(DAY_MS);
			await sweep(2);
			assert.deepEqual(await textsOf(store), ['c']);
			const { rows, purgedTotal, deadRows } = await countersOf(store);
			assert.deepEqual([rows, purgedTotal, deadRows], [1, 2, 0]);
			assert.deepEqual(
				warnings.filter((one) => !/clock/.test(one)),
				[],
			);
		});

		it('counts them for no quota', async () => {
			const { store, clock } = current();
			await store.putExport({ ...aKept(), quota: { bytes: 10 } });
			await store.putExport({ ...anExport(), quota: { bytes: 10 } });
			const event = {
				rows: [aRow(clock, 'x'), aRow(clock, 'y'.repeat(500), { exportId: KEPT_ID })],
			};
			for (let i = 0; i < 3; i++) await store.append({ receiverId: 'receiver', events: [event] });
			assert.equal((await countersOf(store)).rows, 3);
		});

		it('keeps the mark of a replay with its row, through claims and retries', async () => {
			const { store, clock } = current();
			await store.putExport(anExport());
			const rows = [
				aRow(clock, 'a', { replay: true, sequenceKey: 'k', operation: 'delete' }),
				aRow(clock, 'b'),
				aRow(clock, 'c', { replay: true }),
			];
			await store.append({ receiverId: 'receiver', events: [{ rows }] });
			const batch = await claimBatch(store);
			const got: (true | undefined)[] = [];
			for await (const slice of batch.rows()) got.push(...slice.map(({ replay }) => replay));
			assert.deepEqual(got, [true, undefined, true]);
			const wrong = { ...aRow(clock, 'd'), replay: 'yes' } as unknown as Row;
			await assert.rejects(
				store.append({ receiverId: 'receiver', events: [{ rows: [wrong] }] }),
				TypeError,
			);
		});
	});
}

async function textsOf(
	store: Store,
	o: WaitingRange = {},
	pages: number[] = [],
): Promise<string[]> {
	const texts: string[] = [];
	for (let { after } = o; ;) {
		const page = await store.readWaiting(KEPT_ID, { ...o, after });
		texts.push(...page.rows.map(toText));
		pages.push(page.rows.length);
		if (page.isLast) return texts;
		assert.notEqual(page.end, after, 'a page that is not the last one looks at something');
		after = page.end;
	}
}

async function countersOf(store: Store) {
	const found = (await store.counters()).find(({ exportId }) => exportId === KEPT_ID);
	assert.ok(found);
	return found;
}
