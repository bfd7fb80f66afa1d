/**
 * What an endpoint can do wrong with a push, byte by byte, and what is to become of the push. One list for all who forward.
 */
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { startTcpServer, type TcpServer } from './tcp-server';

export interface Fault {
	readonly name: string;
	/** taken: the endpoint has said 2xx · again: the same push later · refused: a dead letter. */
	readonly becomes: 'taken' | 'again' | 'refused';
	/** Of the error, where it says more than that. */
	readonly code?: string;
	/** That the endpoint said. */
	readonly status?: number;
	/** With the whole request. */
	readonly answer?: (socket: Socket) => void;
	/** With the first bytes of the request. */
	readonly begun?: (socket: Socket) => void;
	/** With the connection. */
	readonly connected?: (socket: Socket) => void;
	/** Needs a body of some megabytes, that no buffer of a socket takes in whole. */
	readonly large?: true;
	/** The endpoint's connection may be used for the next push. */
	readonly keeps?: true;
	/** A push on a connection that has ended meanwhile may arrive twice: nobody can tell whether it was read. */
	readonly isUnsure?: true;
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const CHUNKED = 'Transfer-Encoding: chunked\r\n\r\n';

const say =
	(text: string | Buffer) =>
	(socket: Socket): void =>
		void socket.write(text, 'latin1');
const sayAndReset =
	(text: string) =>
	(socket: Socket): void =>
		void socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 5));
const reset = (socket: Socket): void => void socket.resetAndDestroy();

/** A byte at a time. */
const drip =
	(text: string, everyMs: number) =>
	(socket: Socket): void => {
		socket.setNoDelay(true);
		let at = 0;
		const timer = setInterval(() => {
			if (at === text.length || socket.destroyed) return clearInterval(timer);
			socket.write(text.charAt(at++));
		}, everyMs);
		socket.once('close', () => clearInterval(timer));
	};

/** For as long as somebody listens. */
const endless =
	(head: string, chunk: string) =>
	(socket: Socket): void => {
		socket.write(head);
		const pump = (): void => {
			while (!socket.destroyed && socket.write(chunk));
		};
		socket.on('drain', pump);
		pump();
	};

const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`;
const gone = gzipSync(Buffer.alloc(20_000_000));
const packed = (status: string, body: Buffer): Buffer =>
	Buffer.concat([
		Buffer.from(
			`HTTP/1.1 ${status}\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`,
		),
		body,
	]);

const INTERIM = ['100 Continue', '102 Processing', '103 Early Hints'];
const REDIRECTS = [300, 301, 302, 303, 304, 305, 306, 307, 308];
const BUSY = [500, 501, 502, 503, 504, 507, 520, 599];
/** In seconds, as a date that is over and one that is to come, and what says nothing. */
const RETRY_AFTER = [
	'1',
	'0',
	'99999999',
	'-5',
	'1.5',
	'soon',
	'',
	'Thu, 01 Jan 1970 00:00:00 GMT',
	'Fri, 31 Dec 2100 23:59:59 GMT',
	'1\r\nRetry-After: 2',
];

export const FAULTS: readonly Fault[] = [
	{ name: 'resets each connection', becomes: 'again', connected: reset },
	{ name: 'resets while it is sent to', becomes: 'again', begun: reset, large: true },
	{
		name: 'never reads',
		becomes: 'again',
		code: 'ERR_SINK_TIMEOUT',
		connected: (socket) => void setImmediate(() => socket.pause()),
		large: true,
	},
	{ name: 'never answers', becomes: 'again', code: 'ERR_SINK_TIMEOUT' },
	{ name: 'answers slowly, in time', becomes: 'taken', answer: drip(OK, 1), keeps: true },
	{
		name: 'says its status and then too little',
		becomes: 'taken',
		answer: drip(`HTTP/1.1 202 OK\r\n${'X: y\r\n'.repeat(200)}`, 2),
	},
	{
		name: 'answers too slowly',
		becomes: 'again',
		code: 'ERR_SINK_TIMEOUT',
		answer: drip(OK, 400),
	},
	{ name: 'resets instead of an answer', becomes: 'again', answer: reset },
	{ name: 'resets within its status', becomes: 'again', answer: sayAndReset('HTTP/1.1 20') },
	{
		name: 'resets within the head of 200',
		becomes: 'taken',
		answer: sayAndReset('HTTP/1.1 200 OK\r\nConte'),
	},
	{
		name: 'resets within the body of 200',
		becomes: 'taken',
		answer: sayAndReset('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok'),
	},
	{
		name: 'resets within the body of 503',
		becomes: 'again',
		status: 503,
		answer: sayAndReset('HTTP/1.1 503 No\r\nContent-Length: 9\r\n\r\nno'),
	},
	{
		name: 'resets within the body of 400',
		becomes: 'refused',
		status: 400,
		answer: sayAndReset('HTTP/1.1 400 No\r\nContent-Length: 9\r\n\r\nno'),
	},
	{ name: 'resets after its answer', becomes: 'taken', answer: sayAndReset(OK), isUnsure: true },
	{ name: 'half closes instead of an answer', becomes: 'again', answer: (socket) => socket.end() },
	{
		name: 'half closes after its answer',
		becomes: 'taken',
		answer: (socket) => socket.end(OK),
		isUnsure: true,
	},
	{
		name: 'half closes before it is sent to, and answers nothing',
		becomes: 'again',
		connected: (socket) => socket.end(),
		isUnsure: true,
	},
	...INTERIM.map((interim): Fault => ({
		name: `says ${interim} before 200`,
		becomes: 'taken',
		answer: say(`HTTP/1.1 ${interim}\r\n\r\n${OK}`),
		keeps: true,
	})),
	{
		name: 'says 100 and no more',
		becomes: 'again',
		code: 'ERR_SINK_TIMEOUT',
		answer: say('HTTP/1.1 100 Continue\r\n\r\n'),
	},
	{
		name: 'switches to another protocol, which nobody asked for',
		becomes: 'again',
		answer: say('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
	},
	{
		name: 'goes on with 102 for ever',
		becomes: 'again',
		code: 'ERR_SINK_TIMEOUT',
		answer: (socket) => drip('HTTP/1.1 102 Processing\r\n\r\n'.repeat(1_000), 1)(socket),
	},
	...REDIRECTS.map((status): Fault => ({
		name: `redirects by ${status}`,
		becomes: 'refused',
		status,
		answer: say(`HTTP/1.1 ${status} Go\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n`),
		keeps: true,
	})),
	...BUSY.map((status): Fault => ({
		name: `says ${status}`,
		becomes: 'again',
		status,
		answer: say(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`),
		keeps: true,
	})),
	{
		name: 'says 429 without a word on when',
		becomes: 'again',
		status: 429,
		answer: say('HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n'),
		keeps: true,
	},
	...RETRY_AFTER.map((after): Fault => ({
		name: `says 429 with Retry-After: ${JSON.stringify(after)}`,
		becomes: 'again',
		status: 429,
		answer: say(`HTTP/1.1 429 No\r\nRetry-After: ${after}\r\nContent-Length: 0\r\n\r\n`),
		keeps: true,
	})),
	{
		name: 'says 503 with Retry-After and closes',
		becomes: 'again',
		status: 503,
		answer: (socket) =>
			socket.end(
				'HTTP/1.1 503 No\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
			),
	},
	{
		name: 'says what was sent to it, secrets and all',
		becomes: 'refused',
		status: 400,
		answer: (socket) => {
			const text = 'you sent Bearer token-of-tests to ?key=hunter2';
			socket.write(`HTTP/1.1 400 No\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
		},
		keeps: true,
	},
	{
		name: 'says no HTTP at all',
		becomes: 'again',
		answer: (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
	},
	{
		name: 'says more than the length that it named',
		becomes: 'taken',
		answer: say('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more'),
	},
	{
		name: 'names two lengths',
		becomes: 'taken',
		answer: say('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'),
	},
	{
		name: 'says 413 before it has read the body, which it reads all the same',
		becomes: 'refused',
		status: 413,
		begun: say('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
		large: true,
	},
	{
		name: 'says 410',
		becomes: 'refused',
		status: 410,
		answer: say('HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n'),
		keeps: true,
	},
	{
		name: 'sends a body with 204',
		becomes: 'taken',
		answer: say('HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello'),
	},
	{
		name: 'answers one push twice',
		becomes: 'taken',
		answer: say(`${OK}HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n`),
	},
	{
		name: 'sends chunks without end with 200',
		becomes: 'taken',
		answer: endless(`HTTP/1.1 200 OK\r\n${CHUNKED}`, chunk(16_384)),
	},
	{
		name: 'sends chunks without end with 500',
		becomes: 'again',
		status: 500,
		answer: endless(`HTTP/1.1 500 No\r\n${CHUNKED}`, chunk(16_384)),
	},
	{
		name: 'sends the extension of a chunk without end',
		becomes: 'taken',
		answer: endless(`HTTP/1.1 200 OK\r\n${CHUNKED}1;`, 'x'.repeat(16_384)),
	},
	{
		name: 'sends a head without end',
		becomes: 'again',
		answer: endless('HTTP/1.1 500 No\r\n', `X: ${'x'.repeat(1_000)}\r\n`),
	},
	{
		name: 'packs its answer, which nobody asked for',
		becomes: 'refused',
		status: 400,
		answer: say(packed('400 No', gzipSync('why'))),
		keeps: true,
	},
	{
		name: 'packs a bomb',
		becomes: 'refused',
		status: 400,
		answer: say(packed('400 No', gone)),
		keeps: true,
	},
	{
		name: 'says that it packs, and does not',
		becomes: 'taken',
		answer: say('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok'),
		keeps: true,
	},
];

/** An endpoint with one fault, until it is healed: then it takes everything. */
export interface FaultyServer extends TcpServer {
	heal(): void;
}

export async function startFaultyServer(fault: Fault): Promise<FaultyServer> {
	let isFaulty = true;
	const server = await startTcpServer(
		(socket) => {
			if (!isFaulty) socket.write(OK);
			else fault.answer?.(socket);
		},
		{
			connected: (socket) => void (isFaulty && fault.connected?.(socket)),
			begun: (socket) => void (isFaulty && fault.begun?.(socket)),
		},
	);
	return Object.assign(server, {
		heal() {
			isFaulty = false;
		},
	});
}
