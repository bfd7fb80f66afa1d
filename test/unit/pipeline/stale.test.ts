import assert from 'node:assert/strict';
import { decodeEvent } from '../../../core/event/codec';
import type { LatestConfig } from '../../../core/config';
import { openPipeline } from '../../../core/pipeline/open-pipeline';
import type { ExportInput } from '../../../core/pipeline/parse-export';
import type { ReceiverInput } from '../../../core/pipeline/parse-receiver';
import {
	anExportInput,
	aPush,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const PATHS: Partial<LatestConfig> = { devicePath: 'd', typePath: 't', timePath: 'at' };

describe('an event that is older than the latest of its device and type (D34)', () => {
	let world: PipelineWorld;
	beforeEach(async () => (world = await pipelineWorld()));
	afterEach(() => world.close());

	const attach = (
		latest: Partial<LatestConfig> = {},
		receiver: Partial<ReceiverInput> = {},
		config: Partial<ExportInput> = {},
	) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, latest: { ...PATHS, ...latest }, ...receiver },
			[{ config: anExportInput(config) }],
			HOLDER,
		).ready;
	const push = async (body: unknown) => {
		const answer = await world.pipeline.accept(
			'r1',
			aPush({ body: Buffer.from(JSON.stringify(body)) }),
		);
		return { status: answer.status, ...(JSON.parse(answer.body) as Record<string, unknown>) };
	};
	const at = (time: number, device = 'a', type = 'x') => ({ d: device, t: type, at: time });
	/** Times of what is stored, in order; with a question mark where it is stale. */
	const stored = async () =>
		(await world.store.peek('r1/main')).map(({ payload }) => {
			const { stale, body } = decodeEvent(payload);
			const { at: time } = JSON.parse(Buffer.from(body).toString()) as { at: number };
			return `${time}${stale ? '?' : ''}`;
		});
	const restart = async () => {
		await world.pipeline.close();
		world.pipeline = await openPipeline({ store: world.store, clock: world.clock });
	};

	it('is stored and marked, of its own device and type alone; the same time is not older', async () => {
		await attach();
		for (const body of [at(5), at(4), at(5), at(3, 'b'), at(3, 'a', 'y'), at(6)]) await push(body);
		assert.deepEqual(await stored(), ['5', '4?', '5', '3', '3', '6']);
		const { events } = await world.store.latest('r1');
		assert.deepEqual(
			events.map((one) => one.at),
			[6, 3, 3],
		);
	});

	it('is known over a restart, and after a deploy that finds devices elsewhere', async () => {
		await attach();
		await push(at(5));
		await restart();
		await attach();
		await push(at(4));
		await attach({ devicePath: 'other' });
		await push({ ...at(1), other: 'a' });
		assert.deepEqual(await stored(), ['5', '4?', '1?']);
	});

	it('is one of several in a request, by their order', async () => {
		await attach({}, { split: 'array' });
		await push([at(2), at(1), at(3), at(2)]);
		assert.deepEqual(await stored(), ['2', '1?', '3', '2?']);
	});

	it('is told to filters and templates', async () => {
		await attach({}, {}, { filter: { condition: { language: 'jsonnet', content: '!Stale()' } } });
		await push(at(5));
		assert.deepEqual(await push(at(4)), { status: 200, filtered: true });
		assert.deepEqual(await stored(), ['5']);
	});

	it('is dropped where the receiver is told so: answered, counted and seen', async () => {
		await attach({ dropStale: true }, { split: 'array' });
		await push([at(5)]);
		const answer = await push([at(4), at(6), at(5)]);
		const { ids, ...counts } = answer as typeof answer & { ids: unknown[] };
		assert.deepEqual(counts, { status: 200, stored: 1, duplicates: 0, filtered: 0, stale: 2 });
		assert.deepEqual(
			ids.map((id) => typeof id),
			['object', 'string', 'object'],
		);
		await attach({ dropStale: true });
		assert.deepEqual(await push(at(1)), { status: 200, stale: true });
		assert.deepEqual(await stored(), ['5', '6']);
		const [receiver] = world.pipeline.held().receivers;
		assert.deepEqual([receiver?.stale, receiver?.accepted], [3, 5]);
		const outcomes = world.pipeline.recentRequests('r1')?.map(({ outcome }) => outcome);
		assert.deepEqual(outcomes, ['stale', 'stored', 'stored']);
	});

	it('is none where the newer one was refused, or could not be stored', async () => {
		await attach({}, {}, { columns: [{ type: 'path', name: 'c', path: 'c' }], output: 'record' });
		assert.equal((await push(at(9))).status, 400);
		const { append } = world.store;
		world.store.append = () => Promise.reject(new Error('no disk'));
		assert.equal((await push({ ...at(8), c: 1 })).status, 500);
		world.store.append = append;
		await push({ ...at(7), c: 1 });
		await push({ ...at(6), c: 1 });
		assert.equal((await world.store.peek('r1/main')).length, 2);
		const { events } = await world.store.latest('r1');
		assert.deepEqual(
			events.map((one) => one.at),
			[7],
		);
	});

	it('is known of two that come at once, whichever is faster', async () => {
		await attach();
		await Promise.all([push(at(2)), push(at(1))]);
		assert.deepEqual(await stored(), ['2', '1?']);
	});

	it('is asked for in each request where other processes have the store', async () => {
		await attach();
		await push(at(1));
		const peers = Object.assign(world.store, { peers: async () => [] });
		await world.store.append({
			receiverId: 'r1',
			events: [{ rows: [], latest: { key: '["a","x"]', at: 9, event: new Uint8Array([1]) } }],
		});
		await push(at(8));
		assert.deepEqual(await stored(), ['1', '8?']);
		assert.ok(peers);
	});

	it('is not looked for where no latest events are kept', async () => {
		world.store.latestTimes = assert.fail;
		await world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[{ config: anExportInput() }],
			HOLDER,
		).ready;
		await push(at(2));
		await push(at(1));
		assert.deepEqual(await stored(), ['2', '1']);
	});
});
