import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, reportTo, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

const BAD_BUFFERS: [name: string, config: object][] = [
	['ack-timeout', { ackTimeoutSeconds: 0 }],
	['environment', { ackTimeoutSeconds: '${SLUICE_UNSET_VARIABLE}' }],
	['retry-delays', { retryDelays: 'soon' }],
	['count', { count: '' }],
];

describe('a Node-RED with nodes that cannot start', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let sink: SinkServer;

	const good = aReceiver('good', {}, ['report']);
	const report = (): object[] => reportTo(`${sink.url}/good`);
	const badNodes = (): object[] => [
		...BAD_BUFFERS.map(([id, config]) => aReceiver(id, { buffers: [aBuffer(), aBuffer(config)] })),
		node('sluice-buffer', 'bad-buffer', { ...aBuffer({ ackTimeoutSeconds: 0 }), store: '' }, []),
		node('sluice-forward', 'bad-forward', { url: sink.url, retryDelays: 'soon', store: '' }, []),
	];
	const pushed = async (path: string, n: number): Promise<number> =>
		(await world.push(path, { n })).status;
	const received = (): unknown[] =>
		sink.requests.flatMap(({ json }) => (json as { body: { n: unknown } }[]).map((e) => e.body.n));

	beforeEach(async () => {
		world = await NodeRedWorld.create();
		sink = await startSinkServer();
	});
	afterEach(async () => {
		await world.close();
		await sink.close();
	});

	it('serves its other receivers, also after a restart, and names each wrong setting', async () => {
		await world.start({ flows: [TAB, good, ...report(), ...badNodes()] });
		assert.equal(await pushed('/in/good', 1), 200);
		await world.stop();
		await world.restart();
		assert.equal(await pushed('/in/good', 2), 200);
		await eventually('both events', () => received().includes(1) && received().includes(2));
		for (const [id, config] of BAD_BUFFERS) {
			const [field = ''] = Object.keys(config);
			const says = (line: string): boolean =>
				line.includes(`:${id}]`) && line.includes(`ERR_CONFIG_INVALID: buffers[1].${field}: `);
			assert.ok(world.log.some(says), `no line of ${id} names ${field}`);
			assert.equal(await pushed(`/in/${id}`, 3), 404, id);
		}
	});

	it('keeps the events of a receiver whose path is refused, and delivers them when it has a path again', async () => {
		const kept = (path: string): object =>
			aReceiver('kept', { path, buffers: [aBuffer({ count: 100, time: '3s' })] }, ['report']);
		await world.start({ flows: [TAB, good, kept('/in/kept'), ...report()] });
		for (const n of [1, 2, 3]) assert.equal(await pushed('/in/kept', n), 200);
		await world.deploy([TAB, good, kept('/in/good'), ...report()]);
		await eventually('the refusal', () =>
			world.log.some((line) => line.includes(':kept]') && line.includes('is held by')),
		);
		// Longer than the buffer's time: whatever were still attached would deliver into nothing.
		await world.deploy([TAB, good, ...report()]);
		const until = Date.now() + 4_000;
		await eventually('the buffer would be due', () => Date.now() > until);
		assert.deepEqual(received(), []);
		await world.deploy([TAB, good, kept('/in/kept'), ...report()]);
		await eventually('the events', () => received().length >= 3);
		assert.deepEqual(received(), [1, 2, 3]);
	});

	it('starts a node that was refused as soon as it is right, however often it was refused', async () => {
		const buffer = (ackTimeoutSeconds: number): object[] => [
			TAB,
			node('http in', 'in', { url: '/t/in', method: 'post', upload: false }, ['buffer', 'out']),
			node('http response', 'out', { statusCode: '', headers: {} }),
			node('sluice-buffer', 'buffer', { ...aBuffer({ ackTimeoutSeconds }), store: '' }, ['report']),
			...report(),
		];
		await world.start({ flows: buffer(0) });
		for (let deploys = 0; deploys < 11; deploys++) await world.deploy(buffer(0));
		await world.deploy(buffer(60));
		// A deploy is answered before its nodes have started.
		await eventually('an answer', async () => (await pushed('/t/in', 7)) === 200);
		await eventually('the event', () => sink.requests.length > 0);
		assert.deepEqual(sink.requests[0]?.json, [{ n: 7 }]);
		assert.deepEqual(
			world.log.filter((line) => line.includes('MaxListenersExceeded')),
			[],
		);
	});
});
