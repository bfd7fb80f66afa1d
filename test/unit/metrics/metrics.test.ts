import assert from 'node:assert/strict';
import { openStore } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import { addDelivery, mergeDeliveries, NO_DELIVERIES } from '../../../core/metrics/deliveries';
import { removeOldBlocks } from '../../../core/metrics/metric-documents';
import { Metrics } from '../../../core/metrics/metrics';
import { readMetrics } from '../../../core/metrics/read-metrics';
import { disruptiveMetrics } from '../../../core/metrics/window';
import { takeSnapshot } from '../../../core/operate/snapshot';
import { FakeClock, settled } from '../../support/fake-clock';
import { HealthWorld, ID } from '../../support/health-world';
import { anExportInput, aPush, HOLDER, OPEN } from '../../support/pipeline-fixtures';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('metrics', () => {
	let clock: FakeClock;
	let store: Store;
	let metrics: Metrics;
	beforeEach(async () => {
		clock = new FakeClock();
		store = await openStore({ kind: 'memory', clock });
		metrics = await process('a');
	});
	afterEach(async () => {
		await metrics.close();
		await store.close();
	});

	const process = async (by: string): Promise<Metrics> => {
		const onError = (error: unknown): never => assert.fail(String(error));
		const made = new Metrics({ documents: () => store.documents, clock, by, onError });
		await made.attachExport(ID);
		return made;
	};
	const shown = () => {
		const view = metrics.ofExport(ID);
		assert.ok(view);
		return view;
	};
	const kept = () => readMetrics(store.documents, ID, clock.now());
	const deliver = (durationMs: number, ok = true, by = metrics): void =>
		by.request({ exportId: ID, batchId: '1', attempt: 1, at: clock.now(), ok, durationMs });

	it('are as the API of the Data Connector says them (D74)', () => {
		assert.deepEqual(disruptiveMetrics(shown()), {
			successCount: 0,
			errorCount: 0,
			latency99p: '0s',
		});
		for (let i = 0; i < 44; i++) deliver(i === 0 ? 663 : 100);
		const { successCount, errorCount, latency99p } = disruptiveMetrics(shown());
		assert.deepEqual([successCount, errorCount], [44, 0]);
		assert.match(latency99p, /^0\.\d{3}s$/);
		assert.ok(Math.abs(parseFloat(latency99p) - 0.663) <= 0.02 * 0.663, latency99p);
		const p50 = shown().latencyMs?.p50 ?? 0;
		assert.ok(Math.abs(p50 - 100) <= 2, `${p50}`);
	});

	it('are those of the last three hours', async () => {
		deliver(5);
		await clock.advance(2 * HOUR + 59 * MINUTE);
		deliver(5, false);
		assert.deepEqual([shown().successCount, shown().errorCount], [1, 1]);
		await clock.advance(MINUTE);
		assert.deepEqual([shown().successCount, shown().errorCount], [0, 1]);
		await clock.advance(3 * HOUR);
		const { successCount, errorCount, latencyMs } = shown();
		assert.deepEqual([successCount, errorCount, latencyMs], [0, 0, undefined]);
	});

	it('are kept over a redeploy and a restart, and add up those of all processes', async () => {
		deliver(5);
		await metrics.detach(`export:${ID}`);
		await metrics.attachExport(ID);
		assert.equal(shown().successCount, 1);
		deliver(5);
		const other = await process('b');
		for (let i = 0; i < 5; i++) deliver(10, false, other);
		await clock.advance(10_000);
		const { successCount, errorCount, deliveries } = await kept();
		assert.deepEqual([successCount, errorCount], [2, 5]);
		// Two and five that are alike.
		assert.equal(deliveries.length, 2);
		await other.close();
		await metrics.close();
		metrics = await process('c');
		assert.deepEqual([shown().successCount, shown().errorCount], [2, 5]);
		await removeOldBlocks(store.documents, clock.now() + 2 * HOUR);
		assert.equal((await store.documents.list('metrics')).documents.length, 2);
		await removeOldBlocks(store.documents, clock.now() + 4 * HOUR);
		assert.deepEqual((await store.documents.list('metrics')).documents, []);
	});

	it('are written when they changed, one document for ten minutes', async () => {
		let writes = 0;
		const { documents } = store;
		const { put } = documents;
		documents.put = (...args) => {
			if (args[0] === 'metrics') writes++;
			return put.apply(documents, args);
		};
		for (let i = 0; i < 1_000; i++) deliver(i);
		await clock.advance(10_000);
		assert.equal(writes, 1);
		await clock.advance(9 * MINUTE);
		assert.equal(writes, 1);
		deliver(1);
		await clock.advance(10_000);
		assert.equal(writes, 2);
		await clock.advance(MINUTE);
		deliver(1);
		await clock.advance(MINUTE);
		assert.equal((await documents.list('metrics')).documents.length, 2);
	});

	it('of one do not meet those of another whose name begins the same', async () => {
		const others = [`${ID}|5|x`, `${ID}2`, ID.slice(0, -1)];
		for (const id of others) await metrics.attachExport(id);
		for (const id of others) metrics.attempt(id);
		deliver(1);
		await clock.advance(10_000);
		assert.deepEqual([(await kept()).successCount, (await kept()).attempts], [1, 0]);
	});

	it('of a receiver go on where they were, also while what was kept is read', async () => {
		metrics.attachReceiver('r1');
		metrics.accepted('r1', 1);
		await metrics.detach('receiver:r1');
		metrics.attachReceiver('r1');
		metrics.accepted('r1', 2);
		await settled();
		assert.equal(metrics.ofReceiver('r1')?.successCount, 3);
		await metrics.detach('receiver:r1');
		metrics.attachReceiver('r1');
		await settled();
		assert.equal(metrics.ofReceiver('r1')?.successCount, 3);
	});

	it('are all read, however many processes there were', async () => {
		for (let i = 0; i < 70; i++) {
			const one = await process(`p${i}`);
			deliver(1, true, one);
			await one.close();
		}
		assert.equal((await kept()).successCount, 70);
	});
});

describe('the metrics of an export', () => {
	let world: HealthWorld;
	beforeEach(async () => {
		world = await new HealthWorld().open();
		await world.attach();
	});
	afterEach(() => world.close());

	const shown = () => {
		const metrics = world.core.held().exports.get(ID)?.metrics;
		assert.ok(metrics);
		return metrics;
	};

	it('count requests, not batches: 2xx as success, any other answer and none as error (D51)', async () => {
		await world.detach();
		const conditions = { count: 3, time: '1s', size: '1MB' };
		await world.attach({ conditions }, { send: 'row' });
		await world.push(3);
		for (const mood of [500, 404, 'timeout'] as const) {
			world.endpoint.mood = mood;
			await world.push(1);
			await world.advance(1_000);
		}
		const { successCount, errorCount, attempts } = shown();
		assert.deepEqual([successCount, errorCount, attempts], [3, 3, 4]);
	});

	it('of hours ago are removed from the store, and those of an export that is gone', async () => {
		await world.push(1);
		await world.attach({}, { id: 'other' });
		await world.advance(10_000);
		const documents = async (collection: string) =>
			(await world.store.documents.list(collection)).documents.map(({ id }) => id);
		assert.equal((await documents('metrics')).length, 1);
		await world.store.documents.put('deliveries', 'items:gone/main', {});
		await world.store.documents.put('health', 'items:gone/main', {});
		await world.advance(5 * HOUR);
		assert.deepEqual(await documents('metrics'), []);
		assert.deepEqual(await documents('deliveries'), [ID]);
		assert.deepEqual(await documents('health'), [ID]);
	});

	it('hold the last 50 deliveries, the last success and the last error', async () => {
		world.endpoint.mood = 404;
		await world.push(1);
		const failedAt = world.clock.now();
		await world.advance(MINUTE);
		world.endpoint.mood = 200;
		await world.push(60);
		const { deliveries, lastSuccessAt, lastError } = shown();
		assert.equal(deliveries.length, 50);
		assert.ok(deliveries.every(({ ok, status }) => ok && status === 200));
		assert.deepEqual(
			[lastSuccessAt, lastError?.at, lastError?.status],
			[world.clock.now(), failedAt, 404],
		);
	});

	it('hold no more of what an endpoint writes than 200 characters, and nothing of one that has taken it', () => {
		const request = {
			exportId: ID,
			batchId: '1',
			attempt: 1,
			at: 1,
			durationMs: 1,
			answeredText: 'x'.repeat(500),
		};
		const failed = addDelivery(NO_DELIVERIES, { ...request, ok: false });
		assert.equal(failed.lastError?.text?.length, 200);
		const both = addDelivery(failed, { ...request, ok: true, at: 2 });
		assert.equal(both.deliveries[1]?.text, undefined);
		assert.deepEqual(mergeDeliveries(both, failed), both);
	});

	it('say where deliveries go without user info and query', () => {
		assert.equal(
			world.core.held().exports.get(ID)?.destination,
			'https://endpoint.test/in?key=***',
		);
	});

	it('are part of the snapshot, with health', async () => {
		world.endpoint.mood = 500;
		await world.push(12);
		const on = { store: world.store, held: () => world.core.held() };
		const [shown] = (await takeSnapshot(on, { clock: world.clock })).exports;
		assert.equal(shown?.metrics?.errorCount, 10);
		assert.equal(shown?.health?.breaker, 'open');
		assert.equal(shown?.destination, 'https://endpoint.test/in?key=***');
	});
});

describe('the metrics of a receiver', () => {
	it('count events and refused requests, of known receivers alone, and are kept', async () => {
		const world = await new HealthWorld().open();
		const exports = [{ config: anExportInput() }];
		const attach = () => world.core.attachReceiver({ id: 'r1', auth: OPEN }, exports, HOLDER);
		await attach().ready;
		for (let i = 0; i < 3; i++) await world.core.accept('r1', aPush());
		await world.core.accept('r1', aPush({ method: 'PUT' }));
		await world.core.accept('unknown', aPush());
		const counted = () => {
			const { successCount, errorCount } = world.core.held().receivers[0]?.metrics ?? {};
			return [successCount, errorCount];
		};
		assert.deepEqual(counted(), [3, 1]);
		await world.core.close();
		world.core = world.process();
		await attach().ready;
		await settled();
		assert.deepEqual(counted(), [3, 1]);
		const { documents } = await world.store.documents.list('metrics');
		assert.equal(documents.length, 1);
		await world.close();
	});
});
