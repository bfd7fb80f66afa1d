/** What servers of ours are compared with: the least that one of node:http can do with a request and still have read it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BenchServer {
	readonly what: string;
	readonly port: number;
	close(): Promise<unknown>;
}

export async function bareServer(): Promise<BenchServer> {
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			JSON.parse(Buffer.concat(chunks).toString());
			response.writeHead(200, { 'content-type': 'application/json' });
			response.end('{"ok":true}');
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		what: 'node:http that reads and parses the body and stores nothing',
		port: (server.address() as AddressInfo).port,
		async close() {
			server.close();
			server.closeAllConnections();
		},
	};
}
