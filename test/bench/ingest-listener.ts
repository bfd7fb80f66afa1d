/**
 * Our own listener beside a bare server of node:http that reads and parses the same body and stores nothing; all of them in this process,
 * the senders in one of their own. Two of ours: durable with a signature, and in memory without one, which says what is neither disk
 * nor cryptography.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as Core from '../../core/index';
import { ROOT } from '../../scripts/host/cache';
import { bareServer, type BenchServer } from './bare-server';
import { shoot } from './shoot';
import { median, rounded } from './store-load';

/** Events of one request as NDJSON. */
export const LINES = 1_000;

/** Requests of that size at once. */
const NDJSON_CONNECTIONS = 4;

interface Round {
	readonly requestsPerSecond: number;
	readonly p99Ms: number;
	/** Of this process, with the store's thread. */
	readonly cpuMicrosPerRequest: number;
}

export interface ListenerLoad {
	readonly body: string;
	readonly headers: Readonly<Record<string, string>>;
	/** The same for a request with LINES events. */
	readonly ndjson: Pick<ListenerLoad, 'body' | 'headers'>;
	readonly secret: string;
	readonly columns: readonly object[];
	readonly connections: number;
	readonly seconds: number;
	readonly rounds: number;
}

/** Rounds alternate; ratios are medians of those of the rounds, each to the bare server of the same one. */
export async function measureListener(load: ListenerLoad): Promise<Record<string, object>> {
	const core = (await import(path.join(ROOT, 'dist/core/index.js'))) as unknown as typeof Core;
	const directory = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	const servers = {
		durable: await ownListener(core, load, {
			what: 'own listener, fsync before the answer, body JWT verified',
			store: {
				kind: 'sqlite',
				directory: path.join(directory, 'single'),
				limits: { minFreeBytes: 0 },
			},
			auth: [{ kind: 'body-jwt', secrets: [load.secret] }],
		}),
		ndjson: await ownListener(core, load, {
			what: `the same, ${LINES} events per request as NDJSON`,
			store: {
				kind: 'sqlite',
				directory: path.join(directory, 'ndjson'),
				limits: { minFreeBytes: 0 },
			},
			auth: [{ kind: 'body-jwt', secrets: [load.secret] }],
			split: 'ndjson',
		}),
		memory: await ownListener(core, load, {
			what: 'own listener, memory store, no signature',
			store: { kind: 'memory', name: 'bench' },
			auth: [{ kind: 'none' }],
		}),
		bare: await bareServer(),
	};
	const rounds: Record<keyof typeof servers, Round[]> = {
		durable: [],
		ndjson: [],
		memory: [],
		bare: [],
	};
	const many = { ...load, ...load.ndjson, connections: NDJSON_CONNECTIONS };
	try {
		for (let round = 0; round <= load.rounds; round++) {
			for (const name of ['durable', 'ndjson', 'memory', 'bare'] as const) {
				const shots = name === 'ndjson' ? many : load;
				const one = await measured(servers[name].port, shots, round === 0 ? 2 : load.seconds);
				// The first ones warm up.
				if (round > 0) rounds[name].push(one);
			}
		}
	} finally {
		for (const server of Object.values(servers)) await server.close();
		await rm(directory, { recursive: true, force: true });
	}
	const ratio = (of: Round[], value: (one: Round) => number) =>
		Number(median(of.map((one, i) => value(one) / value(rounds.bare[i] ?? one))).toFixed(2));
	const rate = ({ requestsPerSecond }: Round) => requestsPerSecond;
	return {
		...Object.fromEntries(
			Object.entries(servers).map(([name, { what }]) => [
				name,
				{ what, rounds: rounds[name as keyof typeof servers] },
			]),
		),
		ratios: {
			ownListenerToBare: ratio(rounds.durable, rate),
			ndjsonToSingle: Number(
				median(
					rounds.ndjson.map((one, i) => (rate(one) * LINES) / rate(rounds.durable[i] ?? one)),
				).toFixed(2),
			),
			memoryToBare: ratio(rounds.memory, rate),
			cpuToBare: ratio(rounds.durable, ({ cpuMicrosPerRequest }) => cpuMicrosPerRequest),
			memoryCpuToBare: ratio(rounds.memory, ({ cpuMicrosPerRequest }) => cpuMicrosPerRequest),
			p99ToBare: ratio(rounds.durable, ({ p99Ms }) => p99Ms),
		},
	};
}

/** @param o.delivered hears of the rows of each batch, which are taken at once */
export async function ownListener(
	core: typeof Core,
	{ columns }: Pick<ListenerLoad, 'columns'>,
	o: {
		readonly what: string;
		readonly store: Core.StoreOptions;
		readonly auth: readonly Core.SchemeConfig[];
		readonly split?: 'ndjson';
		readonly delivered?: (rows: number) => void;
	},
): Promise<BenchServer> {
	const store = await core.openStore(o.store);
	const pipeline = await core.openPipeline({ store });
	const holder = { key: 'bench', label: 'bench' };
	const config = {
		id: 'rows',
		receiverId: 'bench',
		columns: columns as Core.Column[],
		conditions: { count: 1_000, sizeBytes: 50 * 1024 ** 2, timeMs: 5_000 },
	};
	// To somebody who takes them at once: rows that are kept would fill the store.
	const sink: Core.Sink = {
		async deliver({ count }) {
			o.delivered?.(count);
			return { kind: 'ack' };
		},
	};
	// Every request is the same one.
	const { auth, split } = o;
	const receiver = { id: 'bench', auth, replays: 'take' as const, ...(split ? { split } : {}) };
	await pipeline.attachReceiver(receiver, [{ config, ports: { sink } }], holder).ready;
	const listener = await core.createListener({ port: 0 });
	const handler = (request: Core.PushedRequest) => pipeline.accept('bench', request);
	listener.mount({ holder, path: '/in', handler });
	return {
		what: o.what,
		port: listener.port,
		async close() {
			await listener.close();
			await pipeline.close();
			await store.close();
		},
	};
}

async function measured(
	port: number,
	{ body, connections, headers }: ListenerLoad,
	seconds: number,
): Promise<Round> {
	const url = `http://127.0.0.1:${port}/in`;
	const cpuBefore = process.cpuUsage();
	const hits = await shoot({ url, body, headers, connections, seconds });
	const cpu = process.cpuUsage(cpuBefore);
	return {
		requestsPerSecond: hits.requestsPerSecond,
		p99Ms: hits.p99Ms,
		cpuMicrosPerRequest: rounded((cpu.user + cpu.system) / hits.requests),
	};
}
