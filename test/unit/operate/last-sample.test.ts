import assert from 'node:assert/strict';
import { createEvent } from '../../../core/event/create-event';
import { lastSample } from '../../../core/operate/last-sample';
import { runDry } from '../../../core/operate/verbs/dry-run';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

describe('the last event as a sample', () => {
	let world: PipelineWorld;
	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const columns = [{ type: 'path', name: 'a', path: 'a' }] as const;
	const attach = (receiver: object = {}) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, ...receiver },
			[{ config: anExportInput({ columns }) }],
			HOLDER,
		).ready;

	it('is the one that was taken last, without what lets its sender in elsewhere', async () => {
		await attach({ split: 'array' });
		assert.equal(await lastSample(world.pipeline, 'r1'), undefined);
		const headers = {
			'content-type': 'application/json',
			'X-Site': 'b4',
			cookie: 's=1',
			Authorization: 'Basic x',
		};
		const body = Buffer.from('[{"a":1},{"a":2.50}]');
		assert.equal((await world.pipeline.accept('r1', aPush({ headers, body }))).status, 200);
		const refused = aPush({ body: Buffer.from('[{"b":1}]') });
		assert.equal((await world.pipeline.accept('r1', refused)).status, 400);
		assert.deepEqual(await lastSample(world.pipeline, 'r1'), {
			receivedAt: world.clock.now(),
			sample: { body: '{"a":2.50}', headers: 'content-type: application/json\nx-site: b4' },
		});
		assert.equal(await lastSample(world.pipeline, 'r2'), undefined);
	});

	it('is what a dry run tries of a buffer whose rows are mapped', async () => {
		await attach();
		await world.pipeline.accept('r1', aPush());
		const ran = await runDry(world.pipeline, 'r1/main', {
			columns: [{ ...columns[0], name: 'b' }],
		});
		assert.deepEqual(
			ran.results.map(({ from, after }) => [from, after]),
			[['received', { became: 'row', record: { b: 1 } }]],
		);
	});

	it('is the last item that the flow put into a buffer', async () => {
		const config = anExportInput({ receiverId: 'items:n' });
		await world.pipeline.attachExport({ config }, HOLDER).ready;
		const event = (body: unknown) => createEvent({ body, receivedAt: 5 });
		await world.pipeline.add('items:n/main', [event({ a: 1 }), event('last')]);
		const found = await lastSample(world.pipeline, 'items:n');
		assert.deepEqual([found?.receivedAt, found?.sample.body], [5, 'last']);
	});

	it('says of a body that is no text that it is none, and keeps none that is large', async () => {
		await attach({ maxBodyBytes: 4_000_000 });
		const [small, large] = [Buffer.from([0xff, 0xfe, 1]), Buffer.alloc(1_048_577, 32)];
		await world.pipeline.attachReceiver(
			{ id: 'r3', auth: OPEN, maxBodyBytes: 4_000_000 },
			[{ config: anExportInput({ receiverId: 'r3' }) }],
			HOLDER,
		).ready;
		const push = (body: Uint8Array) =>
			world.pipeline.accept('r3', aPush({ body, headers: { 'content-type': 'image/png' } }));
		assert.equal((await push(large)).status, 200);
		assert.equal(await lastSample(world.pipeline, 'r3'), undefined);
		assert.equal((await push(small)).status, 200);
		await assert.rejects(lastSample(world.pipeline, 'r3'), /whose body is text in UTF-8/);
	});

	it('is the latest that the store keeps, where none has come since', async () => {
		const latest = { devicePath: 'd' };
		await attach({ latest });
		const event = { d: 'x', a: 1 };
		await world.pipeline.accept('r1', aPush({ body: Buffer.from(JSON.stringify(event)) }));
		const found = await lastSample({ store: world.store }, 'r1');
		assert.deepEqual(JSON.parse(found?.sample.body ?? ''), event);
	});
});
