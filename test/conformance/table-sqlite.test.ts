import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSink } from '../../core/sink/create-sink';
import { sinkSuite } from './sink-suite';
import { tableSuite, type TableFixture } from './table-suite';
import { recordTable } from '../support/record-table';

async function start(): Promise<TableFixture> {
	const directory = await mkdtemp(join(tmpdir(), 'sluice-table-'));
	const file = join(directory, 'target.db');
	const schema = 'in.c-main.';
	const quoted = (table: string) => `"${`${schema}${table}`.replaceAll('"', '""')}"`;
	const on = <T>(work: (database: DatabaseSync) => T): T => {
		const database = new DatabaseSync(file);
		try {
			return work(database);
		} finally {
			database.close();
		}
	};
	return {
		database: { kind: 'sqlite', file },
		schema,
		query: async (sql) => on((database) => database.prepare(sql).all()),
		quoted,
		beside: (table) => table,
		async lock() {
			const database = new DatabaseSync(file);
			database.exec('BEGIN IMMEDIATE');
			return async () => database.close();
		},
		close: () => rm(directory, { recursive: true, force: true }),
	};
}

tableSuite('SQLite', start);

sinkSuite('table sink, SQLite', async () => recordTable(await start(), createSink));
