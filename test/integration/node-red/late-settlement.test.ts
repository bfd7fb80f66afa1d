import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, reportTo, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

const impatient = { buffers: [aBuffer({ ackTimeoutSeconds: 1, retryDelays: '1s' })] };

describe('nodes that settle a batch, and are not the first', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let sink: SinkServer;

	const forward = (id: string, ...wires: string[][]): object =>
		node('sluice-forward', id, { url: `${sink.url}/${id}`, headers: [], store: '' }, ...wires);
	/** The first attempt arrives after its ack timeout, the others at once. */
	const slowAtFirst = (id: string, next: string): object[] => [
		node(
			'function',
			id,
			{ func: 'return msg.sluice.attempt === 1 ? [msg, null] : [null, msg];', outputs: 2 },
			[`${id}-delay`],
			[next],
		),
		node(
			'delay',
			`${id}-delay`,
			{ pauseType: 'delay', timeout: '2', timeoutUnits: 'seconds', outputs: 1 },
			[next],
		),
	];
	const at = (pathname: string) => sink.requests.filter(({ url }) => url === pathname);
	const status = (id: string, text: string) => (): boolean =>
		world.log.some((line) => line.includes(`STATUS ${id}: ${text}`));

	before(async () => {
		world = await NodeRedWorld.create();
		sink = await startSinkServer();
		await world.start({
			flows: [
				TAB,
				aReceiver('to-forward', impatient, ['slow-forward']),
				...slowAtFirst('slow-forward', 'late-forward'),
				forward('late-forward', []),
				aReceiver('to-buffer', impatient, ['slow-buffer']),
				...slowAtFirst('slow-buffer', 'late-buffer'),
				node('sluice-buffer', 'late-buffer', { ...aBuffer(), store: '' }, ['report']),
				...reportTo(`${sink.url}/report`),
				aReceiver('series', {}, ['one']),
				forward('one', ['two']),
				forward('two', []),
				aReceiver('many', {}, ['split']),
				node(
					'function',
					'split',
					{
						func: 'for (const payload of ["a", "b", "c"]) node.send({ ...msg, payload });',
						outputs: 1,
					},
					['queue'],
				),
				node(
					'delay',
					'queue',
					{ pauseType: 'rate', rate: '2', rateUnits: 'second', nbRateUnits: '1', outputs: 1 },
					['parts'],
				),
				forward('parts', []),
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
			],
		});
	});
	after(async () => {
		await world.close();
		await sink.close();
	});

	it('forward leaves a batch alone that has timed out and comes again', async () => {
		assert.equal((await world.push('/in/to-forward', {})).status, 200);
		await eventually('the late attempt', status('late-forward', 'yellow 1 late'));
		await eventually('the second attempt', status('late-forward', 'green 0 waiting, 1 delivered'));
		assert.equal(at('/late-forward').length, 1);
	});

	it('buffer leaves a batch alone that has timed out and comes again', async () => {
		assert.equal((await world.push('/in/to-buffer', {})).status, 200);
		await eventually('the late attempt', status('late-buffer', 'yellow 1 late'));
		await eventually('the second attempt', () => at('/report').length > 0);
		assert.equal(at('/report').length, 1);
	});

	it('forward delivers what another forward has delivered before it', async () => {
		assert.equal((await world.push('/in/series', { n: 1 })).status, 200);
		await eventually('both requests', () => at('/one').length > 0 && at('/two').length > 0);
		assert.deepEqual(at('/two')[0]?.json, at('/one')[0]?.json);
	});

	it('forward delivers every message that a batch was taken apart into', async () => {
		assert.equal((await world.push('/in/many', {})).status, 200);
		await eventually('the parts', () => at('/parts').length >= 3);
		assert.deepEqual(
			at('/parts')
				.map(({ body }) => body.toString())
				.sort(),
			['a', 'b', 'c'],
		);
	});
});
