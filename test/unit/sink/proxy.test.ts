import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { HttpEndpoint } from '../../../core/sink/http/http-config';
import { createHttpTarget } from '../../../core/sink/http/http-target';
import { chooseProxy } from '../../../core/sink/http/proxy/choose-proxy';
import { checkTarget } from '../../../core/sink/http/proxy/check-target';
import { guardedLookup, type AddressRules } from '../../../core/sink/http/guard';
import { validateSinkConfig } from '../../../core/sink/create-sink';
import { eventually } from '../../support/eventually';
import { startProxyServer, type ProxyServer } from '../../support/proxy-server';
import { startSinkServer, type SinkServer } from '../../support/sink-server';
import { TLS_CERT, TLS_KEY } from '../../support/tls-certificate';

const NAMES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
	name,
	name.toLowerCase(),
]);

/** Runs with these variables and without the machine's own. */
async function withEnvironment<T>(
	values: Record<string, string>,
	run: () => T,
): Promise<Awaited<T>> {
	const before = NAMES.map((name) => [name, process.env[name]] as const);
	for (const name of NAMES) delete process.env[name];
	Object.assign(process.env, values);
	try {
		return await run();
	} finally {
		for (const [name, value] of before) {
			if (value === undefined) delete process.env[name];
			else process.env[name] = value;
		}
	}
}

async function push(config: HttpEndpoint) {
	const target = createHttpTarget(config);
	try {
		return await target.push(Buffer.from('{}'));
	} finally {
		target.close();
	}
}

describe('what is reached without a proxy that is configured', () => {
	const cases: readonly (readonly [exception: string, url: string, expected: boolean])[] = [
		['example.com', 'https://example.com/in', true],
		['example.com', 'https://API.Example.com./in', true],
		['.example.com', 'https://example.com', true],
		['*.example.com', 'https://example.com', false],
		['*.example.com', 'https://a.b.example.com', true],
		['example.com', 'https://badexample.com', false],
		['example.com:443', 'https://example.com', true],
		['example.com:80', 'http://example.com', true],
		['example.com:8443', 'https://example.com', false],
		['*', 'http://anything', true],
		['10.0.0.1', 'http://10.0.0.1:8080', true],
		['::1', 'http://[::1]:8080', true],
		['[::1]:8080', 'http://[::1]:8080', true],
		['[::1]:8081', 'http://[::1]:8080', false],
		['.', 'http://example.com', false],
	];
	for (const [exception, url, expected] of cases) {
		it(`${url} by the exception ${exception}: ${expected ? 'yes' : 'no'}`, () => {
			const proxy = { url: 'http://proxy:3128', except: ['other', exception] };
			assert.equal(chooseProxy(new URL(url), proxy) === undefined, expected);
		});
	}
});

describe('a push by way of a proxy', () => {
	let endpoint: SinkServer;
	let proxy: ProxyServer;
	beforeEach(async () => {
		endpoint = await startSinkServer();
		proxy = await startProxyServer({ port: Number(new URL(endpoint.url).port) });
	});
	afterEach(async () => {
		await proxy.close();
		await endpoint.close();
	});

	const whatWasAsked = () => proxy.asked.map(({ what }) => what);

	it('goes where the environment says, in any case, with what lets it in, and keeps the connection', async () => {
		// Nobody but the proxy knows this name.
		const url = 'http://endpoint.invalid/in?a=1';
		const withUser = proxy.url.replace('//', '//us%20er:p%40ss@');
		for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']) {
			const { outcome } = await withEnvironment({ [name]: withUser }, () => push({ url }));
			assert.equal(outcome.kind, 'ack', name);
		}
		const authorization = `Basic ${Buffer.from('us er:p@ss').toString('base64')}`;
		assert.deepEqual(
			proxy.asked,
			Array.from({ length: 4 }, () => ({ what: `POST ${url}`, authorization })),
		);
		assert.equal(endpoint.requests[0]?.headers.host, 'endpoint.invalid');
		assert.deepEqual(endpoint.requests[0]?.json, {});

		const target = createHttpTarget({ url, proxy: { url: proxy.url } });
		await eventually('the former are closed', () => proxy.open.size === 0);
		const before = proxy.open.size;
		for (let i = 0; i < 3; i++) {
			assert.equal((await target.push(Buffer.from('{}'))).outcome.kind, 'ack');
		}
		assert.equal(proxy.open.size, before + 1);
		target.close();
		await eventually('closed', () => proxy.open.size === before);
	});

	it('goes directly where the setting or NO_PROXY says so, and to this machine', async () => {
		const own = endpoint.url.replace('127.0.0.1', 'localhost');
		await withEnvironment({ http_proxy: proxy.url }, async () => {
			for (const [url, set] of [
				[endpoint.url, {}],
				[own, {}],
				[endpoint.url, { proxy: 'none' }],
			] as const) {
				assert.equal((await push({ url, ...set })).outcome.kind, 'ack');
			}
		});
		assert.deepEqual(proxy.asked, []);
		const chosen = (url: string, exceptions: string) =>
			withEnvironment({ https_proxy: 'http://proxy.example:8080', NO_PROXY: exceptions }, () =>
				Boolean(chooseProxy(new URL(url))),
			);
		for (const [url, exceptions, isProxied] of [
			['https://a.example.org', '', true],
			['https://a.example.org', 'example.org', true],
			['https://a.example.org', 'other, .EXAMPLE.org', false],
			['https://a.example.org', 'a.example.org:8443', true],
			['https://a.example.org:8443', 'a.example.org:8443', false],
			['https://a.example.org', '*', false],
			['https://[::1]:8443', '', false],
			['https://127.9.9.9', '', false],
			['http://a.example.org', '', false],
		] as const) {
			assert.equal(await chosen(url, exceptions), isProxied, `${url} but ${exceptions}`);
		}
	});

	it('is tried again where the proxy refuses it or goes away, and says that it was the proxy', async () => {
		const secret = 'hunter2';
		const at = (url: string) =>
			push({ url, proxy: { url: proxy.url, user: 'u', password: secret }, timeoutMs: 1_000 });
		for (const [behaviour, url, reason] of [
			[407, 'http://endpoint.invalid/', 'PROXY_407'],
			[407, 'https://endpoint.invalid/', 'PROXY_407'],
			[403, 'https://endpoint.invalid/', 'PROXY_403'],
			[502, 'https://endpoint.invalid/', 'PROXY_502'],
		] as const) {
			proxy.behaviour = behaviour;
			const { outcome, response } = await at(url);
			assert.deepEqual([outcome.kind, response], ['retry', undefined], url);
			const { error } = outcome as { error: Error & { code: string; details: object } };
			assert.deepEqual([error.code, error.details], ['ERR_SINK_UNAVAILABLE', { reason }]);
			assert.match(error.message, /^the proxy refused the connection: it answered \d{3}/);
			assert.doesNotMatch(error.message, /hunter2/);
		}
		// The endpoint never saw them.
		assert.equal(endpoint.requests.length, 0);
		await proxy.close();
		const { outcome } = await at('http://endpoint.invalid/');
		assert.match(
			(outcome as { error: Error }).error.message,
			/by way of the proxy\): ECONNREFUSED/,
		);
		proxy = await startProxyServer({ port: 1 });
	});

	it('gives up a proxy that says nothing, and leaves no connection behind', async () => {
		proxy.behaviour = 'silent';
		for (const url of ['https://endpoint.invalid/', 'http://endpoint.invalid/']) {
			const target = createHttpTarget({ url, proxy: { url: proxy.url }, timeoutMs: 300 });
			const { outcome } = await target.push(Buffer.from('{}'));
			assert.equal((outcome as { error: { code?: string } }).error.code, 'ERR_SINK_TIMEOUT', url);
			await eventually('closed', () => proxy.open.size === 0);
			target.close();
		}
	});

	it('reaches https through a tunnel, with the certificate of the endpoint checked and ours shown', async () => {
		const seen: { name: string | undefined; reused: number }[] = [];
		const sockets = new Set<unknown>();
		const server: Server = createServer(
			{ key: TLS_KEY, cert: TLS_CERT, requestCert: true, rejectUnauthorized: false },
			(request, response) => {
				sockets.add(request.socket);
				const { subject } = (request.socket as TLSSocket).getPeerCertificate();
				seen.push({ name: String(subject?.CN), reused: sockets.size });
				request.resume().on('end', () => response.end());
			},
		);
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		const tunnel = await startProxyServer({ port });
		try {
			const config = {
				url: `https://127.0.0.1:${port}/in`,
				proxy: { url: tunnel.url, user: 'u', password: 'p' },
				clientCertificate: { cert: TLS_CERT, key: TLS_KEY },
			};
			const target = createHttpTarget({ ...config, ca: TLS_CERT });
			for (let i = 0; i < 2; i++) {
				assert.equal((await target.push(Buffer.from('{}'))).outcome.kind, 'ack');
			}
			target.close();
			assert.deepEqual(seen, [
				{ name: '127.0.0.1', reused: 1 },
				{ name: '127.0.0.1', reused: 1 },
			]);
			const authorization = `Basic ${Buffer.from('u:p').toString('base64')}`;
			assert.deepEqual(tunnel.asked, [{ what: `CONNECT 127.0.0.1:${port}`, authorization }]);
			const { outcome } = await push(config);
			assert.deepEqual((outcome as { error: { details: object } }).error.details, {
				reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
			});
		} finally {
			await tunnel.close();
			server.closeAllConnections();
			server.close();
		}
	});

	it('is refused where the guard would not let it go by itself', async () => {
		const pushTo = (url: string, rules: Partial<HttpEndpoint> = {}) =>
			push({ url, proxy: { url: proxy.url }, ...rules });
		const dynamic = { origin: 'dynamic', allowHttp: true } as const;
		for (const [url, rules] of [
			['http://169.254.169.254/', {}],
			['http://metadata.google.internal/', {}],
			['http://10.1.2.3/', dynamic],
			['http://localhost/', dynamic],
			['http://endpoint.invalid/', dynamic],
			['http://endpoint.invalid/', { origin: 'dynamic' }],
		] as const) {
			const { outcome } = await pushTo(url, rules);
			const { error } = outcome as { error: { code?: string } };
			assert.equal(error.code, 'ERR_SINK_ADDRESS_BLOCKED', url);
		}
		assert.deepEqual(whatWasAsked(), []);
		assert.equal(
			(await pushTo('http://10.1.2.3/', { ...dynamic, allowedCidrs: ['10.0.0.0/8'] })).outcome.kind,
			'ack',
		);
		const check = (rules: AddressRules, address: string) =>
			checkTarget(
				new URL('https://a.example'),
				rules,
				guardedLookup(rules, ((_name: string, _all: object, done: (...all: unknown[]) => void) =>
					done(null, [{ address, family: 4 }])) as never),
			);
		await check({ origin: 'dynamic' }, '93.184.216.34');
		await assert.rejects(check({ origin: 'dynamic' }, '192.168.0.1'), {
			code: 'ERR_SINK_ADDRESS_BLOCKED',
		});
	});

	it('is refused at once where the environment names no proxy, and the configuration where it names none', async () => {
		const { outcome } = await withEnvironment({ http_proxy: 'socks5://127.0.0.1:1' }, () =>
			push({ url: 'http://endpoint.invalid/' }),
		);
		assert.match(
			(outcome as { error: Error }).error.message,
			/HTTPS_PROXY, HTTP_PROXY or ALL_PROXY/,
		);
		const bad = (more: object, path: string) =>
			assert.throws(
				() => validateSinkConfig({ kind: 'http', url: 'https://a.example', ...more }),
				(error: Error & { details?: { path?: string } }) => {
					assert.equal(error.details?.path?.replace(/^sink\./, ''), path);
					return !/hunter2|PRIVATE/.test(error.message);
				},
			);
		bad({ proxy: 'yes' }, 'proxy');
		bad({ proxy: { url: 'socks5://a' } }, 'proxy.url');
		bad({ proxy: { url: 'http://u:hunter2@a' } }, 'proxy.url');
		bad({ proxy: { url: 'http://a', user: 'a:b' } }, 'proxy.user');
		bad({ proxy: { url: 'http://a', password: { secretRef: 'x' } } }, 'proxy.user');
		bad({ proxy: { url: 'http://a', port: 1 } }, 'proxy.port');
		bad({ clientCertificate: {} }, 'clientCertificate.cert');
		bad({ clientCertificate: { cert: TLS_CERT, key: TLS_KEY } }, 'clientCertificate.key');
		bad({ proxy: { url: 'http://a', user: 'u', password: 'hunter2' } }, 'proxy.password');
		for (const key of [TLS_KEY, 'hunter2', TLS_KEY.replace('MIGH', 'MIGI')]) {
			const wrong = { cert: key === TLS_KEY ? TLS_CERT.replace('MIIB', 'MIIC') : TLS_CERT, key };
			const make = () => createHttpTarget({ url: 'https://a.example', clientCertificate: wrong });
			assert.throws(make, {
				code: 'ERR_CONFIG_INVALID',
				message: /^clientCertificate(\.key)?: [^-]*$/,
			});
		}
	});
});
