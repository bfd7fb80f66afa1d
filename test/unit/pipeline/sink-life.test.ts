import assert from 'node:assert/strict';
import type { Sink } from '../../../core/sink/sink';
import {
	anExportInput,
	HOLDER,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

describe('the life of a sink', () => {
	let world: PipelineWorld;
	const told: string[] = [];
	beforeEach(async () => {
		told.length = 0;
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const attach = (name: string) => {
		const sink: Sink = {
			deliver: async () => ({ kind: 'ack' }),
			start: () => void told.push(`start ${name}`),
			close: () => void told.push(`close ${name}`),
		};
		const config = anExportInput({ receiverId: 'items:n', label: name });
		return world.pipeline.attachExport({ config, ports: { sink } }, HOLDER);
	};

	it('begins with its deliveries, and ends when its export is detached', async () => {
		const attachment = attach('a');
		await attachment.ready;
		assert.deepEqual(told, ['start a']);
		await attachment.detach();
		assert.deepEqual(told, ['start a', 'close a']);
	});

	it('ends before that of a new configuration begins', async () => {
		await attach('a').ready;
		await attach('b').ready;
		assert.deepEqual(told, ['start a', 'close a', 'start b']);
	});

	it('ends with its pipeline', async () => {
		await attach('a').ready;
		await world.pipeline.close();
		assert.deepEqual(told, ['start a', 'close a']);
	});
});
