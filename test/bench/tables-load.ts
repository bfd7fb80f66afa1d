/**
 * A million rows from the embedded store into one table, beside who loads the same rows in the same batches by hand. In portions that
 * alternate, so that a noisy minute hits both; the tables grow alike.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type * as Core from '../../core/index';
import { median, rounded } from './store-load';
import { COLUMNS, eventCells, TYPES } from './tables-event';

const ROWS = Number(process.env['SLUICE_BENCH_ROWS'] ?? 1_000_000);
/** As many as wait at once: a receiver has 100 MB. */
const PORTION_ROWS = Math.min(ROWS, 50_000);
export const BATCH_ROWS = 10_000;
/** Rows of one event of the filling. */
const EVENT_ROWS = 100;
const RECEIVER = 'bench';
const EXPORT_ID = `${RECEIVER}/rows`;

export interface LoadTarget {
	readonly database: Core.TableDatabaseConfig;
	/** Names of two tables of it: ours, and that of the peer. */
	readonly tables: { readonly ours: string; readonly peers: string };
	readonly peer: LoadPeer;
	count(table: string): Promise<number>;
}

export interface LoadPeer {
	readonly what: string;
	/** Makes its table. */
	start(ddl: string): Promise<void>;
	/** @returns how long it took to load them, in batches of BATCH_ROWS; what it does before does not count */
	load(rows: readonly (readonly string[])[]): Promise<number>;
	close(): Promise<void>;
}

export interface LoadFigures {
	readonly rows: number;
	readonly batchRows: number;
	readonly peer: string;
	readonly sluiceRowsPerSecond: number;
	readonly peerRowsPerSecond: number;
	/** Median of those of the portions. */
	readonly ratio: number;
	readonly sluiceCpuMicrosPerRow: number;
	/** While rows are loaded. */
	readonly loopP99Ms: number;
	readonly loopMaxMs: number;
	/** Most of this process while rows are loaded, beyond what it had before. */
	readonly memoryGrowthMB: number;
}

interface Portion {
	readonly ours: number;
	readonly peers: number;
	readonly cpuMicros: number;
	readonly loopP99Ms: number;
	readonly loopMaxMs: number;
	readonly growth: number;
}

export async function measureLoad(core: typeof Core, target: LoadTarget): Promise<LoadFigures> {
	const { database, tables, peer } = target;
	const directory = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	const store = await core.openStore({ kind: 'sqlite', directory, limits: { minFreeBytes: 0 } });
	const pipeline = await core.openPipeline({ store });
	const portions: Portion[] = [];
	try {
		const config = { table: tables.ours, columns: TYPES };
		await peer.start(core.tableDdl(database.kind, { ...config, table: tables.peers }, COLUMNS));
		await pipeline.attachReceiver(
			{ id: RECEIVER, auth: [{ kind: 'none' }] },
			[
				{
					config: {
						id: 'rows',
						receiverId: RECEIVER,
						columns: COLUMNS,
						output: 'cells',
						conditions: { count: BATCH_ROWS, sizeBytes: 50 * 1024 ** 2, timeMs: 86_400_000 },
						order: 'strict',
						maxInFlight: 1,
					},
					sink: { kind: 'table', database: 'bench', ...config },
					ports: { databases: () => database },
				},
			],
			{ key: 'bench', label: 'bench' },
		).ready;
		for (let first = 0; first < ROWS; first += PORTION_ROWS) {
			const rows = Array.from({ length: PORTION_ROWS }, (_, i) => eventCells(first + i));
			const ours = await loadPortion(core, pipeline, rows);
			portions.push({ ...ours, peers: await peer.load(rows) });
		}
		for (const table of [tables.ours, tables.peers]) {
			const found = await target.count(table);
			if (found !== portions.length * PORTION_ROWS) throw new Error(`${table}: ${found} rows`);
		}
	} finally {
		await pipeline.close();
		await store.close();
		await peer.close();
		await rm(directory, { recursive: true, force: true });
	}
	return summarize(portions, peer.what);
}

async function loadPortion(
	core: typeof Core,
	pipeline: Awaited<ReturnType<typeof Core.openPipeline>>,
	rows: readonly (readonly string[])[],
): Promise<Omit<Portion, 'peers'>> {
	await core.runVerb(pipeline, 'pause', { exportId: EXPORT_ID });
	await fill(pipeline.store, rows);
	globalThis.gc?.();
	const memoryBefore = process.memoryUsage.rss();
	let most = memoryBefore;
	const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	const cpuBefore = process.cpuUsage();
	const startedMs = performance.now();
	const done = loadedAll(pipeline, rows.length);
	await core.runVerb(pipeline, 'resume', { exportId: EXPORT_ID });
	await done;
	const ours = performance.now() - startedMs;
	const cpu = process.cpuUsage(cpuBefore);
	delay.disable();
	clearInterval(look);
	return {
		ours,
		cpuMicros: (cpu.user + cpu.system) / rows.length,
		loopP99Ms: delay.percentile(99) / 1e6,
		loopMaxMs: delay.max / 1e6,
		growth: most - memoryBefore,
	};
}

/** @throws where one was not loaded */
function loadedAll(
	pipeline: Awaited<ReturnType<typeof Core.openPipeline>>,
	rows: number,
): Promise<void> {
	return new Promise((resolve, reject) => {
		let left = rows;
		const unsubscribe = pipeline.subscribe((notice) => {
			if (notice.kind !== 'request') return;
			left -= notice.rows ?? 0;
			if (left > 0 && notice.ok) return;
			unsubscribe();
			if (notice.ok) resolve();
			else reject(new Error(`a batch was not loaded: ${JSON.stringify(notice)}`));
		});
	});
}

async function fill(store: Core.Store, rows: readonly (readonly string[])[]): Promise<void> {
	const encoder = new TextEncoder();
	for (let at = 0; at < rows.length; at += EVENT_ROWS * 32) {
		const events = Array.from({ length: 32 }, (_, i) => {
			const of = rows.slice(at + i * EVENT_ROWS, at + (i + 1) * EVENT_ROWS);
			return of.map((cells) => {
				const payload = encoder.encode(JSON.stringify(cells));
				return {
					exportId: EXPORT_ID,
					eventId: 'bench',
					receivedAt: Date.now(),
					mappingRevision: 1,
					payload,
					sizeBytes: payload.length,
				};
			});
		});
		await Promise.all(
			events
				.filter((of) => of.length > 0)
				.map((of) => store.append({ receiverId: RECEIVER, events: [{ rows: of }] })),
		);
	}
}

function summarize(portions: readonly Portion[], peer: string): LoadFigures {
	const rows = portions.length * PORTION_ROWS;
	const seconds = (ms: (one: Portion) => number): number =>
		portions.reduce((sum, one) => sum + ms(one), 0) / 1_000;
	const most = (of: (one: Portion) => number): number => rounded(Math.max(...portions.map(of)));
	return {
		rows,
		batchRows: BATCH_ROWS,
		peer,
		sluiceRowsPerSecond: Math.round(rows / seconds(({ ours }) => ours)),
		peerRowsPerSecond: Math.round(rows / seconds(({ peers }) => peers)),
		ratio: median(portions.map(({ ours, peers }) => peers / ours)),
		sluiceCpuMicrosPerRow: median(portions.map(({ cpuMicros }) => cpuMicros)),
		loopP99Ms: most(({ loopP99Ms }) => loopP99Ms),
		loopMaxMs: most(({ loopMaxMs }) => loopMaxMs),
		memoryGrowthMB: most(({ growth }) => growth / 1e6),
	};
}
