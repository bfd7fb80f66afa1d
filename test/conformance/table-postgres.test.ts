import { Client } from 'pg';
import { createSink } from '../../core/sink/create-sink';
import { usePostgres } from '../support/postgres';
import { recordTable } from '../support/record-table';
import { sinkSuite } from './sink-suite';
import { tableSuite, type TableFixture } from './table-suite';

describe('with a PostgreSQL', function () {
	this.timeout(60_000);
	const server = usePostgres();

	async function start(): Promise<TableFixture> {
		const schema = `${server.newSchema()}.c-main`;
		const { connectionString } = server;
		const name = (table: string) =>
			[schema, table].map((one) => `"${one.replaceAll('"', '""')}"`).join('.');
		return {
			database: { kind: 'postgres', connectionString, schemas: [schema] },
			schema: `${schema}.`,
			async query(sql) {
				// Somebody else may make a table before Sluice does.
				if (/^CREATE/.test(sql)) await server.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
				return server.query(sql);
			},
			quoted: name,
			beside: name,
			async lock(table) {
				const client = new Client({ connectionString });
				await client.connect();
				await client.query(`BEGIN; LOCK TABLE ${name(table)} IN ACCESS EXCLUSIVE MODE`);
				return () => client.end();
			},
			async close() {
				await server.query(`SET lock_timeout = '5s'`);
				await server.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
			},
		};
	}

	tableSuite('PostgreSQL', start);
	sinkSuite('table sink, PostgreSQL', async () => recordTable(await start(), createSink));
});
