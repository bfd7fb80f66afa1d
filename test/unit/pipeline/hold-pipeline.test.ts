import assert from 'node:assert/strict';
import { takeSnapshot } from '../../../core/operate/snapshot';
import { holdPipeline } from '../../../core/pipeline/hold-pipeline';
import { FakeClock, settled } from '../../support/fake-clock';
import { aPush, anExportInput, HOLDER, OPEN } from '../../support/pipeline-fixtures';

describe('holdPipeline: one pipeline for the nodes of a host', () => {
	it('is shared, outlives its last holder by the linger time, and is made anew after that', async () => {
		const clock = new FakeClock();
		const hold = () =>
			holdPipeline({ store: { kind: 'memory', name: 'held' }, clock, lingerMs: 1_000 });
		const [first, second] = [await hold(), await hold()];
		assert.equal(first.pipeline, second.pipeline);
		first.release();
		first.release();
		second.release();
		await clock.advance(999);
		const third = await hold();
		assert.equal(third.pipeline, first.pipeline);
		await clock.advance(5_000);
		await takeSnapshot(third.pipeline);
		third.release();
		await clock.advance(1_000);
		await settled();
		const fourth = await hold();
		assert.notEqual(fourth.pipeline, first.pipeline);
		fourth.release();
		await clock.advance(1_000);
	});

	it('keeps what is in memory for 30 s after its last holder, and no longer, as the dialog of the store says', async () => {
		const clock = new FakeClock();
		const hold = () => holdPipeline({ store: { kind: 'memory', name: 'forgotten' }, clock });
		const waiting = async (): Promise<number> => {
			const held = await hold();
			const attachment = held.pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN },
				[{ config: anExportInput() }],
				HOLDER,
			);
			await attachment.ready;
			assert.equal((await held.pipeline.accept('r1', aPush())).status, 200);
			const [counters] = await held.pipeline.store.counters();
			await attachment.detach();
			held.release();
			return counters?.rows ?? 0;
		};
		assert.equal(await waiting(), 1);
		await clock.advance(29_000);
		assert.equal(await waiting(), 2);
		await clock.advance(31_000);
		await settled();
		assert.equal(await waiting(), 1);
		await clock.advance(31_000);
	});

	it('tries again after a store could not be opened', async () => {
		const hold = (directory: string) => holdPipeline({ store: { kind: 'sqlite', directory } });
		await assert.rejects(hold(''), { code: 'ERR_CONFIG_INVALID' });
		await assert.rejects(hold(''), { code: 'ERR_CONFIG_INVALID' });
	});
});
