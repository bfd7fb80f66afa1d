import assert from 'node:assert/strict';
import { createEvent } from '../../../core/event/create-event';
import { openPipeline } from '../../../core/pipeline/open-pipeline';
import { takeSnapshot } from '../../../core/operate/snapshot';
import { metrics } from '../../../core/operate/verbs/metrics';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const jsonnet = (content: string) => ({ language: 'jsonnet', content }) as const;

describe('what a filter leaves out', () => {
	let world: PipelineWorld;
	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const attach = (...exports: object[]) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			exports.map((one) => ({ config: anExportInput({ conditions: { count: 100 }, ...one }) })),
			HOLDER,
		).ready;
	const push = async (body: string) =>
		(await world.pipeline.accept('r1', aPush({ body: Buffer.from(body) }))).status;
	const shown = async () => {
		const { exports } = await takeSnapshot(world.pipeline);
		return exports.map(({ exportId, leftOut, waiting }) => [exportId, leftOut, waiting.rows]);
	};

	it('is counted for each export, and shown', async () => {
		const floor = { labels: [{ key: 'floor', equals: '1' }] };
		await attach({ filter: floor }, { id: 'all' });
		assert.equal(await push('{"labels":{"floor":"1"}}'), 200);
		assert.equal(await push('{"labels":{"floor":"2"}}'), 200);
		assert.equal(await push('{}'), 200);
		assert.deepEqual(await shown(), [
			['r1/main', 2, 1],
			['r1/all', 0, 3],
		]);
		await attach({ filter: floor }, { id: 'all' });
		await push('{}');
		assert.equal((await shown())[0]?.[1], 3, 'it goes on where the export is replaced');
		const { leftOut } = await metrics(world.pipeline, 'r1/main', { clock: world.clock });
		assert.equal(leftOut, 3);
		await world.pipeline.close();
		world.pipeline = await openPipeline({ store: world.store, clock: world.clock });
		await attach({ filter: floor }, { id: 'all' });
		await push('{}');
		assert.equal((await shown())[0]?.[1], 4, 'and after a restart');
	});

	it('is not counted of a push that is refused', async () => {
		const columns = [{ type: 'path', name: 'a', path: 'a' }];
		await attach({ filter: { types: ['none'] } }, { id: 'other', columns });
		assert.equal(await push('{}'), 400);
		assert.equal((await shown())[0]?.[1], 0);
	});

	it('is counted of items of the flow', async () => {
		const config = anExportInput({
			receiverId: 'items:1',
			conditions: { count: 100 },
			filter: { condition: jsonnet("Body('a') > 1") },
		});
		await world.pipeline.attachExport({ config }, HOLDER).ready;
		const item = (a: number) => createEvent({ body: JSON.stringify({ a }), readAs: 'json' });
		await world.pipeline.add('items:1/main', [item(1), item(2), item(0)]);
		assert.deepEqual(await shown(), [['items:1/main', 2, 1]]);
	});

	for (const [onMappingError, status, dead] of [
		['reject', 400, 0],
		['dead', 200, 1],
	] as const) {
		it(`is nothing of an event for which the condition fails: ${onMappingError}`, async () => {
			await attach({ onMappingError, filter: { condition: jsonnet("Body('a') > 1") } });
			assert.equal(await push('{"a":"text"}'), status);
			assert.equal((await shown())[0]?.[1], 0);
			assert.equal((await world.store.counters())[0]?.deadRows, dead);
		});
	}

	it('is refused where it is no filter, and where its condition does not compile', () => {
		for (const filter of [{ typ: [] }, { condition: jsonnet('true &&') }]) {
			assert.throws(() => void attach({ filter }), /filter/);
		}
	});
});
