/** What people use instead: each set up so that an answer means the disk has it, and used as its own documentation says. */
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { Queue } from 'bullmq';
import { Pool } from 'pg';
import { startRedis } from '../support/redis';
import type { Candidate, Drainable } from './store-load';

const CONNECTIONS = 16;

/** better-sqlite3 on the main thread, one row per event; what was asked for in one turn of the loop shares a transaction. */
export function betterSqlite3(directory: string): Drainable {
	const database = new Database(path.join(directory, 'peer.db'));
	database.pragma('journal_mode = WAL');
	database.pragma('synchronous = FULL');
	database.exec(`CREATE TABLE event
		(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, batch INTEGER, body BLOB NOT NULL);
		CREATE INDEX event_of_batch ON event (batch, id)`);
	const insert = database.prepare('INSERT INTO event (at, body) VALUES (?, ?)');
	const mark = database.prepare(`UPDATE event SET batch = 1 WHERE id IN
		(SELECT id FROM event WHERE batch IS NULL ORDER BY id LIMIT ?)`);
	const read = database.prepare('SELECT id, at, body FROM event WHERE batch = 1 ORDER BY id');
	const remove = database.prepare('DELETE FROM event WHERE batch = 1');
	let waiting: { payload: Uint8Array; done: () => void }[] = [];
	const insertAll = database.transaction((payloads: readonly Uint8Array[]) => {
		for (const payload of payloads) insert.run(Date.now(), payload);
	});
	const commit = () => {
		const group = waiting;
		waiting = [];
		insertAll(group.map(({ payload }) => payload));
		for (const { done } of group) done();
	};
	return {
		name: 'better-sqlite3',
		what: 'main thread, one row per event, group transaction, WAL, synchronous=FULL',
		append: (payload) =>
			new Promise<void>((done) => {
				if (waiting.push({ payload, done }) === 1) setImmediate(commit);
			}),
		async fill(payload, count) {
			database.exec('DELETE FROM event');
			insertAll(Array.from({ length: count }, () => payload));
		},
		async claimAndRead(count) {
			mark.run(count);
			return read.all().length;
		},
		async ack() {
			remove.run();
		},
		async close() {
			database.close();
		},
	};
}

/** Our protocol (groups without a timer, chunk rows, running counters) with the other driver. */
export async function betterSqlite3Worker(directory: string): Promise<Candidate> {
	const worker = new Worker(path.join(__dirname, 'store-better-worker.cjs'), {
		workerData: path.join(directory, 'reference.db'),
	});
	await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
	let waiting: { payload: Uint8Array; done: () => void }[] = [];
	let running: (() => void)[] | undefined;
	const send = () => {
		if (running !== undefined || waiting.length === 0) return;
		running = waiting.map(({ done }) => done);
		worker.postMessage(waiting.map(({ payload }) => payload));
		waiting = [];
	};
	worker.on('message', () => {
		const group = running ?? [];
		running = undefined;
		for (const done of group) done();
		send();
	});
	return {
		name: 'better-sqlite3-worker',
		what: 'our protocol in a worker: one chunk row per group, counters, WAL, synchronous=FULL',
		append: (payload) =>
			new Promise<void>((done) => {
				waiting.push({ payload, done });
				if (waiting.length === 1 && running === undefined) setImmediate(send);
			}),
		async close() {
			await worker.terminate();
		},
	};
}

/** BullMQ on a Redis that syncs before it answers. */
export async function bullmq(clientDirs: readonly string[]): Promise<Candidate> {
	const Redis = findIoredis(clientDirs);
	const server = await startRedis({ appendonly: 'yes', appendfsync: 'always' });
	const client = new Redis({
		host: '127.0.0.1',
		port: server.port,
		maxRetriesPerRequest: null,
	});
	const queue = new Queue('bench', { connection: client as never });
	await queue.waitUntilReady();
	return {
		name: 'bullmq',
		what: 'Queue.add on Redis with appendonly yes, appendfsync always',
		append: (payload) => queue.add('event', { body: Buffer.from(payload).toString('latin1') }),
		async close() {
			await queue.close();
			client.disconnect();
			await server.stop();
		},
	};
}

type Ioredis = new (options: object) => { disconnect(): void };

/** An optional peer of BullMQ, taken from the first place that has it. */
function findIoredis(directories: readonly string[]): Ioredis {
	for (const directory of directories) {
		const file = path.join(directory, 'package.json');
		if (!existsSync(file)) continue;
		try {
			return (createRequire(file)('ioredis') as { default: Ioredis }).default;
		} catch {
			// The next place.
		}
	}
	throw new Error('ioredis is not installed');
}

/** One INSERT per event over a pool of connections; the server groups the syncs of those that commit together. */
export async function postgresInserts(connectionString: string): Promise<Candidate> {
	const pool = new Pool({ connectionString, max: CONNECTIONS });
	await pool.query('DROP TABLE IF EXISTS bench_event');
	await pool.query(`CREATE TABLE bench_event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		at timestamptz NOT NULL DEFAULT now(), body bytea NOT NULL)`);
	const text = 'INSERT INTO bench_event (body) VALUES ($1)';
	return {
		name: 'postgres-inserts',
		what: `one prepared INSERT per event, pool of ${CONNECTIONS} connections`,
		append: (payload) => pool.query({ name: 'insert', text, values: [Buffer.from(payload)] }),
		close: () => pool.end(),
	};
}
