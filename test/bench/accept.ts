/**
 * `npm run bench:accept`: where the time of a pushed event goes between the server that has read it and the answer. µs of CPU per event, of this
 * whole process (the collector's threads too), bundled as in the package. JSON on stdout.
 *
 * Each stage does all that those before it do and one thing more; a step is the difference of two. The event, its signature and its columns
 * are those of bench:ingest; the store is the one in memory, so that no disk is in it.
 */
import { openStore } from '../../core/buffer/open-store';
import type { Column } from '../../core/mapping/column';
import { appendEvents } from '../../core/pipeline/append-events';
import { compileExport } from '../../core/pipeline/attached-export';
import { renderEvents } from '../../core/pipeline/attached-receiver';
import { openPipeline } from '../../core/pipeline/open-pipeline';
import { parseExportConfig } from '../../core/pipeline/parse-export';
import { parseReceiverConfig } from '../../core/pipeline/parse-receiver';
import { authenticateRequest } from '../../core/receiver/intake/authenticate';
import { takeIn } from '../../core/receiver/intake/intake';
import { prepareReceiver } from '../../core/receiver/intake/prepare';
import type { PushedRequest } from '../../core/receiver/request';
import { newUuid } from '../../core/runtime/ids';
import { COLUMNS, eventOf800Bytes, SECRET, signedHeaders } from './ingest-event';
import { machine } from './machine';
import { median, rounded } from './store-load';

const EVENTS = Number(process.env['SLUICE_BENCH_EVENTS'] ?? 20_000);
const ROUNDS = Number(process.env['SLUICE_BENCH_ROUNDS'] ?? 9);
/** As many requests as a busy server has read in one turn of its loop. */
const AT_ONCE = 50;

/** What a stage does with one request, and the step that it adds to the stage before it. */
interface Stage {
	readonly step: string;
	run(request: PushedRequest): unknown;
}

async function main(): Promise<void> {
	const body = Buffer.from(eventOf800Bytes());
	const headers = {
		host: '127.0.0.1:18080',
		'content-length': String(body.length),
		...(await signedHeaders(String(body), 'application/json')),
	};
	const requestOf = (): PushedRequest => ({
		method: 'POST',
		target: '/in',
		path: '/in',
		headers: { ...headers },
		// A body of its own, as each request has one: what was read of it is remembered by its bytes.
		body: Buffer.from(body),
		remoteAddress: '127.0.0.1',
	});
	const { stages, empty, close } = await prepare();
	const rounds = new Map(stages.map((stage) => [stage, [] as number[]]));
	for (let round = 0; round <= ROUNDS; round++) {
		for (const [stage, costs] of rounds) {
			const cost = await micros(stage, requestOf);
			// The first one warms up.
			if (round > 0) costs.push(cost);
			await empty();
		}
	}
	await close();
	const upTo = stages.map((stage) => median(rounds.get(stage) ?? []));
	const steps = stages.map(({ step }, at) => [step, rounded(upTo[at]! - (upTo[at - 1] ?? 0))]);
	const result = {
		benchmark: 'accept',
		date: new Date().toISOString(),
		machine: machine(),
		load: { bodyBytes: body.length, events: EVENTS, rounds: ROUNDS, atOnce: AT_ONCE },
		what: 'µs of CPU per event, without the HTTP server and without a disk',
		steps: Object.fromEntries(steps),
		accept: rounded(upTo.at(-1)! - upTo[0]!),
	};
	process.stdout.write(`${JSON.stringify(result, null, '\t')}\n`);
}

async function prepare(): Promise<{
	readonly stages: readonly Stage[];
	empty(): Promise<unknown>;
	close(): Promise<void>;
}> {
	const receiver = {
		id: 'bench',
		auth: [{ kind: 'body-jwt' as const, secrets: [SECRET] }],
		replays: 'take' as const,
	};
	const config = {
		id: 'rows',
		receiverId: 'bench',
		columns: COLUMNS as readonly Column[],
		conditions: { count: 1_000_000, sizeBytes: 50 * 1024 ** 2, timeMs: 86_400_000 },
	};
	const store = await openStore({ kind: 'memory', name: 'bench' });
	const pipeline = await openPipeline({ store });
	await pipeline.attachReceiver(receiver, [{ config, ports: {} }], { key: 'b', label: 'b' }).ready;
	const prepared = prepareReceiver(parseReceiverConfig(receiver));
	const export_ = compileExport(parseExportConfig(config), undefined);
	export_.mappingRevision = 1;
	const ports = { now: Date.now, newId: newUuid };
	const take = (request: PushedRequest) => takeIn(request, prepared, ports);
	const render = async (request: PushedRequest) => renderEvents([export_], await take(request), []);
	const stages: Stage[] = [
		{ step: 'request', run: (request) => request },
		{
			step: 'verify',
			run: (request) =>
				authenticateRequest(request, request.body as Uint8Array, prepared, {
					receivedAt: Date.now(),
				}),
		},
		{ step: 'event', run: take },
		{ step: 'map', run: render },
		{
			step: 'append',
			run: async (request) => appendEvents(store, 'bench', await render(request)),
		},
		{ step: 'answer', run: (request) => pipeline.accept('bench', request) },
	];
	return {
		stages,
		empty: () => store.purge({ exportId: 'bench/rows', what: 'all' }),
		async close() {
			await pipeline.close();
			await store.close();
		},
	};
}

async function micros({ run }: Stage, requestOf: () => PushedRequest): Promise<number> {
	globalThis.gc?.();
	const before = process.cpuUsage();
	for (let done = 0; done < EVENTS; done += AT_ONCE) {
		await Promise.all(Array.from({ length: AT_ONCE }, () => run(requestOf())));
	}
	const { user, system } = process.cpuUsage(before);
	return (user + system) / EVENTS;
}

main().catch((error: unknown) => {
	process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
	process.exitCode = 1;
});
