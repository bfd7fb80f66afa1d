/**
 * Appends per second of the sqlite store, beside the disk's own fdatasync in the same run:
 *
 *   node --import tsx test/bench/store-append.ts [waiters=50] [bytes=800] [seconds=3] [directory=/tmp]
 *
 * Not a gate: compare ratios, never the absolute numbers of two machines. A sync of the probe writes what a full group writes.
 */
import { fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { systemClock } from '../../core/runtime/clock';
import { anExport, aRow } from '../conformance/store-fixtures';

const given = new Map(process.argv.slice(2).map((argument) => splitOnce(argument)));
const waiters = Number(given.get('waiters') ?? 50);
const payloadBytes = Number(given.get('bytes') ?? 800);
const seconds = Number(given.get('seconds') ?? 3);

async function run(): Promise<void> {
	const directory = mkdtempSync(join(given.get('directory') ?? tmpdir(), 'sluice-bench-'));
	const syncsBefore = countSyncs(directory);
	const store = await openStore({
		kind: 'sqlite',
		directory: join(directory, 'store'),
		limits: { minFreeBytes: 0 },
	});
	const conditions = { count: 10_000_000, sizeBytes: 50 * 1024 ** 2, timeMs: 86_400_000 };
	await store.putExport(anExport({ conditions, quota: { bytes: 1e12 } }));
	const result = await measureAppends(store);
	await store.close();
	const fdatasyncPerSecond = [syncsBefore, countSyncs(directory)];
	console.log(JSON.stringify({ waiters, payloadBytes, ...result, fdatasyncPerSecond }));
	rmSync(directory, { recursive: true });
}

async function measureAppends(store: Store) {
	const payload = new Uint8Array(payloadBytes).fill(120);
	const latenciesMs: number[] = [];
	let isRunning = true;
	const appendOn = async () => {
		while (isRunning) {
			const row = aRow(systemClock, 'bench', { payload, sizeBytes: payloadBytes });
			const startedMs = performance.now();
			await store.append({ receiverId: 'receiver', rows: [row] });
			latenciesMs.push(performance.now() - startedMs);
		}
	};
	const running = Array.from({ length: waiters }, appendOn);
	await passSeconds(1);
	latenciesMs.length = 0;
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	const cpuBefore = process.cpuUsage();
	await passSeconds(seconds);
	const cpu = process.cpuUsage(cpuBefore);
	const count = latenciesMs.length;
	isRunning = false;
	await Promise.all(running);
	latenciesMs.sort((a, b) => a - b);
	const percentile = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)];
	return {
		appendsPerSecond: Math.round(count / seconds),
		p50Ms: percentile(0.5)?.toFixed(2),
		p99Ms: percentile(0.99)?.toFixed(2),
		loopMaxMs: (delay.max / 1e6).toFixed(1),
		cpuMicrosPerAppend: ((cpu.user + cpu.system) / count).toFixed(1),
	};
}

function countSyncs(directory: string): number {
	const file = openSync(join(directory, 'probe'), 'w');
	const block = Buffer.alloc(waiters * payloadBytes);
	const end = performance.now() + 1_000;
	let count = 0;
	for (; performance.now() < end; count++) {
		writeSync(file, block);
		fdatasyncSync(file);
	}
	return count;
}

function passSeconds(length: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, length * 1_000));
}

function splitOnce(argument: string): [string, string] {
	const at = argument.indexOf('=');
	return [argument.slice(0, at), argument.slice(at + 1)];
}

void run();
