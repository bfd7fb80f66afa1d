/**
 * `npm run bench:n8n`: the durable Sluice Trigger beside n8n's own Webhook, in one real n8n with its default settings and again with
 * N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true (N73). Linux only: CPU time is read from /proc.
 *
 * 800-byte JSON. The Trigger picks a field, answers after the fsync and only collects; the Webhook answers at once and its execution, which does
 * nothing and is not saved, is part of its cost. CPU counts from the first request until the process is quiet again. Rates are those of
 * the Trigger at both of its addresses, of the Webhook, and of a bare server of node:http in this process, by wrk where it is installed
 * (`shoot.ts`). Rounds alternate; figures are medians.
 */
import autocannon from 'autocannon';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../scripts/host/free-port';
import { N8N_VERSION } from '../../scripts/host/n8n-install';
import type { N8nNode } from '../../scripts/host/n8n-api';
import { aTrigger, aWebhook, wire, anN8nNode } from '../support/n8n-workflows';
import { N8nWorld } from '../support/n8n-world';
import { bareServer } from './bare-server';
import { machine } from './machine';
import { shoot, TOOL } from './shoot';

const LAZY = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };
const ROUNDS = Number(process.env['SLUICE_BENCH_ROUNDS'] ?? 3);
const CONNECTIONS = { cost: 4, rate: 50 };
const SECONDS = Number(process.env['SLUICE_BENCH_SECONDS'] ?? 4);
const BATCH = 1_000;
/** Linux counts CPU time in ticks of 10 ms. */
const MS_PER_TICK = 10;
const QUIET_MS = 600;
const QUIET_LIMIT_MS = 30_000;

const NOT_SAVED = {
	saveDataSuccessExecution: 'none',
	saveDataErrorExecution: 'none',
	saveExecutionProgress: false,
};
const BODY = JSON.stringify({ event: { eventId: 'bench' }, note: 'x'.repeat(800 - 46) });

interface Paths {
	readonly trigger: string;
	readonly webhook: string;
	readonly ownPort: string;
	readonly batchPort: string;
	readonly batchWorkflow: string;
}

async function main(): Promise<void> {
	const world = await N8nWorld.create();
	try {
		const paths = await publish(world);
		const byDefault = await costs(world, paths, 60);
		await world.stop();
		await world.restart(LAZY);
		const lazy = await costs(world, paths, 300);
		const rate = await rates(paths);
		await quiet(world);
		const batchMs: number[] = [];
		for (let round = 0; round <= ROUNDS; round++) batchMs.push(await batchCost(world, paths));
		const executions = await world.ended(paths.batchWorkflow, ROUNDS + 1);
		if (executions.some(({ status }) => status !== 'success')) throw new Error('a batch failed');
		report(byDefault, lazy, rate, batchMs.slice(1));
	} finally {
		await world.close();
	}
}

async function publish(world: N8nWorld): Promise<Paths> {
	const [ownPort, batchPort] = [await freePort(), await freePort()];
	const collecting = { flushCount: 10_000_000, flushSeconds: 3600 };
	const size = { size: '50MB' };
	// Of whole events a batch would be full while rates are measured, and its execution with 50 MB would be in them.
	const small = {
		data: 'fields',
		fields: { values: [{ name: 'eventId', path: 'event.eventId' }] },
	};
	const trigger = aTrigger({
		...{ ...collecting, ...small },
		listenOn: 'ownPort',
		ownPort,
		options: size,
	});
	const batch = aTrigger({
		...collecting,
		flushCount: BATCH,
		listenOn: 'ownPort',
		ownPort: batchPort,
		options: size,
	});
	const webhook = aWebhook('bench/webhook', {
		responseMode: 'onReceived',
		responseData: undefined,
	});
	for (const node of [trigger, webhook]) await publishOne(world, node, NOT_SAVED);
	const batchWorkflow = await publishOne(world, batch, {});
	const own = (port: number, { webhookId }: N8nNode): string =>
		`http://127.0.0.1:${port}/events/${webhookId}`;
	return {
		trigger: `${world.url}/webhook/${trigger.webhookId}/events`,
		webhook: `${world.url}/webhook/bench/webhook`,
		ownPort: own(ownPort, trigger),
		batchPort: own(batchPort, batch),
		batchWorkflow,
	};
}

/** @returns the workflow's id */
async function publishOne(world: N8nWorld, start: N8nNode, settings: object): Promise<string> {
	const nothing = anN8nNode('Nothing', 'n8n-nodes-base.noOp', 1, {});
	const id = await world.api.createWorkflow({
		name: `bench ${start.name}`,
		nodes: [start, nothing],
		connections: wire(start, [nothing]),
		settings,
	});
	await world.api.activate(id);
	return id;
}

/** CPU ms per request of both paths, medians of alternating rounds; the first round warms up. */
async function costs(
	world: N8nWorld,
	paths: Paths,
	requests: number,
): Promise<{ trigger: number; webhook: number }> {
	const rounds: Record<'trigger' | 'webhook', number[]> = { trigger: [], webhook: [] };
	await quiet(world);
	for (let round = 0; round <= ROUNDS; round++) {
		for (const name of ['trigger', 'webhook'] as const) {
			const before = await cpuMs(world);
			const result = await autocannon({
				...request(paths[name]),
				connections: CONNECTIONS.cost,
				amount: requests,
			});
			if (result.non2xx + result.errors > 0) throw new Error(`${name}: not all were taken`);
			await quiet(world);
			if (round > 0) rounds[name].push(((await cpuMs(world)) - before) / requests);
		}
	}
	return { trigger: median(rounds.trigger), webhook: median(rounds.webhook) };
}

type Rates = Readonly<Record<'ownPort' | 'trigger' | 'webhook' | 'bare', number>>;

/** Requests per second of each, medians of alternating rounds; the first round warms up. */
async function rates({ ownPort, trigger, webhook }: Paths): Promise<Rates> {
	const bare = await bareServer();
	const urls = { ownPort, trigger, webhook, bare: `http://127.0.0.1:${bare.port}/` };
	const { body, headers } = request('');
	const shots = { body, headers, connections: CONNECTIONS.rate, seconds: SECONDS };
	const rounds = { ownPort: [], trigger: [], webhook: [], bare: [] } as Record<
		keyof Rates,
		number[]
	>;
	try {
		for (let round = 0; round <= ROUNDS; round++) {
			for (const name of ['ownPort', 'trigger', 'webhook', 'bare'] as const) {
				const { requestsPerSecond } = await shoot({ ...shots, url: urls[name] });
				if (round > 0) rounds[name].push(requestsPerSecond);
			}
		}
	} finally {
		await bare.close();
	}
	return {
		ownPort: median(rounds.ownPort),
		trigger: median(rounds.trigger),
		webhook: median(rounds.webhook),
		bare: median(rounds.bare),
	};
}

/** CPU ms of one execution with a full batch: the event that completes it, and all that follows. */
async function batchCost(world: N8nWorld, { batchPort }: Paths): Promise<number> {
	const fill = { ...request(batchPort), connections: CONNECTIONS.rate, amount: BATCH - 1 };
	const filled = await autocannon(fill);
	if (filled.non2xx + filled.errors > 0) throw new Error('batch: not all were taken');
	await quiet(world);
	const before = await cpuMs(world);
	await autocannon({ ...request(batchPort), connections: 1, amount: 1 });
	await quiet(world);
	return (await cpuMs(world)) - before;
}

function request(url: string) {
	return {
		url,
		method: 'POST',
		body: BODY,
		headers: { 'content-type': 'application/json' },
	} as const;
}

/** User and system time of n8n's process with all its threads. */
async function cpuMs(world: N8nWorld): Promise<number> {
	const stat = await readFile(`/proc/${world.host.pid}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** Waits until the process does next to nothing. */
async function quiet(world: N8nWorld): Promise<void> {
	const until = Date.now() + QUIET_LIMIT_MS;
	let before = await cpuMs(world);
	while (Date.now() < until) {
		await sleep(QUIET_MS);
		const now = await cpuMs(world);
		if (now - before <= 2 * MS_PER_TICK) return;
		before = now;
	}
}

function report(
	byDefault: { trigger: number; webhook: number },
	lazy: { trigger: number; webhook: number },
	rate: Rates,
	batchMs: readonly number[],
): void {
	const cost = (one: { trigger: number; webhook: number }): object => ({
		triggerCpuMsPerRequest: round(one.trigger),
		webhookCpuMsPerRequest: round(one.webhook),
		webhookOverTrigger: round(one.webhook / one.trigger),
	});
	const perBatch = median(batchMs);
	const result = {
		benchmark: 'n8n',
		date: new Date().toISOString(),
		machine: { ...machine(), n8n: N8N_VERSION },
		load: { bodyBytes: Buffer.byteLength(BODY), rounds: ROUNDS, connections: CONNECTIONS },
		durability: 'fsync before the answer (SQLite WAL, synchronous=FULL, group commit)',
		peer: 'n8n-nodes-base.webhook, responds immediately, execution not saved',
		default: cost(byDefault),
		lazyAcquire: cost(lazy),
		rate: {
			tool: TOOL,
			seconds: SECONDS,
			requestsPerSecond: rate,
			ownPortToBare: round(rate.ownPort / rate.bare),
			ownPortOverWebhook: round(rate.ownPort / rate.webhook),
		},
		batch: {
			what: 'one execution with all events, saved as n8n does by default',
			events: BATCH,
			cpuMs: perBatch,
			cpuMsPerEvent: round(perBatch / BATCH),
		},
	};
	process.stdout.write(`${JSON.stringify(result, null, '\t')}\n`);
}

function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function round(value: number): number {
	return Number(value.toFixed(2));
}

main().catch((error: unknown) => {
	process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
	process.exitCode = 1;
});
