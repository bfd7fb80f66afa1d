import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endChild, readLines } from './child';

/** `start` is the main process; the other two exist in queue mode (N67). */
export type N8nCommand = 'start' | 'webhook' | 'worker';

export interface N8nOptions {
	/** What `ensureN8n` gave. */
	readonly app: string;
	/** n8n adds `.n8n` below it (N19). */
	readonly userFolder: string;
	/** Where it listens; a worker only to say how it is. */
	readonly port: number;
	/** Port of the task runners' broker; every instance needs its own (N21). */
	readonly brokerPort: number;
	/** More environment, such as N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE. */
	readonly env?: Readonly<Record<string, string>>;
	/** Hears every line of its log. */
	readonly onLog?: (line: string) => void;
}

/** One process of a real, headless n8n, on 127.0.0.1. */
export interface N8nProcess {
	readonly url: string;
	readonly pid: number;
	readonly log: readonly string[];
	/** SIGTERM, then SIGKILL after 35 s: n8n gives itself 30 (N62). */
	stop(): Promise<void>;
	kill(): Promise<void>;
}

/** Who logs in to the editor; the address listens on 127.0.0.1 alone. */
export const OWNER = { email: 'owner@sluice.example', password: 'Sluice-demo-1' } as const;

const STARTED_MS = 120_000;
const STOP_MS = 35_000;

/** Starts one process and waits until it says that it is ready. */
export async function startN8nProcess(
	command: N8nCommand,
	options: N8nOptions,
): Promise<N8nProcess> {
	const { app, userFolder, port, onLog } = options;
	await mkdir(userFolder, { recursive: true });
	const child = spawn(process.execPath, [path.join(app, 'node_modules/n8n/bin/n8n'), command], {
		cwd: userFolder,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: environment(command, options),
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
	} catch (error) {
		await endChild(child, 'SIGKILL');
		throw error;
	}
	return {
		url,
		pid: child.pid ?? 0,
		log,
		stop: () => endChild(child, 'SIGTERM', STOP_MS),
		kill: () => endChild(child, 'SIGKILL'),
	};
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
function environment(
	command: N8nCommand,
	{ app, userFolder, port, brokerPort, env }: N8nOptions,
): NodeJS.ProcessEnv {
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
		...(command === 'worker'
			? { QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(port) }
			: {}),
		...env,
	};
}
