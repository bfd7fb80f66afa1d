import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

const COLUMNS = {
	send: 'row',
	data: 'columns',
	columns: [
		{ type: 'template', name: 'n', template: { language: 'jsonnet', content: 'Body("n") * 2' } },
	],
};

interface Shown {
	readonly dead: { readonly rows: number };
	readonly totals: { readonly acked: number };
}

describe('sluice forward with columns, and within a subflow, in a real Node-RED', function () {
	this.timeout(120_000);
	let world: NodeRedWorld;
	let sink: SinkServer;

	before(async () => {
		world = await NodeRedWorld.create();
		sink = await startSinkServer();
		const forward = (id: string, config: object): object =>
			node('sluice-forward', id, { configVersion: 1, url: `${sink.url}/${id}`, ...config }, []);
		const three = { buffers: [aBuffer({ count: 3, time: '60s' })] };
		await world.start({
			flows: [
				TAB,
				{ id: 'sub', type: 'subflow', name: 'to the plant', in: [], out: [], env: [] },
				{ ...forward('inner', { url: `${sink.url}/inner` }), z: 'sub' },
				node('subflow:sub', 'instance', { name: 'boiler' }),
				aReceiver('keeps', three, ['alone']),
				aReceiver('refuses', three, ['whole']),
				forward('alone', COLUMNS),
				forward('whole', { ...COLUMNS, onMappingError: 'reject' }),
				node('http in', 'ask', { url: '/control', method: 'post' }, ['control']),
				node('sluice-control', 'control', { configVersion: 1, store: '', verb: '', buffer: '' }, [
					'told',
				]),
				node('http response', 'told', {}),
			],
		});
		await eventually(
			'the flow',
			async () => (await world.push('/control', { verb: 'snapshot' })).status === 200,
		);
	});
	after(async () => {
		await world.close();
		await sink.close();
	});

	const shown = async (buffer: string): Promise<Shown | undefined> => {
		const { text } = await world.push('/control', { verb: 'snapshot' });
		const { exports } = JSON.parse(text) as { exports: (Shown & { exportId: string })[] };
		return exports.find(({ exportId }) => exportId === buffer);
	};
	const pushThree = async (receiver: string): Promise<void> => {
		for (const n of [1, 'x', 3])
			assert.equal((await world.push(`/in/${receiver}`, { n })).status, 200);
	};
	const arrived = (id: string): unknown[] =>
		sink.requests.filter(({ url }) => url === `/${id}`).map(({ json }) => json);

	it('puts an event that does not fit the columns aside alone, and sends the others of its batch', async () => {
		await pushThree('keeps');
		await eventually('the others', () => arrived('alone').length === 2);
		const own = await eventually('it is put aside', async () => {
			const found = await shown('items:alone/main');
			return found?.dead.rows === 1 && found;
		});
		assert.equal(own.totals.acked, 2);
		assert.equal((await shown('keeps/main'))?.dead.rows, 0);
	});

	it('puts the whole batch aside where it came from, where that is said', async () => {
		await pushThree('refuses');
		await eventually('it is put aside', async () => (await shown('refuses/main'))?.dead.rows === 3);
		assert.deepEqual(arrived('whole'), []);
		assert.equal((await shown('items:whole/main'))?.dead.rows, 0);
	});

	it('is tested from its dialog within a subflow, by the id that the editor knows', async () => {
		const { status, text } = await world.push('/sluice/test-delivery', {
			node: 'inner',
			event: { a: 1 },
		});
		const { became, says } = JSON.parse(text) as { became: string; says: string };
		assert.deepEqual([status, became], [200, 'delivered'], text);
		assert.match(says, /^In the instance "boiler" of the subflow: /);
		assert.deepEqual(arrived('inner'), [{ a: 1 }]);
	});
});
