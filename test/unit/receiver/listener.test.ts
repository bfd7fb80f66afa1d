import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createListener, type Listener } from '../../../core/receiver/listener';
import { readBody, type PushedRequest } from '../../../core/receiver/request';
import { errorAnswer } from '../../../core/receiver/answer';
import { freePort } from '../../../scripts/host/free-port';

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
		listener.mount({ path: '/v1/events', handler: answerWith('exact') });
		listener.mount({
			path: '/in/',
			secretInUrl: true,
			handler: async ({ path }) => ({ status: 200, headers: {}, body: path }),
		});
		assert.equal(await (await post(listener.port, '/v1/events?x=1')).text(), 'exact');
		assert.equal(await (await post(listener.port, '/in/s3cret')).text(), '/in/s3cret');
		for (const path of ['/', '/v1', '/v1/events/more', '/in/a/b'])
			assert.equal((await post(listener.port, path)).status, 404);
	});

	it('is one server for all who ask for the same port, until the last one closes', async () => {
		const port = await freePort();
		const [first, second] = [await listen(port), await listen(port)];
		first.mount({ path: '/a', handler: answerWith('a') });
		second.mount({ path: '/b', handler: answerWith('b') });
		assert.throws(() => second.mount({ path: '/a', handler: answerWith('c') }), {
			code: 'ERR_CONFIG_INVALID',
		});
		await first.close();
		await first.close();
		assert.equal((await post(port, '/a')).status, 404);
		assert.equal((await post(port, '/b')).status, 200);
		await second.close();
		await assert.rejects(post(port, '/b'));
	});

	it('says that a port is in use, and takes it once it is free', async () => {
		const { createServer } = await import('node:http');
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
		listener.mount({ path: '/in', handler });
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
});
