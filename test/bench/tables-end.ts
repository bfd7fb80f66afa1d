/**
 * From a push to 20 tables: how many events a second are in all of them, from the first request until the last row was committed. Ours is the
 * receiver of core on a port of its own with 20 exports, beside what people build of nodes in n8n and in Node-RED, each with the database that
 * it has a node for. Nothing has a primary key, and every table is counted at the end.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import type * as Core from '../../core/index';
import type { Column } from '../../core/mapping/column';
import { median, rounded } from './store-load';
import { COLUMNS, eventBody, TYPES } from './tables-event';

export const TABLES = 20;
const ROUNDS = Number(process.env['SLUICE_BENCH_ROUNDS'] ?? 3);
const LOOK_EVERY_MS = 50;
const LIMIT_MS = 180_000;

/** Without a key: all events are the same one. */
export const KEYLESS: readonly Column[] = COLUMNS.map((column) => ({
	...column,
	primaryKey: false,
}));

/** Something that a request goes into, and from there into each table. */
export interface Way {
	readonly what: string;
	readonly url: string;
	/** Of a round: enough for a few seconds. */
	readonly events: number;
	readonly connections: number;
	/** The fewest rows of any of its tables. */
	count(): Promise<number>;
	close(): Promise<void>;
}

export interface EndFigures {
	readonly tables: number;
	readonly sluice: { readonly what: string; readonly eventsPerSecond: readonly number[] };
	readonly peer: { readonly what: string; readonly eventsPerSecond: readonly number[] };
	/** Median of those of the rounds. */
	readonly ratio: number;
}

export async function measureEnd(sluice: Way, peer: Way): Promise<EndFigures> {
	const rounds: { readonly sluice: number; readonly peer: number }[] = [];
	try {
		for (let round = 0; round <= ROUNDS; round++) {
			const one = { sluice: await pushed(sluice), peer: await pushed(peer) };
			// The first one warms up.
			if (round > 0) rounds.push(one);
		}
	} finally {
		await sluice.close();
		await peer.close();
	}
	const of = (way: Way, rates: readonly number[]) => ({
		what: way.what,
		eventsPerSecond: rates.map(rounded),
	});
	return {
		tables: TABLES,
		sluice: of(
			sluice,
			rounds.map((one) => one.sluice),
		),
		peer: of(
			peer,
			rounds.map((one) => one.peer),
		),
		ratio: median(rounds.map((one) => one.sluice / one.peer)),
	};
}

/** @returns events per second */
async function pushed({ url, events, connections, count }: Way): Promise<number> {
	const wanted = (await count()) + events;
	const startedMs = performance.now();
	const { non2xx, errors } = await autocannon({
		url,
		connections,
		amount: events,
		method: 'POST',
		body: eventBody(1),
		headers: { 'content-type': 'application/json' },
	});
	if (non2xx + errors > 0) throw new Error(`${url}: ${non2xx + errors} requests failed`);
	let found = await count();
	while (found < wanted && performance.now() - startedMs < LIMIT_MS) {
		await sleep(LOOK_EVERY_MS);
		found = await count();
	}
	if (found !== wanted) throw new Error(`${url}: ${found} rows of ${wanted}`);
	return events / ((performance.now() - startedMs) / 1_000);
}

/** The fewest rows of tables of that name and a number, as one statement. */
export function countSql(prefix: string): string {
	const counts = tableNames(prefix).map((name) => `SELECT count(*) AS n FROM ${name}`);
	return `SELECT min(n) AS n FROM (${counts.join(' UNION ALL ')}) AS counts`;
}

export function tableNames(prefix: string): string[] {
	return Array.from({ length: TABLES }, (_, i) => `${prefix}_${i + 1}`);
}

/** Ours, in this process. */
export async function sluiceWay(
	core: typeof Core,
	database: Core.TableDatabaseConfig,
	countRows: (sql: string) => Promise<number>,
): Promise<Way> {
	const directory = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	const store = await core.openStore({ kind: 'sqlite', directory, limits: { minFreeBytes: 0 } });
	const pipeline = await core.openPipeline({ store });
	const holder = { key: 'bench', label: 'bench' };
	const names = tableNames('ours');
	const exports = names.map((table, i) => ({
		config: {
			id: `rows-${i + 1}`,
			receiverId: 'bench',
			columns: KEYLESS,
			output: 'cells' as const,
			conditions: { count: 1_000, sizeBytes: 50 * 1024 ** 2, timeMs: 1_000 },
		},
		sink: { kind: 'table' as const, database: 'bench', table, columns: TYPES },
		ports: { databases: () => database },
	}));
	const receiver = { id: 'bench', auth: [{ kind: 'none' as const }] };
	await pipeline.attachReceiver(receiver, exports, holder).ready;
	const listener = await core.createListener({ port: 0 });
	const handler = (request: Core.PushedRequest) => pipeline.accept('bench', request);
	listener.mount({ holder, path: '/in', handler });
	let isMade = false;
	return {
		what: `receiver of core on its own port, ${TABLES} exports of six columns (one of them Jsonnet) into ${database.kind}, answered after the fsync`,
		url: `http://127.0.0.1:${listener.port}/in`,
		events: 10_000,
		connections: 50,
		async count() {
			// Tables are made by the first batch.
			if (!isMade)
				isMade = await countRows(countSql('ours')).then(
					() => true,
					() => false,
				);
			return isMade ? countRows(countSql('ours')) : 0;
		},
		async close() {
			await listener.close();
			await pipeline.close();
			await store.close();
			await rm(directory, { recursive: true, force: true });
		},
	};
}
