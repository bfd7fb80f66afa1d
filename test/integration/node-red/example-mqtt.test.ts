import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually';
import { buffersWith, readExample, withSettings } from '../../support/example-flows';
import { startMqttBroker, type MqttBroker } from '../../support/mqtt-broker';
import { NodeRedWorld } from '../../support/node-red-world';

const SECRET = 'u'.repeat(16);
const example = readExample('store-and-forward-to-mqtt.json');

describe('the example that forwards to MQTT, in a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let broker: MqttBroker;
	let sent = 0;

	beforeEach(async () => {
		sent = 0;
		broker = await startMqttBroker();
		world = await NodeRedWorld.create();
		await world.start({
			flows: withSettings(example, {
				'ex5-broker': { broker: '127.0.0.1', port: broker.port },
				'ex5-receiver': buffersWith(example, 'ex5-receiver', {
					ackTimeoutSeconds: 2,
					retryDelays: 'exponential 1s 2s',
				}),
			}),
			credentials: { 'ex5-receiver': { urlSecret: SECRET } },
			settings: 'mqttReconnectTime: 200,',
		});
		await eventually('mqtt out is connected', () => broker.clients === 1);
	});
	afterEach(async () => {
		await world.close();
		await broker.stop();
	});

	const push = async (count: number): Promise<void> => {
		for (let i = 0; i < count; i++) {
			const { status } = await world.push(`/sluice/ex5-receiver/${SECRET}`, {
				device: 'd1',
				temperature: sent++,
			});
			assert.equal(status, 200);
		}
	};
	const readings = () =>
		broker.published.map(({ text }) => JSON.parse(text) as { id: string; temperature: number });
	/** What a subscriber has that drops what it has seen, by the id. */
	const seenOnce = (): number[] => {
		const ids = new Set<string>();
		return readings()
			.filter(({ id }) => !ids.has(id) && ids.add(id))
			.map(({ temperature }) => temperature);
	};
	const allOf = (n: number) => Array.from({ length: n }, (_, i) => i);

	it('publishes each reading with QoS 1, in order, and is done when the broker has confirmed it', async () => {
		await push(5);
		await eventually('5 readings', () => seenOnce().length === 5);
		assert.deepEqual(
			broker.published.map(({ topic, qos }) => ({ topic, qos })),
			allOf(5).map(() => ({ topic: 'plant/readings', qos: 1 })),
		);
		assert.deepEqual(
			readings().map(({ temperature }) => temperature),
			allOf(5),
			'each once: the complete node settles them',
		);
	});

	it('keeps readings while the broker is away, and all reach it in order when it is back', async () => {
		await push(3);
		await eventually('3 readings', () => seenOnce().length === 3);
		await broker.stop();
		await push(10);
		await broker.start();
		await push(3);
		await eventually('16 readings', () => seenOnce().length === 16, 120_000);
		assert.deepEqual(seenOnce(), allOf(16));
	});

	it('sends again what a broker took and never confirmed, and what a kill -9 left waiting', async () => {
		broker.stopConfirming();
		await push(3);
		await world.kill();
		await broker.stop();
		await broker.start();
		await world.restart();
		await push(2);
		await eventually('5 readings', () => seenOnce().length === 5, 120_000);
		assert.deepEqual(seenOnce(), allOf(5));
	});
});
