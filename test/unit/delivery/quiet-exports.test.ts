import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type StoreOptions } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import { openPipeline, type Pipeline } from '../../../core/pipeline/open-pipeline';
import { parseExportConfig } from '../../../core/pipeline/parse-export';
import { systemClock } from '../../../core/runtime/clock';
import { eventually } from '../../support/eventually';
import { FakeClock, settled } from '../../support/fake-clock';
import { aPush, anExportInput, HOLDER, OPEN, RecordingSink } from '../../support/pipeline-fixtures';
import { countCalls, type Calls } from '../../support/counted-store';

const CONDITIONS = { count: 10, time: '1s', size: '1MB' };
const DUE_ROWS = 3_000;

/** Puts rows into an export that is due at once and that no pipeline here holds. */
async function fill(store: Store, id: string, receivedAt: number, count = DUE_ROWS): Promise<void> {
	const config = parseExportConfig(
		anExportInput({ id, receiverId: 'r2', output: 'record', conditions: CONDITIONS }),
	);
	const { mappingRevision } = await store.putExport(config);
	const payload = Buffer.from('{}');
	const base = { exportId: `r2/${id}`, eventId: 'e', receivedAt, mappingRevision, payload };
	const rows = Array.from({ length: count }, () => ({ ...base, sizeBytes: payload.length }));
	await store.append({ receiverId: 'r2', events: [{ rows }] });
}

describe('exports that nothing here could deliver', () => {
	const clock = new FakeClock();
	let store: Store;
	let pipeline: Pipeline;
	let calls: Calls;
	let isReady: boolean;
	let kept: RecordingSink;
	let own: RecordingSink;

	beforeEach(async () => {
		store = await openStore({ kind: 'memory', clock });
		isReady = false;
		kept = new RecordingSink();
		own = new RecordingSink();
		const counted = countCalls(store);
		calls = counted.calls;
		pipeline = await openPipeline({ store: counted.store, clock });
	});
	afterEach(async () => {
		await pipeline.close();
		await store.close();
	});

	const attach = async () => {
		await pipeline.attachExport(
			{
				config: anExportInput({
					id: 'kept',
					receiverId: 'r2',
					output: 'record',
					conditions: CONDITIONS,
				}),
				ports: { sink: Object.assign(kept, { isReady: () => isReady }) },
			},
			{ key: 'kept', label: 'kept' },
		).ready;
		await pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[{ config: anExportInput({ conditions: CONDITIONS }), ports: { sink: own } }],
			HOLDER,
		).ready;
		await settled();
		calls.reset();
	};

	it('cause no claim, no question and no timer, whatever they have due', async () => {
		await fill(store, 'foreign', clock.now());
		await fill(store, 'kept', clock.now());
		await attach();
		await clock.advance(30_000);
		assert.deepEqual([calls.claims, calls.nextDue], [0, 0]);
		assert.ok(clock.nextIn() > 10_000, 'nothing but sweeps and the like');
	});

	it('do not make others claim more often: one push is a handful of calls, however much they have due', async () => {
		await fill(store, 'foreign', clock.now());
		await fill(store, 'kept', clock.now());
		await attach();
		for (let i = 0; i < 5; i++) assert.equal((await pipeline.accept('r1', aPush())).status, 200);
		await clock.advance(30_000);
		assert.equal(own.batches.length, 1);
		assert.ok(calls.claims <= 3 && calls.nextDue <= 3, JSON.stringify(calls));
		assert.deepEqual([...calls.askedFor], ['r1/main']);
	});

	it('are asked about in one question when something may have changed, and only those that could be claimed', async () => {
		await fill(store, 'foreign', clock.now());
		await attach();
		for (let i = 0; i < 20; i++) pipeline.claimDue();
		await settled();
		assert.ok(calls.nextDue <= 2, `${calls.nextDue} questions for 20 at once`);
		assert.equal(calls.claims, 0);
		assert.deepEqual([...calls.askedFor], ['r1/main']);
	});

	it('are delivered once there is somebody: kept rows, all of what is due', async () => {
		await fill(store, 'kept', clock.now(), 100);
		await attach();
		await clock.advance(10_000);
		assert.equal(kept.batches.length, 0);
		isReady = true;
		pipeline.claimDue();
		for (let i = 0; i < 20; i++) await settled();
		assert.equal(kept.batches.length, 10);
		assert.ok(calls.claims <= 12, `${calls.claims} claims`);
	});

	for (const state of ['PAUSED', 'USER_DISABLED', 'SYSTEM_DISABLED'] as const) {
		it(`cause nothing while they are ${state}, and go on afterwards`, async () => {
			await attach();
			assert.equal((await pipeline.accept('r1', aPush())).status, 200);
			await store.setState('r1/main', state);
			// What had been planned before.
			await clock.advance(2_000);
			calls.reset();
			if (state === 'PAUSED') {
				for (let i = 0; i < 50; i++) await pipeline.accept('r1', aPush());
			}
			await clock.advance(60_000);
			assert.deepEqual([calls.claims, calls.nextDue], [0, 0]);
			await store.setState('r1/main', 'ACTIVE');
			pipeline.claimDue();
			// What had waited is dropped where it was disabled (D53).
			if (state !== 'PAUSED') await pipeline.accept('r1', aPush());
			await clock.advance(2_000);
			assert.ok(own.batches.length > 0);
		});
	}

	it('cause nothing once they are removed from the store by somebody else', async () => {
		await attach();
		assert.equal((await pipeline.accept('r1', aPush())).status, 200);
		await store.removeExport('r1/main', 'drop');
		await clock.advance(120_000);
		assert.ok(calls.claims <= 10, `${calls.claims} claims in 120 s`);
	});
});

describe('exports that nothing here could deliver, over the clock of the machine', function () {
	this.timeout(20_000).slow(6_000);

	it('cause no claims in a store on disk', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'sluice-quiet-'));
		const options: StoreOptions = { kind: 'sqlite', directory };
		const store = await openStore(options);
		const { store: counted, calls } = countCalls(store);
		const pipeline = await openPipeline({ store: counted });
		try {
			await fill(store, 'foreign', Date.now());
			await fill(store, 'kept', Date.now());
			const kept = Object.assign(new RecordingSink(), { isReady: () => false });
			const own = new RecordingSink();
			for (const [id, sink] of Object.entries({ kept, own })) {
				const config = anExportInput({
					id,
					receiverId: 'r2',
					output: 'record',
					conditions: CONDITIONS,
				});
				await pipeline.attachExport({ config, ports: { sink } }, HOLDER).ready;
			}
			await eventually('the first look is over', () => calls.nextDue > 0);
			calls.reset();
			await new Promise<void>((resolve) => void systemClock.after(2_500, resolve));
			assert.deepEqual([calls.claims, calls.nextDue, kept.batches.length], [0, 0, 0]);
		} finally {
			await pipeline.close();
			await store.close();
			await rm(directory, { recursive: true });
		}
	});
});
