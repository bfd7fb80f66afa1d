import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { usePostgres } from '../../support/postgres';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy';

describe('a Node-RED whose PostgreSQL answers no more', function () {
	this.timeout(180_000);
	const database = usePostgres();
	let world: NodeRedWorld;
	let proxy: TcpProxy;

	beforeEach(async () => {
		world = await NodeRedWorld.create();
		const url = new URL(database.connectionString);
		proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
	});
	afterEach(async () => {
		await world.close();
		await proxy.close();
	});

	it('deploys while batches are under way, within the time of Node-RED, and goes on when it is back', async () => {
		const url = new URL(database.connectionString);
		const [user, password] = [url.username, url.password].map(decodeURIComponent);
		const store = {
			id: 'store',
			type: 'sluice-store',
			kind: 'postgres',
			host: '127.0.0.1',
			port: String(proxy.port),
			database: decodeURIComponent(url.pathname.slice(1)),
			ssl: 'disable',
			schema: database.newSchema(),
		};
		const ids = ['b0', 'b1', 'b2'];
		const flows = (name: string): object[] => [
			TAB,
			store,
			aReceiver(
				'r',
				{
					name,
					store: 'store',
					outputs: ids.length,
					buffers: ids.map((id) => aBuffer({ id, label: id, done: 'acked' })),
				},
				...ids.map(() => ['got']),
			),
			node('function', 'got', { func: 'node.warn(`GOT ${msg.topic}`);', outputs: 1 }, []),
		];
		const logged = (text: string | RegExp): boolean => world.log.some((line) => line.match(text));
		await world.start({ flows: flows('a'), credentials: { store: { user, password } } });
		const isTaken = async (): Promise<boolean> => (await world.push('/in/r', {})).status === 200;
		await eventually('an answer', isTaken);
		await eventually('all batches', () => ids.every((id) => logged(`GOT ${id}`)));

		proxy.halfOpen();
		await world.deploy(flows('b'));
		await world.deploy(flows('c'));
		await proxy.heal();
		await eventually('an answer', isTaken);
		assert.ok(!logged(/timed out|Error stopping node/i), world.log.join('\n'));
	});
});
