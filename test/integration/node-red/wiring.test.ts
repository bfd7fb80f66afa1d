import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

const OTHER_TAB = { id: 'other', type: 'tab', label: 'other', disabled: false, info: '' };

describe('buffers whose wires lead nowhere, in a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let sink: SinkServer;

	const forward = (config: object = {}): object =>
		node('sluice-forward', 'forward', { url: sink.url, headers: [], store: '', ...config }, []);
	const listeners = (): object[] => [
		node('status', 'statuses', { scope: null }, ['tell']),
		node(
			'function',
			'tell',
			{
				func: 'node.warn(`STATUS ${msg.status.source.id}: ${msg.status.fill} ${msg.status.text}`);',
				outputs: 1,
			},
			[],
		),
	];
	const received = (): unknown[] =>
		sink.requests.flatMap(({ json }) => (json as { body: { n: unknown } }[]).map((e) => e.body.n));
	const shows = (id: string, text: string): Promise<unknown> =>
		eventually(`${id} shows ${text}`, () => {
			const last = world.log.findLast((line) => line.includes(`STATUS ${id}: `)) ?? '';
			return last.includes(`STATUS ${id}: ${text}`);
		});
	const push = async (id: string, ...numbers: number[]): Promise<void> => {
		for (const n of numbers) assert.equal((await world.push(`/in/${id}`, { n })).status, 200);
	};

	beforeEach(async () => {
		world = await NodeRedWorld.create();
		sink = await startSinkServer();
	});
	afterEach(async () => {
		await world.close();
		await sink.close();
	});

	it('keep the events of a forward node that is disabled, and send them when it is enabled', async () => {
		const flows = (config: object): object[] => [
			TAB,
			...listeners(),
			aReceiver('r', {}, ['forward']),
			forward(config),
		];
		await world.start({ flows: flows({}) });
		await push('r', 1);
		await eventually('the first event', () => received().includes(1));
		await world.deploy(flows({ d: true }), 'nodes');
		await push('r', 2, 3);
		await shows('r', 'yellow settling node is off, kept · 2 waiting');
		await world.stop();
		await world.restart();
		await shows('r', 'yellow settling node is off, kept · 2 waiting');
		assert.deepEqual(received(), [1]);
		await world.deploy(flows({}), 'nodes');
		await eventually('the others', () => received().length === 3);
		await shows('r', 'green 0 waiting');
	});

	it('keep the events of a batch that was being retried when its forward node was disabled', async () => {
		const retrying = { buffers: [aBuffer({ retryDelays: '2s, 2s, 2s, 2s, 2s, 2s, 2s, 2s' })] };
		const flows = (config: object): object[] => [
			TAB,
			...listeners(),
			aReceiver('r', retrying, ['forward']),
			forward(config),
		];
		sink.answer = (_request, response) => response.writeHead(503).end();
		await world.start({ flows: flows({}) });
		await push('r', 1);
		await shows('r', 'yellow 0 waiting, 1 retry');
		await world.deploy(flows({ d: true }), 'nodes');
		await shows('r', 'yellow settling node is off, kept · 0 waiting, 1 retry now');
		sink.requests.length = 0;
		sink.answer = (_request, response) => response.writeHead(200).end();
		await push('r', 2);
		await shows('r', 'yellow settling node is off, kept · 1 waiting, 1 retry now');
		assert.deepEqual(sink.requests, []);
		await world.deploy(flows({}), 'nodes');
		await eventually('both', () => received().includes(1) && received().includes(2));
	});

	it('keep what nothing is wired to, also of one output of several, and send it once a wire is there', async () => {
		const two = { buffers: [aBuffer(), aBuffer({ id: 'second', label: 'second' })], outputs: 2 };
		const flows = (wires: string[][]): object[] => [
			TAB,
			...listeners(),
			aReceiver('r', two, ...wires),
			forward(),
			node('http in', 'in', { url: '/t/in', method: 'post', upload: false }, ['lonely', 'out']),
			node('http response', 'out', { statusCode: '', headers: {} }),
			node('sluice-buffer', 'lonely', { ...aBuffer(), store: '' }, []),
		];
		await world.start({ flows: flows([['forward'], []]) });
		await push('r', 1);
		assert.equal((await world.push('/t/in', { n: 2 })).status, 200);
		await shows('r', 'yellow second: not wired, kept · 1 waiting');
		await shows('lonely', 'yellow not wired, kept · 1 waiting');
		await world.deploy(flows([['forward'], ['forward']]), 'nodes');
		await eventually('the event of the second buffer', () => received().length === 2);
		assert.deepEqual(received(), [1, 1]);
	});

	it('keep events behind a link to a disabled tab and in a subflow whose settling node is off', async () => {
		const flows = (off: boolean): object[] => [
			TAB,
			{ ...OTHER_TAB, disabled: off },
			...listeners(),
			aReceiver('linked', {}, ['out']),
			node('link out', 'out', { mode: 'link', links: ['in'] }),
			{ ...node('link in', 'in', { links: ['out'] }, ['forward']), z: 'other' },
			{ ...forward(), z: 'other' },
			aReceiver('inside', {}, ['instance']),
			node('subflow:def', 'instance', {}),
			{
				id: 'def',
				type: 'subflow',
				name: 'def',
				in: [{ x: 0, y: 0, wires: [{ id: 'inner' }] }],
				out: [],
			},
			{
				...node('sluice-forward', 'inner', { url: sink.url, headers: [], store: '', d: off }, []),
				z: 'def',
			},
		];
		await world.start({ flows: flows(true) });
		await push('linked', 1);
		await push('inside', 2);
		for (const id of ['linked', 'inside'])
			await shows(id, 'yellow settling node is off, kept · 1 waiting');
		await world.deploy(flows(false));
		await eventually('both', () => received().includes(1) && received().includes(2));
	});

	it('keep the events of a forward node that cannot start, until it can', async () => {
		const flows = (config: object): object[] => [
			TAB,
			...listeners(),
			aReceiver('r', {}, ['forward']),
			forward(config),
		];
		await world.start({ flows: flows({ retryDelays: 'soon' }) });
		await push('r', 1);
		await shows('r', 'yellow settling node is off, kept · 1 waiting');
		await world.deploy(flows({}), 'nodes');
		await eventually('the event', () => received().includes(1));
	});
});
