import assert from 'node:assert/strict';
import { takeSnapshot } from '../../../core/operate/snapshot';
import { LastClosed } from '../../../core/pipeline/last-closed';
import { RateMeter } from '../../../core/pipeline/rates';
import { aPush, anExportInput, HOLDER, OPEN, pipelineWorld } from '../../support/pipeline-fixtures';
import { OperateWorld } from './world';

describe('takeSnapshot: how everything stands', () => {
	let world: OperateWorld;
	beforeEach(async () => (world = await OperateWorld.open('sqlite')));
	afterEach(() => world.close());

	it('tells store, holders, where rows are, the last failure, and what nobody holds', async () => {
		const a = await world.attach('a');
		await world.fail(a, 'retry', 1);
		await world.fail(a, 'dead', 2, 3);
		await world.add(a.exportId, 4);
		const b = await world.attach('b');
		await world.add(b.exportId, 5);
		await b.detach();
		const { store, exports, orphans, receivers } = await takeSnapshot(world.pipeline);
		assert.deepEqual([store.kind, store.storeId, receivers], ['sqlite', world.store.id, []]);
		assert.ok((store.freeBytes ?? 0) > 0 && store.diskBytes > 0);
		const [one, other] = exports;
		assert.deepEqual(
			[one?.label, one?.heldBy, one?.taken, one?.waiting.rows, one?.retrying.rows, one?.dead.rows],
			['a', 'node a', 'yes', 1, 1, 2],
		);
		assert.ok((one?.retrying.nextAttemptAt ?? 0) > Date.now());
		assert.equal(one?.lastFailure?.code, 'ERR_SINK_REJECTED');
		assert.deepEqual(
			[other?.label, other?.heldBy, other?.taken, other?.waiting.rows],
			['b', undefined, 'no', 1],
		);
		assert.deepEqual(orphans, [b.exportId]);
	});

	it('tells a failure as the store has it, also to another process, until what failed is delivered', async () => {
		const a = await world.attach('a');
		await world.fail(a, 'retry', 1);
		const failures = async (on: Parameters<typeof takeSnapshot>[0]) =>
			(await takeSnapshot(on)).exports.map(({ lastFailure }) => lastFailure?.code);
		assert.deepEqual(await failures({ store: world.store }), ['ERR_SINK_REJECTED']);
		const delivered = new Promise<void>((resolve) =>
			world.pipeline.subscribe((notice) => notice.kind === 'attempt' && resolve()),
		);
		await world.store.retryNow(a.exportId);
		world.pipeline.claimDue();
		await delivered;
		assert.deepEqual(await failures(world.pipeline), [undefined]);
	});

	it('tells which batch was closed last, and why, from its first attempt on', async () => {
		const a = await world.attach('a', { retry: { delaysMs: [0], jitter: 0 } });
		const look = async () => (await takeSnapshot(world.pipeline)).exports[0]?.lastBatch;
		assert.equal(await look(), undefined);
		await world.fail(a, 'dead', 1, 2);
		const closed = await look();
		assert.deepEqual([closed?.rows, closed?.reason], [2, 'flush']);
		assert.ok(Math.abs(Date.now() - (closed?.at ?? 0)) < 60_000);
		await a.detach();
		assert.equal((await takeSnapshot(world.pipeline)).exports[0]?.lastBatch, undefined);
	});

	it('tells of a batch by its first attempt, not by those that come again', () => {
		const closed = new LastClosed();
		const report = {
			exportId: 'r/a',
			batchId: 'b',
			durationMs: 1,
			count: 2,
			outcome: 'retry',
		} as const;
		const reason = 'flush';
		closed.attempted({ ...report, number: 1, startedAt: 5, reason });
		closed.attempted({ ...report, number: 2, startedAt: 9, reason });
		assert.deepEqual(closed.of('r/a'), { at: 5, rows: 2, reason });
	});

	it('of a store alone says of no export that nobody takes its rows', async () => {
		const a = await world.attach('a');
		await world.add(a.exportId, 1);
		const { exports } = await takeSnapshot({ store: world.store });
		assert.deepEqual([exports[0]?.taken, exports[0]?.label], ['unknown', 'a']);
	});

	it('counts what receivers took and refused, and rows per minute', async () => {
		const memory = await pipelineWorld();
		const { pipeline, clock } = memory;
		const exports = [
			{ config: anExportInput({ conditions: { count: 100, time: '1h', size: '1MB' } }) },
		];
		await pipeline.attachReceiver({ id: 'r1', auth: OPEN }, exports, HOLDER).ready;
		const look = () => takeSnapshot(pipeline, { clock });
		assert.equal((await look()).exports[0]?.rates, undefined);
		for (let n = 0; n < 6; n++) await pipeline.accept('r1', aPush());
		await pipeline.accept('r1', aPush({ method: 'PUT' }));
		await clock.advance(120_000);
		const { receivers, exports: counted, at } = await look();
		assert.equal(at, clock.now());
		assert.deepEqual([receivers[0]?.accepted, receivers[0]?.refused], [6, 1]);
		const rates = { acceptedPerMinute: 3, ackedPerMinute: 0, overMs: 120_000 };
		assert.deepEqual(counted[0]?.rates, rates);
		await memory.close();
	});
});

describe('RateMeter: rows per minute from totals', () => {
	const totals = (acceptedTotal: number) => ({ exportId: 'r/a', acceptedTotal, ackedTotal: 0 });

	it('looks back five minutes, however long it has run', () => {
		const meter = new RateMeter();
		for (let minute = 0; minute <= 20; minute++) meter.sample(totals(minute * 60), minute * 60_000);
		for (let minute = 21; minute <= 25; minute++) meter.sample(totals(1_200), minute * 60_000);
		assert.equal(meter.read(totals(1_200), 25 * 60_000)?.acceptedPerMinute, 0);
		assert.equal(meter.read(totals(1_500), 25 * 60_000)?.overMs, 300_000);
	});

	it('says over how long it looked where nothing was seen for longer', () => {
		const meter = new RateMeter();
		meter.sample(totals(0), 0);
		assert.deepEqual(meter.read(totals(600), 600_000), {
			acceptedPerMinute: 60,
			ackedPerMinute: 0,
			overMs: 600_000,
		});
	});

	it('begins again where the clock was put back or the export was made anew, and is never negative', () => {
		const meter = new RateMeter();
		meter.sample(totals(100), 100_000);
		assert.equal(meter.read(totals(0), 200_000)?.acceptedPerMinute, 0);
		meter.sample(totals(0), 200_000);
		assert.equal(meter.read(totals(5), 260_000)?.acceptedPerMinute, 5);
		meter.sample(totals(5), 10_000);
		assert.equal(meter.read(totals(5), 10_000), undefined);
	});
});
