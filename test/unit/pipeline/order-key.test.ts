import assert from 'node:assert/strict';
import type { AppendRequest, Row, Store } from '../../../core/buffer/store';
import { CoreError } from '../../../core/errors';
import { createEvent } from '../../../core/event/create-event';
import { appendDetached } from '../../../core/pipeline/append-detached';
import { parseExportConfig, type ExportInput } from '../../../core/pipeline/parse-export';
import { MAX_KEY_PATH_LENGTH } from '../../../core/pure/bounds';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

describe('the configuration of an order', () => {
	const parse = (o: object) => parseExportConfig(anExportInput(o as Partial<ExportInput>));

	it('is any, strict, or key with the place of the key', () => {
		assert.equal(parse({}).order, 'any');
		assert.equal(parse({ order: 'strict' }).order, 'strict');
		const { order, orderKeyPath } = parse({ order: 'key', orderKeyPath: 'event.targetName' });
		assert.deepEqual([order, orderKeyPath], ['key', 'event.targetName']);
		assert.ok(!('orderKeyPath' in parse({ order: 'any' })), 'what is stored names no path');
	});

	const refused: [what: string, input: object, path: string][] = [
		['another word', { order: 'keys' }, 'order'],
		['key without a place', { order: 'key' }, 'orderKeyPath'],
		['an empty place', { order: 'key', orderKeyPath: '' }, 'orderKeyPath'],
		['a place of no steps', { order: 'key', orderKeyPath: '..' }, 'orderKeyPath'],
		['a place that is no text', { order: 'key', orderKeyPath: 7 }, 'orderKeyPath'],
		[
			'a place that is too long',
			{ order: 'key', orderKeyPath: 'a'.repeat(MAX_KEY_PATH_LENGTH + 1) },
			'orderKeyPath',
		],
		['a place where the order is any', { orderKeyPath: 'a' }, 'orderKeyPath'],
		['a place where it is strict', { order: 'strict', orderKeyPath: 'a' }, 'orderKeyPath'],
	];
	for (const [what, input, path] of refused) {
		it(`refuses ${what}`, () => {
			assert.throws(
				() => parse(input),
				(error) =>
					error instanceof CoreError &&
					error.code === 'ERR_CONFIG_INVALID' &&
					error.details['path'] === path,
			);
		});
	}
});

describe('rows of an export whose order is key', () => {
	let world: PipelineWorld;
	let rows: Row[];
	beforeEach(async () => {
		world = await pipelineWorld();
		rows = [];
		const append = world.store.append.bind(world.store);
		const store: Store = world.store;
		store.append = (request: AppendRequest) => {
			for (const { rows: some, dead = [] } of request.events)
				rows.push(...some, ...dead.flatMap((letter) => letter.rows));
			return append(request);
		};
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
	const keys = () => rows.map(({ exportId, sequenceKey }) => [exportId, sequenceKey]);

	it('carry the key of their event, and no others do', async () => {
		await attach({ order: 'key', orderKeyPath: 'id' }, { id: 'all' });
		assert.equal(await push('{"id":"a"}'), 200);
		assert.equal(await push('{}'), 200);
		assert.deepEqual(keys(), [
			['r1/main', 'a'],
			['r1/all', undefined],
			['r1/main', undefined],
			['r1/all', undefined],
		]);
		assert.ok(rows.every((row) => row.sequenceKey !== undefined || !('sequenceKey' in row)));
	});

	it('that cannot be mapped carry it as well, for a replay', async () => {
		const columns = [{ type: 'path', name: 'n', path: 'n' }];
		const order = { order: 'key', orderKeyPath: 'id' };
		await attach({ ...order, columns, onMappingError: 'dead' });
		assert.equal(await push('{"id":"a"}'), 200);
		assert.deepEqual(keys(), [['r1/main', 'a']]);
	});

	it('have it where the flow puts them in, held here or not', async () => {
		const config = anExportInput({ receiverId: 'items:1', order: 'key', orderKeyPath: 'id' });
		const attached = world.pipeline.attachExport({ config }, HOLDER);
		await attached.ready;
		const anItem = (id: number) => createEvent({ body: { id } });
		await world.pipeline.add('items:1/main', [anItem(1)]);
		await attached.detach();
		await appendDetached(world.pipeline, 'items:1/main', [anItem(2)]);
		assert.deepEqual(keys(), [
			['items:1/main', '1'],
			['items:1/main', '2'],
		]);
	});
});
