import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, reportTo, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { usePostgres } from '../../support/postgres';
import { startSinkServer, type SinkServer } from '../../support/sink-server';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy';

type Item = { body: { n: number } };

/** Both processes run the same flow on one database, each reaches it through a proxy of its own. */
describe('two Node-RED on one PostgreSQL', function () {
	this.timeout(180_000);
	const database = usePostgres();
	let worlds: NodeRedWorld[];
	let proxies: TcpProxy[];
	let sink: SinkServer;

	beforeEach(async () => {
		sink = await startSinkServer();
		worlds = [await NodeRedWorld.create(), await NodeRedWorld.create()];
		proxies = [];
		const schema = database.newSchema();
		for (const world of worlds) proxies.push(await startOn(world, schema));
	});
	afterEach(async () => {
		await Promise.all(worlds.map((world) => world.close()));
		await Promise.all(proxies.map((proxy) => proxy.close()));
		await sink.close();
	});

	async function startOn(world: NodeRedWorld, schema: string): Promise<TcpProxy> {
		const url = new URL(database.connectionString);
		const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
		const store = {
			id: 'store',
			type: 'sluice-store',
			name: '',
			kind: 'postgres',
			host: '127.0.0.1',
			port: String(proxy.port),
			database: decodeURIComponent(url.pathname.slice(1)),
			ssl: 'disable',
			schema,
			configVersion: 1,
		};
		const login = [url.username, url.password].map(decodeURIComponent);
		await world.start({
			flows: [
				TAB,
				store,
				aReceiver('r', { store: 'store', buffers: [aBuffer({ count: 10 })] }, ['report']),
				...reportTo(sink.url),
			],
			credentials: { store: { user: login[0], password: login[1] } },
		});
		return proxy;
	}

	const delivered = (): number[] =>
		sink.requests.flatMap(({ json }) => (json as Item[]).map(({ body }) => body.n));
	afterEach(function () {
		if (this.currentTest?.state === 'failed')
			console.log(worlds.map((w) => w.log.join('\n')).join('\n----\n'));
	});
	const push = async (world: NodeRedWorld | undefined, n: number): Promise<number> =>
		(await world!.push('/in/r', { n })).status;

	it('share its events: each is handed to one of them, once', async () => {
		const numbers = Array.from({ length: 100 }, (_, n) => n);
		const statuses = await Promise.all(numbers.map((n) => push(worlds[n % 2], n)));
		assert.deepEqual(new Set(statuses), new Set([200]));
		await eventually('all are delivered', () => numbers.every((n) => delivered().includes(n)));
		assert.deepEqual(
			delivered().toSorted((a, b) => a - b),
			numbers,
		);
	});

	it('one that dies leaves what waits to the other', async () => {
		const accepted: number[] = [];
		const pushes = Array.from({ length: 100 }, async (_, n) => {
			if ((await push(worlds[0], n).catch(() => 0)) === 200) accepted.push(n);
		});
		await eventually('some are accepted', () => accepted.length >= 20);
		await worlds[0]!.kill();
		await Promise.all(pushes);
		// A batch that was with the dead one comes back when its lease has ended.
		await eventually('all', () => accepted.every((n) => delivered().includes(n)), 120_000);
	});

	it('without the database pushes get 503 and Retry-After, and it recovers by itself', async () => {
		const [first, second] = worlds;
		assert.equal(await push(first, 1), 200);
		await proxies[0]!.refuse();
		const answer = await first!.push('/in/r', { n: 2 });
		assert.equal(answer.status, 503);
		assert.ok(Number(answer.headers['retry-after']) >= 1);
		assert.equal(await push(second, 3), 200);
		await proxies[0]!.heal();
		await eventually('accepted again', async () => (await push(first, 4)) === 200);
		await eventually('delivered', () => [1, 3, 4].every((n) => delivered().includes(n)));
		assert.ok(!delivered().includes(2));
	});
});
