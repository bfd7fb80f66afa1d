import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { NodeRedWorld } from '../../support/node-red-world';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, TAB } from '../../support/flows';

const control = (id: string, config: object): object[] => [
	node('http in', `${id}-in`, { url: `/control/${id}`, method: 'post' }, [id]),
	node('sluice-control', id, { configVersion: 1, store: '', ...config }, [`${id}-out`]),
	node('http response', `${id}-out`, {}, []),
	node('catch', `${id}-catch`, { scope: [id] }, [`${id}-error`]),
	node(
		'function',
		`${id}-error`,
		{
			func: 'msg.statusCode = 400; msg.payload = { code: msg.error.code }; return msg;',
			outputs: 1,
		},
		[`${id}-out`],
	),
];

describe('sluice-control, in a real Node-RED', function () {
	this.timeout(120_000);
	let world: NodeRedWorld;

	before(async () => {
		world = await NodeRedWorld.create();
		await world.start({
			flows: [
				TAB,
				aReceiver('events', { buffers: [aBuffer({ count: 1_000, time: '1h' })] }, ['sink']),
				node('debug', 'sink', { active: false }),
				...control('any', { verb: '', buffer: '' }),
				...control('pause', { verb: 'pause', buffer: 'events/main' }),
				...control('disable', { verb: 'disable', buffer: 'events/main', confirm: 'ask' }),
			],
		});
	});
	after(() => world.close());

	const post = async (path: string, body: object) => {
		const response = await fetch(`${world.url}${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		return { status: response.status, json: (await response.json()) as Record<string, unknown> };
	};
	const ask = (verb: string, more: object = {}) => post('/control/any', { verb, ...more });

	it('shows, pauses, asks before it drops, and names what cannot be done', async () => {
		const buffer = 'events/main';
		await eventually(
			'the receiver',
			async () => (await post('/in/events', { n: 1 })).status === 200,
		);
		const { json } = await ask('snapshot');
		const [shown] = json['exports'] as Record<string, unknown>[];
		assert.deepEqual(
			[shown?.['exportId'], shown?.['heldBy'], (shown?.['waiting'] as { rows: number }).rows],
			[buffer, 'events', 1],
		);
		assert.equal((await post('/control/pause', {})).json['state'], 'PAUSED');
		assert.equal((await ask('flush', { buffer })).json['flushed'], false);
		assert.equal((await ask('resume', { buffer })).json['was'], 'PAUSED');
		const peeked = (await ask('peek', { buffer })).json['rows'] as { record: { body: unknown } }[];
		assert.deepEqual(peeked[0]?.record.body, { n: 1 });
		const asked = await post('/control/disable', {});
		assert.deepEqual([asked.json['done'], asked.json['rows']], [false, 1]);
		assert.equal((await post('/control/disable', { confirm: 1 })).json['dropped'], 1);
		assert.equal((await ask('enable', { buffer })).json['state'], 'ACTIVE');
		assert.equal(
			(await ask('pause', { buffer: 'events/none' })).json['code'],
			'ERR_EXPORT_UNKNOWN',
		);
		assert.equal((await ask('look', { batchId: '1' })).json['code'], 'ERR_DEAD_LETTER_UNKNOWN');
		assert.equal((await ask('explode')).json['code'], 'ERR_CONFIG_INVALID');
	});

	it('backs its store up while it runs; put in place of the store, the backup has what was pushed before', async () => {
		const push = (n: number) =>
			eventually('an answer', async () => (await post('/in/events', { n })).status === 200);
		const waiting = async () => {
			const { json } = await ask('peek', { buffer: 'events/main' });
			const rows = (json['rows'] ?? []) as { record: { body: { n: number } } }[];
			return rows.map(({ record }) => record.body.n);
		};
		await push(1);
		await push(2);
		const directory = path.join(world.userDir, 'backup');
		const made = await ask('backup', { directory });
		assert.deepEqual(
			[made.status, made.json['directory'], made.json['rows']],
			[200, realpathSync(directory), 2],
		);
		assert.equal((await ask('backup', { directory })).json['code'], 'ERR_CONFIG_INVALID');
		await push(3);
		assert.deepEqual(await waiting(), [1, 2, 3]);
		await world.stop();
		const store = path.join(world.userDir, 'sluice', 'default');
		await rename(store, path.join(world.userDir, 'away'));
		await rename(directory, store);
		await world.restart();
		await push(4);
		assert.deepEqual(await waiting(), [1, 2, 4]);
	});
});
