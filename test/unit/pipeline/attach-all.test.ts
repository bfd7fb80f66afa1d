import assert from 'node:assert/strict';
import { ConfigError } from '../../../core/errors';
import { attachAll } from '../../../core/pipeline/attach-all';
import {
	anExportInput,
	HOLDER,
	pipelineWorld,
	RecordingSink,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

describe('attachAll', () => {
	let world: PipelineWorld;

	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const attachOf =
		(id: string, config: object = {}) =>
		() =>
			world.pipeline.attachExport(
				{ config: anExportInput({ id, ...config }), ports: { sink: new RecordingSink() } },
				HOLDER,
			);
	const attached = async () => [...world.pipeline.held().exports.keys()];

	it('attaches all, and detaches all', async () => {
		const both = await attachAll([attachOf('a'), attachOf('b')]);
		await both.ready;
		assert.deepEqual(await attached(), ['r1/a', 'r1/b']);
		await both.detach();
		assert.deepEqual(await attached(), []);
	});

	it('leaves none attached when one is refused: what waits would be delivered to nobody', async () => {
		const first = await attachAll([attachOf('a')]);
		await first.ready;
		await first.detach();
		const wrong = attachOf('b', { conditions: { count: 0, sizeBytes: 1, timeMs: 1 } });
		await assert.rejects(attachAll([attachOf('a'), wrong]), ConfigError);
		assert.deepEqual(await attached(), []);
	});
});
