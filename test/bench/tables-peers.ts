/** Who loads rows by hand, as its own documentation says, with the same table, the same upsert and the same transactions as ours. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import { run } from '../../scripts/host/run';
import { formatCsvRow } from '../../core/mapping/csv';
import { COLUMNS } from './tables-event';
import { BATCH_ROWS, type LoadTarget } from './tables-load';

const NAMES = COLUMNS.map(({ name }) => name);
const [KEY = ''] = NAMES;
const SET = NAMES.slice(1)
	.map((name) => `${name} = excluded.${name}`)
	.join(', ');

/** psql's \copy of files that lie there, one for each batch, into a staging table; one session for all. */
export async function postgresTarget(connectionString: string): Promise<LoadTarget> {
	const directory = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	chmodSync(directory, 0o755);
	const client = new Client({ connectionString });
	await client.connect();
	const upsert = `INSERT INTO theirs SELECT DISTINCT ON (${KEY}) * FROM stage ORDER BY ${KEY} ON CONFLICT (${KEY}) DO UPDATE SET ${SET};`;
	return {
		database: { kind: 'postgres', connectionString, schemas: ['public'] },
		tables: { ours: 'ours', peers: 'theirs' },
		async count(table) {
			const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
			return rows[0]?.n ?? 0;
		},
		peer: {
			what: 'psql: \\copy of CSV into a temporary table and INSERT … ON CONFLICT, a transaction for each batch',
			async start(ddl) {
				await client.query(ddl);
			},
			async load(rows) {
				const script = ['CREATE TEMPORARY TABLE stage (LIKE theirs) ON COMMIT DELETE ROWS;'];
				for (let at = 0; at < rows.length; at += BATCH_ROWS) {
					const file = path.join(directory, `${at}.csv`);
					const lines = rows.slice(at, at + BATCH_ROWS).map((cells) => formatCsvRow(cells));
					await writeFile(file, lines.join(''));
					script.push('BEGIN;', `\\copy stage FROM '${file}' WITH (FORMAT csv)`, upsert, 'COMMIT;');
				}
				const file = path.join(directory, 'load.sql');
				await writeFile(file, `${script.join('\n')}\n`);
				const startedMs = performance.now();
				await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', file, connectionString], '/');
				return performance.now() - startedMs;
			},
			async close() {
				await client.end();
				await rm(directory, { recursive: true, force: true });
			},
		},
	};
}

/** better-sqlite3 on the main thread, a prepared upsert for each row, from memory. */
export async function sqliteTarget(): Promise<LoadTarget> {
	const directory = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	const [ours, theirs] = [path.join(directory, 'ours.db'), path.join(directory, 'theirs.db')];
	const database = new Database(theirs);
	database.pragma('journal_mode = WAL');
	database.pragma('synchronous = FULL');
	const upsert = `INSERT INTO theirs VALUES (${NAMES.map(() => '?').join(', ')}) ON CONFLICT (${KEY}) DO UPDATE SET ${SET}`;
	return {
		database: { kind: 'sqlite', file: ours },
		tables: { ours: 'ours', peers: 'theirs' },
		async count(table) {
			const found = table === 'theirs' ? database : new Database(ours, { readonly: true });
			const { n } = found.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number };
			if (found !== database) found.close();
			return n;
		},
		peer: {
			what: 'better-sqlite3: a prepared upsert for each row, WAL, synchronous=FULL, a transaction for each batch, rows in memory',
			async start(ddl) {
				database.exec(ddl);
			},
			async load(rows) {
				const insert = database.prepare(upsert);
				const insertAll = database.transaction((batch: readonly (readonly string[])[]) => {
					for (const cells of batch) insert.run(...cells);
				});
				const startedMs = performance.now();
				for (let at = 0; at < rows.length; at += BATCH_ROWS)
					insertAll(rows.slice(at, at + BATCH_ROWS));
				return performance.now() - startedMs;
			},
			async close() {
				database.close();
				await rm(directory, { recursive: true, force: true });
			},
		},
	};
}
