/**
 * `npm run bench:ingest`: the durable receiver beside core's `http in` → `http response`, in one Node-RED and one run; at Node-RED's own address, and
 * on a port of its own.
 *
 * 50 and 200 connections, 800-byte JSON. The receiver verifies a JWT over the body, renders three columns (one of them Jsonnet) and answers
 * after the fsync; the peer parses the body and answers. Rounds alternate, so that a noisy minute hits all; ratios are of medians.
 * Then our own listener beside a bare server of node:http (`ingest-listener.ts`). Load by wrk where it is installed (`shoot.ts`).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../scripts/host/cache';
import { freePort } from '../../scripts/host/free-port';
import { prepareUserDir, startNodeRed } from '../../scripts/host/node-red-host';
import { aBuffer, aReceiver, node, TAB } from '../support/flows';
import { COLUMNS, eventOf800Bytes, SECRET, signedHeaders } from './ingest-event';
import { LINES, measureListener } from './ingest-listener';
import { machine } from './machine';
import { shoot, TOOL, type Hits } from './shoot';

const CONNECTIONS = [50, 200] as const;
const SECONDS = Number(process.env['SLUICE_BENCH_SECONDS'] ?? 6);
const ROUNDS = Number(process.env['SLUICE_BENCH_ROUNDS'] ?? 5);
/** How the receivers are set, wherever they are. */
const RECEIVER = {
	auth: [{ kind: 'body-jwt' }],
	secret: 'secret',
	// Every request is the same one.
	replays: 'take',
	buffers: [aBuffer({ data: 'columns', columns: COLUMNS, count: 1000, time: '5s', done: 'sent' })],
};

const flowsWith = (ownPort: number): object[] => [
	TAB,
	node('sluice-secret', 'secret', { configVersion: 1 }),
	{
		id: 'listener',
		type: 'sluice-listener',
		name: '',
		port: String(ownPort),
		host: '127.0.0.1',
		configVersion: 1,
	},
	// To somebody: the rows of an unwired receiver would be kept.
	aReceiver('durable', RECEIVER, ['taken']),
	aReceiver('ported', { ...RECEIVER, listener: 'listener' }, ['taken']),
	node('debug', 'taken', { active: false }, []),
	node('http in', 'in', { url: '/in/peer', method: 'post', upload: false }, ['out']),
	node('http response', 'out', { statusCode: '200', headers: {} }),
];

type Place = 'durable' | 'ported' | 'peer';

async function main(): Promise<void> {
	const body = eventOf800Bytes();
	const headers = await signedHeaders(body, 'application/json');
	const lines = `${body}\n`.repeat(LINES);
	const ndjson = { body: lines, headers: await signedHeaders(lines, 'application/x-ndjson') };
	const measured = [];
	for (const connections of CONNECTIONS) {
		const host = await measureNodeRed({ body, headers, connections });
		const { ratios, ...listener } = await measureListener({
			...{ body, headers, ndjson, connections },
			secret: SECRET,
			columns: COLUMNS,
			seconds: SECONDS,
			rounds: ROUNDS,
		});
		measured.push({ connections, ...host, listener, ratios: { ...host.ratios, ...ratios } });
	}
	const result = {
		benchmark: 'ingest',
		date: new Date().toISOString(),
		machine: machine(),
		load: { tool: TOOL, bodyBytes: Buffer.byteLength(body), seconds: SECONDS, rounds: ROUNDS },
		durability: 'fsync before the answer (SQLite WAL, synchronous=FULL, group commit)',
		peer: 'http in → http response',
		measured,
		/** Of the first number of connections. */
		ratios: measured[0]?.ratios,
	};
	process.stdout.write(`${JSON.stringify(result, null, '\t')}\n`);
}

/** The three places in one Node-RED. */
async function measureNodeRed(load: {
	readonly body: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly connections: number;
}) {
	const userDir = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	const [port, ownPort] = [await freePort(), await freePort()];
	const options = {
		userDir,
		port,
		nodesDir: [ROOT],
		flows: flowsWith(ownPort),
		credentials: { secret: { secret: SECRET } },
	};
	await prepareUserDir(options);
	const host = await startNodeRed(options);
	const urls: Record<Place, string> = {
		durable: `${host.url}/in/durable`,
		ported: `http://127.0.0.1:${ownPort}/in/ported`,
		peer: `${host.url}/in/peer`,
	};
	const rounds: Record<Place, Hits[]> = { durable: [], ported: [], peer: [] };
	try {
		for (let number = 0; number <= ROUNDS; number++) {
			for (const place of ['durable', 'ported', 'peer'] as const) {
				const seconds = number === 0 ? 2 : SECONDS;
				const hits = await shoot({ ...load, url: urls[place], seconds });
				// The first ones warm up.
				if (number > 0) rounds[place].push(hits);
			}
		}
	} finally {
		await host.stop();
		await rm(userDir, { recursive: true, force: true });
	}
	const ratio = (place: Place): number =>
		Number((median(rounds[place]) / median(rounds.peer)).toFixed(2));
	return {
		nodeRed: rounds,
		ratios: { nodeRedUrlToHttpIn: ratio('durable'), nodeRedPortToHttpIn: ratio('ported') },
	};
}

function median(rounds: readonly Hits[]): number {
	const sorted = rounds.map(({ requestsPerSecond }) => requestsPerSecond).sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

main().catch((error: unknown) => {
	process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
	process.exitCode = 1;
});
