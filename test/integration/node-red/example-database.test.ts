import assert from 'node:assert/strict';
import { Client } from 'pg';
import { eventually } from '../../support/eventually';
import { buffersWith, modulesOf, readExample, withSettings } from '../../support/example-flows';
import { node } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startPostgres, type PostgresServer } from '../../support/postgres-server';
import { skipWithout } from '../../support/skip';
import { startTcpProxy, throughProxy, type TcpProxy } from '../../support/tcp-proxy';

const SECRET = 'u'.repeat(16);
const example = readExample('store-and-forward-to-a-database.json');
const faster = buffersWith(example, 'ex6-receiver', {
	count: 5,
	time: '1s',
	retryDelays: 'exponential 1s 2s',
});
/** Says each failure in the log, where a caught one is not said otherwise. */
const OBSERVER = [
	node('catch', 'observer', { z: 'ex6-tab', scope: ['ex6-insert'] }, ['said']),
	node('function', 'said', { z: 'ex6-tab', func: 'node.warn(String(msg.error.message));' }),
];

describe('the example that forwards to a database, in a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let database: PostgresServer;
	let proxy: TcpProxy;
	let sent = 0;

	before(async function () {
		try {
			database = await startPostgres();
		} catch (error) {
			skipWithout(this, 'PostgreSQL', error);
		}
		proxy = await startTcpProxy({ port: database.port });
		world = await NodeRedWorld.create();
		await world.start({
			flows: [...withSettings(example, { 'ex6-receiver': faster }), ...OBSERVER],
			modules: modulesOf(example),
			credentials: {
				'ex6-receiver': { urlSecret: SECRET },
				'ex6-tab': { DATABASE: throughProxy(database.connectionString, proxy) },
			},
		});
		const { status } = await world.request('POST', '/inject/ex6-once');
		assert.equal(status, 200);
		await eventually('the table', async () => (await rows().catch(() => undefined)) !== undefined);
	});
	after(async () => {
		await world?.close();
		await proxy?.close();
		await database?.remove();
	});

	const push = async (count: number): Promise<void> => {
		for (let i = 0; i < count; i++) {
			const { status } = await world.push(`/sluice/ex6-receiver/${SECRET}`, {
				device: 'd1',
				temperature: sent++,
			});
			assert.equal(status, 200);
		}
	};
	/** The temperatures in the table. */
	const rows = async (): Promise<number[]> => {
		const client = new Client({ connectionString: database.connectionString });
		client.on('error', () => {});
		await client.connect();
		try {
			const result = await client.query<{ temperature: number }>(
				'SELECT temperature FROM readings ORDER BY temperature',
			);
			return result.rows.map(({ temperature }) => temperature);
		} finally {
			await client.end();
		}
	};
	const allArrive = async (): Promise<void> => {
		await eventually('all rows', async () => (await rows()).length >= sent, 120_000);
		assert.deepEqual(
			await rows(),
			Array.from({ length: sent }, (_, i) => i),
		);
	};
	/** What it says of batches that failed, since the last time it was asked. */
	const failures = (): string[] =>
		world.log.splice(0).filter((line) => line.includes('[function:said]'));

	it('inserts readings, and is done by the complete node', async () => {
		await push(12);
		await allArrive();
		assert.deepEqual(failures(), []);
	});

	it('keeps readings while the database is stopped, and all are in it when it is back', async () => {
		await Promise.all([database.stop('immediate'), proxy.refuse()]);
		await push(12);
		await eventually('a batch that failed', () => failures().length > 0);
		await push(5);
		await Promise.all([database.start(), proxy.heal()]);
		await allArrive();
	});

	it('has a reading once whose commit was never confirmed', async () => {
		const cut = proxy.cutAt('INSERT INTO readings', 'answered');
		await push(5);
		await cut;
		await eventually('it is committed', async () => (await rows()).length === sent);
		await allArrive();
		await eventually('the failure is known', () => failures().length > 0);
		await push(5);
		await allArrive();
	});

	it('goes on after a connection that went silent', async () => {
		proxy.halfOpen();
		await push(5);
		await eventually('a batch that failed', () => failures().length > 0);
		await proxy.heal();
		await allArrive();
	});

	it('tells no password in its log', () => {
		assert.doesNotMatch(world.log.join('\n'), /pg-secret-of-tests/);
	});
});
