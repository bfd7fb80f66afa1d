/**
 * `npm run bench:tables`: what it costs to map events and to load them into tables, beside the same by hand and beside what people use
 * instead, in the same run. JSON on stdout; progress on stderr. Absolute numbers say something about this machine alone.
 *
 * SLUICE_BENCH_PARTS: some of render, sqlite, postgres, n8n, nodeRed; default all. SLUICE_BENCH_ROWS: of each load.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import type * as Core from '../../core/index';
import { ROOT } from '../../scripts/host/cache';
import { startPostgres } from '../support/postgres-server';
import { machine } from './machine';
import { measureEnd, sluiceWay } from './tables-end';
import { measureLoad } from './tables-load';
import { n8nWay } from './tables-n8n';
import { nodeRedWay } from './tables-node-red';
import { postgresTarget, sqliteTarget } from './tables-peers';
import { measureRender } from './tables-render';

type Measured = { readonly ratio: number };

/** What we aim at. */
const AIMS: Readonly<Record<string, { readonly atLeast: number } | { readonly atMost: number }>> = {
	renderToHand: { atMost: 1.6 },
	postgresToCopy: { atLeast: 0.7 },
	sqliteToHand: { atLeast: 0.7 },
	endToEndToN8n: { atLeast: 20 },
	endToEndToNodeRed: { atLeast: 5 },
};

async function main(): Promise<void> {
	const core = (await import(path.join(ROOT, 'dist/core/index.js'))) as unknown as typeof Core;
	const parts: Readonly<Record<string, readonly [ratio: string, () => Promise<Measured>]>> = {
		render: ['renderToHand', async () => measureRender(core)],
		sqlite: ['sqliteToHand', async () => measureLoad(core, await sqliteTarget())],
		postgres: [
			'postgresToCopy',
			() => withPostgres(async (server) => measureLoad(core, await postgresTarget(server))),
		],
		nodeRed: [
			'endToEndToNodeRed',
			async () => {
				const peer = await nodeRedWay();
				return withFile(async (database, count) =>
					measureEnd(await sluiceWay(core, database, count), peer),
				);
			},
		],
		n8n: [
			'endToEndToN8n',
			() =>
				withPostgres(async (connectionString) => {
					const peer = await n8nWay(connectionString);
					const client = new Client({ connectionString });
					await client.connect();
					const database = { kind: 'postgres', connectionString, schemas: ['public'] } as const;
					const count = async (sql: string) => Number((await client.query(sql)).rows[0]?.n);
					const figures = await measureEnd(await sluiceWay(core, database, count), peer);
					await client.end();
					return figures;
				}),
		],
	};
	const wanted = (process.env['SLUICE_BENCH_PARTS'] ?? Object.keys(parts).join()).split(',');
	const measured: Record<string, Measured> = {};
	const ratios: Record<string, number> = {};
	for (const name of wanted) {
		const [ratio, measure] = parts[name] ?? [];
		if (!ratio || !measure) throw new Error(`no part ${name}: ${Object.keys(parts).join(', ')}`);
		measured[name] = await measure();
		ratios[ratio] = measured[name].ratio;
		process.stderr.write(`${name}: ${measured[name].ratio}\n`);
	}
	const result = {
		benchmark: 'tables',
		date: new Date().toISOString(),
		machine: machine(),
		durability: 'all that is loaded was synced; events before their answer',
		...measured,
		ratios,
		aims: Object.fromEntries(
			Object.entries(ratios).map(([name, got]) => {
				const aim = AIMS[name] ?? { atLeast: 0 };
				return [
					name,
					{ ...aim, got, isMet: 'atMost' in aim ? got <= aim.atMost : got >= aim.atLeast },
				];
			}),
		),
	};
	process.stdout.write(`${JSON.stringify(result, null, '\t')}\n`);
}

async function withPostgres<T>(measure: (connectionString: string) => Promise<T>): Promise<T> {
	const server = await startPostgres();
	try {
		return await measure(server.connectionString);
	} finally {
		await server.remove();
	}
}

async function withFile<T>(
	measure: (
		database: Core.TableDatabaseConfig,
		count: (sql: string) => Promise<number>,
	) => Promise<T>,
): Promise<T> {
	const directory = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	const file = path.join(directory, 'tables.db');
	const count = async (sql: string): Promise<number> => {
		const database = new DatabaseSync(file, { readOnly: true });
		try {
			return Number(database.prepare(sql).get()?.['n']);
		} finally {
			database.close();
		}
	};
	try {
		return await measure({ kind: 'sqlite', file }, count);
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
}

main().catch((error: unknown) => {
	process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
	process.exitCode = 1;
});
