import assert from 'node:assert/strict';
import type { StoredExport } from '../../core/buffer/store';
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
	toText,
	type Fixture,
} from './store-fixtures';

/** New rows ahead of a backlog: `ClaimOptions.liveMs`. */
export function liveTests(current: () => Fixture): void {
	const liveMs = 60_000;
	const wide = { count: 3, sizeBytes: 1_000, timeMs: 10_000 };

	/** A backlog, and an hour later what is new. */
	async function prepare(
		backlog: readonly string[],
		live: readonly string[],
		o: Partial<StoredExport> = {},
	) {
		const { store, clock } = current();
		await store.putExport(anExport({ maxInFlight: 9, conditions: wide, liveFirst: true, ...o }));
		await appendTexts(store, clock, backlog);
		clock.advance(3_600_000);
		await appendTexts(store, clock, live);
	}
	const claimLive = (o: { flush?: boolean } = {}) =>
		current().store.claim(EXPORT_ID, { ...LEASE, liveMs, ...o });
	const liveTexts = async (o: { flush?: boolean } = {}) => {
		const batch = await claimLive(o);
		return batch && readTexts(batch);
	};
	const waiting = async () => (await current().store.peek(EXPORT_ID)).map(toText);

	describe('claim of live rows', () => {
		it('takes what is new and leaves the backlog in its order', async () => {
			const { store } = current();
			await prepare(['a', 'b', 'c', 'd'], ['x', 'y', 'z']);
			assert.deepEqual(await liveTexts(), ['x', 'y', 'z']);
			assert.deepEqual(await waiting(), ['a', 'b', 'c', 'd']);
			assert.deepEqual(await readTexts(await claimBatch(store)), ['a', 'b', 'c']);
			assert.deepEqual(await readTexts(await claimBatch(store)), ['d']);
		});

		it('closes by the conditions as if nothing else waited', async () => {
			const { store, clock } = current();
			await prepare('abcdefgh'.split(''), ['x', 'y']);
			assert.equal(await liveTexts(), undefined, 'two of three, and new');
			clock.advance(9_999);
			assert.equal(await liveTexts(), undefined);
			clock.advance(1);
			const batch = await claimLive();
			assert.ok(batch);
			assert.match(batch.reason, /^time threshold met/);
			assert.deepEqual(await readTexts(batch), ['x', 'y']);
			const size = { count: 99, sizeBytes: 1_000, timeMs: 60_000 };
			await store.putExport(anExport({ maxInFlight: 9, conditions: size, liveFirst: true }));
			const half = 'h'.repeat(600);
			await appendTexts(store, clock, [half]);
			assert.equal(await liveTexts(), undefined);
			await appendTexts(store, clock, [half]);
			const full = await claimLive();
			assert.ok(full);
			assert.equal(full.reason.startsWith('size threshold met'), true, full.reason);
			assert.deepEqual(await readTexts(full), [half]);
		});

		it('closes at once where a flush is asked for', async () => {
			await prepare(['a'], ['x']);
			assert.deepEqual(await liveTexts({ flush: true }), ['x']);
		});

		it('takes no row that came before', async () => {
			const { clock } = current();
			await prepare(['a'], ['x', 'y']);
			clock.advance(liveMs - 10_000);
			await appendTexts(current().store, clock, ['z']);
			clock.advance(10_000);
			assert.deepEqual(await liveTexts(), ['x', 'y', 'z'], 'as old as may be');
			await appendTexts(current().store, clock, ['u']);
			clock.advance(30_000);
			await appendTexts(current().store, clock, ['v']);
			clock.advance(30_001);
			assert.deepEqual(await liveTexts(), ['v']);
			assert.deepEqual(await waiting(), ['a', 'u']);
		});

		it('gives the newest where more is new than a batch takes', async () => {
			await prepare(['a', 'b'], ['s', 't', 'u', 'v', 'w', 'x', 'y']);
			assert.deepEqual(await liveTexts(), ['w', 'x', 'y']);
			assert.deepEqual(await liveTexts(), ['t', 'u', 'v']);
			assert.equal(await liveTexts(), undefined, 'one of three');
			assert.deepEqual(await waiting(), ['a', 'b', 's']);
		});

		it('gives the oldest first where all that waits is new', async () => {
			const { clock } = current();
			await prepare([], ['x', 'y', 'z', 'u', 'v']);
			assert.deepEqual(await liveTexts(), ['x', 'y', 'z']);
			assert.equal(await liveTexts(), undefined);
			assert.deepEqual(await liveTexts({ flush: true }), ['u', 'v']);
			await appendTexts(current().store, clock, ['l', 'm', 'n', 'o']);
			clock.advance(liveMs);
			assert.deepEqual(await liveTexts({ flush: true }), ['l', 'm', 'n'], 'as old as may be');
			assert.deepEqual(await liveTexts({ flush: true }), ['o']);
			await appendTexts(current().store, clock, ['w']);
			clock.advance(liveMs + 1);
			assert.equal(await liveTexts({ flush: true }), undefined, 'it is a backlog now');
			assert.deepEqual(await waiting(), ['w']);
		});

		it('does not wait for what is due, and does not give it', async () => {
			const { store } = current();
			await prepare('abcdef'.split(''), ['x', 'y', 'z']);
			const failed = await claimBatch(store);
			await store.settle(failed.lease, { kind: 'retry', error: someError });
			assert.deepEqual(await liveTexts(), ['x', 'y', 'z']);
			assert.equal(await liveTexts({ flush: true }), undefined);
			assert.deepEqual(await readTexts(await claimBatch(store)), ['a', 'b', 'c']);
		});

		it('goes as a batch of its own through retry, split, replay and ack', async () => {
			const { store } = current();
			await prepare(['a', 'b', 'c'], ['x', 'y', 'z']);
			const live = await claimLive();
			assert.ok(live);
			assert.deepEqual(
				(await readRows(live)).map(({ rowId }) => rowId),
				[1, 2, 3],
			);
			assert.equal(await liveTexts({ flush: true }), undefined);
			await store.settle(live.lease, { kind: 'split', retry: [1], dead: [2], error: someError });
			assert.deepEqual(await readTexts(await claimBatch(store)), ['y'], 'it is due');
			await store.replay({ exportId: EXPORT_ID });
			assert.deepEqual(await readTexts(await claimBatch(store)), ['z']);
			assert.deepEqual(await readTexts(await claimBatch(store)), ['a', 'b', 'c']);
			const [counters] = await store.counters();
			assert.deepEqual([counters?.rows, counters?.openRows, counters?.ackedTotal], [0, 5, 1]);
		});

		it('has a place beside the batches of the backlog', async () => {
			const { store } = current();
			await prepare('abcdef'.split(''), ['x', 'y', 'z'], { maxInFlight: 1 });
			await claimBatch(store);
			assert.deepEqual(await liveTexts(), ['x', 'y', 'z']);
			assert.equal(await store.claim(EXPORT_ID, LEASE), undefined);
			const due = await dueAt(store);
			assert.equal(due, current().clock.now() + LEASE.leaseMs);
		});

		it('has none where all may not be out', async () => {
			const { store } = current();
			await prepare('abcdef'.split(''), ['x', 'y', 'z'], { maxInFlight: 1, liveFirst: false });
			await claimBatch(store);
			assert.equal(await liveTexts(), undefined);
		});

		it('ends before another mapping revision', async () => {
			const { store, clock } = current();
			await prepare(['a'], ['k', 'x']);
			await store.putExport(
				anExport({ maxInFlight: 9, conditions: wide, liveFirst: true, output: 'cells' }),
			);
			await appendTexts(store, clock, ['y'], { mappingRevision: 2 });
			assert.deepEqual(await liveTexts({ flush: true }), ['y']);
			assert.deepEqual(await liveTexts({ flush: true }), ['k', 'x']);
			assert.equal(await liveTexts({ flush: true }), undefined);
			assert.deepEqual(await waiting(), ['a']);
		});

		it('takes rows with a key as others, since order any does not ask for it', async () => {
			const { store, clock } = current();
			await prepare(['a'], ['x']);
			await appendTexts(store, clock, ['k1', 'k2'], { sequenceKey: 'k' });
			assert.deepEqual(await liveTexts(), ['x', 'k1', 'k2']);
			assert.deepEqual(await waiting(), ['a']);
		});

		it('keeps the bounds of a batch, and gives a row beyond them by itself', async () => {
			const { store, clock } = current();
			await prepare(['a'], []);
			const large = 'l'.repeat(1_500);
			await appendTexts(store, clock, ['w', large, 'x', 'y']);
			assert.deepEqual(await liveTexts(), ['x', 'y'], 'a third does not fit, so it is full');
			assert.deepEqual(await liveTexts(), [large]);
			assert.deepEqual(await liveTexts({ flush: true }), ['w']);
		});

		it('cuts inside what was appended together, also where its head is in a batch', async () => {
			const { store, clock } = current();
			const limit = (count: number) =>
				store.putExport(anExport({ maxInFlight: 9, conditions: { ...wide, count } }));
			await limit(2);
			const ofOne = (texts: string) =>
				store.append({
					receiverId: 'receiver',
					events: texts.split('').map((text) => ({ rows: [aRow(clock, text)] })),
				});
			await ofOne('ab');
			clock.advance(3_600_000);
			await ofOne('cdefgh');
			const head = await claimBatch(store);
			assert.deepEqual(await readTexts(head), ['a', 'b']);
			await limit(4);
			const next = await claimBatch(store, { flush: true });
			assert.deepEqual(await readTexts(next), ['c', 'd', 'e', 'f']);
			clock.advance(liveMs + 1);
			await ofOne('ijk');
			await limit(2);
			assert.deepEqual(await liveTexts(), ['j', 'k']);
			await limit(9);
			assert.deepEqual(await readTexts(head), ['a', 'b']);
			assert.deepEqual(await liveTexts({ flush: true }), ['i']);
			assert.deepEqual(await waiting(), ['g', 'h']);
			await store.settle(head.lease, { kind: 'ack' });
			await store.settle(next.lease, { kind: 'ack' });
			assert.deepEqual(await readTexts(await claimBatch(store, { flush: true })), ['g', 'h']);
		});

		it('leaves the counters and the oldest as they are without it', async () => {
			const { store, clock } = current();
			await prepare(['a', 'b'], ['x', 'y', 'z']);
			await claimLive();
			const [counters] = await store.counters();
			assert.deepEqual(
				[counters?.rows, counters?.bytes, counters?.openRows, counters?.oldestAt],
				[2, 2, 3, clock.now() - 3_600_000],
			);
		});

		it('is not taken for the oldest where it is held, and older rows wait', async () => {
			const { store, clock } = current();
			const ofKey = (text: string) => ({ rows: [{ ...aRow(clock, text), sequenceKey: 'k' }] });
			const append = (text: string) =>
				store.append({ receiverId: 'receiver', events: [ofKey(text)] });
			const order = (of: 'any' | 'key') =>
				store.putExport(anExport({ conditions: { ...wide, count: 1 }, maxInFlight: 9, order: of }));
			await order('any');
			await append('a');
			await append('b');
			const backlogAt = clock.now();
			clock.advance(3_600_000);
			await append('x');
			const live = await claimLive();
			assert.deepEqual(live && (await readTexts(live)), ['x']);
			assert.ok(live);
			await store.settle(live.lease, { kind: 'dead', error: someError });
			await order('key');
			assert.deepEqual(await readTexts(await claimBatch(store)), ['a']);
			await store.replay({ exportId: EXPORT_ID });
			const [counters] = await store.counters();
			assert.deepEqual([counters?.heldRows, counters?.oldestAt], [1, backlogAt]);
		});

		it('takes what was appended together as it came', async () => {
			const { store, clock } = current();
			await prepare(['a'], []);
			await store.append({
				receiverId: 'receiver',
				events: 'stuvwxyz'.split('').map((text) => ({ rows: [aRow(clock, text)] })),
			});
			assert.deepEqual(await liveTexts(), ['x', 'y', 'z']);
			assert.deepEqual(await liveTexts(), ['u', 'v', 'w']);
			assert.deepEqual(await liveTexts({ flush: true }), ['s', 't']);
			assert.deepEqual(await waiting(), ['a']);
		});

		it('is nothing of an export that is paused, and refused where rows have an order', async () => {
			const { store } = current();
			await prepare(['a'], ['x', 'y', 'z']);
			await store.setState(EXPORT_ID, 'PAUSED');
			assert.equal(await liveTexts(), undefined);
			await store.setState(EXPORT_ID, 'ACTIVE');
			const refused = { code: 'ERR_CONFIG_INVALID' };
			await store.putExport(anExport({ order: 'strict' }));
			await assert.rejects(claimLive(), refused);
			await store.putExport(anExport({ columns: [{ type: 'id', name: 'id' }] }));
			await assert.rejects(claimLive(), refused);
			assert.deepEqual(await waiting(), ['a', 'x', 'y', 'z']);
		});
	});
}
