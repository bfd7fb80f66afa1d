import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { createListener, type Listener } from '../../../../core/receiver/listener/listener';
import { IDLE_TIMEOUT_MS } from '../../../../core/pure/bounds';
import {
	LISTENER_TIMES,
	type ListenerTimes,
} from '../../../../core/receiver/listener/listener-times';
import { DRAIN, respond, type DrainBounds } from '../../../../core/receiver/listener/node-http';
import { readBody as readBounded } from '../../../../core/receiver/intake/body';
import { checkLimits } from '../../../../core/receiver/intake/limits';
import type { PushedRequest } from '../../../../core/receiver/request';
import { errorAnswer } from '../../../../core/receiver/answer';
import { eventually } from '../../../support/eventually';
import { aPost, exchange, statuses } from '../../../support/raw-http';
import { freePort } from '../../../../scripts/host/free-port';

/** As the intake does it. */
async function readBody(request: PushedRequest, maxBodyBytes: number): Promise<Uint8Array> {
	checkLimits(request, { maxBodyBytes });
	return readBounded(request, { maxBodyBytes });
}

const holder = { label: 'one' };
const answerWith = (text: string) => async () => ({ status: 200, headers: {}, body: text });

describe('createListener: our own port', () => {
	const open: Listener[] = [];
	const listen = async (port = 0): Promise<Listener> => {
		const listener = await createListener({ port });
		open.push(listener);
		return listener;
	};
	const post = (port: number, path: string, body = '{}'): Promise<Response> =>
		fetch(`http://127.0.0.1:${port}${path}`, {
			method: 'POST',
			body,
			signal: AbortSignal.timeout(60_000),
		});

	afterEach(async () => {
		await Promise.all(open.splice(0).map((listener) => listener.close()));
	});

	it('serves exact paths, and one more segment where a secret is expected', async () => {
		const listener = await listen();
		listener.mount({ path: '/v1/events', handler: answerWith('exact'), holder });
		listener.mount({
			holder,
			path: '/in/',
			secretInUrl: true,
			handler: async ({ path }) => ({ status: 200, headers: {}, body: path }),
		});
		assert.equal(await (await post(listener.port, '/v1/events?x=1')).text(), 'exact');
		assert.equal(await (await post(listener.port, '/in/s3cret')).text(), '/in/s3cret');
		for (const path of ['/', '/v1', '/v1/events/more', '/in/a/b'])
			assert.equal((await post(listener.port, path)).status, 404);
	});

	it('ends the connection of an answer that cannot be written, and sends those of the same turn', async () => {
		const listener = await listen();
		const handler = async ({ path }: PushedRequest) => ({
			status: 200,
			headers: path === '/bad' ? { 'x-broken': 'a\nb' } : {},
			body: path,
		});
		listener.mount({ prefix: '/', handler, holder });
		const paths = ['/one', '/bad', '/two'];
		const answers = await Promise.allSettled(paths.map((path) => post(listener.port, path)));
		assert.deepEqual(
			answers.map(({ status }) => status),
			['fulfilled', 'rejected', 'fulfilled'],
		);
	});

	it('serves whole prefixes, the exact path before them and the longest of them first', async () => {
		const listener = await listen();
		const mounts = [
			{ prefix: '/api' },
			{ prefix: '/%61pi/v1/' },
			{ path: '/api/v1/health' },
			{ path: '/in', secretInUrl: true },
		];
		for (const mount of mounts) {
			const handler = answerWith(mount.prefix ?? mount.path ?? '');
			listener.mount({ ...(mount as { prefix: string }), handler, holder });
		}
		const answers = {
			'/api': '/api',
			'/api/': '/api',
			'/api/v1x/y': '/api',
			'/api/v1': '/%61pi/v1/',
			'/api/%761/a/b/c?d': '/%61pi/v1/',
			'/api/v1/health': '/api/v1/health',
			'/api/v1/health/x': '/%61pi/v1/',
			'/in/secret': '/in',
		};
		for (const [path, served] of Object.entries(answers))
			assert.equal(await (await post(listener.port, path)).text(), served, path);
		for (const path of ['/', '/apix', '/in/secret/more', '/API'])
			assert.equal((await post(listener.port, path)).status, 404, path);
	});

	it('is one server for all who ask for the same port, until the last one closes', async () => {
		const port = await freePort();
		const [first, second] = [await listen(port), await listen(port)];
		first.mount({ path: '/a', handler: answerWith('a'), holder });
		second.mount({ path: '/b', handler: answerWith('b'), holder });
		const other = { label: 'two' };
		assert.throws(() => second.mount({ path: '/a', handler: answerWith('c'), holder: other }), {
			code: 'ERR_CONFIG_INVALID',
			message: /held by "one" and asked for by "two"/,
		});
		await first.close();
		await first.close();
		// It may come back in a moment.
		assert.equal((await post(port, '/a')).status, 503);
		assert.equal((await post(port, '/b')).status, 200);
		await second.close();
		await assert.rejects(post(port, '/b'));
	});

	it('says that a port is in use, and takes it once it is free', async () => {
		const other = createServer().listen(0, '127.0.0.1');
		await once(other, 'listening');
		const { port } = other.address() as { port: number };
		await assert.rejects(createListener({ port }), /EADDRINUSE/);
		other.close();
		await once(other, 'close');
		assert.equal((await listen(port)).port, port);
	});

	for (const port of [-1, 65_536, 1.5]) {
		it(`refuses port ${port}`, async () => {
			await assert.rejects(createListener({ port }), { code: 'ERR_CONFIG_INVALID' });
		});
	}

	it('answers 413 to a body that does not end, and reads no further than it must', async () => {
		const listener = await listen();
		let read = 0;
		const handler = async (request: PushedRequest) => {
			try {
				await readBody(request, 1_000);
				return { status: 200, headers: {}, body: '' };
			} catch (error) {
				read++;
				return errorAnswer(error);
			}
		};
		listener.mount({ path: '/in', handler, holder });
		const socket = connect(listener.port, '127.0.0.1');
		await once(socket, 'connect');
		socket.write('POST /in HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
		socket.write(`400\r\n${'x'.repeat(1024)}\r\n`);
		const [answer] = (await once(socket, 'data')) as [Buffer];
		assert.match(answer.toString(), /^HTTP\/1\.1 413/);
		assert.equal(read, 1);
		socket.destroy();
	});

	it('answers a sender that breaks off in the middle with nothing, and lives on', async () => {
		const listener = await listen();
		const seen: string[] = [];
		listener.mount({
			holder,
			path: '/in',
			async handler(request) {
				await readBody(request, 1_000).catch((error: { code: string }) => seen.push(error.code));
				return { status: 200, headers: {}, body: 'ok' };
			},
		});
		const socket = connect(listener.port, '127.0.0.1');
		await once(socket, 'connect');
		socket.write('POST /in HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf');
		setImmediate(() => socket.destroy());
		while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
		assert.deepEqual(seen, ['ERR_BODY_UNREADABLE']);
		assert.equal(await (await post(listener.port, '/in')).text(), 'ok');
	});

	it('hands over a body that has come with its head as bytes, and any other one as it comes', async () => {
		const listener = await listen();
		const kinds: string[] = [];
		const handler = async (request: PushedRequest) => {
			kinds.push(request.body instanceof Uint8Array ? 'bytes' : 'stream');
			const { length } = await readBody(request, 1_000_000);
			return { status: 200, headers: {}, body: `<${length}>` };
		};
		listener.mount({ holder, path: '/in', handler });
		const head = (length: number) =>
			`POST /in HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`;
		// More than a stream of Node takes before it stops its connection; what is behind it comes all the same.
		const whole = head(40_000) + 'x'.repeat(40_000) + head(0) + aPost('/in', [], '{}');
		const received = await exchange(listener, whole);
		assert.deepEqual(received.match(/<.*>/g), ['<40000>', '<0>', '<2>']);
		assert.deepEqual(kinds, ['bytes', 'bytes', 'bytes']);
		const socket = connect(listener.port, '127.0.0.1').setEncoding('latin1');
		socket.write(head(5));
		await eventually('it was handed over', () => kinds.length === 4);
		socket.write('hello');
		assert.match(String(await once(socket, 'data')), /<5>/);
		assert.equal(kinds[3], 'stream');
		socket.destroy();
	});

	it('takes a request that came whole from a sender that is gone before its turn ends', async () => {
		const listener = await listen();
		const seen: number[] = [];
		const handler = async (request: PushedRequest) => {
			seen.push((await readBody(request, 1_000)).length);
			return { status: 200, headers: {}, body: 'ok' };
		};
		listener.mount({ holder, path: '/in', handler });
		const socket = connect(listener.port, '127.0.0.1');
		await once(socket, 'connect');
		socket.write(aPost('/in', [], 'hello'), () => socket.resetAndDestroy());
		await once(socket, 'close');
		await eventually('it was taken', () => seen.length > 0);
		assert.deepEqual(seen, [5]);
	});

	describe('ends connections in time', () => {
		const long: ListenerTimes = {
			...LISTENER_TIMES,
			headersMs: 60_000,
			requestMs: 60_000,
			checkMs: 50,
			closeMs: 200,
		};
		const listenShort = async (times: Partial<ListenerTimes>): Promise<Listener> => {
			const listener = await createListener({ port: 0 }, { ...long, ...times });
			open.push(listener);
			return listener;
		};
		const within10s = async (received: Promise<string>): Promise<string> => {
			const startedAt = performance.now();
			const text = await received;
			assert(performance.now() - startedAt < 10_000);
			return text;
		};

		it('that send no head, as declared', async () => {
			const { port } = await listenShort({ headersMs: 200 });
			const received = await within10s(exchange({ port }, 'POST / HTTP/1.1\r\nho'));
			assert.deepEqual(statuses(received), [408]);
			assert.deepEqual(LISTENER_TIMES, {
				headersMs: 10_000,
				requestMs: 60_000,
				silentMs: 120_000,
				checkMs: 1_000,
				closeMs: 5_000,
				comeBackMs: 10_000,
				certificatesMs: 10_000,
			});
		});

		it('that send no body', async () => {
			const listener = await listenShort({ headersMs: 200, requestMs: 300 });
			listener.mount({
				holder,
				path: '/in',
				handler: async (request) => readBody(request, 9).then(answerWith('ok'), errorAnswer),
			});
			const text = 'POST /in HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n1';
			assert.deepEqual(statuses(await within10s(exchange(listener, text))), [408]);
		});

		it('that are idle for longer than asked, and not before; of several the longest counts', async () => {
			const port = await freePort();
			for (const idleTimeoutMs of [1_000, 2_000, 1_000]) {
				open.push(await createListener({ port, idleTimeoutMs }));
			}
			const startedAt = performance.now();
			const text = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n';
			const received = await exchange({ port }, text);
			assert.match(received, /keep-alive: timeout=2\r\n/i);
			assert(performance.now() - startedAt >= 2_000);
		});

		it('that still wait for their answer when it closes', async () => {
			const listener = await listenShort({});
			let asked: () => void = () => {};
			const isAsked = new Promise<void>((resolve) => (asked = resolve));
			const handler = (): Promise<never> => (asked(), new Promise(() => {}));
			listener.mount({ path: '/in', handler, holder });
			const received = exchange(listener, aPost('/in'));
			await isAsked;
			await listener.close();
			assert.equal(await received, '');
		});
	});

	for (const idleTimeoutMs of [IDLE_TIMEOUT_MS.min - 1, IDLE_TIMEOUT_MS.max + 1, 1_000.5]) {
		it(`refuses ${idleTimeoutMs} ms as the time of idle connections`, async () => {
			await assert.rejects(
				createListener({ port: 0, idleTimeoutMs }),
				/^ConfigError: idleTimeoutMs:/,
			);
		});
	}

	describe('a sender that waits for 100 Continue', () => {
		const mounted = async (): Promise<Listener> => {
			const listener = await listen();
			listener.mount({
				holder,
				path: '/in',
				handler: async (request) =>
					readBody(request, 10).then(
						(body) => ({ status: 200, headers: {}, body: String(body.length) }),
						errorAnswer,
					),
			});
			return listener;
		};
		const expecting = (path: string, length: number) =>
			`POST ${path} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`;

		it('gets it when its body is wanted', async () => {
			const socket = connect((await mounted()).port, '127.0.0.1');
			await once(socket, 'connect');
			socket.write(expecting('/in', 2));
			const [first] = (await once(socket, 'data')) as [Buffer];
			assert.deepEqual(statuses(first.toString()), [100]);
			socket.write('{}');
			const [second] = (await once(socket, 'data')) as [Buffer];
			assert.deepEqual(statuses(second.toString()), [200]);
			socket.destroy();
		});

		for (const [path, length, status] of [
			['/in', 11, 413],
			['/other', 2, 404],
		] as const) {
			it(`gets ${status} and the end of the connection when it is not`, async () => {
				const received = await exchange(await mounted(), expecting(path, length));
				assert.deepEqual(statuses(received), [status]);
				assert.match(received, /connection: close\r\n/i);
			});
		}
	});

	it('mounts a path in whatever spelling, and serves it in every one', async () => {
		const listener = await listen();
		listener.mount({ path: '/b%C3%BCro-%61/%2f', handler: answerWith('here'), holder });
		assert.throws(() => listener.mount({ path: '/büro-a/%2F/', handler: answerWith(''), holder }), {
			code: 'ERR_CONFIG_INVALID',
		});
		for (const target of [
			'/b%c3%bcro-a/%2F',
			'/b%C3%BCro%2Da/%2f/',
			'HTTP://127.0.0.1:1/b%c3%bcro-a/%2F?x',
		]) {
			assert.deepEqual(statuses(await exchange(listener, aPost(target))), [200], target);
		}
		assert.deepEqual(statuses(await exchange(listener, aPost('/b%C3%BCro-a//'))), [404]);
	});

	describe('the rest of a body whose answer is out', () => {
		const answering = async (drain: DrainBounds): Promise<Server> => {
			// The host's own time of idle connections may be any: what is asked for is the bound of ours.
			const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) =>
				respond(request, response, answerWith('early'), {}, { drain }),
			);
			await once(server.listen(0, '127.0.0.1'), 'listening');
			return server;
		};
		const send = async (drain: DrainBounds, body: string): Promise<string> => {
			const server = await answering(drain);
			const head = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n';
			const { port } = server.address() as AddressInfo;
			const startedAt = performance.now();
			try {
				const received = await exchange({ port }, head + body);
				assert(performance.now() - startedAt < 20_000);
				return received;
			} finally {
				server.closeAllConnections();
				server.close();
			}
		};

		it('is read up to a bound', async () => {
			await send({ bytes: 100_000, ms: 3_600_000 }, 'x'.repeat(200_000)).catch(
				(error: NodeJS.ErrnoException) => assert.equal(error.code, 'ECONNRESET'),
			);
		});

		it('is waited for up to a bound, so that the answer arrives', async () => {
			const received = await send({ bytes: 300_000, ms: 300 }, 'x'.repeat(200_000));
			assert.deepEqual(statuses(received), [200]);
		});

		it('has bounds: 64 MiB and 10 s', () => {
			assert.deepEqual(DRAIN, { bytes: 67_108_864, ms: 10_000 });
		});
	});
});
