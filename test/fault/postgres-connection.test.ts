import assert from 'node:assert/strict';
import type { Row, Store } from '../../core/buffer/store';
import { systemClock } from '../../core/runtime/clock';
import { eventually } from '../support/eventually';
import {
	anExport,
	appendEvent,
	aRow,
	claimBatch,
	EXPORT_ID,
	keys,
	readTexts,
	toText,
} from '../conformance/store-fixtures';
import { assertUnavailable, checkSecret, TIMEOUT_MS, usePostgresWorld } from './postgres-world';

/** As it is sent: the end of a text is a zero byte, and BEGIN says COMMITTED. */
const COMMIT = 'COMMIT\0';
/** By then an append has failed: the statement's timeout by our clock, and time for a busy machine. */
const GIVES_UP_MS = TIMEOUT_MS * 1.5 + 30_000;

describe('a postgres store whose connection breaks (S61, S62)', function () {
	this.timeout(60_000);
	this.slow(5_000);
	const world = usePostgresWorld();

	const row = (text: string): Row => aRow(systemClock, text);
	const push = (store: Store, text: string, dedupeKey?: string) =>
		appendEvent(store, {
			rows: [row(text)],
			...(dedupeKey === undefined ? {} : keys(dedupeKey)),
		});
	const open = async () => {
		const store = await world.open({ throughProxy: true });
		await store.putExport(anExport({ conditions: { count: 3, sizeBytes: 9_999, timeMs: 60_000 } }));
		await push(store, 'before');
		return store;
	};
	/** Every row that waits, as a process sees it that had no trouble. */
	const waiting = async () => {
		const direct = await world.open();
		return (await direct.peek(EXPORT_ID)).map(toText);
	};
	/** Refused with what a receiver needs, in time, without the password; and it works again by itself once the fault is over. */
	const assertGivesUpAndRecovers = async (store: Store) => {
		const startedMs = performance.now();
		const error = await assertUnavailable(push(store, 'lost'));
		assert.ok(performance.now() - startedMs < GIVES_UP_MS, 'within its timeout');
		checkSecret(world.database.connectionString, [error]);
		await world.proxy.heal();
		await eventually('appends work again', () => push(store, 'after').catch(() => undefined));
		const texts = await waiting();
		assert.equal(texts[0], 'before');
		assert.equal(texts.filter((text) => text === 'after').length, 1);
		assert.ok(world.logged.length > 0, 'it was logged');
	};

	it('recovers from a connection that is reset while an append waits', async () => {
		const store = await open();
		world.proxy.delay(200);
		const cut = setTimeout(() => world.proxy.cut(), 300);
		await assertGivesUpAndRecovers(store);
		clearTimeout(cut);
	});

	it('does not notice a connection that was reset while nothing was going on', async () => {
		const store = await open();
		world.proxy.cut();
		await eventually('the loss is noticed', () => world.proxy.connections === 0);
		await eventually('appends work again', () => push(store, 'after').catch(() => undefined));
		assert.deepEqual(await waiting(), ['before', 'after']);
	});

	it('recovers from a database that refuses connections', async () => {
		const store = await open();
		await world.proxy.refuse();
		await assertGivesUpAndRecovers(store);
	});

	it('refuses at once while the database is away, instead of letting senders wait', async () => {
		const store = await open();
		await world.proxy.refuse();
		await assertUnavailable(push(store, 'first'));
		const startedMs = performance.now();
		await Promise.all(
			Array.from({ length: 50 }, (_, count) => assertUnavailable(push(store, `more ${count}`))),
		);
		assert.ok(performance.now() - startedMs < GIVES_UP_MS);
	});

	it('recovers from a half-open connection: both ends believe in it, and no byte arrives', async () => {
		const store = await open();
		world.proxy.halfOpen();
		await assertGivesUpAndRecovers(store);
	});

	it('recovers from a network that is slower than its timeout', async () => {
		const store = await open();
		world.proxy.delay(GIVES_UP_MS);
		await assertGivesUpAndRecovers(store);
	});

	it('is only slow when the network is', async () => {
		const store = await open();
		world.proxy.delay(30);
		await push(store, 'after');
		assert.deepEqual(await waiting(), ['before', 'after']);
	});

	it('gives up on claims, settlements and reads of a half-open connection, too', async () => {
		const store = await open();
		for (const text of ['b', 'c']) await push(store, text);
		const batch = await claimBatch(store);
		world.proxy.halfOpen();
		await assertUnavailable(readTexts(batch));
		await assertUnavailable(store.settle(batch.lease, { kind: 'ack' }));
		await assertUnavailable(store.claim(EXPORT_ID, { owner: 'a', leaseMs: 1_000 }));
		await world.proxy.heal();
		const texts = await eventually('it is read again', () =>
			readTexts(batch).catch(() => undefined),
		);
		assert.deepEqual(texts, ['before', 'b', 'c']);
		await eventually('the store answers', () => store.counters().catch(() => undefined));
		await store.settle(batch.lease, { kind: 'ack' });
		assert.equal((await store.counters())[0]?.ackedTotal, 3);
	});

	for (const [when, stored] of [
		['before', false],
		['answered', true],
	] as const) {
		it(`rejects an append whose connection is lost during COMMIT, ${stored ? 'after' : 'before'} the server did it (S62)`, async () => {
			const store = await open();
			const cut = world.proxy.cutAt(COMMIT, when);
			await assertUnavailable(push(store, 'unsure', 'key'));
			await cut;
			await eventually('the store answers', () => store.counters().catch(() => undefined));
			assert.deepEqual(await waiting(), stored ? ['before', 'unsure'] : ['before']);
			// What a producer does then: the same again. Its key makes it once.
			assert.equal((await push(store, 'unsure', 'key')).duplicate, stored);
			assert.deepEqual(await waiting(), ['before', 'unsure']);
			assert.equal((await store.counters())[0]?.acceptedTotal, 2);
		});

		it(`loses no batch when a claim loses its connection during COMMIT, ${stored ? 'after' : 'before'} the server did it`, async () => {
			const store = await open();
			const cut = world.proxy.cutAt(COMMIT, when);
			const claiming = store.claim(EXPORT_ID, { owner: 'a', leaseMs: 1_500, flush: true });
			await assertUnavailable(claiming);
			await cut;
			const batch = await eventually('the batch comes back when its lease ends', () =>
				store.claim(EXPORT_ID, { owner: 'b', leaseMs: 30_000, flush: true }).catch(() => undefined),
			);
			assert.deepEqual(await readTexts(batch), ['before']);
			assert.equal(batch.attempt, stored ? 2 : 1);
		});

		it(`acks at most once when an ack loses its connection during COMMIT, ${stored ? 'after' : 'before'} the server did it`, async () => {
			const store = await open();
			const { lease } = await claimBatch(store, { flush: true });
			const cut = world.proxy.cutAt(COMMIT, when);
			await assertUnavailable(store.settle(lease, { kind: 'ack' }));
			await cut;
			await eventually('the store answers', () => store.counters().catch(() => undefined));
			const again = store.settle(lease, { kind: 'ack' });
			if (stored) await assert.rejects(again, { code: 'ERR_LEASE_LOST' });
			else await again;
			const [counters] = await store.counters();
			assert.deepEqual([counters?.openRows, counters?.ackedTotal], [0, 1]);
		});
	}

	it('closes within its deadline while the database is away', async () => {
		const store = await open();
		world.proxy.halfOpen();
		const startedMs = performance.now();
		await store.close();
		assert.ok(performance.now() - startedMs < 12_000);
		await assert.rejects(push(store, 'x'), { code: 'ERR_STORE_UNAVAILABLE', retryable: false });
	});

	it('cannot be opened while the database is away, and says so without the password', async () => {
		await world.proxy.refuse();
		const error = await assertUnavailable(world.open({ throughProxy: true }));
		checkSecret(world.database.connectionString, [error]);
	});
});
