import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { freePort } from '../../../scripts/host/free-port';
import { eventually } from '../../support/eventually';
import { FAST_CLOCK } from '../../support/fast-clock';
import { aBuffer, aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startProxyServer, type ProxyServer } from '../../support/proxy-server';
import { startSinkServer, type SinkServer } from '../../support/sink-server';
import { TLS_CERT, TLS_KEY } from '../../support/tls-certificate';

/** Used up within seconds, were they counted; the events are far from the age at which they are given up. */
const SHORT = { retryDelays: '1s, 1s' };
const PROXY_PASSWORD = 'hunter2';

interface Told {
	readonly kind: string;
	readonly label: string;
	readonly lastStatus?: number;
	readonly lastCode?: string;
}

describe('an endpoint that nobody reaches for a while, in a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let endpointPort: number;
	let endpoint: SinkServer | undefined;
	let asking: ProxyServer;
	let refusing: ProxyServer;
	const secured: string[] = [];
	const secure = createServer({ key: TLS_KEY, cert: TLS_CERT }, (request, response) => {
		request.on('data', (chunk: Buffer) => secured.push(chunk.toString()));
		request.on('end', () => response.end('ok'));
	});

	before(async () => {
		world = await NodeRedWorld.create();
		endpointPort = await freePort();
		secure.listen(0, '127.0.0.1');
		await once(secure, 'listening');
		const { port: securePort } = secure.address() as AddressInfo;
		asking = await startProxyServer({ port: endpointPort });
		asking.behaviour = 407;
		refusing = await startProxyServer({ port: securePort });
		refusing.behaviour = 403;
		const forward = (id: string, config: object): object =>
			node(
				'sluice-forward',
				id,
				{ configVersion: 1, timeoutSeconds: 200, ...SHORT, ...config },
				[],
			);
		const by = (httpProxy: string): object => ({ proxy: 'server', httpProxy });
		await world.start({
			settings: FAST_CLOCK,
			flows: [
				TAB,
				{ id: 'one', type: 'http proxy', name: 'asks', url: asking.url, noproxy: [] },
				{ id: 'two', type: 'http proxy', name: 'refuses', url: refusing.url, noproxy: [] },
				{ id: 'three', type: 'tls-config', name: 'own', certType: 'files', verifyservercert: true },
				aReceiver('events', { buffers: [aBuffer({ ...SHORT, label: 'direct' })] }, ['direct']),
				forward('direct', { url: `http://127.0.0.1:${endpointPort}/direct` }),
				node('http in', 'in', { url: '/t/both', method: 'post' }, ['plain', 'tunnel', 'taken']),
				node('http response', 'taken', { statusCode: '', headers: {} }),
				forward('plain', { url: `http://127.0.0.1:${endpointPort}/plain`, ...by('one') }),
				forward('tunnel', { url: `https://127.0.0.1:${securePort}/`, ...by('two'), tls: 'three' }),
				node('sluice-alert', 'alerts', { configVersion: 1, what: 'alerts', store: '' }, ['tell']),
				node('function', 'tell', { func: 'node.warn(`told ${JSON.stringify(msg.payload)}`);' }),
				node('status', 'shown', { scope: null }, ['show']),
				node('function', 'show', {
					func: 'node.warn(`seen ${msg.status.source.id}: ${msg.status.fill} ${msg.status.text}`);',
				}),
			],
			credentials: {
				one: { username: 'plant', password: PROXY_PASSWORD },
				three: { cadata: TLS_CERT },
			},
		});
	});
	after(async () => {
		await world.close();
		await endpoint?.close();
		await asking.close();
		await refusing.close();
		secure.closeAllConnections();
		secure.close();
	});

	const told = (kind: string): Told[] =>
		world.log
			.flatMap((line) => line.split('told ')[1] ?? [])
			.map((text) => JSON.parse(text) as Told)
			.filter((one) => one.kind === kind);
	const seen = (id: string): string[] =>
		world.log.flatMap((line) => line.split(`seen ${id}: `)[1] ?? []);

	it('uses up no attempt of the default wiring, nor where a proxy refuses; status and alerts say it', async () => {
		for (let n = 0; n < 5; n++) assert.equal((await world.push('/in/events', { n })).status, 200);
		await world.push('/t/both', { n: 'proxied' });
		const failing = await eventually('all three are told of', () => {
			const found = told('failing');
			return found.length >= 3 && found;
		});
		assert.deepEqual(failing.map(({ label }) => label).toSorted(), ['direct', 'plain', 'tunnel']);
		for (const { lastStatus, lastCode } of failing)
			assert.deepEqual([lastStatus, lastCode], [undefined, 'ERR_SINK_UNAVAILABLE']);
		for (const id of ['events', 'plain', 'tunnel'])
			await eventually(`the status of ${id}`, () => seen(id).some((text) => /fail/i.test(text)));
		// The schedule of three attempts is long over.
		assert.ok(world.log.some((line) => /asks for another user and password/.test(line)));
		assert.ok(
			world.log.some((line) => /the proxy refused the connection: it answered 403/.test(line)),
		);
	});

	it('delivers all of it once somebody is reached, and puts nothing aside', async () => {
		endpoint = await startSinkServer(endpointPort);
		asking.behaviour = undefined;
		refusing.behaviour = undefined;
		await eventually('all are told of', () => told('recovered').length >= 3);
		const { requests } = endpoint;
		const direct = (): unknown[] =>
			requests
				.filter(({ url }) => url === '/direct')
				.flatMap(({ json }) => (json as { body: { n: number } }[]).map(({ body }) => body.n));
		await eventually('all of the receiver', () => direct().length >= 5);
		assert.deepEqual(direct().toSorted(), [0, 1, 2, 3, 4]);
		await eventually('what went by proxy', () => requests.some(({ url }) => url === '/plain'));
		await eventually('what went by a tunnel', () => secured.length > 0);
		assert.match(secured.join(''), /proxied/);
		assert.deepEqual(told('deadLetter'), []);
		assert.deepEqual(
			world.log.filter((line) => line.includes(PROXY_PASSWORD)),
			[],
		);
	});
});
