import assert from 'node:assert/strict';
import { holdPipeline } from '../../../core/pipeline/hold-pipeline';
import { FakeClock, settled } from '../../support/fake-clock';

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
		await third.pipeline.status();
		third.release();
		await clock.advance(1_000);
		await settled();
		const fourth = await hold();
		assert.notEqual(fourth.pipeline, first.pipeline);
		fourth.release();
		await clock.advance(1_000);
	});

	it('tries again after a store could not be opened', async () => {
		const hold = (directory: string) => holdPipeline({ store: { kind: 'sqlite', directory } });
		await assert.rejects(hold(''), { code: 'ERR_CONFIG_INVALID' });
		await assert.rejects(hold(''), { code: 'ERR_CONFIG_INVALID' });
	});
});
