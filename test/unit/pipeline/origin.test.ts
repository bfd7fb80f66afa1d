import assert from 'node:assert/strict';
import { decodeEvent } from '../../../core/event/codec';
import { eventRecord } from '../../../core/event/event-record';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

describe('where an event comes from', () => {
	let world: PipelineWorld;

	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const attach = (receiver: object) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, ...receiver },
			[{ config: anExportInput() }],
			HOLDER,
		).ready;
	const records = async () => {
		const rows = await world.store.peek('r1/main', { limit: 10 });
		return rows.map(({ payload }) => eventRecord(decodeEvent(payload)));
	};

	it('is the label of its receiver (O33), of each event of a request', async () => {
		await attach({ source: 'Weather station', split: 'array' });
		await world.pipeline.accept('r1', aPush({ body: Buffer.from('[1,2]') }));
		assert.deepEqual(
			(await records()).map(({ source }) => source),
			['Weather station', 'Weather station'],
		);
	});

	it('is the label of an event that is one, and nothing by default', async () => {
		await attach({ source: 'a' });
		await world.pipeline.accept('r1', aPush());
		const [record] = await records();
		assert.equal(record?.['source'], 'a');
	});

	it('is told by no header of the client, unless the proxy is trusted that it came through', async () => {
		const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9', 'x-real-ip': '1.1.1.1' };
		await attach({});
		await world.pipeline.accept('r1', aPush({ headers }));
		const [first] = await records();
		assert.deepEqual([first?.['ip'], 'source' in (first ?? {})], ['192.0.2.7', false]);
		await attach({ trustedProxies: ['192.0.2.0/24'] });
		await world.pipeline.accept('r1', aPush({ headers }));
		const [, second] = await records();
		assert.equal(second?.['ip'], '203.0.113.9');
	});

	for (const [receiver, message] of [
		[{ trustedProxies: ['10.0.0.0/33'] }, /trustedProxies\[0\]: expected a network/],
		[{ trustedProxies: Array<string>(51).fill('10.0.0.1') }, /at most 50 networks/],
		[{ source: '' }, /source/],
		[{ source: 'x'.repeat(201) }, /source/],
	] as const) {
		it(`refuses ${JSON.stringify(receiver).slice(0, 50)}`, () =>
			assert.rejects(async () => attach(receiver), { code: 'ERR_CONFIG_INVALID', message }));
	}
});
