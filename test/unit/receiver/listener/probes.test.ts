import assert from 'node:assert/strict';
import {
	createListener,
	type Listener,
	type ListenerOptions,
} from '../../../../core/receiver/listener/listener';
import { LISTENER_TIMES } from '../../../../core/receiver/listener/listener-times';
import { watchPipeline } from '../../../../core/operate/watch-pipeline';
import { PROMETHEUS_TYPE } from '../../../../core/metrics/prometheus-text';
import { freePort } from '../../../../scripts/host/free-port';
import { halfAsked, statuses } from '../../../support/raw-http';
import {
	anExportInput,
	HOLDER,
	pipelineWorld,
	type PipelineWorld,
} from '../../../support/pipeline-fixtures';

const TOKEN = 'metrics-token-0123456789';
const PROBES = {
	healthPath: '/healthz',
	readyPath: '/readyz',
	metrics: { path: '/metrics', token: TOKEN },
};
const SENDER = 'a-key-that-senders-have';

describe('the paths at which a listener tells of itself', () => {
	const open: Listener[] = [];
	let world: PipelineWorld;
	const listen = async (options: Partial<ListenerOptions> = {}): Promise<Listener> => {
		const listener = await createListener({ port: 0, probes: PROBES, ...options });
		open.push(listener);
		return listener;
	};
	const mountReceiver = (listener: Listener): void => {
		listener.mount({
			path: '/in',
			holder: HOLDER,
			handler: (request) => world.pipeline.accept('r1', request),
			watched: watchPipeline(async () => world.pipeline, { key: world.store.id }),
		});
	};
	const get = (listener: Listener, path: string, init: RequestInit = {}): Promise<Response> =>
		fetch(`http://127.0.0.1:${listener.port}${path}`, init);
	const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

	beforeEach(async () => {
		world = await pipelineWorld();
		const auth = [{ kind: 'bearer', secrets: [SENDER] }] as const;
		await world.pipeline.attachReceiver({ id: 'r1', auth }, [{ config: anExportInput() }], HOLDER)
			.ready;
	});
	afterEach(async () => {
		await Promise.all(open.splice(0).map((listener) => listener.close()));
		await world.close();
	});

	it('say that the process lives and takes pushes', async () => {
		const listener = await listen();
		mountReceiver(listener);
		for (const [path, body] of [
			['/healthz', { alive: true }],
			['/readyz', { ready: true }],
		] as const) {
			const answer = await get(listener, path);
			assert.equal(answer.status, 200);
			assert.equal(answer.headers.get('cache-control'), 'no-store');
			assert.deepEqual(await answer.json(), body);
		}
	});

	it('say why no pushes are taken, by code alone', async () => {
		const listener = await listen();
		listener.mount({
			path: '/in',
			holder: HOLDER,
			handler: (request) => world.pipeline.accept('r1', request),
			watched: watchPipeline(async () => Promise.reject(new Error('the disk of alice')), {
				key: 'x',
			}),
		});
		const answer = await get(listener, '/readyz');
		assert.equal(answer.status, 503);
		assert.equal(answer.headers.get('retry-after'), '1');
		assert.deepEqual(await answer.json(), { ready: false, reasons: ['ERR_STORE_UNAVAILABLE'] });
		assert.equal((await get(listener, '/healthz')).status, 200);
	});

	it('say while it closes that it does, and that the process lives', async () => {
		const listener = await listen();
		// The head of a second request has begun when the first is answered: such a connection is not idle.
		const late = await Promise.all(
			['/readyz', '/healthz'].map((path) => halfAsked(listener, `GET ${path}`)),
		);
		const closed = listener.close();
		for (const { socket } of late) socket.write('\r\n');
		await closed;
		const [ready, health] = await Promise.all(late.map(({ rest }) => rest));
		assert.deepEqual(statuses(ready ?? ''), [503]);
		assert.match(ready ?? '', /"reasons":\["ERR_RECEIVER_CLOSING"\]/);
		assert.deepEqual(statuses(health ?? ''), [200]);
	});

	it('show metrics to whoever has the token, and to nobody else', async () => {
		const listener = await listen();
		mountReceiver(listener);
		const answer = await get(listener, '/metrics', bearer(TOKEN));
		assert.equal(answer.status, 200);
		assert.equal(answer.headers.get('content-type'), PROMETHEUS_TYPE);
		const text = await answer.text();
		assert.match(text, /^sluice_build_info\{version="source"\} 1$/m);
		assert.match(text, /^sluice_listener_connections [1-9]/m);
		assert.match(text, /^sluice_store_up\{store="[^"]+"\} 1$/m);
		assert.match(text, /^sluice_export_waiting_rows\{store="[^"]+",export="r1\/main"\} 0$/m);
		assert.ok(!text.includes(TOKEN) && !text.includes(SENDER));
		for (const init of [
			{},
			bearer(SENDER),
			bearer(''),
			bearer(`${TOKEN}x`),
			bearer(TOKEN.slice(1)),
			{ headers: { authorization: TOKEN } },
			{ headers: { authorization: `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}` } },
		]) {
			const refused = await get(listener, '/metrics', init);
			assert.equal(refused.status, 401);
			assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
			assert.equal(((await refused.json()) as { error: string }).error, 'unauthorized');
		}
		assert.equal((await get(listener, `/metrics?token=${TOKEN}`)).status, 401);
	});

	it('have a token that opens no receiver', async () => {
		const listener = await listen();
		mountReceiver(listener);
		const push = { method: 'POST', body: '{}' };
		assert.equal((await get(listener, '/in', { ...push, ...bearer(TOKEN) })).status, 401);
		assert.equal((await get(listener, '/in', { ...push, ...bearer(SENDER) })).status, 200);
	});

	it('are read alone: HEAD has no body, and nothing else is let in', async () => {
		const listener = await listen();
		const head = await get(listener, '/healthz', { method: 'HEAD' });
		assert.deepEqual([head.status, await head.text()], [200, '']);
		for (const path of ['/healthz', '/readyz', '/metrics']) {
			const refused = await get(listener, path, { method: 'POST', body: '{}' });
			assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'GET, HEAD']);
		}
	});

	it('are where they are configured, and nowhere without', async () => {
		const other = await listen({ probes: { healthPath: '/live' } });
		assert.equal((await get(other, '/live')).status, 200);
		for (const path of ['/healthz', '/readyz', '/metrics'])
			assert.equal((await get(other, path, bearer(TOKEN))).status, 404);
	});

	for (const token of ['', 'short', 'x'.repeat(129), 'with a space in the middle of it', ' x'])
		it(`refuse "${token.slice(0, 9)}…" as a token, and do not show it`, async () => {
			const metrics = { path: '/metrics', token };
			await assert.rejects(listen({ probes: { metrics } }), {
				code: 'ERR_CONFIG_INVALID',
				message: /^metricsToken: expected a secret of 16 to 128 characters/,
			});
		});

	it('ask each store once for many receivers, and no more often than once a second', async () => {
		let asked = 0;
		const reasons = async () => (asked++, []);
		const listener = await listen();
		const handler = async () => ({ status: 200, headers: {}, body: '' });
		const mount = (path: string, key: string) =>
			listener.mount({
				path,
				holder: HOLDER,
				handler,
				watched: { key, reasons, samples: async () => [] },
			});
		mount('/a', 'one');
		mount('/b', 'one');
		mount('/c', 'two');
		await Promise.all(Array.from({ length: 20 }, () => get(listener, '/readyz')));
		assert.ok(asked === 2 || asked === 4, `${asked}`);
	});

	describe('and a port that several have', () => {
		it('is shared where they want the same of it', async () => {
			const port = await freePort();
			const [one, two] = [await listen({ port }), await listen({ port })];
			assert.equal(one.port, two.port);
			assert.equal((await get(two, '/healthz')).status, 200);
		});

		it('is refused to who wants something else of it, by the names of both', async () => {
			const port = await freePort();
			await listen({ port, holder: { label: 'one' } });
			for (const other of [
				{ probes: { ...PROBES, healthPath: '/live' } },
				{ probes: { ...PROBES, metrics: { path: '/metrics', token: `${TOKEN}2` } } },
				{ probes: undefined },
				{ maxConnections: 5 },
			]) {
				await assert.rejects(
					listen({ port, holder: { label: 'two' }, ...other }),
					(error: Error) => {
						assert.match(error.message, /"one" has port \d+ .* "two" asks for others/);
						assert.ok(!error.message.includes(TOKEN));
						return true;
					},
				);
			}
			await listen({ port });
		});

		it('is refused on another address, by the names of both', async () => {
			const port = await freePort();
			await listen({ port, holder: { label: 'one' } });
			await assert.rejects(
				listen({ port, host: '0.0.0.0', holder: { label: 'two' } }),
				/"one" has \d+ open on 127\.0\.0\.1, and "two" asks for it on 0\.0\.0\.0/,
			);
		});

		it('has the paths of the listener for itself', async () => {
			const listener = await listen();
			const handler = async () => ({ status: 200, headers: {}, body: '' });
			assert.throws(
				() => listener.mount({ path: '/healthz', handler, holder: { label: 'two' } }),
				/held by "the listener itself" and asked for by "two"/,
			);
			listener.mount({ prefix: '/', handler, holder: { label: 'two' } });
			assert.equal((await get(listener, '/healthz', { method: 'POST' })).status, 405);
			assert.equal((await get(listener, '/else')).status, 200);
		});
	});

	it('answer 503 in a place whose receiver is being redeployed, until it is back or has been gone for long', async () => {
		const keeping = await createListener({ port: 0 }, { ...LISTENER_TIMES, comeBackMs: 100 });
		open.push(keeping);
		const handler = async () => ({ status: 200, headers: {}, body: '' });
		const mount = () => keeping.mount({ path: '/in', handler, holder: HOLDER });
		const leave = mount();
		leave({ gone: false });
		const answer = await get(keeping, '/in');
		assert.equal(answer.status, 503);
		assert.ok(Number(answer.headers.get('retry-after')) > 0);
		const again = mount();
		assert.equal((await get(keeping, '/in')).status, 200);
		again({ gone: true });
		assert.equal((await get(keeping, '/in')).status, 404);
	});
});
