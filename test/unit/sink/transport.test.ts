import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Outcome } from '../../../core/buffer/store';
import { createHttpSink } from '../../../core/sink/http/http-sink';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';
import { startTcpServer, type TcpServer } from '../../support/tcp-server';

const batch = fakeBatch({ payloads: [new TextEncoder().encode('{"a":1}')] });
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('a push to an endpoint that speaks HTTP badly', () => {
	let server: TcpServer;
	afterEach(() => server.close());

	/** Delivers once per answer, over one sink. */
	async function deliver(...answers: ((socket: Socket) => void)[]): Promise<Outcome[]> {
		server = await startTcpServer((socket, request) => answers[request]?.(socket));
		const sink = createHttpSink({ url: server.url, timeoutMs: 1_000 });
		const outcomes: Outcome[] = [];
		for (let i = 0; i < answers.length; i++) {
			const { signal } = new AbortController();
			outcomes.push(await sink.deliver(batch, fakeAttempt({ signal })));
		}
		await sink.close?.();
		return outcomes;
	}
	const say =
		(...parts: string[]) =>
		(socket: Socket): void => {
			socket.setNoDelay(true);
			const next = (i: number): void => {
				const part = parts[i];
				if (part !== undefined) socket.write(part, 'latin1', () => setImmediate(next, i + 1));
			};
			next(0);
		};
	const sayAndEnd =
		(text: string) =>
		(socket: Socket): void =>
			void socket.end(text, 'latin1');

	const taken: [what: string, answer: (socket: Socket) => void][] = [
		['bare line feeds', say('HTTP/1.1 200 OK\nContent-Length: 2\n\nok')],
		[
			'a length given twice',
			say('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'),
		],
		['two lengths', say('HTTP/1.1 201 Made\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok')],
		[
			'chunks and a length',
			say(
				'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n',
			),
		],
		['a length that is none', say('HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok')],
		['a header that is none', say('HTTP/1.1 200 OK\r\nno header at all\r\n\r\n')],
		[
			'a fault in a later packet',
			say('HTTP/1.1 2', '02 Accepted\r\nA: b\r\n', 'Bad Name: c\r\n\r\n'),
		],
		['its end before the end of the head', sayAndEnd('HTTP/1.1 200 OK\r\nContent-Le')],
		['a head that never ends', say('HTTP/1.1 200 OK\r\nA: b\r\n')],
		['too much of a head', say(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(100_000)}\r\n\r\n`)],
		['an interim answer before', say('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\nA: b\n\n')],
		['no reason', say('HTTP/1.1 204 \r\n\r\n')],
		['a body that breaks off', sayAndEnd('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok')],
	];
	for (const [what, answer] of taken) {
		it(`takes 2xx with ${what} for done, and uses its connection for nothing else`, async () => {
			const outcomes = await deliver(answer, say(OK));
			assert.deepEqual(
				outcomes.map(({ kind }) => kind),
				['ack', 'ack'],
			);
			assert.equal(server.requests.length, 2);
			if (what !== 'no reason') assert.equal(server.sockets.length, 2);
		});
	}

	const again: [what: string, answer: (socket: Socket) => void][] = [
		['something else than HTTP', say('220 mail ready\r\n')],
		['half of a status', sayAndEnd('HTTP/1.1 20')],
		['a bad answer that is no 2xx', say('HTTP/1.1 300 OK\nA: b\n\n')],
		['an interim answer alone', sayAndEnd('HTTP/1.1 102 Processing\r\n\r\n')],
		['a status of four digits', say('HTTP/1.1 2000 OK\r\n\r\n')],
		['its end', (socket) => void socket.end()],
		['a reset', (socket) => void socket.resetAndDestroy()],
	];
	for (const [what, answer] of again) {
		it(`retries by the schedule, and not at once, after ${what}`, async () => {
			const [outcome] = await deliver(answer);
			assert.equal(outcome?.kind, 'retry');
			assert.equal(server.requests.length, 1);
		});
	}

	it('does not repeat a push on a kept connection that has begun to answer', async () => {
		const broken = (socket: Socket): void => {
			socket.write('HTTP/1.1 5', () => setImmediate(() => socket.resetAndDestroy()));
		};
		const [first, second] = await deliver(say(OK), broken);
		assert.deepEqual([first?.kind, second?.kind], ['ack', 'retry']);
		assert.deepEqual(server.requests, [0, 0]);
	});

	it('repeats a push at once where a kept connection ends without a word', async () => {
		server = await startTcpServer((socket, request) => {
			if (request === 1) socket.resetAndDestroy();
			else socket.write(OK);
		});
		const sink = createHttpSink({ url: server.url });
		for (let i = 0; i < 2; i++) {
			const { signal } = new AbortController();
			const outcome = await sink.deliver(batch, fakeAttempt({ signal }));
			assert.equal(outcome.kind, 'ack');
		}
		assert.deepEqual(server.requests, [0, 0, 1]);
		await sink.close?.();
	});

	it('takes another connection after 421', async () => {
		const misdirected = 'HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n';
		const outcomes = await deliver(say(misdirected), say(OK));
		assert.deepEqual(
			outcomes.map(({ kind }) => kind),
			['retry', 'ack'],
		);
		assert.deepEqual(server.requests, [0, 1]);
	});

	it('closes its connections with the sink', async () => {
		server = await startTcpServer((socket) => void socket.write(OK));
		const sink = createHttpSink({ url: server.url });
		const { signal } = new AbortController();
		await sink.deliver(batch, fakeAttempt({ signal }));
		const [socket] = server.sockets;
		const closed = once(socket ?? assert.fail(), 'close');
		await sink.close?.();
		await closed;
	});
});
