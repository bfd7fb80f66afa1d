import assert from 'node:assert/strict';
import { Client } from 'pg';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startPostgres, type PostgresServer } from '../../support/postgres-server';
import { skipWithout } from '../../support/skip';

const COLUMNS = [
	{ type: 'path', name: 'id', path: 'id', primaryKey: true },
	{ type: 'path', name: 'n', path: 'n' },
];

describe('sluice table into PostgreSQL, in a real Node-RED', function () {
	this.timeout(120_000);
	let world: NodeRedWorld;
	let server: PostgresServer;

	before(async function () {
		try {
			server = await startPostgres();
		} catch (error) {
			skipWithout(this, 'PostgreSQL', error);
		}
		const {
			hostname: host,
			port,
			pathname,
			username: user,
			password,
		} = new URL(server.connectionString);
		world = await NodeRedWorld.create();
		const database = {
			id: 'db',
			type: 'sluice-database',
			name: 'pg',
			kind: 'postgres',
			configVersion: 1,
		};
		await world.start({
			credentials: { db: { user, password } },
			flows: [
				TAB,
				{
					...database,
					host,
					port,
					database: pathname.slice(1),
					ssl: 'disable',
					schemas: 'in.c-main',
				},
				aReceiver(
					'r',
					{
						buffers: [
							aBuffer({
								data: 'columns',
								columns: COLUMNS,
								order: 'strict',
								count: 2,
								retryDelays: '1s, 1s',
							}),
						],
					},
					['t'],
				),
				node(
					'sluice-table',
					't',
					{
						database: 'db',
						table: 'in.c-main.events',
						columnTypes: [{ name: 'n', type: 'number' }],
						configVersion: 1,
					},
					[],
				),
			],
		});
	});
	after(async () => {
		await world?.close();
		await server?.remove();
	});

	const rows = async (): Promise<unknown> => {
		const client = new Client({ connectionString: server.connectionString });
		await client.connect();
		try {
			return (await client.query('SELECT id, n::text FROM "in.c-main".events ORDER BY id')).rows;
		} catch {
			return undefined;
		} finally {
			await client.end();
		}
	};

	it('loads batches into a schema that is configured, also while the server was away', async () => {
		await world.push('/in/r', { id: 'a', n: 1 });
		await world.push('/in/r', { id: 'a', n: 2 });
		await eventually(
			'one row',
			async () => JSON.stringify(await rows()) === '[{"id":"a","n":"2"}]',
		);
		await server.stop('immediate');
		await world.push('/in/r', { id: 'b', n: 3 });
		await world.push('/in/r', { id: 'a', n: 4 });
		await eventually('it says so', () =>
			world.log.some((line) => /receiver:r\].*ERR_SINK/.test(line)),
		);
		await server.start();
		await eventually(
			'two rows',
			async () => JSON.stringify(await rows()) === '[{"id":"a","n":"4"},{"id":"b","n":"3"}]',
		);
		assert.equal(
			world.log.some((line) => line.includes('pg-secret-of-tests')),
			false,
		);
	});
});
