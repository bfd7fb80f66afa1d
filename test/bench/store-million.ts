/**
 * A million rows that wait (I18, S80), in a process of its own so that its memory is nothing else's. Argument: what `openStore` takes,
 * as JSON. Prints JSON.
 */
import path from 'node:path';
import type * as Core from '../../core/index';
import { median, rounded } from './store-load';
import { appendRows, EXPORT_ID, putBenchExport } from './store-sluice';

const ROWS = Number(process.env['SLUICE_BENCH_ROWS'] ?? 1_000_000);
const PROBES = 200;
const OPENINGS = 5;
/** Rows of one event of the filling: many, since only the number of rows matters here. */
const EVENT_ROWS = 64;
const EVENTS_AT_ONCE = 32;

type Store = Awaited<ReturnType<typeof Core.openStore>>;

async function main(): Promise<void> {
	const core = (await import(
		path.resolve(__dirname, '../../dist/core/index.js')
	)) as unknown as typeof Core;
	const options = JSON.parse(process.argv[2] ?? '') as Parameters<typeof Core.openStore>[0];
	const payload = new Uint8Array(300).fill(120);

	let store = await core.openStore(options);
	await putBenchExport(store);
	await store.close();
	const openEmptyMs: number[] = [];
	for (let count = 0; count < OPENINGS; count++) {
		store = await timedOpen(core, options, openEmptyMs);
		await store.close();
	}

	store = await core.openStore(options);
	await warmUp(store, payload);
	await appendRows(store, payload, 10);
	const few = await probe(store, payload);
	await settleMemory();
	const memoryBefore = process.memoryUsage.rss();
	let memoryMost = memoryBefore;
	const fillStartedMs = performance.now();
	for (let filled = few.rows; filled < ROWS; filled += EVENT_ROWS * EVENTS_AT_ONCE) {
		await Promise.all(
			Array.from({ length: EVENTS_AT_ONCE }, () => appendRows(store, payload, EVENT_ROWS)),
		);
		memoryMost = Math.max(memoryMost, process.memoryUsage.rss());
	}
	const fillMs = performance.now() - fillStartedMs;
	await settleMemory();
	const memoryAfter = process.memoryUsage.rss();
	const many = await probe(store, payload);
	const { diskBytes } = await store.stats();
	await store.close();

	const openFullMs: number[] = [];
	for (let count = 0; count < OPENINGS; count++) {
		store = await timedOpen(core, options, openFullMs);
		if ((await store.counters())[0]?.rows !== many.rows) throw new Error('rows are missing');
		await store.close();
	}
	const megabytes = (bytes: number) => rounded(bytes / 1e6);
	const result = {
		rows: many.rows,
		fillSeconds: rounded(fillMs / 1_000),
		diskMB: megabytes(diskBytes),
		memoryGrowthMB: megabytes(memoryAfter - memoryBefore),
		memoryGrowthMostMB: megabytes(memoryMost - memoryBefore),
		openEmptyMs: median(openEmptyMs),
		openFullMs: median(openFullMs),
		openRatio: rounded(median(openFullMs) / median(openEmptyMs)),
		few,
		many,
		appendRatio: rounded(many.appendMs / few.appendMs),
		appendCpuRatio: rounded(many.appendCpuMicros / few.appendCpuMicros),
		checkRatio: rounded(many.checkMs / few.checkMs),
	};
	process.stdout.write(`${JSON.stringify(result)}\n`);
}

async function timedOpen(
	core: typeof Core,
	options: Parameters<typeof Core.openStore>[0],
	into: number[],
): Promise<Store> {
	const startedMs = performance.now();
	const store = await core.openStore(options);
	into.push(performance.now() - startedMs);
	return store;
}

/** Compiled code, or the first of two measurements would be the slower one. */
async function warmUp(store: Store, payload: Uint8Array): Promise<void> {
	for (let count = 0; count < 2; count++) await probe(store, payload);
	for (let count = 0; count < 50; count++) {
		await Promise.all(Array.from({ length: 64 }, () => appendRows(store, payload)));
	}
	await store.purge({ exportId: EXPORT_ID, what: 'all' });
}

/** One append after the other, and one look after the other of a flusher that finds nothing due. */
async function probe(store: Store, payload: Uint8Array) {
	const appendMs: number[] = [];
	const checkMs: number[] = [];
	const rows = (await store.counters())[0]?.rows ?? 0;
	const cpuBefore = process.cpuUsage();
	for (let count = 0; count < PROBES; count++) {
		const startedMs = performance.now();
		await appendRows(store, payload);
		appendMs.push(performance.now() - startedMs);
	}
	const cpu = process.cpuUsage(cpuBefore);
	for (let count = 0; count < PROBES; count++) {
		const startedMs = performance.now();
		await store.counters();
		await store.nextDueAt();
		checkMs.push(performance.now() - startedMs);
	}
	return {
		startRows: rows,
		rows: rows + PROBES,
		appendMs: median(appendMs),
		appendCpuMicros: rounded((cpu.user + cpu.system) / PROBES),
		checkMs: median(checkMs),
	};
}

async function settleMemory(): Promise<void> {
	for (let round = 0; round < 3; round++) {
		globalThis.gc?.();
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

main().catch((error: unknown) => {
	process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
	process.exitCode = 1;
});
