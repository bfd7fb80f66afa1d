import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endChild, readLines } from './child';
import { N8nApi } from './n8n-api';
import { run } from './run';

export interface N8nOptions {
	/** What `ensureN8n` gave. */
	readonly app: string;
	/** n8n adds `.n8n` below it (N19). */
	readonly userFolder: string;
	readonly port: number;
	/** Port of the task runners' broker; every instance needs its own (N21). */
	readonly brokerPort: number;
	/** More environment, such as N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE. */
	readonly env?: Readonly<Record<string, string>>;
	/** Hears every line of its log. */
	readonly onLog?: (line: string) => void;
}

/** A real, headless n8n of its own process, on 127.0.0.1. */
export interface N8nHost {
	readonly url: string;
	readonly pid: number;
	readonly log: readonly string[];
	/** Logged in as the owner. */
	readonly api: N8nApi;
	/** SIGTERM, then SIGKILL after 35 s: n8n gives itself 30 (N62). */
	stop(): Promise<void>;
	kill(): Promise<void>;
}

/** Who logs in to the editor; the address listens on 127.0.0.1 alone. */
export const OWNER = { email: 'owner@sluice.example', password: 'Sluice-demo-1' } as const;

const STARTED_MS = 120_000;
const STOP_MS = 35_000;

/** Unpacks a packed tarball where n8n looks for community packages at boot (route 2 of N26). */
export async function installIntoN8n(userFolder: string, tarball: string): Promise<void> {
	const folder = path.join(userFolder, '.n8n/nodes/node_modules/@sluice/n8n-nodes-sluice');
	await mkdir(folder, { recursive: true });
	await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], userFolder);
}

/** Starts n8n and waits until it is ready and the owner is logged in. */
export async function startN8n(options: N8nOptions): Promise<N8nHost> {
	const { app, userFolder, port, onLog } = options;
	await mkdir(userFolder, { recursive: true });
	const child = spawn(process.execPath, [path.join(app, 'node_modules/n8n/bin/n8n'), 'start'], {
		cwd: userFolder,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: environment(options),
	});
	const log: string[] = [];
	const hear = (line: string): void => {
		log.push(line);
		onLog?.(line);
	};
	readLines(child.stdout, hear);
	readLines(child.stderr, hear);
	const url = `http://127.0.0.1:${port}`;
	const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
	try {
		await ready(url, isAlive, log);
		const api = await N8nApi.login(url, OWNER);
		return {
			url,
			pid: child.pid ?? 0,
			log,
			api,
			stop: () => endChild(child, 'SIGTERM', STOP_MS),
			kill: () => endChild(child, 'SIGKILL'),
		};
	} catch (error) {
		await endChild(child, 'SIGKILL');
		throw error;
	}
}

async function ready(url: string, isAlive: () => boolean, log: readonly string[]): Promise<void> {
	const until = Date.now() + STARTED_MS;
	for (;;) {
		const answer = await fetch(`${url}/healthz/readiness`, {
			signal: AbortSignal.timeout(5_000),
		}).catch(() => undefined);
		await answer?.arrayBuffer();
		if (answer?.status === 200) return;
		if (!isAlive()) throw new Error(`n8n ended:\n${log.slice(-30).join('\n')}`);
		if (Date.now() > until) throw new Error(`n8n did not start:\n${log.slice(-30).join('\n')}`);
		await sleep(100);
	}
}

/** N19. What npm and mocha put into the environment stays out. */
function environment({ app, userFolder, port, brokerPort, env }: N8nOptions): NodeJS.ProcessEnv {
	const { hashSync } = createRequire(path.join(app, 'package.json'))('bcryptjs') as {
		hashSync(password: string, rounds: number): string;
	};
	const { PATH, HOME, TMPDIR, LANG, TZ } = process.env;
	return {
		PATH: `${path.dirname(process.execPath)}${path.delimiter}${PATH}`,
		...(HOME ? { HOME } : {}),
		...(TMPDIR ? { TMPDIR } : {}),
		...(LANG ? { LANG } : {}),
		...(TZ ? { TZ } : {}),
		N8N_USER_FOLDER: userFolder,
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_PROTOCOL: 'http',
		N8N_SECURE_COOKIE: 'false',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_ENCRYPTION_KEY: 'sluice-test',
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		DB_SQLITE_POOL_SIZE: '4',
		N8N_INSTANCE_OWNER_MANAGED_BY_ENV: 'true',
		N8N_INSTANCE_OWNER_EMAIL: OWNER.email,
		N8N_INSTANCE_OWNER_FIRST_NAME: 'Own',
		N8N_INSTANCE_OWNER_LAST_NAME: 'Er',
		N8N_INSTANCE_OWNER_PASSWORD_HASH: hashSync(OWNER.password, 10),
		...env,
	};
}
