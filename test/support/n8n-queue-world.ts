import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheFolder } from '../../scripts/host/cache';
import { freePort } from '../../scripts/host/free-port';
import type { N8nApi, N8nNode } from '../../scripts/host/n8n-api';
import {
	installIntoN8n,
	startN8n,
	type N8nHost,
	type N8nOptions,
} from '../../scripts/host/n8n-host';
import { ensureN8n } from '../../scripts/host/n8n-install';
import { startN8nProcess, type N8nProcess } from '../../scripts/host/n8n-process';
import { packPackage } from '../../scripts/host/package';
import { post, type Answered } from './n8n-world';

/** n8n's own database. */
export interface N8nDatabase {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly password: string;
	readonly database: string;
}

type Role = 'main' | 'webhook' | 'worker';

/**
 * A real n8n in queue mode: a main, a webhook process and a worker, each with a user folder of its own, as on three hosts. They
 * share a database, a Redis and the encryption key, and nothing on disk.
 */
export class N8nQueueWorld {
	readonly log: string[] = [];
	readonly #folder: string;
	readonly #options: Readonly<Record<Role, N8nOptions>>;
	#main: N8nHost | undefined;
	readonly #others = new Map<Role, N8nProcess>();

	private constructor(folder: string, options: Readonly<Record<Role, N8nOptions>>) {
		this.#folder = folder;
		this.#options = options;
	}

	/** Packs what is built, installs it for each process (N36) and boots: the main first, since it makes the tables. */
	static async create(o: {
		readonly database: N8nDatabase;
		readonly redisPort: number;
		readonly env?: Readonly<Record<string, string>>;
	}): Promise<N8nQueueWorld> {
		const app = await ensureN8n((text) => process.stderr.write(`${text}\n`));
		const folder = await mkdtemp(path.join(tmpdir(), 'sluice-n8n-queue-'));
		const log: string[] = [];
		const packed = cacheFolder('pack', `n8n-queue-${process.pid}`);
		const tarball = await packPackage(packed);
		const optionsOf = async (role: Role): Promise<N8nOptions> => {
			const userFolder = path.join(folder, role);
			await installIntoN8n(userFolder, tarball);
			return {
				app,
				userFolder,
				port: await freePort(),
				brokerPort: await freePort(),
				env: { ...queueMode(o.database, o.redisPort), ...o.env },
				onLog: (line) => world.log.push(`${role}: ${line}`),
			};
		};
		const world: N8nQueueWorld = new N8nQueueWorld(folder, {
			main: await optionsOf('main'),
			webhook: await optionsOf('webhook'),
			worker: await optionsOf('worker'),
		});
		await rm(packed, { recursive: true, force: true });
		log.length = 0;
		try {
			await world.start('main');
			await Promise.all([world.start('webhook'), world.start('worker')]);
		} catch (error) {
			await world.close();
			throw error;
		}
		return world;
	}

	get api(): N8nApi {
		if (!this.#main) throw new Error('the main does not run');
		return this.#main.api;
	}

	/** Of the webhook process: the main serves no production URLs. */
	get url(): string {
		return `http://127.0.0.1:${this.#options.webhook.port}`;
	}

	async start(role: Role): Promise<void> {
		const options = this.#options[role];
		if (role === 'main') this.#main = await startN8n({ ...options, webhookUrl: this.url });
		else this.#others.set(role, await startN8nProcess(role, options));
	}

	async kill(role: Role): Promise<void> {
		await this.#process(role)?.kill();
	}

	async stop(role: Role): Promise<void> {
		await this.#process(role)?.stop();
	}

	/** Saves and publishes a workflow. @returns its id */
	async publish(name: string, nodes: readonly N8nNode[], connections: object): Promise<string> {
		const id = await this.api.createWorkflow({ name, nodes, connections, settings: {} });
		await this.api.activate(id);
		return id;
	}

	/** Pushes to the production URL of a trigger, at the webhook process. */
	push(
		trigger: N8nNode,
		body: object | string,
		headers: Record<string, string> = {},
	): Promise<Answered> {
		return post(`${this.url}/webhook/${trigger.webhookId}/events`, body, headers);
	}

	async close(): Promise<void> {
		await Promise.all((['main', 'webhook', 'worker'] as const).map((role) => this.stop(role)));
		await rm(this.#folder, { recursive: true, force: true });
	}

	#process(role: Role): N8nProcess | undefined {
		return role === 'main' ? this.#main : this.#others.get(role);
	}
}

function queueMode(database: N8nDatabase, redisPort: number): Record<string, string> {
	return {
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redisPort),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: database.host,
		DB_POSTGRESDB_PORT: String(database.port),
		DB_POSTGRESDB_USER: database.user,
		DB_POSTGRESDB_PASSWORD: database.password,
		DB_POSTGRESDB_DATABASE: database.database,
		N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		// Many times less work per push (N73).
		N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
	};
}
