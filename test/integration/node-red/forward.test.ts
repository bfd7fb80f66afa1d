import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startProxyServer, type ProxyServer } from '../../support/proxy-server';
import { startSinkServer, type SinkRequest, type SinkServer } from '../../support/sink-server';
import { TLS_CERT, TLS_KEY } from '../../support/tls-certificate';

const OTHER_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	.privateKey.export({ type: 'pkcs8', format: 'pem' })
	.toString();

const FIELDS = { data: 'fields', fields: ['n', 's'].map((name) => ({ name, path: name })) };
const two = (config: object = {}): object => ({
	buffers: [aBuffer({ count: 2, time: '60s', ...config })],
});

/** http in → a forward node. */
const toForward = (id: string, config: object): object[] => [
	node('http in', `${id}-in`, { url: `/t/${id}`, method: 'post', upload: false }, [id, 'taken']),
	node('sluice-forward', id, { configVersion: 1, ...config }, []),
];

/** Node-RED writes what nodes show into its log. */
const tellStatus = (): object[] => [
	node('status', 'shown', { scope: null }, ['tell']),
	node('function', 'tell', {
		func: 'node.warn(`seen ${msg.status.source.id}: ${msg.status.fill} ${msg.status.text}`);',
		outputs: 1,
	}),
];

const tls = (id: string, config: object = {}): object => ({
	id,
	type: 'tls-config',
	// Node-RED takes what is named as its own id for one that depends on itself.
	name: `my ${id}`,
	certType: 'files',
	verifyservercert: true,
	servername: '',
	alpnprotocol: '',
	...config,
});

/** Settings that cannot work, and by which name of the dialog the node says so. */
const WRONG: readonly (readonly [id: string, config: object, says: string])[] = [
	['url', { url: 'ftp://x' }, 'url: expected'],
	['method', { method: 'GET' }, 'method: expected one of POST, PUT, PATCH'],
	['send', { send: 'all' }, 'send: expected one of as, row, batch'],
	['csv', { send: 'batch', format: 'csv' }, 'format: expected json-array or ndjson: csv needs'],
	['retryOn', { retryOn: '404, soon' }, 'retryOn[1]: expected a status'],
	['maxAge', { maxAge: '1s' }, 'maxAge: expected a duration'],
	['order', { order: 'key' }, 'orderKeyPath: expected the path of the key'],
	['burst', { burst: '5' }, 'burst: expected perSecond, perMinute or both'],
	['giveUpAfter', { giveUp: 'pause', giveUpAfter: '1m' }, 'giveUpAfter: expected a duration'],
	['labels', { filterLabels: [{ key: '', rule: 'has' }] }, 'filterLabels[0].key: expected'],
	['basic', { auth: 'basic', authUser: 'u' }, 'authPassword: expected a value'],
	['oauth2', { auth: 'oauth2', authTokenUrl: 'x' }, 'authClientSecret: expected a value'],
	['blank', { auth: 'bearer' }, 'authToken: expected printable ASCII'],
	['tlsGone', { tls: 'nothing' }, 'tls: expected a TLS configuration that exists'],
	['tlsOff', { tls: 'tls-disabled' }, 'tls: expected a TLS configuration that exists'],
	[
		'tlsUnverified',
		{ tls: 'tls-unverified' },
		'tls: expected "verify server certificate" to be on',
	],
	['tlsUnread', { tls: 'tls-unread' }, 'tls: expected certificates and keys that can be read'],
	['tlsOther', { tls: 'tls-other' }, 'tls: expected a certificate, its private key'],
	['proxyNone', { proxy: 'server' }, 'httpProxy: expected an http proxy to be chosen'],
	[
		'proxyGone',
		{ proxy: 'server', httpProxy: 'x' },
		'httpProxy: expected an http proxy that exists',
	],
	['proxyUrl', { proxy: 'server', httpProxy: 'proxy-wrong' }, 'httpProxy: expected'],
];

describe('what sluice forward can be told, in a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let sink: SinkServer;
	let proxy: ProxyServer;
	let secure: Server;
	const clients: string[] = [];

	before(async () => {
		world = await NodeRedWorld.create();
		sink = await startSinkServer();
		sink.answer = ({ url, headers }, response) => {
			if (url === '/token') {
				response.writeHead(200, { 'content-type': 'application/json' });
				response.end(
					JSON.stringify({
						access_token: `of ${headers.authorization}`.replace(/\W/g, '_'),
						expires_in: 60,
					}),
				);
			} else response.writeHead(url === '/down' ? 503 : url === '/gone' ? 410 : 200).end('ok');
		};
		proxy = await startProxyServer({ port: Number(new URL(sink.url).port) });
		const own = { key: TLS_KEY, cert: TLS_CERT, ca: TLS_CERT };
		const options = { ...own, requestCert: true, rejectUnauthorized: false };
		secure = createServer(options, (request, response) => {
			const socket = request.socket as TLSSocket;
			clients.push(socket.authorized ? 'known' : 'unknown');
			request.resume().on('end', () => response.end('ok'));
		}).listen(0, '127.0.0.1');
		await once(secure, 'listening');
		const https = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
		const forward = (id: string, config: object): object =>
			node('sluice-forward', id, { configVersion: 1, url: `${sink.url}/${id}`, ...config }, []);
		await world.start({
			flows: [
				TAB,
				tls('tls-client'),
				tls('tls-ca'),
				tls('tls-disabled', { d: true }),
				tls('tls-unverified', { verifyservercert: false }),
				tls('tls-unread', { cert: '/nowhere/cert.pem', key: '/nowhere/key.pem' }),
				tls('tls-other'),
				{
					id: 'proxy',
					type: 'http proxy',
					name: 'my proxy',
					url: proxy.url,
					noproxy: ['direct.invalid'],
				},
				{ id: 'proxy-wrong', type: 'http proxy', name: 'my proxy', url: 'proxy:3128', noproxy: [] },
				node('http response', 'taken', { statusCode: '', headers: {} }),
				...toForward('put', {
					url: `${sink.url}/put`,
					method: 'PUT',
					auth: 'basic',
					authUser: 'us er',
					gzip: true,
				}),
				...toForward('token', {
					url: `${sink.url}/token-in`,
					auth: 'oauth2',
					authTokenUrl: `${sink.url}/token`,
					authClientId: 'client',
				}),
				...toForward('collect', {
					url: `${sink.url}/collect`,
					send: 'batch',
					format: 'ndjson',
					count: 3,
					time: '60s',
					filterTypes: 'a, b',
					filterTypePath: 'type',
				}),
				...toForward('client', { url: https, tls: 'tls-client' }),
				...toForward('ca', { url: https, tls: 'tls-ca' }),
				...toForward('proxied', {
					url: 'http://endpoint.invalid/in',
					proxy: 'server',
					httpProxy: 'proxy',
				}),
				...toForward('direct', {
					url: 'http://direct.invalid/in',
					proxy: 'server',
					httpProxy: 'proxy',
				}),
				...toForward('down', { url: `${sink.url}/down`, breakerRequests: 1, retryDelays: '1h' }),
				...toForward('gone', { url: `${sink.url}/gone` }),
				...toForward('slow', { url: `${sink.url}/slow`, perMinute: 1, burst: 1 }),
				aReceiver('table', two(FIELDS), ['table-out']),
				forward('table-out', { format: 'csv' }),
				aReceiver('rows', two(), ['rows-out']),
				forward('rows-out', { send: 'row', body: 'connector', labels: 'room' }),
				...WRONG.flatMap(([id, config]) =>
					toForward(`wrong-${id}`, { url: `${sink.url}/wrong`, ...config }),
				),
				...tellStatus(),
			],
			credentials: {
				put: { authPassword: 'p:w' },
				token: { authClientSecret: 'secret' },
				'wrong-blank': { authToken: 'two words' },
				proxy: { username: 'pu', password: 'pp' },
				'tls-client': { certdata: TLS_CERT, keydata: TLS_KEY, cadata: TLS_CERT },
				'tls-ca': { cadata: TLS_CERT },
				'tls-other': { certdata: TLS_CERT, keydata: OTHER_KEY },
			},
		});
	});
	after(async () => {
		await world.close();
		await sink.close();
		await proxy.close();
		secure.closeAllConnections();
		secure.close();
	});

	const sent = (url: string): SinkRequest[] => sink.requests.filter((one) => one.url === url);
	const arrived = async (url: string, count = 1): Promise<SinkRequest[]> => {
		await eventually(`${count} at ${url}`, () => sent(url).length >= count);
		return sent(url);
	};
	/** The newest status of a node. */
	const shown = (id: string): string | undefined =>
		world.log.flatMap((line) => new RegExp(`seen ${id}: (.*)$`).exec(line)?.[1] ?? []).at(-1);
	const shows = async (id: string, what: RegExp): Promise<void> => {
		await eventually(`${id} shows ${what}`, () => what.test(shown(id) ?? ''));
	};

	it('another method, a user with a password, and gzip', async () => {
		await world.push('/t/put', { n: 1 });
		const [request] = await arrived('/put');
		assert.ok(request);
		assert.equal(request.method, 'PUT');
		const { authorization, 'content-encoding': encoding } = request.headers;
		assert.equal(authorization, `Basic ${Buffer.from('us er:p:w').toString('base64')}`);
		assert.equal(encoding, 'gzip');
		assert.equal(gunzipSync(request.body).toString(), '{"n":1}');
	});

	it('a token that it fetches', async () => {
		await world.push('/t/token', { n: 1 });
		const [request] = await arrived('/token-in');
		const basic = `Basic ${Buffer.from('client:secret').toString('base64')}`;
		assert.equal(request?.headers.authorization, `Bearer ${`of ${basic}`.replace(/\W/g, '_')}`);
	});

	it('messages that it collects, but those that its filter leaves out, as lines of JSON', async () => {
		for (const [n, type] of ['a', 'c', 'b', 'a'].entries())
			await world.push('/t/collect', { n, type });
		const [request] = await arrived('/collect');
		assert.equal(request?.headers['content-type'], 'application/x-ndjson');
		const lines = ['{"n":0,"type":"a"}', '{"n":2,"type":"b"}', '{"n":3,"type":"a"}'];
		assert.equal(request?.body.toString(), lines.map((line) => `${line}\n`).join(''));
	});

	it('a batch of mapped rows as a table', async () => {
		await world.push('/in/table', { n: 1, s: 'a,b' });
		await world.push('/in/table', { n: 2, s: 'c' });
		const [request] = await arrived('/table-out');
		assert.equal(request?.headers['content-type'], 'text/csv; charset=utf-8');
		assert.equal(request?.body.toString(), 'n,s\n1,"a,b"\n2,c\n');
	});

	it('each event of a batch as a Data Connector sends it', async () => {
		for (const n of [1, 2])
			await world.push('/in/rows', { event: { n }, labels: { name: 'x', room: `r${n}` }, more: 1 });
		const requests = await arrived('/rows-out', 2);
		assert.deepEqual(
			requests.map(({ json }) => json),
			[1, 2].map((n) => ({ event: { n }, labels: { room: `r${n}` } })),
		);
		const keys = new Set(requests.map(({ headers }) => headers['idempotency-key']));
		assert.equal(keys.size, 2);
	});

	it("certificates of Node-RED's own TLS node", async () => {
		await world.push('/t/client', { n: 1 });
		await eventually('the client is known', () => clients.includes('known'));
		clients.length = 0;
		await world.push('/t/ca', { n: 1 });
		await eventually('the server is trusted', () => clients.includes('unknown'));
	});

	it("the proxy of Node-RED's own node, but for what it excepts", async () => {
		await world.push('/t/proxied', { n: 1 });
		await eventually('the proxy is asked', () => proxy.asked.length > 0);
		assert.deepEqual(proxy.asked[0], {
			what: 'POST http://endpoint.invalid/in',
			authorization: `Basic ${Buffer.from('pu:pp').toString('base64')}`,
		});
		await world.push('/t/direct', { n: 1 });
		await shows('direct', /1 retry/);
		assert.equal(proxy.asked.length, 1);
	});

	it('says that the endpoint fails, and when it tries again', async () => {
		await world.push('/t/down', { n: 1 });
		await world.push('/t/down', { n: 2 });
		await shows('down', /^yellow endpoint fails, next try \d\d:\d\d:\d\d · .*waiting/);
	});

	it('says that it waits for its rate', async () => {
		for (const n of [1, 2, 3]) await world.push('/t/slow', { n });
		await shows('slow', /^green \d waiting, by its rate next \d\d:\d\d:\d\d/);
	});

	it('says that it has given up, and keeps what came', async () => {
		await world.push('/t/gone', { n: 1 });
		await shows('gone', /^yellow paused · only failures, given up/);
	});

	for (const [id, , says] of WRONG) {
		it(`is not started with a wrong setting, and says by the dialog's name what it expected: ${id}`, async () => {
			await eventually(`${id}: ${says}`, () =>
				world.log.some((line) => line.includes(`wrong-${id}]`) && line.includes(says)),
			);
			assert.equal(sent('/wrong').length, 0);
		});
	}

	it('tells no secret in its log', () => {
		const secrets = ['p:w', 'two words', OTHER_KEY.slice(30, 60), 'pp@', TLS_KEY.slice(30, 60)];
		for (const secret of secrets)
			assert.equal(
				world.log.some((line) => line.includes(secret)),
				false,
				secret,
			);
	});
});
