import { randomBytes } from 'node:crypto';
import { Client, type QueryResultRow } from 'pg';
import { closeAtEnd } from './close-at-end';
import { startPostgres } from './postgres-server';
import { skipWithout } from './skip';

/** What a suite that needs PostgreSQL works with. */
export interface TestDatabase {
	readonly connectionString: string;
	/** The name of a schema that nobody has; it is dropped after the test. */
	newSchema(): string;
	/** One statement, on a connection that the tests of the suite share. */
	query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

let shared: Promise<string> | undefined;

/**
 * The connection string of SLUICE_TEST_POSTGRES, or of a server that is started once per process and ends with it.
 */
export function sharedPostgres(): Promise<string> {
	const given = process.env['SLUICE_TEST_POSTGRES'];
	shared ??= given === undefined ? startShared() : Promise.resolve(given);
	return shared;
}

async function startShared(): Promise<string> {
	const server = await startPostgres();
	closeAtEnd('the shared PostgreSQL', () => server.remove());
	return server.connectionString;
}

/**
 * To be called in a `describe`: its tests have a PostgreSQL. Where none can be had they are skipped with a warning at home and
 * fail under CI=true.
 */
export function usePostgres(): TestDatabase {
	let connectionString: string | undefined;
	let connecting: Promise<Client> | undefined;
	const schemas: string[] = [];

	before(async function () {
		this.timeout(60_000);
		try {
			connectionString = await sharedPostgres();
		} catch (error) {
			skipWithout(this, 'PostgreSQL', error);
		}
	});
	afterEach(async () => {
		for (const schema of schemas.splice(0)) {
			// A store that was left open in a transaction shall be noticed, not waited for.
			await database.query(`SET lock_timeout = '5s'`);
			await database.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
		}
	});
	after(async () => {
		await (await connecting)?.end();
	});

	const database: TestDatabase = {
		get connectionString() {
			if (connectionString === undefined) throw new Error('PostgreSQL is there from `before` on');
			return connectionString;
		},
		newSchema() {
			const schema = `sluice_test_${randomBytes(6).toString('hex')}`;
			schemas.push(schema);
			return schema;
		},
		async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) {
			connecting ??= connect(database.connectionString);
			const { rows } = await (await connecting).query<Row>(text, [...values]);
			return rows;
		},
	};
	return database;
}

async function connect(connectionString: string): Promise<Client> {
	const client = new Client({ connectionString });
	await client.connect();
	return client;
}
