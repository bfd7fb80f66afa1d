import assert from 'node:assert/strict';
import type { Store } from '../../../core/buffer/store';
import { createFlowSink, type DoneWhen, type FlowBatch } from '../../../core/sink/flow';
import { settleToken } from '../../../core/sink/flow-token';
import { openStore } from '../../../core/buffer/open-store';
import { openPipeline, type Pipeline } from '../../../core/pipeline/open-pipeline';
import { DeliveryError } from '../../../core/errors';
import { fakeAttempt } from '../../support/fake-attempt';
import { FakeClock, settled } from '../../support/fake-clock';
import { aPush, anExportInput, HOLDER, OPEN } from '../../support/pipeline-fixtures';

describe('a buffer whose flow has nobody who would get its batches', () => {
	let clock: FakeClock;
	let store: Store;
	let pipeline: Pipeline;
	let doneWhen: DoneWhen;
	let emitted: FlowBatch[];
	let claims: number;

	beforeEach(async () => {
		clock = new FakeClock();
		emitted = [];
		claims = 0;
		store = await openStore({ kind: 'memory', clock });
		const counted: Store = Object.assign(Object.create(store) as Store, {
			claim: (...args: Parameters<Store['claim']>) => {
				claims += 1;
				// A loop of claims and releases would never come to an end.
				if (claims > 100) return Promise.reject(new Error('enough'));
				return store.claim(...args);
			},
		});
		pipeline = await openPipeline({ store: counted, clock });
		const sink = createFlowSink({
			emit: (batch) => void emitted.push(batch),
			doneWhen: () => doneWhen,
			clock,
		});
		await pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[{ config: anExportInput(), ports: { sink } }],
			HOLDER,
		).ready;
	});
	afterEach(async () => {
		await pipeline.close();
		await store.close();
	});
	const push = async (count: number): Promise<void> => {
		for (let i = 0; i < count; i++)
			assert.equal((await pipeline.accept('r1', aPush())).status, 200);
		await settled();
	};
	const wakeWith = async (when: DoneWhen): Promise<void> => {
		doneWhen = when;
		pipeline.claimDue();
		await settled();
	};

	it('keeps its rows without an attempt, whatever is due or flushed, and asks the store for nothing', async () => {
		doneWhen = 'kept';
		claims = 0;
		await push(5);
		pipeline.flush('r1/main');
		await clock.advance(3_600_000);
		assert.deepEqual([emitted.length, claims], [0, 0]);
		const [counters] = await store.counters();
		assert.deepEqual([counters?.rows, counters?.openBatches, counters?.deadBatches], [5, 0, 0]);
		await wakeWith('sent');
		assert.deepEqual(
			emitted.map(({ attempt }) => attempt),
			[1, 1, 1],
		);
		assert.equal((await store.counters())[0]?.ackedTotal, 5);
	});

	it('keeps a batch that was to be tried again, and goes on with its attempts afterwards', async () => {
		doneWhen = 'acked';
		await push(2);
		const error = new DeliveryError('ERR_SINK_UNAVAILABLE', 'no');
		settleToken(emitted[0]?.token ?? '', { kind: 'retry', error });
		await settled();
		await wakeWith('kept');
		await clock.advance(3_600_000);
		assert.equal(emitted.length, 1);
		await wakeWith('acked');
		assert.deepEqual(
			emitted.map(({ attempt }) => attempt),
			[1, 2],
		);
	});

	it('gives back a batch that was claimed while it lost its last listener, without an attempt', async () => {
		doneWhen = 'kept';
		await push(1);
		const emit = (batch: FlowBatch): void => void emitted.push(batch);
		const sink = createFlowSink({ emit, doneWhen: () => doneWhen, clock });
		const batch = await store.claim('r1/main', { owner: 'o', leaseMs: 1_000, flush: true });
		assert.ok(batch);
		const attempt = fakeAttempt();
		assert.deepEqual(await sink.deliver(batch, attempt), { kind: 'release' });
		assert.equal(emitted.length, 0);
	});
});
