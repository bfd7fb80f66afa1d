/**
 * A million rows that wait (I18, S80), in a process of its own so that its memory is nothing else's. Argument: what `openStore` takes
 * for it and for a store with few rows, as JSON. Prints JSON.
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
type Options = Parameters<typeof Core.openStore>[0];

async function main(): Promise<void> {
	const core = (await import(
		path.resolve(__dirname, '../../dist/core/index.js')
	)) as unknown as typeof Core;
	const options = JSON.parse(process.argv[2] ?? '') as { few: Options; many: Options };
	const payload = new Uint8Array(300).fill(120);

	const few = await core.openStore(options.few);
	let many = await core.openStore(options.many);
	await putBenchExport(few);
	await putBenchExport(many);
	await warmUp([few, many], payload);
	await settleMemory();
	const memoryBefore = process.memoryUsage.rss();
	let memoryMost = memoryBefore;
	const fillStartedMs = performance.now();
	for (let filled = 0; filled < ROWS; filled += EVENT_ROWS * EVENTS_AT_ONCE) {
		await Promise.all(
			Array.from({ length: EVENTS_AT_ONCE }, () => appendRows(many, payload, EVENT_ROWS)),
		);
		memoryMost = Math.max(memoryMost, process.memoryUsage.rss());
	}
	const fillMs = performance.now() - fillStartedMs;
	await settleMemory();
	const memoryAfter = process.memoryUsage.rss();
	await appendRows(few, payload, 10);
	const costs = await compareCosts({ few, many }, payload);
	const { diskBytes } = await many.stats();
	const rows = await countRows(many);
	await few.close();
	await many.close();

	// Alternately: a noisy second hits both.
	const openMs = { few: [] as number[], many: [] as number[] };
	for (let count = 0; count < OPENINGS; count++) {
		await (await timedOpen(core, options.few, openMs.few)).close();
		many = await timedOpen(core, options.many, openMs.many);
		if ((await countRows(many)) !== rows) throw new Error('rows are missing');
		await many.close();
	}
	const megabytes = (bytes: number) => rounded(bytes / 1e6);
	const result = {
		rows,
		fillSeconds: rounded(fillMs / 1_000),
		diskMB: megabytes(diskBytes),
		memoryGrowthMB: megabytes(memoryAfter - memoryBefore),
		memoryGrowthMostMB: megabytes(memoryMost - memoryBefore),
		openFewMs: median(openMs.few),
		openManyMs: median(openMs.many),
		openRatio: rounded(median(openMs.many) / median(openMs.few)),
		...costs,
	};
	process.stdout.write(`${JSON.stringify(result)}\n`);
}

async function timedOpen(core: typeof Core, options: Options, into: number[]): Promise<Store> {
	const startedMs = performance.now();
	const store = await core.openStore(options);
	into.push(performance.now() - startedMs);
	return store;
}

/**
 * One append after the other, and one look after the other of a flusher that finds nothing due, alternately on both stores; the
 * first of them has ten rows and as many more as were appended meanwhile.
 */
async function compareCosts(stores: { few: Store; many: Store }, payload: Uint8Array) {
	const appendMs = { few: [] as number[], many: [] as number[] };
	const checkMs = { few: [] as number[], many: [] as number[] };
	for (let count = 0; count < PROBES; count++) {
		for (const which of ['few', 'many'] as const) {
			const startedMs = performance.now();
			await appendRows(stores[which], payload);
			const appendedMs = performance.now();
			await check(stores[which]);
			appendMs[which].push(appendedMs - startedMs);
			checkMs[which].push(performance.now() - appendedMs);
		}
	}
	const compare = (times: { few: number[]; many: number[] }) => ({
		fewMs: median(times.few),
		manyMs: median(times.many),
		ratio: rounded(median(times.many) / median(times.few)),
	});
	return { append: compare(appendMs), flushCheck: compare(checkMs) };
}

async function check(store: Store): Promise<void> {
	await store.counters();
	await store.nextDue([EXPORT_ID]);
	await store.claim(EXPORT_ID, { owner: 'bench', leaseMs: 1_000 });
}

async function countRows(store: Store): Promise<number> {
	return (await store.counters())[0]?.rows ?? 0;
}

/** Compiled code, or the first measurements would be the slow ones. */
async function warmUp(stores: readonly Store[], payload: Uint8Array): Promise<void> {
	for (const store of stores) {
		for (let count = 0; count < 50; count++) {
			await Promise.all(Array.from({ length: 64 }, () => appendRows(store, payload)));
			await check(store);
		}
		await store.purge({ exportId: EXPORT_ID, what: 'all' });
	}
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
