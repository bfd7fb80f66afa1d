import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { bodyChunks } from '../../../../core/receiver/listener/body-chunks';
import { eventually } from '../../../support/eventually';

/** On a real socket: what a stream does at its end, and when the other side goes, is not to be guessed. */
describe('bodyChunks: the body of a request', () => {
	let server: Server;
	let socket: Socket;
	let request: IncomingMessage;
	let answered: string;

	const begin = async (head: string): Promise<void> => {
		answered = '';
		server = createServer((incoming, response) => {
			request = incoming;
			incoming.on('error', () => {});
			answer = () => response.end('ok');
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
		socket.on('error', () => {});
		socket.on('data', (text) => (answered += text.toString()));
		socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n`);
		await once(server, 'request');
	};
	let answer: () => void;
	const readAll = async (): Promise<string> => {
		let text = '';
		for await (const chunk of bodyChunks(request)) text += Buffer.from(chunk).toString();
		return text;
	};

	afterEach(() => {
		socket.destroy();
		server.close();
		server.closeAllConnections();
	});

	it('is empty where there is none', async () => {
		await begin('Content-Length: 0');
		assert.equal(await readAll(), '');
		assert.equal(await readAll(), '', 'also when asked again');
	});

	it('comes in pieces, whole', async () => {
		await begin('Content-Length: 300000');
		const reading = readAll();
		for (let sent = 0; sent < 30; sent++) socket.write('x'.repeat(10_000));
		assert.equal((await reading).length, 300_000);
	});

	it('that is there before anybody reads is not lost', async () => {
		await begin('Content-Length: 5');
		socket.write('hello');
		await eventually('it is there', () => request.readableLength > 0 || request.complete);
		assert.equal(await readAll(), 'hello');
	});

	it('keeps a fast sender waiting while the reader is slow', async () => {
		await begin('Transfer-Encoding: chunked');
		const size = 64 * 1024;
		const total = 400;
		let sent = 0;
		const send = (): void => {
			while (sent < total && socket.write(`${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`))
				sent++;
		};
		socket.on('drain', () => {
			sent++;
			send();
		});
		send();
		const body = bodyChunks(request)[Symbol.asyncIterator]();
		await body.next();
		await eventually('the request is paused', () => request.isPaused());
		assert.ok(sent < total);
	});

	it('that is left early can still be answered', async () => {
		await begin('Content-Length: 100');
		socket.write('x'.repeat(10));
		for await (const _ of bodyChunks(request)) break;
		answer();
		await eventually('the answer', () => answered.includes('200 OK'));
		assert.equal(socket.destroyed, false);
	});

	it('of a sender who goes away is an error, not an end', async () => {
		await begin('Content-Length: 100');
		const reading = readAll();
		socket.write('x'.repeat(10));
		socket.destroy();
		await assert.rejects(reading);
		await assert.rejects(readAll(), 'also when asked again');
	});
});
