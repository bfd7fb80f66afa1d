import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { OK, startPushApi, type PushApi } from '../../support/push-api';

const CLOSED = { status: 403, body: '{"status":"error","error":"push is disabled"}' };

/** Settings that cannot work, and by which name of the dialog the node says so. */
const WRONG: readonly (readonly [id: string, config: object, says: string])[] = [
	['domain', { domain: 'data.example.org' }, 'domain: expected'],
	['dataset', { dataset: 'a/b' }, 'dataset: expected'],
	['maxRecords', { maxRecords: '0' }, 'maxRecords: expected'],
	['key', {}, 'pushKey: expected a value'],
	['destination', { destination: 'ods' }, 'destination: expected one of http, opendatasoft'],
];

describe('sluice forward to a dataset of Opendatasoft, in a real Node-RED', function () {
	this.timeout(120_000);
	let world: NodeRedWorld;
	let api: PushApi;

	before(async () => {
		world = await NodeRedWorld.create();
		api = await startPushApi();
		const dataset = (id: string, config: object = {}): object =>
			node(
				'sluice-forward',
				id,
				{
					configVersion: 1,
					destination: 'opendatasoft',
					domain: api.domain,
					dataset: id,
					order: 'any',
					count: 3,
					time: '1s',
					...config,
				},
				[],
			);
		const done = { done: 'auto', time: '1s', count: 2 };
		await world.start({
			flows: [
				TAB,
				aReceiver('all', { buffers: [aBuffer(done)] }, ['air']),
				dataset('air'),
				aReceiver('mapped', { buffers: [aBuffer(done)] }, ['rows']),
				dataset('rows', { data: 'fields', fields: [{ name: 'n', path: 'n' }] }),
				node('http in', 'drop', { url: '/drop', method: 'post', upload: false }, ['gone', 'taken']),
				dataset('gone', { operation: 'deleteById', idField: 'id' }),
				node('http response', 'taken', { statusCode: '', headers: {} }),
				...WRONG.map(([id, config]) => dataset(`wrong-${id}`, config)),
			],
			credentials: Object.fromEntries(
				['air', 'rows', 'gone', ...WRONG.map(([id]) => `wrong-${id}`)]
					.filter((id) => id !== 'wrong-key')
					.map((id) => [id, { pushKey: `key-of-${id}` }]),
			),
		});
	});
	after(async () => {
		await world.close();
		await api.close();
	});

	const urls = (id: string): (string | undefined)[] =>
		api.received.map(({ url }) => url).filter((url) => url?.includes(id));

	it('adds whole events and rows, each to its dataset, with its key', async () => {
		for (const n of [1, 2, 3]) {
			await world.push('/in/all', { n, s: 'ä' });
			await world.push('/in/mapped', { n, more: true });
		}
		await eventually('six records', () => api.taken.length >= 6);
		const bodies = (id: string): string =>
			api.received
				.filter(({ url }) => url?.includes(`/${id}/`))
				.map(({ body }) => body.toString())
				.join('');
		assert.equal(
			bodies('air').replaceAll('][', ','),
			'[{"n":1,"s":"ä"},{"n":2,"s":"ä"},{"n":3,"s":"ä"}]',
		);
		assert.equal(bodies('rows').replaceAll('][', ','), '[{"n":1},{"n":2},{"n":3}]');
		assert.equal(urls('/air/')[0], '/api/push/1.0/air/realtime/push/?pushkey=key-of-air');
	});

	it('deletes by an id that a field holds', async () => {
		await world.push('/drop', { id: 'r 1' });
		await eventually('a delete', () => urls('/gone/').length > 0);
		assert.deepEqual(urls('/gone/'), [
			'/api/push/1.0/gone/realtime/r%201/delete/?pushkey=key-of-gone',
		]);
	});

	it('pauses where the dataset is closed, says why, and keeps what comes', async () => {
		api.answer = CLOSED;
		await world.push('/in/all', { n: 4 });
		const why = /paused, its rows are kept: the dataset takes no records \(403\)/;
		await eventually('it says why', () => world.log.some((line) => why.test(line)));
		const before = api.received.length;
		await world.push('/in/all', { n: 5 });
		await new Promise((resolve) => setTimeout(resolve, 2_500));
		assert.equal(api.received.length, before, 'nothing more is sent');
		assert.equal(
			world.log.some((line) => line.includes('key-of-air')),
			false,
		);
		api.answer = OK;
	});

	for (const [id, , says] of WRONG)
		it(`says what is wrong: ${id}`, () => {
			const told = world.log.filter((line) => line.includes(`wrong-${id}`)).join('\n');
			assert.match(told, new RegExp(says));
		});
});
