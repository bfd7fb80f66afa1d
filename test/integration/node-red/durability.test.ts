import assert from 'node:assert/strict';
import { verifyBody } from '../../../core/signature/verify-body';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, reportTo, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

type Item = { body: { n: number } };

describe('events survive, in a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let sink: SinkServer;

	beforeEach(async () => {
		world = await NodeRedWorld.create();
		sink = await startSinkServer();
	});
	afterEach(async () => {
		await world.close();
		await sink.close();
	});

	const delivered = (): number[] =>
		sink.requests.flatMap(({ json }) => (json as Item[]).map(({ body }) => body.n));
	const forward = (config: object = {}): object =>
		node(
			'sluice-forward',
			'forward',
			{
				url: `${sink.url}/x`,
				secret: '',
				headers: [],
				timeoutSeconds: 2,
				retryDelays: '1s, 1s, 1s',
				configVersion: 1,
				...config,
			},
			[],
		);

	it('a kill in the middle: what was acknowledged arrives after the restart', async () => {
		await world.start({
			flows: [
				TAB,
				aReceiver('r', { buffers: [aBuffer({ count: 50, time: '3s' })] }, ['report']),
				...reportTo(sink.url),
			],
		});
		const accepted: number[] = [];
		const push = async (n: number): Promise<void> => {
			const answer = await world.push('/in/r', { n }).catch(() => undefined);
			if (answer?.status === 200) accepted.push(n);
		};
		const pushes = Array.from({ length: 120 }, (_, n) => push(n));
		await eventually('some are accepted', () => accepted.length >= 30);
		await world.kill();
		await Promise.all(pushes);
		await world.restart();
		await push(1000);
		await eventually('all of them', () => accepted.every((n) => delivered().includes(n)));
	});

	it('a redeploy with a batch in flight and pushes coming: nothing is lost, pushes get 200 or 503', async () => {
		const flows = [
			TAB,
			aReceiver('r', { buffers: [aBuffer({ count: 5 })] }, ['report']),
			...reportTo(sink.url),
		];
		await world.start({ flows });
		const held: (() => void)[] = [];
		sink.answer = (_request, response) => void held.push(() => response.writeHead(200).end());
		const accepted: number[] = [];
		const statuses = new Set<number>();
		let stop = false;
		const pushing = (async () => {
			for (let n = 0; !stop; n++) {
				const { status } = await world.push('/in/r', { n });
				statuses.add(status);
				if (status === 200) accepted.push(n);
			}
		})();
		await eventually('a batch in flight', () => held.length > 0);
		await world.deploy(flows);
		await world.deploy([...flows, node('comment', 'c', {})]);
		sink.answer = (_request, response) => response.writeHead(200).end();
		for (const release of held) release();
		stop = true;
		await pushing;
		await eventually('all of them', () => accepted.every((n) => delivered().includes(n)));
		assert.ok(
			[...statuses].every((status) => status === 200 || status === 503),
			[...statuses].join(),
		);
	});

	it('an endpoint that is down: forward retries, in the end it arrives with its key, signed', async () => {
		await world.start({
			flows: [
				TAB,
				node('sluice-secret', 'secret', { configVersion: 1 }),
				aReceiver('r', { buffers: [aBuffer({ count: 2, retryDelays: '1s, 1s, 1s' })] }, [
					'forward',
				]),
				forward({
					secret: 'secret',
					signatures: [{ kind: 'body-jwt' }],
					headers: [
						{ name: 'X-Site', value: 'b4' },
						{ name: 'Authorization', secret: true },
					],
				}),
			],
			credentials: {
				secret: { secret: 'k' },
				forward: { secretHeaders: '{"authorization":"Bearer hush"}' },
			},
		});
		sink.answer = (_request, response) =>
			response.writeHead(sink.requests.length < 3 ? 503 : 200).end();
		for (const n of [1, 2]) await world.push('/in/r', { n });
		await eventually('the third attempt', () => sink.requests.length >= 3);
		const [first, , third] = sink.requests;
		assert.deepEqual(
			(third?.json as Item[]).map(({ body }) => body.n),
			[1, 2],
		);
		assert.equal(third?.headers['idempotency-key'], first?.headers['idempotency-key']);
		assert.equal(third?.headers['x-site'], 'b4');
		assert.equal(third?.headers['authorization'], 'Bearer hush');
		const token = String(third?.headers['x-dt-signature']);
		assert.notEqual(token, first?.headers['x-dt-signature']);
		await verifyBody({ token, body: third?.body ?? '', secrets: ['k'] });
		await assert.rejects(verifyBody({ token, body: '[]', secrets: ['k'] }), {
			code: 'ERR_CHECKSUM_MISMATCH',
		});
	});

	it('forward fed with plain messages has its own durable buffer, over a kill', async () => {
		await world.start({
			flows: [
				TAB,
				aReceiver('r', { buffers: [aBuffer({ done: 'sent' })] }, ['forward']),
				forward({ retryDelays: '1s, 1s, 1s, 1s, 1s, 1s, 1s' }),
			],
		});
		sink.answer = (_request, response) => response.writeHead(503).end();
		await world.push('/in/r', { n: 1 });
		await eventually('a first attempt', () => sink.requests.length > 0);
		await world.kill();
		sink.requests.length = 0;
		sink.answer = (_request, response) => response.writeHead(200).end();
		await world.restart();
		await eventually('a delivery', () => sink.requests.length > 0);
		assert.deepEqual(delivered(), [1]);
	});

	it('a final answer puts the batch aside and later ones go on', async () => {
		await world.start({ flows: [TAB, aReceiver('r', {}, ['forward']), forward()] });
		sink.answer = ({ json }, response) =>
			response.writeHead((json as Item[])[0]?.body.n === 1 ? 410 : 200).end();
		await world.push('/in/r', { n: 1 });
		await eventually('the refusal in the log', () =>
			world.log.some((line) => /ERR_SINK_REJECTED/.test(line)),
		);
		await world.push('/in/r', { n: 2 });
		await eventually('the second', () => delivered().includes(2));
		assert.equal(delivered().filter((n) => n === 1).length, 1);
	});

	it('a flow that throws: with an ack in reach the batch comes again until it works', async () => {
		await world.start({
			flows: [
				TAB,
				aReceiver('r', { buffers: [aBuffer({ ackTimeoutSeconds: 1 })] }, ['throws']),
				node(
					'function',
					'throws',
					{ func: 'if (msg.sluice.attempt < 2) throw new Error("no"); return msg;', outputs: 1 },
					['report'],
				),
				...reportTo(sink.url),
			],
		});
		await world.push('/in/r', { n: 1 });
		await eventually('the second attempt', () => delivered().includes(1), 30_000);
	});

	it('messages of the flow: a buffer collects them, and keeps them over a kill', async () => {
		const inBuffer = await startSinkServer();
		await world.start({
			flows: [
				TAB,
				aReceiver('r', { buffers: [aBuffer({ done: 'sent' })] }, ['split']),
				node(
					'function',
					'split',
					{ func: 'return [msg.payload.map((one) => ({ payload: one }))];', outputs: 1 },
					['buffer'],
				),
				node('complete', 'buffered', { scope: ['buffer'] }, ['tell']),
				node(
					'http request',
					'tell',
					{ method: 'POST', ret: 'txt', url: inBuffer.url, headers: [] },
					[],
				),
				node(
					'sluice-buffer',
					'buffer',
					{ ...aBuffer({ count: 100, time: '4s' }), configVersion: 1 },
					['report'],
				),
				...reportTo(sink.url),
			],
		});
		await world.push('/in/r', { n: 1 });
		await world.push('/in/r', { n: 2 });
		// The buffer says done after its rows are on disk, which a complete node hears.
		await eventually('both are in the buffer', () => inBuffer.requests.length === 2);
		assert.equal(sink.requests.length, 0);
		await world.kill();
		await world.restart();
		await eventually('one batch of both', () => sink.requests.length > 0);
		assert.deepEqual(delivered(), [1, 2]);
		await inBuffer.close();
	});
});
