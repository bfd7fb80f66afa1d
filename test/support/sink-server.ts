import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export interface SinkRequest {
	readonly method: string;
	readonly url: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
	readonly json: unknown;
}

/** An endpoint on 127.0.0.1 that remembers what it got and answers as it is told. */
export interface SinkServer {
	readonly url: string;
	readonly requests: SinkRequest[];
	/** Default: 200. */
	answer: (request: SinkRequest, response: ServerResponse) => void;
	close(): Promise<void>;
}

export async function startSinkServer(port = 0): Promise<SinkServer> {
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const body = Buffer.concat(chunks);
			const { method = '', url = '', headers } = request;
			const seen = { method, url, headers, body, json: parse(body) };
			sink.requests.push(seen);
			sink.answer(seen, response);
		});
	}).listen(port, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no address');
	const sink: SinkServer = {
		url: `http://127.0.0.1:${address.port}`,
		requests: [],
		answer: (_request, response) => response.writeHead(200).end('ok'),
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
	return sink;
}

function parse(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString());
	} catch {
		return undefined;
	}
}
