import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	createListener,
	type Listener,
	type ListenerOptions,
} from '../../../../core/receiver/listener/listener';
import {
	LISTENER_TIMES,
	type ListenerTimes,
} from '../../../../core/receiver/listener/listener-times';
import { readBody } from '../../../../core/receiver/intake/body';
import { errorAnswer } from '../../../../core/receiver/answer';
import type { PushedRequest } from '../../../../core/receiver/request';
import { eventually } from '../../../support/eventually';
import { aPost, exchange, halfAsked, statuses } from '../../../support/raw-http';

const holder = { label: 'one' };

/** Answers with the body that came, so that a test sees where one request ends and the next begins. */
async function echo(request: PushedRequest) {
	try {
		const body = await readBody(request, { maxBodyBytes: 1_000 });
		return { status: 200, headers: {}, body: `<${Buffer.from(body).toString('latin1')}>` };
	} catch (error) {
		return errorAnswer(error);
	}
}

describe('the own listener reads requests in one way, or not at all', () => {
	const open: Listener[] = [];
	const listen = async (
		times: Partial<ListenerTimes> = {},
		options: Partial<ListenerOptions> = {},
	): Promise<Listener> => {
		const listener = await createListener(
			{ port: 0, ...options },
			{ ...LISTENER_TIMES, checkMs: 50, closeMs: 2_000, ...times },
		);
		open.push(listener);
		listener.mount({ path: '/in', handler: echo, holder });
		return listener;
	};
	afterEach(async () => {
		await Promise.all(open.splice(0).map((listener) => listener.close()));
	});

	const head = (...lines: string[]) =>
		['POST /in HTTP/1.1', 'host: x', ...lines, '', ''].join('\r\n');

	const refused: Record<string, string> = {
		'two different lengths': `${head('content-length: 2', 'content-length: 3')}{}`,
		'the same length twice': `${head('content-length: 2', 'content-length: 2')}{}`,
		'a length and chunks': `${head('content-length: 4', 'transfer-encoding: chunked')}0\r\n\r\n`,
		'chunks and a length': `${head('transfer-encoding: chunked', 'content-length: 4')}0\r\n\r\n`,
		'chunks that are not the last encoding': `${head('transfer-encoding: chunked, gzip')}0\r\n\r\n`,
		'a length that is no number': `${head('content-length: +2')}{}`,
		'a length below nothing': `${head('content-length: -2')}{}`,
		'a length of hex': `${head('content-length: 0x2')}{}`,
		'a chunk without a size': `${head('transfer-encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n`,
		'a chunk size with a sign': `${head('transfer-encoding: chunked')}+2\r\n{}\r\n0\r\n\r\n`,
		'a chunk longer than it says': `${head('transfer-encoding: chunked')}1\r\n{}\r\n0\r\n\r\n`,
		'a chunk size beyond all numbers': `${head('transfer-encoding: chunked')}fffffffffffffffff\r\n{}\r\n`,
		'a space before the colon': `${head('content-length : 2')}{}`,
		'a header that goes on in the next line': `${head('x-a: 1', ' 2', 'content-length: 2')}{}`,
		'a control character in a header': `${head('x-a: \u0000', 'content-length: 2')}{}`,
		'a line feed alone between headers': 'POST /in HTTP/1.1\nhost: x\ncontent-length: 2\n\n{}',
		'no host': 'POST /in HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}',
		'no HTTP': 'hello\r\n\r\n',
		'another version of HTTP': 'POST /in HTTP/3.7\r\nhost: x\r\n\r\n',
		'TLS where none is spoken': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
	};
	for (const [what, text] of Object.entries(refused)) {
		it(`answers 400 to ${what}, and ends the connection`, async () => {
			const listener = await listen();
			const received = await exchange(listener, text);
			const answers = statuses(received);
			assert.ok(!answers.includes(200), received);
			assert.equal(answers.at(-1), 400, received);
			assert.deepEqual(statuses(await exchange(listener, aPost('/in'))), [200]);
		});
	}

	it('takes no second request from behind one that it cannot read', async () => {
		const smuggled = `${head('content-length: 6', 'transfer-encoding: chunked')}0\r\n\r\n${aPost('/in')}`;
		assert.deepEqual(statuses(await exchange(await listen(), smuggled)), [400]);
	});

	it('answers requests that come at once in their order, each with its own body', async () => {
		const first = `${head('content-length: 3')}one`;
		const second = `${head('transfer-encoding: chunked')}2\r\ntw\r\n1\r\no\r\n0\r\n\r\n`;
		const received = await exchange(await listen(), first + second + aPost('/in', [], 'three'));
		assert.equal(received.match(/HTTP\/1\.1 200 /g)?.length, 3);
		assert.deepEqual(received.match(/<.*>/g), ['<one>', '<two>', '<three>']);
	});

	/** Its answers take as long as a disk does. */
	const listenSlowly = async (): Promise<Listener> => {
		const listener = await listen();
		const handler = async (request: PushedRequest) => {
			const answer = await echo(request);
			await sleep(50);
			return answer;
		};
		listener.mount({ path: '/slow', holder, handler });
		return listener;
	};

	it('answers a sender that has closed its side meanwhile', async () => {
		const { port } = await listenSlowly();
		const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
		let received = '';
		socket.setEncoding('latin1').on('data', (part: string) => (received += part));
		const first = `${head('content-length: 3').replace('/in', '/slow')}one`;
		socket.end(first + first.replace('one', 'two'));
		await once(socket, 'close');
		assert.deepEqual(received.match(/<.*>/g), ['<one>', '<two>']);
	});

	it('takes nothing from behind the last answer of a connection', async () => {
		const listener = await listen();
		const paths: string[] = [];
		const handler = async ({ path }: PushedRequest) => {
			paths.push(path);
			return { status: 200, headers: {}, body: '' };
		};
		listener.mount({ prefix: '/seen', holder, handler });
		// Whoever waits for 100 and gets an answer instead may send its body, or not: nobody can tell what stands behind.
		const waits = head('content-length: 2', 'expect: 100-continue').replace('/in', '/seen/waits');
		const received = await exchange(listener, `${waits}{}${aPost('/seen/behind')}`);
		assert.deepEqual([statuses(received), paths], [[200], ['/seen/waits']]);
	});

	it('answers what cannot be read behind all that came whole before it', async () => {
		const listener = await listenSlowly();
		const whole = `${head('content-length: 3').replace('/in', '/slow')}one`;
		for (const [wrong, answers] of [
			['no HTTP\r\n\r\n', [200, 400]],
			[`${head('transfer-encoding: chunked')}zz\r\n`, [200, 400]],
			[`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(17_000)}`, [200, 431]],
		] as const) {
			const received = await exchange(listener, whole + wrong);
			const found = [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) =>
				Number(status),
			);
			assert.deepEqual(found, answers, received);
			assert.match(received, /<one>/);
		}
	});

	it('answers 431 to more than 100 headers or 16 KiB of them, and takes 100', async () => {
		const listener = await listen();
		const headers = (count: number) => Array.from({ length: count }, (_, i) => `x-${i}: 1`);
		// aPost has four of its own.
		assert.deepEqual(statuses(await exchange(listener, aPost('/in', headers(96)))), [200]);
		const many = await exchange(listener, aPost('/in', headers(97)));
		assert.deepEqual(statuses(many), [431]);
		assert.match(many, /"error":"ERR_TOO_MANY_HEADERS"/);
		const long = await exchange(listener, aPost('/in', [`x: ${'y'.repeat(16_400)}`]));
		assert.deepEqual(statuses(long), [431]);
	});

	it('ends a body that trickles, however often a byte comes', async () => {
		const listener = await listen({ headersMs: 200, requestMs: 400 });
		const socket = connect(listener.port, '127.0.0.1');
		let received = '';
		socket.setEncoding('latin1').on('data', (part: string) => (received += part));
		await once(socket, 'connect');
		socket.write(head('content-length: 900'));
		const trickle = setInterval(() => socket.writable && socket.write('x'), 20);
		socket.on('error', () => {});
		await once(socket, 'close');
		clearInterval(trickle);
		assert.deepEqual(statuses(received), [408]);
	});

	it('ends headers that trickle, however often a byte comes', async () => {
		const listener = await listen({ headersMs: 300 });
		const socket = connect(listener.port, '127.0.0.1');
		let received = '';
		socket.setEncoding('latin1').on('data', (part: string) => (received += part));
		await once(socket, 'connect');
		socket.write('POST /in HTTP/1.1\r\nx: ');
		const trickle = setInterval(() => socket.writable && socket.write('x'), 20);
		socket.on('error', () => {});
		await once(socket, 'close');
		clearInterval(trickle);
		assert.deepEqual(statuses(received), [408]);
	});

	it('ends a connection over which nothing has gone in either direction for long', async () => {
		const listener = await listen({ silentMs: 200 });
		let asked = false;
		listener.mount({
			path: '/hang',
			holder,
			handler: () => ((asked = true), new Promise(() => {})),
		});
		assert.equal(await exchange(listener, aPost('/hang')), '');
		assert.ok(asked);
	});

	it('holds no more connections than it may, and others are not held up by those', async () => {
		const listener = await listen({}, { maxConnections: 2 });
		const idle: Socket[] = [];
		for (let i = 0; i < 2; i++) {
			const socket = connect(listener.port, '127.0.0.1');
			await once(socket, 'connect');
			idle.push(socket);
			// Until the server has it, too.
			socket.write(`${head('content-length: 2')}{}`);
			await once(socket, 'data');
		}
		assert.equal(await exchange(listener, aPost('/in')).catch(() => ''), '');
		idle[0]?.destroy();
		const answer = await eventually('a place', async () => {
			const received = await exchange(listener, aPost('/in')).catch(() => '');
			return received === '' ? undefined : received;
		});
		assert.deepEqual(statuses(answer), [200]);
		idle[1]?.destroy();
	});

	it('answers a body once that was refused before it broke', async () => {
		const listener = await listen();
		const socket = connect(listener.port, '127.0.0.1').setEncoding('latin1');
		let received = '';
		socket.on('data', (part: string) => (received += part));
		socket.write(`${head('transfer-encoding: chunked')}7d0\r\n${'x'.repeat(2_000)}\r\n`);
		await eventually('the refusal', () => received.includes('413'));
		socket.write('no size\r\n');
		await once(socket, 'close');
		assert.deepEqual(received.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 413']);
	});

	it('answers others while hundreds send nothing, half a head or half a body, and ends all of those', async () => {
		const listener = await listen({ headersMs: 1_000, requestMs: 1_500 });
		const halves = ['', 'POST /in HTTP/1.1\r\nhost: x\r\nx: ', `${head('content-length: 9')}{`];
		const slow = await Promise.all(
			Array.from({ length: 300 }, async (_, index) => {
				const socket = connect(listener.port, '127.0.0.1').setEncoding('latin1');
				const received: string[] = [];
				socket.on('data', (part: string) => received.push(part)).on('error', () => {});
				const closed = new Promise((resolve) => socket.once('close', resolve));
				await once(socket, 'connect');
				socket.write(halves[index % halves.length] ?? '');
				return { closed, received };
			}),
		);
		for (let i = 0; i < 10; i++)
			assert.deepEqual(statuses(await exchange(listener, aPost('/in'))), [200]);
		await Promise.all(slow.map(({ closed }) => closed));
		const told = new Set(slow.flatMap(({ received }) => statuses(received.join(''))));
		assert.deepEqual([...told], [408]);
	});

	for (const maxConnections of [0, 100_001, 1.5]) {
		it(`refuses ${maxConnections} as the number of connections`, async () => {
			await assert.rejects(createListener({ port: 0, maxConnections }), /^ConfigError: maxConn/);
		});
	}

	describe('while it closes', () => {
		it('answers what is under way, 503 with Retry-After to what comes then, and cuts idle connections', async () => {
			const listener = await listen();
			let finish: () => void = () => {};
			const held = new Promise<void>((resolve) => (finish = resolve));
			let isAsked: () => void = () => {};
			const asked = new Promise<void>((resolve) => (isAsked = resolve));
			listener.mount({
				path: '/slow',
				holder,
				handler: async (request) => (isAsked(), await held, echo(request)),
			});
			const idle = connect(listener.port, '127.0.0.1');
			await once(idle, 'connect');
			idle.write(`${head('content-length: 2')}{}`);
			await once(idle, 'data');
			const slow = `POST /slow HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}`;
			const busy = connect(listener.port, '127.0.0.1').setEncoding('latin1');
			let received = '';
			busy.on('data', (part: string) => (received += part));
			busy.write(slow);
			await asked;
			const late = await halfAsked(listener, 'POST /in');
			const elsewhere = await halfAsked(listener, 'POST /nobody');
			const closing = listener.close();
			await once(idle, 'close');
			late.socket.write('content-length: 2\r\n\r\n{}');
			const answer = await late.rest;
			assert.deepEqual(statuses(answer), [503]);
			assert.match(answer, /retry-after: \d/i);
			assert.match(answer, /connection: close/i);
			elsewhere.socket.write('content-length: 2\r\n\r\n{}');
			assert.deepEqual(statuses(await elsewhere.rest), [503]);
			finish();
			await closing;
			await once(busy, 'close').catch(() => {});
			assert.deepEqual(statuses(received), [200]);
			assert.match(received, /connection: close/i);
			await assert.rejects(exchange(listener, aPost('/in')));
		});
	});
});
