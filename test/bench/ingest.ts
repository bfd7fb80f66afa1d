/**
 * `npm run bench:ingest`: the durable receiver beside core's `http in` → `http response`, in one Node-RED and one run.
 *
 * 50 connections, 800-byte JSON. The receiver verifies a JWT over the body, renders three columns (one of them Jsonnet) and answers
 * after the fsync; the peer parses the body and answers. Rounds alternate, so that a noisy minute hits both; ratios are of medians.
 * Then our own listener beside a bare server of node:http (`ingest-listener.ts`).
 */
import autocannon from 'autocannon';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signBody } from '../../core/signature/sign-body';
import { ROOT } from '../../scripts/host/cache';
import { freePort } from '../../scripts/host/free-port';
import { prepareUserDir, startNodeRed } from '../../scripts/host/node-red-host';
import { aBuffer, aReceiver, node, TAB } from '../support/flows';
import { measureListener } from './ingest-listener';
import { machine } from './machine';

const CONNECTIONS = 50;
const SECONDS = Number(process.env['SLUICE_BENCH_SECONDS'] ?? 6);
const ROUNDS = Number(process.env['SLUICE_BENCH_ROUNDS'] ?? 5);
const SECRET = 'bench';

const COLUMNS = [
	{ type: 'path', name: 'eventId', path: 'event.eventId' },
	{ type: 'datetime', name: 'receivedAt' },
	{
		type: 'template',
		name: 'reading',
		template: {
			language: 'jsonnet',
			content: '{ type: Body("event.eventType"), data: Body("event.data") }',
		},
	},
];

const FLOWS = [
	TAB,
	node('sluice-secret', 'secret', { configVersion: 1 }),
	aReceiver(
		'durable',
		{
			auth: [{ kind: 'body-jwt' }],
			secret: 'secret',
			// Every request is the same one.
			replays: 'take',
			buffers: [
				aBuffer({ data: 'columns', columns: COLUMNS, count: 1000, time: '5s', done: 'sent' }),
			],
		},
		// To somebody: the rows of an unwired receiver would be kept.
		['taken'],
	),
	node('debug', 'taken', { active: false }, []),
	node('http in', 'in', { url: '/in/peer', method: 'post', upload: false }, ['out']),
	node('http response', 'out', { statusCode: '200', headers: {} }),
];

interface Round {
	readonly requestsPerSecond: number;
	readonly p50Ms: number;
	readonly p99Ms: number;
	readonly not2xx: number;
}

async function main(): Promise<void> {
	const body = eventOf800Bytes();
	const token = await signBody({ body, secret: SECRET });
	const userDir = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	const port = await freePort();
	const options = {
		userDir,
		port,
		nodesDir: [ROOT],
		flows: FLOWS,
		credentials: { secret: { secret: SECRET } },
	};
	await prepareUserDir(options);
	const host = await startNodeRed(options);
	const rounds: Record<'durable' | 'peer', Round[]> = { durable: [], peer: [] };
	try {
		for (let number = 0; number <= ROUNDS; number++) {
			for (const name of ['durable', 'peer'] as const) {
				const headers = { 'content-type': 'application/json', 'x-dt-signature': token };
				const round = await shoot(
					`${host.url}/in/${name}`,
					body,
					headers,
					number === 0 ? 2 : SECONDS,
				);
				// The first pair warms up.
				if (number > 0) rounds[name].push(round);
			}
		}
	} finally {
		await host.stop();
		await rm(userDir, { recursive: true, force: true });
	}
	const { ratios, ...listener } = await measureListener({
		body,
		headers: { 'content-type': 'application/json', 'x-dt-signature': token },
		secret: SECRET,
		columns: COLUMNS,
		connections: CONNECTIONS,
		seconds: SECONDS,
		rounds: ROUNDS,
	});
	const durable = median(rounds.durable);
	const peer = median(rounds.peer);
	const result = {
		benchmark: 'ingest',
		date: new Date().toISOString(),
		machine: machine(),
		load: {
			connections: CONNECTIONS,
			bodyBytes: Buffer.byteLength(body),
			seconds: SECONDS,
			rounds: ROUNDS,
		},
		durability: 'fsync before the answer (SQLite WAL, synchronous=FULL, group commit)',
		durable: { medianRequestsPerSecond: durable, rounds: rounds.durable },
		peer: { what: 'http in → http response', medianRequestsPerSecond: peer, rounds: rounds.peer },
		listener,
		ratios: { nodeRedUrlToHttpIn: Number((durable / peer).toFixed(2)), ...ratios },
	};
	process.stdout.write(`${JSON.stringify(result, null, '\t')}\n`);
}

async function shoot(
	url: string,
	body: string,
	headers: Record<string, string>,
	seconds: number,
): Promise<Round> {
	const result = await autocannon({
		url,
		method: 'POST',
		body,
		headers,
		connections: CONNECTIONS,
		duration: seconds,
	});
	return {
		requestsPerSecond: Math.round(result.requests.average),
		p50Ms: result.latency.p50,
		p99Ms: result.latency.p99,
		not2xx: result.non2xx + result.errors,
	};
}

function median(rounds: readonly Round[]): number {
	const sorted = rounds.map(({ requestsPerSecond }) => requestsPerSecond).sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function eventOf800Bytes(): string {
	const event = (note: string): string =>
		JSON.stringify({
			event: {
				eventId: 'd1sluicedemo00evt001',
				targetName: 'projects/p/devices/d',
				eventType: 'temperature',
				data: {
					temperature: {
						value: 21.35,
						samples: [21.1, 21.2],
						updateTime: '2026-01-01T00:00:00.000Z',
					},
				},
				timestamp: '2026-01-01T00:00:00.000Z',
			},
			labels: { name: 'Cold store 2', note },
		});
	return event('x'.repeat(800 - event('').length));
}

main().catch((error: unknown) => {
	process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
	process.exitCode = 1;
});
