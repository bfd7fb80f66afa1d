import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import { openPipeline, type Pipeline } from '../../../core/pipeline/open-pipeline';
import { systemClock } from '../../../core/runtime/clock';
import type { Permit } from '../../../core/sink/sink';
import { countCalls, type Calls } from '../../support/counted-store';
import { eventually } from '../../support/eventually';
import { FakeClock, settled } from '../../support/fake-clock';
import { FakeGate } from '../../support/fake-gate';
import { aPush, anExportInput, HOLDER, OPEN, RecordingSink } from '../../support/pipeline-fixtures';

const ID = 'r1/main';

describe('a gate before the claims of an export', () => {
	let clock: FakeClock;
	let gate: FakeGate;
	let store: Store;
	let pipeline: Pipeline;
	let calls: Calls;
	let sink: RecordingSink;
	/** What store and pipeline themselves wait for. */
	let idleTimers: number;

	beforeEach(async () => {
		clock = new FakeClock();
		gate = new FakeGate();
		sink = new RecordingSink();
		store = await openStore({ kind: 'memory', clock });
		const counted = countCalls(store);
		calls = counted.calls;
		pipeline = await openPipeline({ store: counted.store, clock, gate });
	});
	afterEach(async () => {
		await pipeline.close();
		await store.close();
	});
	const attach = async (config: object = {}) => {
		await pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[
				{
					config: anExportInput({ conditions: { count: 2, time: '5s', size: '1MB' }, ...config }),
					ports: { sink },
				},
			],
			HOLDER,
		).ready;
		await settled();
		idleTimers = clock.pending();
		calls.reset();
	};
	const push = async (count = 2): Promise<void> => {
		for (let i = 0; i < count; i++)
			assert.equal((await pipeline.accept('r1', aPush())).status, 200);
		await settled();
	};

	it('that is closed lets nothing be claimed, asked or waited for before its instant, and then everything', async () => {
		await attach();
		gate.close(ID, clock.now() + 60_000, { tell: false });
		await push(1);
		const { asked } = gate;
		await clock.advance(30_000);
		assert.equal(gate.asked, asked, 'not even its time condition wakes');
		await push(6);
		await clock.advance(29_999);
		assert.deepEqual([calls.claims, calls.nextDue, sink.batches.length], [0, 0, 0]);
		assert.equal(clock.pending(), idleTimers + 1, 'it waits for the gate alone');
		await clock.advance(1);
		assert.equal(sink.batches.length, 4);
	});

	it('is not opened by an append, a flush, a wake or a delivery that ends', async () => {
		let end: () => void = () => {};
		sink.next = (_batch, { signal }) =>
			new Promise((resolve) => {
				end = () => resolve({ kind: 'ack' });
				signal.addEventListener('abort', end);
			});
		await attach({ maxInFlight: 2 });
		await push();
		assert.equal(sink.batches.length, 1);
		gate.close(ID, clock.now() + 60_000, { tell: true });
		calls.reset();
		end();
		await push();
		pipeline.flush(ID);
		pipeline.claimDue();
		await clock.advance(59_000);
		assert.deepEqual([calls.claims, calls.nextDue], [0, 0]);
		await clock.advance(1_000);
		assert.equal(sink.batches.length, 2);
	});

	it('that opens before its instant and says so lets deliveries go on at once', async () => {
		await attach();
		gate.close(ID, Number.POSITIVE_INFINITY, { tell: true });
		await push();
		await clock.advance(3_600_000);
		assert.equal(calls.claims, 0);
		assert.equal(clock.pending(), idleTimers, 'it waits for nothing');
		gate.close(ID, undefined, { tell: true });
		await settled();
		assert.equal(sink.batches.length, 1);
	});

	it('that closes while something was waited for ends that wait', async () => {
		await attach();
		await push(1);
		assert.equal(clock.pending(), idleTimers + 2, 'for its time condition, and to keep metrics');
		gate.close(ID, clock.now() + 30_000, { tell: true });
		calls.reset();
		await clock.advance(29_999);
		assert.deepEqual([calls.claims, calls.nextDue], [0, 0]);
		await clock.advance(1);
		assert.equal(sink.batches.length, 1);
	});

	it('that closes again for longer waits for the later instant', async () => {
		await attach();
		gate.close(ID, clock.now() + 10_000, { tell: true });
		await push();
		gate.close(ID, clock.now() + 20_000, { tell: false });
		await clock.advance(19_999);
		assert.equal(calls.claims, 0);
		await clock.advance(1);
		assert.equal(sink.batches.length, 1);
	});

	it('whose instant has passed is open', async () => {
		gate.close(ID, clock.now(), { tell: false });
		await attach();
		await push();
		assert.equal(sink.batches.length, 1);
	});

	it('holds up its export alone', async () => {
		gate.close('r1/other', Number.POSITIVE_INFINITY, { tell: false });
		await attach();
		await push();
		assert.equal(sink.batches.length, 1);
	});

	it('is heard no more once the pipeline is closed', async () => {
		await attach();
		assert.equal(gate.listeners, 1);
		await pipeline.close();
		assert.equal(gate.listeners, 0);
	});

	describe('asked by a sink before each request', () => {
		it('grants at once where nothing is said', async () => {
			let permit: Permit | undefined;
			sink.next = async (_batch, attempt) => {
				permit = await attempt.permit();
				return { kind: 'ack' };
			};
			await attach();
			await push();
			assert.equal(permit, 'granted');
		});

		it('and refused: what is given back is claimed no sooner than then, and counts no attempt', async () => {
			const notBefore = clock.now() + 30_000;
			gate.permits = [{ notBefore }];
			sink.next = async (_batch, attempt) =>
				(await attempt.permit()) === 'granted' ? { kind: 'ack' } : { kind: 'release' };
			await attach();
			await push();
			calls.reset();
			await clock.advance(29_999);
			assert.deepEqual([calls.claims, sink.batches.length], [0, 1]);
			await clock.advance(1);
			assert.deepEqual(
				sink.batches.map(({ attempt }) => attempt.number),
				[1, 1],
			);
		});

		it('and refused: goes on at once when the gate changes its mind', async () => {
			gate.permits = [{ notBefore: clock.now() + 30_000 }];
			sink.next = async (_batch, attempt) =>
				(await attempt.permit()) === 'granted' ? { kind: 'ack' } : { kind: 'release' };
			await attach();
			await push();
			gate.close(ID, undefined, { tell: true });
			await settled();
			assert.equal(sink.batches.length, 2);
		});

		it('ends with the attempt, however long the gate would wait', async () => {
			gate.permits = [new Promise(() => {})];
			let permit: Permit | undefined;
			sink.next = async (_batch, attempt) => {
				permit = await attempt.permit();
				assert.equal(await attempt.permit(), 'aborted');
				return { kind: 'ack' };
			};
			await attach();
			await push();
			assert.equal(permit, undefined);
			await pipeline.close();
			assert.equal(permit, 'aborted');
		});
	});
});

describe('a gate before the claims of an export, over a store on disk', function () {
	this.timeout(20_000).slow(4_000);

	it('is waited for by the clock of the machine, without a claim, and then everything leaves', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'sluice-gate-'));
		const store = await openStore({ kind: 'sqlite', directory });
		const { store: counted, calls } = countCalls(store);
		const gate = new FakeGate();
		const sink = new RecordingSink();
		const pipeline = await openPipeline({ store: counted, gate });
		try {
			const conditions = { count: 2, time: '1s', size: '1MB' };
			await pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN },
				[{ config: anExportInput({ conditions }), ports: { sink } }],
				HOLDER,
			).ready;
			await eventually('the first look is over', () => calls.nextDue > 0);
			const until = systemClock.now() + 1_500;
			gate.close(ID, until, { tell: true });
			calls.reset();
			for (let i = 0; i < 5; i++) assert.equal((await pipeline.accept('r1', aPush())).status, 200);
			await new Promise<void>((resolve) => void systemClock.after(1_200, resolve));
			assert.deepEqual([calls.claims, calls.nextDue], [0, 0]);
			await eventually('all rows leave', () => sink.batches.length === 3, 5_000);
			assert.ok(systemClock.now() >= until);
			assert.ok(calls.claims <= 6, `${calls.claims} claims`);
		} finally {
			await pipeline.close();
			await store.close();
			await rm(directory, { recursive: true });
		}
	});
});
