import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../../../scripts/host/free-port';
import { eventually } from '../../support/eventually';
import { aReceiver, reportTo, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer, type SinkServer } from '../../support/sink-server';
import { TLS_CERT, TLS_KEY } from '../../support/tls-certificate';

const TOKEN = 'metrics-token-0123456789';
const APP = 'https://app.example.com';

describe('sluice-listener: a port of its own in a real Node-RED', function () {
	this.timeout(120_000);
	let world: NodeRedWorld;
	let sink: SinkServer;
	let port: number;
	beforeEach(async () => {
		sink = await startSinkServer();
		world = await NodeRedWorld.create();
		port = await freePort();
	});
	afterEach(async () => {
		await world.close();
		await sink.close();
	});

	const listener = (config: object = {}, id = 'listener') => ({
		id,
		type: 'sluice-listener',
		// Another one than its id, which Node-RED would take for a node that needs itself.
		name: `port of ${id}`,
		port: String(port),
		host: '127.0.0.1',
		prefix: '/hooks',
		tls: 'off',
		healthPath: '/healthz',
		readyPath: '/readyz',
		metricsPath: '/metrics',
		idleTimeoutSeconds: 75,
		maxConnections: '',
		configVersion: 1,
		...config,
	});
	const flows = (config: object = {}, ...more: object[]) => [
		TAB,
		listener(config),
		aReceiver('r', { listener: 'listener', store: '' }, ['report']),
		...reportTo(sink.url),
		...more,
	];
	const ask = (
		method: string,
		pathname: string,
		headers: Record<string, string> = {},
		isTls = false,
	): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> =>
		new Promise((resolve, reject) => {
			const request = (isTls ? httpsRequest : httpRequest)(
				{
					method,
					port,
					host: '127.0.0.1',
					path: pathname,
					headers,
					agent: false,
					rejectUnauthorized: false,
				},
				(response) => {
					let text = '';
					response.setEncoding('utf8').on('data', (part: string) => (text += part));
					response.on('end', () =>
						resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
					);
				},
			);
			request.on('error', reject).end(method === 'POST' ? '{"n":1}' : undefined);
		});
	const JSON_TYPE = { 'content-type': 'application/json' };
	const upAndReady = () =>
		eventually('the port', () =>
			ask('GET', '/readyz').then(
				({ status }) => status === 200,
				() => false,
			),
		);

	it('takes events below its prefix and nowhere else, and tells health, readiness and metrics', async () => {
		await world.start({ flows: flows(), credentials: { listener: { metricsToken: TOKEN } } });
		await upAndReady();
		assert.equal((await ask('POST', '/hooks/in/r', JSON_TYPE)).status, 200);
		assert.equal((await ask('POST', '/in/r', JSON_TYPE)).status, 404);
		assert.equal((await world.push('/hooks/in/r', { n: 1 })).status, 404);
		await eventually('the delivery', () => sink.requests.length > 0);
		assert.equal((await ask('GET', '/healthz')).text, '{"alive":true}');
		assert.equal((await ask('GET', '/metrics')).status, 401);
		const metrics = await ask('GET', '/metrics', { authorization: `Bearer ${TOKEN}` });
		assert.match(
			metrics.text,
			/^sluice_receiver_events_total\{.*receiver="r",outcome="stored"\} 1$/m,
		);
		assert.match(metrics.text, /^sluice_store_up\{store="[^"]+"\} 1$/m);
		assert.ok(!world.log.join('\n').includes(TOKEN));
	});

	it('is the same port for two receivers, moves with a deploy, and is closed with the last of them', async () => {
		const second = aReceiver('s', { listener: 'listener' });
		await world.start({ flows: flows({}, second) });
		await upAndReady();
		for (const id of ['r', 's'])
			assert.equal((await ask('POST', `/hooks/in/${id}`, JSON_TYPE)).status, 200, id);
		const former = port;
		port = await freePort();
		await world.deploy(flows({ prefix: '' }), 'full');
		await upAndReady();
		assert.equal((await ask('POST', '/in/r', JSON_TYPE)).status, 200);
		port = former;
		await assert.rejects(ask('GET', '/healthz'), /ECONNREFUSED/);
	});

	it('is refused to a listener of the same port with other settings, by the names of both', async () => {
		const other = listener({ healthPath: '/live' }, 'other');
		await world.start({ flows: flows({}, other, aReceiver('s', { listener: 'other' })) });
		await upAndReady();
		await eventually('the refusal', () =>
			world.log.some((line) =>
				/ERR_CONFIG_INVALID: port: .*"(r|s)" has port.*"(r|s)" asks/.test(line),
			),
		);
	});

	it('speaks TLS by files, and by a TLS configuration of Node-RED', async () => {
		const [cert, key] = ['tls.crt', 'tls.key'].map((name) => path.join(world.userDir, name));
		await writeFile(cert ?? '', TLS_CERT);
		await writeFile(key ?? '', TLS_KEY);
		const up = () =>
			eventually('the port', () =>
				ask('GET', '/readyz', {}, true).then(
					({ status }) => status === 200,
					() => false,
				),
			);
		await world.start({ flows: flows({ tls: 'files', certFile: cert, keyFile: key }) });
		await up();
		const tlsNode = { id: 'tls', type: 'tls-config', name: '', cert, key, verifyservercert: false };
		await world.deploy(flows({ tls: 'given', tlsNode: 'tls' }, tlsNode), 'full');
		await up();
		assert.equal((await ask('POST', '/hooks/in/r', JSON_TYPE, true)).status, 200);
	});

	it("answers what a browser asks at Node-RED's own address before the login of the host, and lets in nobody", async () => {
		const cors = { allowedOrigins: APP, allowedHeaders: 'content-type, authorization' };
		await world.start({
			flows: [TAB, aReceiver('r', cors, ['report']), aReceiver('plain'), ...reportTo(sink.url)],
			settings: `httpNodeAuth: { user: 'u', pass: '${'x'.repeat(60)}' },`,
		});
		port = world.port;
		const preflight = { origin: APP, 'access-control-request-method': 'POST' };
		const allowed = await ask('OPTIONS', '/in/r', preflight);
		assert.deepEqual([allowed.status, allowed.headers['access-control-allow-origin']], [204, APP]);
		assert.notEqual((await ask('OPTIONS', '/in/plain', preflight)).status, 204);
		assert.equal((await ask('POST', '/in/r', { ...JSON_TYPE, origin: APP })).status, 401);
		assert.equal(sink.requests.length, 0);
	});
});
