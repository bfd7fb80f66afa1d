import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endChild, readLines } from '../../scripts/host/child';
import { freePort } from '../../scripts/host/free-port';
import { eventually } from './eventually';
import { skipWithout } from './skip';

/** A Redis of its own for one test file, on 127.0.0.1, with nothing on disk but its temporary folder. */
export interface RedisServer {
	readonly port: number;
	stop(): Promise<void>;
}

/**
 * To be called in a hook whose tests need one. Where there is no `redis-server`, which npm cannot bring (Debian: `apt-get install
 * redis-server`), they are skipped with a warning at home and fail under CI=true.
 */
export async function requireRedis(context: Mocha.Context): Promise<RedisServer> {
	return hasRedis() ? startRedis() : skipWithout(context, 'redis-server');
}

function hasRedis(): boolean {
	try {
		execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

/**
 * Starts it and waits until it answers.
 *
 * @param more settings of redis.conf, e.g. `{ appendonly: 'yes' }`
 */
export async function startRedis(
	more: Readonly<Record<string, string>> = {},
): Promise<RedisServer> {
	const folder = await mkdtemp(path.join(tmpdir(), 'sluice-redis-'));
	const port = await freePort();
	const settings = { bind: '127.0.0.1', port, dir: folder, save: '', appendonly: 'no', ...more };
	const child = spawn(
		'redis-server',
		Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
		{ stdio: ['ignore', 'pipe', 'pipe'] },
	);
	let failure: Error | undefined;
	child.once('error', (error) => (failure = error));
	const log: string[] = [];
	readLines(child.stdout, (line) => log.push(line));
	readLines(child.stderr, (line) => log.push(line));
	const stop = async (): Promise<void> => {
		await endChild(child, 'SIGTERM');
		await rm(folder, { recursive: true, force: true });
	};
	try {
		await eventually('Redis answers', () => {
			if (failure) throw failure;
			if (child.exitCode !== null) throw new Error(`Redis ended:\n${log.join('\n')}`);
			return answersPing(port);
		});
	} catch (error) {
		await stop();
		throw error;
	}
	return { port, stop };
}

function answersPing(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
		socket.setTimeout(1_000, () => socket.destroy());
		socket.once('data', (answer) => {
			socket.destroy();
			resolve(answer.toString().startsWith('+PONG'));
		});
		socket.once('error', () => resolve(false));
		socket.once('close', () => resolve(false));
	});
}
