import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A server that is told byte by byte what to say. */
export interface TcpServer {
	readonly url: string;
	/** Requests that have arrived whole, by their connection's number from 0. */
	readonly requests: number[];
	readonly sockets: Socket[];
	close(): Promise<void>;
}

/**
 * @param answer called when a whole request with a body has arrived
 * @param o.connected called with each new connection, before anything is read of it
 * @param o.begun called once for each request, with its first bytes
 */
export async function startTcpServer(
	answer: (socket: Socket, request: number) => void,
	o: {
		readonly connected?: (socket: Socket) => void;
		readonly begun?: (socket: Socket) => void;
	} = {},
): Promise<TcpServer> {
	const sockets: Socket[] = [];
	const requests: number[] = [];
	// What the other side has ended is ended here by who answers, or at the close.
	const server = createServer({ allowHalfOpen: true }, (socket) => {
		const index = sockets.push(socket) - 1;
		let text = '';
		socket.on('error', () => {});
		socket.on('end', () => setImmediate(() => socket.end()));
		o.connected?.(socket);
		socket.on('data', (chunk: Buffer) => {
			if (text === '') o.begun?.(socket);
			text += chunk.toString('latin1');
			const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
			const end = text.indexOf('\r\n\r\n') + 4 + length;
			if (!(text.includes('\r\n\r\n') && text.length >= end)) return;
			text = text.slice(end);
			answer(socket, requests.push(index) - 1);
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		requests,
		sockets,
		async close() {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}
