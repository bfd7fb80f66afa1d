import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface ProxyServer {
	readonly url: string;
	/** What it was asked for: `CONNECT host:port` or `POST http://…`, with what it was let in by. */
	readonly asked: { readonly what: string; readonly authorization: string | undefined }[];
	/** Sockets of clients that are open. */
	readonly open: ReadonlySet<Socket>;
	/** Undefined: does as it is asked; a number: refuses with that status; `silent`: answers nothing. */
	behaviour: number | 'silent' | undefined;
	/** Whoever brings another `Proxy-Authorization`, or none, is answered 407. */
	letsIn: string | undefined;
	close(): Promise<void>;
}

/** A forward proxy that leads every host to one server on this machine, whatever its name. */
export async function startProxyServer(target: { readonly port: number }): Promise<ProxyServer> {
	const asked: ProxyServer['asked'] = [];
	const open = new Set<Socket>();
	/** @returns what is to be done with it */
	const note = (request: IncomingMessage): ProxyServer['behaviour'] => {
		const what = `${request.method} ${request.url}`;
		const authorization = request.headers['proxy-authorization'];
		asked.push({ what, authorization });
		if (proxy.letsIn !== undefined && authorization !== proxy.letsIn) return 407;
		return proxy.behaviour;
	};
	const server = createServer((request, response) => {
		const behaviour = note(request);
		if (behaviour === 'silent') return;
		if (behaviour !== undefined) {
			response.writeHead(behaviour).end('no');
			return;
		}
		const { pathname, search } = new URL(request.url ?? '');
		const { 'proxy-authorization': _own, ...headers } = request.headers;
		const { method } = request;
		const on = httpRequest(
			{ port: target.port, host: '127.0.0.1', path: pathname + search, method, headers },
			(answer) => {
				response.writeHead(answer.statusCode ?? 502, answer.headers);
				answer.pipe(response);
			},
		);
		on.on('error', () => response.destroy());
		request.pipe(on);
	});
	server.on('connection', (socket) => {
		open.add(socket);
		socket.once('close', () => open.delete(socket));
	});
	server.on('connect', (request, client: Socket) => {
		const behaviour = note(request);
		client.on('error', () => client.destroy());
		if (behaviour === 'silent') {
			// Nobody reads it any more, and its end would not be seen.
			client.resume().on('end', () => client.destroy());
			return;
		}
		if (behaviour !== undefined) {
			client.end(`HTTP/1.1 ${behaviour} No\r\nContent-Length: 2\r\n\r\nno`);
			return;
		}
		const on = connect(target.port, '127.0.0.1', () => {
			client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			on.pipe(client).pipe(on);
		});
		on.on('error', () => client.destroy());
		client.on('close', () => on.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const proxy: ProxyServer = {
		url: `http://127.0.0.1:${port}`,
		asked,
		open,
		behaviour: undefined,
		letsIn: undefined,
		async close() {
			for (const socket of open) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	return proxy;
}
