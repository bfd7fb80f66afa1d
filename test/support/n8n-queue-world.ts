import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { freePort } from '../../scripts/host/free-port';
import type { N8nApi, N8nNode } from '../../scripts/host/n8n-api';
import { installIntoN8n, startN8n, type N8nOptions } from '../../scripts/host/n8n-host';
import { ensureN8n } from '../../scripts/host/n8n-install';
import { startN8nProcess, type N8nProcess } from '../../scripts/host/n8n-process';
import { packPackage } from '../../scripts/host/package';
import { post, type Answered } from './n8n-world';

/** standby: a main on another host, that is started when the first one has gone. n8n runs several at once by a licence alone. */
export type Role = 'main' | 'standby' | 'webhook' | 'worker';

/**
 * A real n8n in queue mode: a main, a webhook process and a worker, each with a user folder of its own, as on three hosts. They
 * share a database, a Redis and the encryption key, and nothing on disk.
 */
export class N8nQueueWorld {
	readonly log: string[] = [];
	/** n8n's own, as `pg` takes it; gone when the world is closed. */
	readonly database: string;
	readonly #server: string;
	readonly #folder: string;
	readonly #prepare: (role: Role) => Promise<N8nOptions>;
	readonly #options = new Map<Role, N8nOptions>();
	readonly #processes = new Map<Role, N8nProcess>();
	#api: N8nApi | undefined;

	private constructor(
		server: string,
		database: string,
		folder: string,
		prepare: (role: Role, onLog: (line: string) => void) => Promise<N8nOptions>,
	) {
		this.#server = server;
		this.database = database;
		this.#folder = folder;
		this.#prepare = (role) => prepare(role, (line) => this.log.push(`${role}: ${line}`));
	}

	/**
	 * Packs what is built, installs it for each process (N36) and boots: the main first, since it makes the tables.
	 *
	 * @param o.postgres connection string of a server; n8n gets a database of its own there
	 */
	static async create(o: {
		readonly postgres: string;
		readonly redisPort: number;
		readonly env?: Readonly<Record<string, string>>;
	}): Promise<N8nQueueWorld> {
		const app = await ensureN8n((text) => process.stderr.write(`${text}\n`));
		const folder = await mkdtemp(path.join(tmpdir(), 'sluice-n8n-queue-'));
		const database = await createDatabase(o.postgres);
		const tarball = await packPackage(path.join(folder, 'pack'));
		const prepare = async (role: Role, onLog: (line: string) => void): Promise<N8nOptions> => {
			const userFolder = path.join(folder, role);
			await installIntoN8n(userFolder, tarball);
			const ports = { port: await freePort(), brokerPort: await freePort() };
			const env = { ...queueMode(database, o.redisPort), ...o.env };
			return { app, userFolder, ...ports, env, onLog };
		};
		const world = new N8nQueueWorld(o.postgres, database, folder, prepare);
		for (const role of ['main', 'webhook', 'worker'] as const) {
			world.#options.set(role, await world.#prepare(role));
		}
		try {
			await world.start('main');
			await Promise.all([world.start('webhook'), world.start('worker')]);
		} catch (error) {
			await world.close();
			throw error;
		}
		return world;
	}

	/** Of the main that was started last. */
	get api(): N8nApi {
		if (!this.#api) throw new Error('the main does not run');
		return this.#api;
	}

	/** Of the webhook process: the main serves no production URLs. */
	get url(): string {
		return `http://127.0.0.1:${this.#optionsOf('webhook').port}`;
	}

	userFolder(role: Role): string {
		return this.#optionsOf(role).userFolder;
	}

	async start(role: Role): Promise<void> {
		const options = this.#options.get(role) ?? (await this.#prepare(role));
		this.#options.set(role, options);
		if (role !== 'main' && role !== 'standby') {
			this.#processes.set(role, await startN8nProcess(role, options));
			return;
		}
		const main = await startN8n({ ...options, webhookUrl: this.url });
		this.#processes.set(role, main);
		this.#api = main.api;
	}

	async kill(role: Role): Promise<void> {
		await this.#processes.get(role)?.kill();
	}

	async stop(role: Role): Promise<void> {
		await this.#processes.get(role)?.stop();
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
		await Promise.all([...this.#processes.values()].map((one) => one.stop()));
		const name = new URL(this.database).pathname.slice(1);
		await run(this.#server, `DROP DATABASE ${name} WITH (FORCE)`);
		await rm(this.#folder, { recursive: true, force: true });
	}

	#optionsOf(role: Role): N8nOptions {
		const options = this.#options.get(role);
		if (!options) throw new Error(`there is no ${role}`);
		return options;
	}
}

async function createDatabase(server: string): Promise<string> {
	const name = `n8n_${randomBytes(6).toString('hex')}`;
	await run(server, `CREATE DATABASE ${name}`);
	const url = new URL(server);
	url.pathname = `/${name}`;
	return url.href;
}

async function run(connectionString: string, statement: string): Promise<void> {
	const client = new Client({ connectionString });
	await client.connect();
	try {
		await client.query(statement);
	} finally {
		await client.end();
	}
}

function queueMode(database: string, redisPort: number): Record<string, string> {
	const { hostname, port, username, password, pathname } = new URL(database);
	return {
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redisPort),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: hostname,
		DB_POSTGRESDB_PORT: port || '5432',
		DB_POSTGRESDB_USER: decodeURIComponent(username),
		DB_POSTGRESDB_PASSWORD: decodeURIComponent(password),
		DB_POSTGRESDB_DATABASE: pathname.slice(1),
		N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		// Many times less work per push (N73).
		N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
	};
}
