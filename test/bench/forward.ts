/**
 * `npm run bench:forward`: what a durable queue before an HTTP endpoint costs, beside axios by hand and Node-RED's `http request`. JSON
 * on stdout; progress on stderr.
 *
 * Rows are on disk before; a round is measured from the claim to the last row that is settled on disk. The endpoint is a process of
 * its own. Rounds alternate, so that a noisy minute hits all; ratios are medians of those of the pairs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as Core from '../../core/index';
import { ROOT } from '../../scripts/host/cache';
import { measurePairs, startEndpoint, type Endpoint, type Sender } from './forward-load';
import { bareAxios, nodeRed } from './forward-peers';
import { measureBesideDead } from './forward-dead';
import { measureKeys } from './forward-keys';
import { openQueue, repeated } from './forward-sluice';
import { machine } from './machine';

const ROUNDS = Number(process.env['SLUICE_BENCH_ROUNDS'] ?? 5);
/** Of a round of single events; the others are sized alike. */
const REQUESTS = Number(process.env['SLUICE_BENCH_REQUESTS'] ?? 2_000);
const ONLY = process.env['SLUICE_BENCH_ONLY']?.split(',');
/** Requests under way, of all senders. */
const SINGLE_AT_ONCE = 10;
const BATCHES_AT_ONCE = 4;
const RECORDS_PER_BATCH = 1_000;
const AIMS = {
	singleToAxios: { atLeast: 0.8 },
	batchToAxios: { atLeast: 0.7 },
	healthyBesideDeadP99: { atMost: 1.5 },
	healthyBesideDeadP50: { atMost: 1.1 },
	keyOrderToAny: { atLeast: 0.5 },
	idleMemoryMb: { atMost: 20 },
	idleCpuPercent: { atMost: 0.5 },
} as const;

interface World {
	readonly core: typeof Core;
	readonly pipeline: Core.Pipeline;
	readonly endpoint: Endpoint;
}

/** What is measured, by name; `SLUICE_BENCH_ONLY` names some of them. */
const SCENARIOS: Readonly<Record<string, (world: World) => Promise<Record<string, object>>>> = {
	single: measureSingle,
	batch: measureBatch,
	besideDead: ({ core, pipeline, endpoint }) =>
		measureBesideDead(core, pipeline, { url: endpoint.url, body: event(), rounds: ROUNDS }),
	keyOrder: ({ core, pipeline, endpoint }) =>
		measureKeys(core, pipeline, { url: endpoint.url, rounds: ROUNDS, onRound }),
	idleDestinations: measureIdle,
};

async function main(): Promise<void> {
	const startedMs = performance.now();
	const core = (await import(path.join(ROOT, 'dist/core/index.js'))) as unknown as typeof Core;
	const directory = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	const store = await core.openStore({ kind: 'sqlite', directory, limits: { minFreeBytes: 0 } });
	const pipeline = await core.openPipeline({ store });
	const endpoint = await startEndpoint();
	try {
		const results: Record<string, Record<string, object>> = {};
		const skipped: Record<string, string> = {};
		for (const [name, run] of Object.entries(SCENARIOS)) {
			if (ONLY && !ONLY.includes(name)) continue;
			progress(name);
			try {
				results[name] = await run({ core, pipeline, endpoint });
			} catch (error) {
				// Told, and the others are measured all the same.
				skipped[name] = String(error);
			}
		}
		const ratioOf = (scenario: string, name: string) =>
			(results[scenario]?.[name] as { ratio: number } | undefined)?.ratio;
		const besideDead = results['besideDead']?.['ratios'] as Record<string, number> | undefined;
		const ratios = {
			singleToAxios: ratioOf('single', 'sluice'),
			batchToAxios: ratioOf('batch', 'sluice'),
			healthyBesideDeadP99: besideDead?.['p99'],
			healthyBesideDeadP50: besideDead?.['p50'],
			keyOrderToAny: ratioOf('keyOrder', 'key'),
		};
		const result = {
			benchmark: 'forward',
			date: new Date().toISOString(),
			machine: machine(),
			load: { rounds: ROUNDS, requests: REQUESTS, bodyBytes: Buffer.byteLength(event()) },
			durability: 'SQLite WAL, synchronous=FULL: claims and settlements are on disk',
			...results,
			ratios,
			skipped,
			aims: AIMS,
			seconds: Math.round((performance.now() - startedMs) / 1_000),
		};
		process.stdout.write(`${JSON.stringify(result, null, '\t')}\n`);
	} finally {
		await endpoint.close();
		await pipeline.close();
		await store.close();
		await rm(directory, { recursive: true, force: true });
	}
}

async function measureSingle({ core, pipeline, endpoint }: World) {
	const url = `${endpoint.url}/single`;
	const queue = await openQueue(core, pipeline, {
		id: 'single',
		config: {
			conditions: { count: 1_000, sizeBytes: 50 * 1024 ** 2, timeMs: 60_000 },
			// While one is settled and the next one claimed.
			maxInFlight: 2,
		},
		sink: { kind: 'http', url, send: 'row', concurrency: SINGLE_AT_ONCE },
	});
	const what = `a durable queue, one event per request, ${SINGLE_AT_ONCE} at once`;
	return measureAndClose(REQUESTS, {
		sluice: {
			what,
			prepare: (requests) => queue.fill(repeated(event(), requests)),
			send: (requests) => queue.drain(requests),
			close: () => queue.close(),
		},
		nodeRed: await nodeRed(url, event(), SINGLE_AT_ONCE),
		axios: bareAxios(url, Buffer.from(event()), SINGLE_AT_ONCE),
	});
}

async function measureBatch({ core, pipeline, endpoint }: World) {
	const url = `${endpoint.url}/batch`;
	const queue = await openQueue(core, pipeline, {
		id: 'batch',
		config: {
			output: 'record',
			columns: [
				{ type: 'path', name: 'device', path: 'event.targetName' },
				{ type: 'path', name: 'type', path: 'event.eventType' },
				{ type: 'path', name: 'data', path: 'event.data' },
			],
			conditions: { count: RECORDS_PER_BATCH, sizeBytes: 50 * 1024 ** 2, timeMs: 60_000 },
			maxInFlight: BATCHES_AT_ONCE,
		},
		sink: { kind: 'http', url, format: 'json-array' },
	});
	const body = Buffer.from(`[${Array.from({ length: RECORDS_PER_BATCH }, record).join(',')}]`);
	const what = `a durable queue, JSON arrays of ${RECORDS_PER_BATCH} records, ${BATCHES_AT_ONCE} at once`;
	return measureAndClose(Math.ceil(REQUESTS / 50), {
		sluice: {
			what,
			prepare: (requests) => queue.fillMapped(record(), requests * RECORDS_PER_BATCH),
			send: (requests) => queue.drain(requests * RECORDS_PER_BATCH),
			close: () => queue.close(),
		},
		axios: bareAxios(url, body, BATCHES_AT_ONCE),
	});
}

async function measureAndClose(requests: number, senders: Record<string, Sender>) {
	try {
		return await measurePairs(senders, { requests, rounds: ROUNDS, onRound });
	} finally {
		for (const sender of Object.values(senders)) await sender.close();
	}
}

async function measureIdle(): Promise<Record<string, object>> {
	const child = spawn(
		process.execPath,
		['--expose-gc', '--import', 'tsx', path.join(__dirname, 'forward-idle.ts')],
		{ cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
	);
	let text = '';
	child.stdout.on('data', (part) => (text += String(part)));
	const [code] = (await once(child, 'close')) as [number | null];
	if (code !== 0) throw new Error(`forward-idle.ts ended with ${code}`);
	return JSON.parse(text) as Record<string, object>;
}

/** As a Data Connector pushes it, 800 bytes. */
function event(): string {
	const withNote = (note: string) =>
		JSON.stringify({
			event: {
				eventId: 'd1sluicedemo00evt001',
				targetName: 'projects/p/devices/d',
				eventType: 'temperature',
				data: DATA,
				timestamp: '2026-01-01T00:00:00.000Z',
			},
			labels: { name: 'Cold store 2', note },
		});
	return withNote('x'.repeat(800 - withNote('').length));
}

const DATA = {
	temperature: { value: 21.35, samples: [21.1, 21.2], updateTime: '2026-01-01T00:00:00.000Z' },
};

/** What the columns make of it. */
function record(): string {
	return JSON.stringify({ device: 'projects/p/devices/d', type: 'temperature', data: DATA });
}

function onRound(round: number): void {
	progress(`round ${round} of ${ROUNDS}`);
}

function progress(what: string): void {
	process.stderr.write(`${what}\n`);
}

main().catch((error: unknown) => {
	process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
	process.exitCode = 1;
});
