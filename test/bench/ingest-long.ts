/**
 * `npm run bench:long`: a million events over 500 connections into the durable own listener, which delivers them meanwhile. What it is about is the
 * memory of the process, every 100,000 events: it must not grow with what has passed. The run ends with an error where a request was not
 * answered with 2xx, or where an event that was answered was not delivered.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as Core from '../../core/index';
import { ROOT } from '../../scripts/host/cache';
import { COLUMNS, eventOf800Bytes, SECRET, signedHeaders } from './ingest-event';
import { ownListener } from './ingest-listener';
import { machine } from './machine';
import { shoot, TOOL } from './shoot';
import { rounded } from './store-load';

const EVENTS = Number(process.env['SLUICE_BENCH_EVENTS'] ?? 1_000_000);
const CONNECTIONS = Number(process.env['SLUICE_BENCH_CONNECTIONS'] ?? 500);
/** Of one burst of requests, after which the connections are new ones. */
const SECONDS = 30;
const SAMPLE_EVERY = EVENTS / 10;
/** By then what is made once is made: caches, compiled code, the young heap in its full size. */
const WARM_SAMPLES = 2;

async function main(): Promise<void> {
	const core = (await import(path.join(ROOT, 'dist/core/index.js'))) as unknown as typeof Core;
	const directory = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	const body = eventOf800Bytes();
	const headers = await signedHeaders(body, 'application/json');
	const rssMB: number[] = [];
	let delivered = 0;
	const server = await ownListener(
		core,
		{ columns: COLUMNS },
		{
			what: 'own listener, fsync before the answer, body JWT verified',
			store: { kind: 'sqlite', directory, limits: { minFreeBytes: 0 } },
			auth: [{ kind: 'body-jwt', secrets: [SECRET] }],
			delivered(rows) {
				delivered += rows;
				if (delivered >= SAMPLE_EVERY * (rssMB.length + 1)) rssMB.push(megabytes());
			},
		},
	);
	const bursts = [];
	let answered = 0;
	try {
		const url = `http://127.0.0.1:${server.port}/in`;
		while (answered < EVENTS) {
			const hits = await shoot({ url, body, headers, connections: CONNECTIONS, seconds: SECONDS });
			bursts.push(hits);
			answered += hits.requests;
			process.stderr.write(`${answered} events, ${megabytes()} MB\n`);
		}
		await allDelivered(() => delivered, answered);
	} finally {
		await server.close();
		await rm(directory, { recursive: true, force: true });
	}
	const warm = rssMB.slice(WARM_SAMPLES);
	const result = {
		benchmark: 'long',
		date: new Date().toISOString(),
		machine: machine(),
		load: { tool: TOOL, connections: CONNECTIONS, burstSeconds: SECONDS },
		what: server.what,
		answered,
		delivered,
		rssMB,
		/** Between the halves of what came after the warm-up, so that the collector's own ups and downs count less. */
		growthMB: rounded(mean(warm.slice(warm.length / 2)) - mean(warm.slice(0, warm.length / 2))),
		bursts,
	};
	process.stdout.write(`${JSON.stringify(result, null, '\t')}\n`);
}

/** What waits for its batch leaves when its time condition is met. wrk breaks off what is under way at its end: more may come than it counts. */
async function allDelivered(delivered: () => number, answered: number): Promise<void> {
	const deadline = performance.now() + 60_000;
	while (delivered() < answered) {
		if (performance.now() > deadline)
			throw new Error(`${delivered()} of ${answered} events were delivered`);
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

function megabytes(): number {
	return rounded(process.memoryUsage.rss() / 1e6);
}

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

main().catch((error: unknown) => {
	process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
	process.exitCode = 1;
});
