/**
 * What destinations cost to which nothing is sent: a process of its own, `node --expose-gc --import tsx forward-idle.ts`, which prints
 * JSON.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as Core from '../../core/index';
import { ROOT } from '../../scripts/host/cache';
import { openQueue } from './forward-sluice';
import { pass } from './store-load';

const DESTINATIONS = 1_000;
const SECONDS = Number(process.env['SLUICE_BENCH_IDLE_SECONDS'] ?? 60);

async function main(): Promise<void> {
	const core = (await import(path.join(ROOT, 'dist/core/index.js'))) as unknown as typeof Core;
	const directory = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	const store = await core.openStore({ kind: 'sqlite', directory, limits: { minFreeBytes: 0 } });
	const pipeline = await core.openPipeline({ store });
	try {
		// The first one loads and compiles what all of them share.
		await open(core, pipeline, 0);
		const before = await memoryMb();
		for (let i = 1; i <= DESTINATIONS; i++) await open(core, pipeline, i);
		const after = await memoryMb();
		const cpuBefore = process.cpuUsage();
		await pass(SECONDS * 1_000);
		const cpu = process.cpuUsage(cpuBefore);
		const result = {
			what: `${DESTINATIONS} destinations to which nothing is sent, for ${SECONDS} s`,
			memoryMb: rounded(after.heap - before.heap),
			residentMb: rounded(after.resident - before.resident),
			cpuPercent: rounded((cpu.user + cpu.system) / 1e4 / SECONDS),
		};
		process.stdout.write(JSON.stringify(result));
	} finally {
		await pipeline.close();
		await store.close();
		await rm(directory, { recursive: true, force: true });
	}
}

function open(core: typeof Core, pipeline: Core.Pipeline, i: number) {
	return openQueue(core, pipeline, {
		id: `idle-${i}`,
		config: {},
		sink: { kind: 'http', url: `https://endpoint-${i}.example/events`, send: 'row' },
	});
}

/** What is in use, and what the system has given, which is also what was only needed on the way. */
async function memoryMb(): Promise<{ heap: number; resident: number }> {
	for (let i = 0; i < 3; i++) {
		await pass(100);
		globalThis.gc?.();
	}
	const { heapUsed, external, rss } = process.memoryUsage();
	return { heap: (heapUsed + external) / 1024 ** 2, resident: rss / 1024 ** 2 };
}

function rounded(value: number): number {
	return Number(value.toFixed(2));
}

main().catch((error: unknown) => {
	process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
	process.exitCode = 1;
});
