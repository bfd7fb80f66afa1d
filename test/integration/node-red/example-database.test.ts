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
/** Says in the log what became of each attempt: a failure that is caught is not said otherwise. */
const OBSERVER = [
	...['catch', 'complete'].map((type) =>
		node(type, type, { z: 'ex6-tab', scope: ['ex6-insert'] }, [`${type}-said`]),
	),
	...Object.entries({ 'catch-said': 'failed', 'complete-said': 'done' }).map(([id, word]) =>
		node('function', id, { z: 'ex6-tab', func: `node.warn('${word} ' + msg.sluice.batchId);` }),
	),
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
	/** Ids of batches, one for each attempt that ended so. */
	const batches = (word: 'failed' | 'done'): string[] =>
		world.log.flatMap((line) => new RegExp(`-said\\] ${word} (\\S+)`).exec(line)?.[1] ?? []);
	/** Waits for one failure more than there were, and until what failed is done. */
	const failsAndIsDone = async (before: number, recover: () => Promise<unknown>): Promise<void> => {
		await eventually('a batch that failed', () => batches('failed').length > before);
		await recover();
		await allArrive();
		await eventually('each is done', () =>
			batches('failed').every((id) => batches('done').includes(id)),
		);
	};

	it('inserts readings, and is done by the complete node', async () => {
		await push(12);
		await allArrive();
		await eventually('three batches are done', () => batches('done').length === 3);
		assert.deepEqual(batches('failed'), []);
	});

	it('keeps readings while the database is stopped, and all are in it when it is back', async () => {
		const { length } = batches('failed');
		await Promise.all([database.stop('immediate'), proxy.refuse()]);
		await push(12);
		await failsAndIsDone(length, async () => {
			await push(5);
			await Promise.all([database.start(), proxy.heal()]);
		});
	});

	it('has a reading once whose commit was never confirmed', async () => {
		const { length } = batches('failed');
		const cut = proxy.cutAt('INSERT INTO readings', 'answered');
		await push(5);
		await cut;
		await eventually('it is committed', async () => (await rows()).length === sent);
		await failsAndIsDone(length, () => push(5));
	});

	it('goes on after a connection that went silent', async () => {
		const { length } = batches('failed');
		proxy.halfOpen();
		await push(5);
		await failsAndIsDone(length, () => proxy.heal());
	});

	it('tells no password in its log', () => {
		assert.doesNotMatch(world.log.join('\n'), /pg-secret-of-tests/);
	});
});
