import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheFolder } from '../../scripts/host/cache';
import { freePort } from '../../scripts/host/free-port';
import { N8nApi, type N8nExecution, type N8nNode } from '../../scripts/host/n8n-api';
import { installIntoN8n, startN8n, type N8nHost } from '../../scripts/host/n8n-host';
import { ensureN8n } from '../../scripts/host/n8n-install';
import { packPackage } from '../../scripts/host/package';
import { closeAtEnd } from './close-at-end';
import { eventually } from './eventually';

export interface Answered {
	readonly status: number;
	readonly text: string;
}

/** A real n8n with the packed package, in a user folder of its own. */
export class N8nWorld {
	readonly userFolder: string;
	readonly log: string[] = [];
	#ports: { port: number; brokerPort: number };
	#env: Readonly<Record<string, string>>;
	#host: N8nHost | undefined;

	private constructor(
		userFolder: string,
		ports: { port: number; brokerPort: number },
		env: Readonly<Record<string, string>>,
	) {
		this.userFolder = userFolder;
		this.#ports = ports;
		this.#env = env;
	}

	/** Packs what is built, installs it and boots. */
	static async create(env: Readonly<Record<string, string>> = {}): Promise<N8nWorld> {
		await ensureN8n((text) => process.stderr.write(`${text}\n`));
		const userFolder = await mkdtemp(path.join(tmpdir(), 'sluice-n8n-'));
		const ports = { port: await freePort(), brokerPort: await freePort() };
		const world = new N8nWorld(userFolder, ports, env);
		const packed = cacheFolder('pack', `n8n-${process.pid}`);
		await installIntoN8n(userFolder, await packPackage(packed));
		await rm(packed, { recursive: true, force: true });
		await world.restart();
		return world;
	}

	/** Where it lets workflows write files; not there yet. */
	get filesFolder(): string {
		return path.join(this.userFolder, 'files');
	}

	get host(): N8nHost {
		if (!this.#host) throw new Error('n8n does not run');
		return this.#host;
	}

	get api(): N8nApi {
		return this.host.api;
	}

	get url(): string {
		return this.host.url;
	}

	/** Boots again with what is on disk. */
	async restart(env = this.#env): Promise<void> {
		this.#env = env;
		this.#host = await startN8n({
			app: await ensureN8n(),
			userFolder: this.userFolder,
			...this.#ports,
			env: { N8N_RESTRICT_FILE_ACCESS_TO: this.filesFolder, ...env },
			onLog: (line) => this.log.push(line),
		});
	}

	async stop(): Promise<void> {
		await this.#host?.stop();
	}

	async kill(): Promise<void> {
		await this.#host?.kill();
	}

	/** Saves a workflow. @returns its id */
	save(name: string, nodes: readonly N8nNode[], connections: object): Promise<string> {
		return this.api.createWorkflow({ name, nodes, connections, settings: {} });
	}

	/** Saves and publishes a workflow. @returns its id */
	async publish(name: string, nodes: readonly N8nNode[], connections: object): Promise<string> {
		const id = await this.save(name, nodes, connections);
		await this.api.activate(id);
		return id;
	}

	/** Executions that have ended, oldest first, once there are `count` of them. */
	async ended(workflowId: string, count: number): Promise<N8nExecution[]> {
		return eventually(`${count} executions have ended`, async () => {
			const all = await this.api.executions(workflowId);
			const isOver = all.every(({ status }) => !['new', 'running'].includes(status));
			return isOver && all.length >= count && all.reverse();
		});
	}

	/** Pushes to `/webhook/<webhook id>/events` of a trigger. */
	push(
		trigger: N8nNode,
		body: object | string,
		headers: Record<string, string> = {},
	): Promise<Answered> {
		return post(`${this.url}/webhook/${trigger.webhookId}/events`, body, headers);
	}

	async close(): Promise<void> {
		await this.stop();
		await rm(this.userFolder, { recursive: true, force: true });
	}
}

/** One POST; rejects after 15 s, since nothing may hang. */
export async function post(
	url: string,
	body: object | string,
	headers: Record<string, string> = {},
): Promise<Answered> {
	const answer = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: typeof body === 'string' ? body : JSON.stringify(body),
		signal: AbortSignal.timeout(15_000),
	});
	return { status: answer.status, text: await answer.text() };
}

/** What opens the metrics of own ports in the shared n8n. */
export const METRICS_TOKEN = 'metrics-token-0123456789';

let shared: Promise<N8nWorld> | undefined;

/** One n8n for the whole run of mocha, since a boot takes 8 to 17 s (N21). */
export function sharedN8n(): Promise<N8nWorld> {
	return (shared ??= startShared());
}

async function startShared(): Promise<N8nWorld> {
	const world = await N8nWorld.create({
		N8N_PAYLOAD_SIZE_MAX: '2',
		SLUICE_METRICS_TOKEN: METRICS_TOKEN,
	});
	closeAtEnd('the shared n8n', () => world.close());
	return world;
}

/** What the shared n8n has logged so far. */
export async function sharedLog(): Promise<readonly string[]> {
	return (await shared?.catch(() => undefined))?.log ?? [];
}
