import {
	createServer,
	type IncomingHttpHeaders,
	type RequestListener,
	type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface Received {
	readonly method: string | undefined;
	readonly url: string | undefined;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
}

export interface HttpReceiver {
	readonly url: string;
	readonly port: number;
	readonly received: Received[];
	readonly connections: () => number;
	close(): Promise<void>;
}

/** Answers after the whole request was read. */
export type Answer = (request: Received, response: Parameters<RequestListener>[1]) => void;

/** A real HTTP server on a free port of 127.0.0.1 that keeps what it received. */
export async function startHttpReceiver(answer: Answer): Promise<HttpReceiver> {
	const received: Received[] = [];
	let connections = 0;
	const server: Server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('error', () => {});
		request.on('end', () => {
			const { method, url, headers } = request;
			const one = { method, url, headers, body: Buffer.concat(chunks) };
			received.push(one);
			answer(one, response);
		});
	});
	server.on('connection', () => (connections += 1));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/hook`,
		port,
		received,
		connections: () => connections,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
