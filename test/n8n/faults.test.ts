import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { N8nNode } from '../../scripts/host/n8n-api';
import { eventually } from '../support/eventually';
import { FAULTS, startFaultyServer, type FaultyServer } from '../support/faults';
import { aSluice, aTrigger, aWebhook, located, wire } from '../support/n8n-workflows';
import { post, sharedN8n, type Answered, type N8nWorld } from '../support/n8n-world';
import { startProxyServer } from '../support/proxy-server';
import { assertNoSecret, MARK } from '../support/secret-hunt';
import { startSinkServer, type SinkServer } from '../support/sink-server';
import { TLS_CERT, TLS_KEY } from '../support/tls-certificate';

/** Of Buffer → Get Many, as far as it is looked at. */
interface Shown {
	readonly buffer: string;
	readonly state: string;
	readonly waiting: { readonly rows: number };
	readonly retrying: { readonly rows: number };
	readonly dead: { readonly rows: number };
	readonly totals: { readonly acked: number };
	readonly lastFailure: {
		readonly code: string;
		readonly message: string;
		readonly answer?: { readonly status: number };
	} | null;
}

const KEY = 'hunter2hunter2';
const SILENT = { timeoutSeconds: 1 };

const FAULTY = {
	reset: 'resets within the body of 503',
	silent: 'never answers',
	redirect: 'redirects by 302',
	gone: 'says 410',
} as const;
type Faulty = keyof typeof FAULTY;
const FAULTY_NAMES = Object.keys(FAULTY) as Faulty[];

/** An endpoint that says these statuses, then 200, and when it was asked. */
interface Scripted extends SinkServer {
	readonly askedAt: number[];
}

async function startScripted(
	...answers: readonly [status: number, headers?: Record<string, string>][]
): Promise<Scripted> {
	const server = Object.assign(await startSinkServer(), { askedAt: [] as number[] });
	server.answer = (_request, response) => {
		const [status, headers] = answers[server.askedAt.push(Date.now()) - 1] ?? [200];
		response.writeHead(status, headers).end();
	};
	return server;
}

describe('Sluice in a real n8n: endpoints that do something wrong', function () {
	this.timeout(120_000);
	let world: N8nWorld;
	let httpHeaderAuth: { id: string; name: string };
	let httpSslAuth: { id: string; name: string };
	let faulty: Record<Faulty, FaultyServer>;
	let scripted: Record<'busy' | 'burst', Scripted>;
	let tls: Server;
	let tlsPort: number;
	/** Bodies that the endpoint with its own certificate has taken. */
	let taken: string[];
	const published: string[] = [];

	before(async () => {
		world = await sharedN8n();
		httpHeaderAuth = await world.api.createCredential('httpHeaderAuth', 'endpoint', {
			name: 'X-Key',
			value: MARK,
		});
		httpSslAuth = await world.api.createCredential('httpSslAuth', 'own authority', {
			...{ ca: TLS_CERT, cert: '', key: '', passphrase: '' },
		});
	});
	beforeEach(async () => {
		const servers = await Promise.all(
			FAULTY_NAMES.map(async (name) => {
				const fault = FAULTS.find((one) => one.name === FAULTY[name]);
				assert.ok(fault, FAULTY[name]);
				return [name, await startFaultyServer(fault)] as const;
			}),
		);
		faulty = Object.fromEntries(servers) as typeof faulty;
		scripted = {
			busy: await startScripted([429, { 'retry-after': '3' }]),
			burst: await startScripted([503], [503]),
		};
		taken = [];
		tls = createServer({ key: TLS_KEY, cert: TLS_CERT }, (request, response) => {
			let text = '';
			request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
			request.on('end', () => {
				taken.push(text);
				response.end();
			});
		}).listen(0, '127.0.0.1');
		await once(tls, 'listening');
		tlsPort = (tls.address() as AddressInfo).port;
	});
	afterEach(async () => {
		for (const id of published.splice(0)) await world.api.deactivate(id);
		tls.closeAllConnections();
		tls.close();
		const servers = [...Object.values(faulty), ...Object.values(scripted)];
		await Promise.all([...servers.map((one) => one.close()), once(tls, 'close')]);
	});

	/** Publishes an operation of the Sluice node. @returns how to call it */
	const operation = async (parameters: object): Promise<(body?: object) => Promise<string>> => {
		const path = `op/${randomUUID()}`;
		const webhook = aWebhook(path);
		const sluice = aSluice(parameters);
		published.push(await world.publish('operation', [webhook, sluice], wire(webhook, [sluice])));
		return async (body = {}) => {
			const { status, text } = await post(`${world.url}/webhook/${path}`, body);
			assert.equal(status, 200, text);
			return text;
		};
	};
	const urls = () => ({
		...Object.fromEntries(FAULTY_NAMES.map((name) => [name, faulty[name].url])),
		busy: `${scripted.busy.url}/`,
		burst: `${scripted.burst.url}/`,
		tls: `https://127.0.0.1:${tlsPort}/`,
	});

	it('buffers that forward lose no event, go on when it is mended, and show no secret', async () => {
		const values = Object.entries(urls()).map(([name, url]) => ({
			...{ name, then: 'http', url: `${url}?key=${KEY}`, authenticates: true },
			...{ flushCount: 1, flushSeconds: 1, requestOptions: SILENT },
			deliveryOptions: { retry: 'list', retryDelays: '1s, 1s, 1h' },
		}));
		const trigger = aTrigger(
			{ severalBuffers: true, buffers: { values }, deliveryOptions: {} },
			{ httpHeaderAuth },
		);
		const id = await world.publish('forwards to what is faulty', [trigger], {});
		published.push(id);
		const idOf = (name: string): string => `${id}:${trigger.id}/${name}`;
		const list = await operation({ resource: 'buffer', operation: 'getAll', returnAll: true });
		const buffer = located('={{ $json.body.buffer }}');
		const [retryNow, resume, replay] = [
			await operation({ resource: 'buffer', operation: 'retryNow', buffer }),
			await operation({ resource: 'buffer', operation: 'resume', buffer }),
			await operation({ resource: 'deadLetter', operation: 'replay', which: 'buffer', buffer }),
		];
		const heard: string[] = [];
		const shown = async (): Promise<Record<string, Shown>> => {
			const text = await list();
			heard.push(text);
			const own = (JSON.parse(text) as Shown[]).filter((one) => one.buffer.startsWith(`${id}:`));
			return Object.fromEntries(own.map((one) => [one.buffer.replace(/^.*\//, ''), one]));
		};
		/** Until it holds of what is shown, and what is shown then. */
		const until = (what: string, holds: (all: Record<string, Shown>) => boolean) =>
			eventually(
				what,
				async () => {
					const all = await shown();
					return Object.keys(all).length === values.length && holds(all) && all;
				},
				30_000,
			);

		assert.equal((await world.push(trigger, { n: 1 })).status, 200);
		const failed = await until(
			'each has failed, or was taken after all',
			({ busy, burst, reset, silent, redirect, gone, tls: own }) =>
				busy?.totals.acked === 1 &&
				burst?.totals.acked === 1 &&
				reset?.lastFailure?.answer?.status === 503 &&
				silent?.lastFailure?.code === 'ERR_SINK_TIMEOUT' &&
				redirect?.dead.rows === 1 &&
				gone?.state === 'PAUSED' &&
				/self-signed.*as CA/.test(own?.lastFailure?.message ?? '') &&
				// And not just under way again.
				[reset, silent, own].every((one) => one?.retrying.rows === 1),
		);
		const { askedAt } = scripted.busy;
		assert.equal(askedAt.length, 2);
		assert.ok(askedAt[1]! - askedAt[0]! >= 2_990, 'Retry-After is kept');
		assert.equal(scripted.burst.askedAt.length, 3);
		for (const name of ['reset', 'silent', 'tls']) {
			assert.deepEqual(
				[failed[name]?.state, failed[name]?.retrying.rows, failed[name]?.dead.rows],
				['ACTIVE', 1, 0],
				name,
			);
		}
		assert.deepEqual(taken, []);

		for (const server of Object.values(faulty)) server.heal();
		const parameters = {
			...trigger.parameters,
			provideSslCertificates: true,
			buffers: {
				values: values.map((one) => ({ ...one, usesSslCertificates: one.name === 'tls' })),
			},
		};
		await world.api.updateWorkflow(id, [
			{ ...trigger, parameters, credentials: { httpHeaderAuth, httpSslAuth } },
		]);
		await world.api.activate(id);
		await resume({ buffer: idOf('gone') });
		for (const name of ['redirect', 'gone']) await replay({ buffer: idOf(name) });
		for (const name of ['reset', 'silent', 'tls']) await retryNow({ buffer: idOf(name) });
		assert.equal((await world.push(trigger, { n: 2 })).status, 200);
		await until('all have both', (all) =>
			Object.values(all).every(
				({ totals, waiting, dead }) => totals.acked === 2 && waiting.rows + dead.rows === 0,
			),
		);
		assert.deepEqual(
			taken.map((text) => (JSON.parse(text) as { n?: number }[]).length).sort(),
			[1, 1],
		);
		assertNoSecret({ heard, log: world.log.join('\n') }, [KEY]);
	});

	it('Item → Forward to URL fails by name, shows no secret, and works when it is mended', async () => {
		const proxy = await startProxyServer({ port: tlsPort });
		const httpBasicAuth = await world.api.createCredential('httpBasicAuth', 'proxy', {
			...{ user: 'plant', password: MARK },
		});
		proxy.letsIn = `Basic ${Buffer.from(`plant:${MARK}`).toString('base64')}`;
		const viaProxy = { options: { ...SILENT, proxy: 'server', proxyUrl: proxy.url } };
		const { tls: own, ...others } = urls();
		const cases: Record<string, { parameters: object; credentials?: N8nNode['credentials'] }> = {
			...Object.fromEntries(
				Object.entries(others).map(([name, url]) => [name, { parameters: { url } }]),
			),
			tls: { parameters: { url: own } },
			trusted: {
				parameters: { url: own, provideSslCertificates: true },
				credentials: { httpSslAuth },
			},
			refusedByProxy: {
				parameters: { url: own, ...viaProxy, provideSslCertificates: true },
				credentials: { httpSslAuth },
			},
			viaProxy: {
				parameters: {
					...{ url: own, ...viaProxy, provideSslCertificates: true, proxyAuthentication: true },
				},
				credentials: { httpSslAuth, httpBasicAuth },
			},
		};
		try {
			const paths: Record<string, string> = {};
			const nodes: N8nNode[] = [];
			const connections: Record<string, unknown> = {};
			for (const [name, { parameters, credentials = {} }] of Object.entries(cases)) {
				paths[name] = `forward/${randomUUID()}`;
				const webhook = { ...aWebhook(paths[name]), name: `Webhook ${name}` };
				const sluice = {
					...aSluice(
						{ resource: 'item', operation: 'forward', options: SILENT, ...parameters },
						{ httpHeaderAuth, ...credentials },
					),
					name: `Sluice ${name}`,
				};
				nodes.push(webhook, sluice);
				Object.assign(connections, wire(webhook, [sluice]));
			}
			const id = await world.publish('forwards now', nodes, connections);
			published.push(id);
			const forward = (name: string): Promise<Answered> =>
				post(`${world.url}/webhook/${paths[name]}`, { n: 1 });
			/** What the editor shows of the newest execution that failed. */
			const failure = async (name: string): Promise<string> => {
				const before = (await world.api.executions(id)).length;
				assert.equal((await forward(name)).status, 500, name);
				const [newest] = (await world.ended(id, before + 1)).reverse();
				assert.equal(newest?.status, 'error', name);
				const { data } = (await world.api.call('GET', `/rest/executions/${newest.id}`)) as {
					data: string;
				};
				assertNoSecret({ [`execution of ${name}`]: data });
				return data;
			};
			for (const [name, says] of [
				['reset', /the receiver answered 503/],
				['silent', /no answer within timeoutMs, 1000 ms/],
				['redirect', /the receiver answered 302/],
				['gone', /the receiver answered 410/],
				['busy', /the receiver answered 429/],
				['burst', /the receiver answered 503/],
				['tls', /DEPTH_ZERO_SELF_SIGNED_CERT: .*self-signed.*as CA/],
				['refusedByProxy', /the proxy refused the connection: it answered 407/],
			] as const)
				assert.match(await failure(name), says, name);
			assert.deepEqual(taken, []);

			for (const server of Object.values(faulty)) server.heal();
			await forward('burst');
			for (const name of [...FAULTY_NAMES, 'busy', 'burst', 'trusted', 'viaProxy'])
				assert.equal((await forward(name)).status, 200, name);
			assert.equal(taken.length, 2);
			assert.deepEqual(
				proxy.asked.map(({ what, authorization }) => [what, authorization]),
				[undefined, proxy.letsIn].map((one) => [`CONNECT 127.0.0.1:${tlsPort}`, one]),
			);
		} finally {
			await proxy.close();
		}
	});
});
