import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../scripts/host/cache';
import { freePort } from '../../scripts/host/free-port';
import {
	prepareUserDir,
	startNodeRed,
	type NodeRedHost,
	type NodeRedOptions,
} from '../../scripts/host/node-red-host';

export interface HttpAnswer {
	readonly status: number;
	readonly headers: Record<string, string | string[] | undefined>;
	readonly text: string;
}

/** A real Node-RED over the built package, in a user folder of its own. */
export class NodeRedWorld {
	readonly userDir: string;
	readonly port: number;
	readonly log: string[] = [];
	#options: NodeRedOptions | undefined;
	#host: NodeRedHost | undefined;

	private constructor(userDir: string, port: number) {
		this.userDir = userDir;
		this.port = port;
	}

	/** Reserves a port and a user folder, so that flows can name their own address. */
	static async create(): Promise<NodeRedWorld> {
		return new NodeRedWorld(
			await mkdtemp(path.join(tmpdir(), 'sluice-node-red-')),
			await freePort(),
		);
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	async start(options: Omit<NodeRedOptions, 'userDir' | 'port'>): Promise<void> {
		this.#options = { nodesDir: [ROOT], ...options, userDir: this.userDir, port: this.port };
		await prepareUserDir(this.#options);
		await this.restart();
	}

	/** Starts again with what is on disk. */
	async restart(): Promise<void> {
		if (!this.#options) throw new Error('not started');
		this.#host = await startNodeRed({ ...this.#options, onLog: (line) => this.log.push(line) });
	}

	async kill(): Promise<void> {
		await this.#host?.kill();
	}

	async stop(): Promise<void> {
		await this.#host?.stop();
	}

	/** Full deploy through the admin API, as the editor does it. */
	async deploy(flows: readonly object[], type: 'full' | 'nodes' | 'flows' = 'full'): Promise<void> {
		const answer = await this.request('POST', '/flows', JSON.stringify(flows), {
			'content-type': 'application/json',
			'node-red-deployment-type': type,
		});
		if (answer.status !== 204) throw new Error(`deploy: ${answer.status} ${answer.text}`);
	}

	push(
		pathname: string,
		body: string | Buffer | object,
		headers: Record<string, string> = {},
	): Promise<HttpAnswer> {
		const isText = typeof body === 'string' || Buffer.isBuffer(body);
		return this.request('POST', pathname, isText ? body : JSON.stringify(body), {
			'content-type': 'application/json',
			...headers,
		});
	}

	/** One request on a connection of its own; rejects after 10 s, since nothing may hang. */
	request(
		method: string,
		pathname: string,
		body: string | Buffer = '',
		headers: Record<string, string> = {},
	): Promise<HttpAnswer> {
		return new Promise((resolve, reject) => {
			const request = httpRequest(
				`${this.url}${pathname}`,
				{
					method,
					headers: { 'content-length': String(Buffer.byteLength(body)), ...headers },
					agent: false,
					timeout: 60_000,
				},
				(response) => {
					let text = '';
					response.on('data', (chunk: Buffer) => (text += chunk.toString()));
					response.on('end', () =>
						resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
					);
					response.on('error', reject);
				},
			);
			request.on('timeout', () =>
				request.destroy(new Error(`${method} ${pathname}: no answer within 60 s`)),
			);
			request.on('error', reject);
			request.end(body);
		});
	}

	async close(): Promise<void> {
		await this.stop();
		await rm(this.userDir, { recursive: true, force: true });
	}
}
