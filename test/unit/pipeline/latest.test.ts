import assert from 'node:assert/strict';
import { decodeEvent } from '../../../core/event/codec';
import type { LatestConfig } from '../../../core/config';
import { parseReceiverConfig } from '../../../core/pipeline/parse-receiver';
import {
	anExportInput,
	aPush,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

/** As the Data Connector pushes it (D8, D9). */
const body = (eventType: string, device: string, timestamp: string, labels: unknown = {}) =>
	JSON.stringify({
		event: {
			eventId: `e-${timestamp}`,
			targetName: `projects/p/devices/${device}`,
			eventType,
			timestamp,
		},
		labels,
	});

describe('the latest event of each device and type', () => {
	let world: PipelineWorld;
	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const attach = (latest?: Partial<LatestConfig>, exports = [{ config: anExportInput() }]) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, ...(latest === undefined ? {} : { latest }) },
			exports,
			HOLDER,
		);
	const push = async (text: string) => {
		const answer = await world.pipeline.accept('r1', aPush({ body: Buffer.from(text) }));
		assert.equal(answer.status, 200, String(answer.body));
	};
	const latest = async () => (await world.store.latest('r1')).events;

	it('is none where no export takes events: 503, since all but the latest would be lost', async () => {
		await attach({}, []).ready;
		const { status } = await world.pipeline.accept('r1', aPush());
		assert.equal(status, 503);
		assert.deepEqual(await latest(), []);
	});

	it('is kept in the shape of the Data Connector, so that it can be rendered as if it came now', async () => {
		attach({});
		const later = body('touch', 'd1', '2026-01-01T00:00:00.000002Z', { floor: '2', n: 1 });
		await push(later);
		await push(body('touch', 'd1', '2026-01-01T00:00:00.000001Z'));
		await push(body('humidity', 'd1', '2025-01-01T00:00:00Z'));
		const [humidity, touch] = await latest();
		assert.deepEqual([humidity?.type, touch?.type], ['humidity', 'touch']);
		const { key, device, labels, at, event = new Uint8Array() } = touch ?? {};
		assert.deepEqual(
			[key, device, labels, at],
			[
				'["projects/p/devices/d1","touch"]',
				'projects/p/devices/d1',
				{ floor: '2' },
				Date.parse('2026-01-01T00:00:00Z') + 0.002,
			],
		);
		const decoded = decodeEvent(event);
		assert.equal(Buffer.from(decoded.body).toString(), later);
		assert.equal(decoded.receiverId, 'r1');
	});

	it('is kept by other paths, and by the time it came where it tells none', async () => {
		attach({ devicePath: 'dev', typePath: 'kind', timePath: 'ms', labelsPath: 'tags' });
		await push('{"dev":7,"kind":"k","ms":5}');
		await push('{"dev":8}');
		await push('{"dev":8,"ms":"yesterday"}');
		assert.deepEqual(
			(await latest()).map(({ device, type, at }) => [device, type, at]),
			[
				['7', 'k', 5],
				['8', undefined, world.clock.now()],
			],
		);
	});

	it('is kept although no export takes the event, and is none where there is no device', async () => {
		attach({}, [{ config: anExportInput({ filter: { types: ['other'] } }) }]);
		await push(body('touch', 'd1', '2026-01-01T00:00:00Z'));
		await push('{"event":{}}');
		await push('no JSON');
		await push(body('x'.repeat(600), 'd1', '2026-01-01T00:00:00Z'));
		assert.equal((await latest()).length, 1);
		assert.equal((await world.store.counters())[0]?.rows, 0);
	});

	it('is not kept unless the receiver is told to', async () => {
		attach();
		await push(body('touch', 'd1', '2026-01-01T00:00:00Z'));
		assert.deepEqual(await latest(), []);
	});

	it('refuses paths that are none', () => {
		assert.throws(() => parseReceiverConfig({ id: 'r', auth: OPEN, latest: { timePath: '.' } }), {
			code: 'ERR_CONFIG_INVALID',
			message: /^latest\.timePath: expected a path/,
		});
		const long = { devicePath: 'x'.repeat(257) };
		assert.throws(() => parseReceiverConfig({ id: 'r', auth: OPEN, latest: long }), {
			code: 'ERR_CONFIG_INVALID',
		});
	});
});
