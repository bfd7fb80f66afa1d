import assert from 'node:assert/strict';
import { statfs } from 'node:fs/promises';
import { eventually } from '../../support/eventually';
import { FAST_CLOCK } from '../../support/fast-clock';
import { aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';

describe('what is wrong without a destination, as sluice-alert tells it in a real Node-RED', function () {
	this.timeout(120_000);
	let world: NodeRedWorld;
	const flows: object[] = [];
	const alert = { configVersion: 1, what: 'alerts', store: 'store' };

	before(async () => {
		world = await NodeRedWorld.create();
		const { bavail, bsize } = await statfs(world.userDir);
		// Nearly all that is free has to stay so.
		const keepFreeMb = Math.floor((bavail * bsize) / 1.2 / 1024 ** 2);
		flows.push(
			TAB,
			{ id: 'store', type: 'sluice-store', name: 'nearly full', keepFreeMb, configVersion: 1 },
			aReceiver('silent', { store: 'store', inactiveAfter: '1m' }, ['sent']),
			node('function', 'sent', { func: 'return null;', outputs: 1 }),
			node('sluice-alert', 'alerts', alert, ['tell']),
			node('sluice-alert', 'others', { ...alert, kinds: ['failing'] }, ['tell']),
			node('function', 'tell', {
				func: 'node.warn(`told ${JSON.stringify(msg.payload)}`);',
				outputs: 1,
			}),
		);
		await world.start({ settings: FAST_CLOCK, flows });
	});
	after(() => world.close());

	const told = (kind: string): Record<string, unknown>[] =>
		world.log
			.flatMap((line) => line.split('told ')[1] ?? [])
			.map((text) => JSON.parse(text) as Record<string, unknown>)
			.filter((one) => one['kind'] === kind);

	it('says once that the store is nearly full', async () => {
		await eventually('the alert', () => told('storeNearlyFull').length > 0);
		assert.deepEqual(
			told('storeNearlyFull').map(({ kind, buffer, receiver }) => [kind, buffer, receiver]),
			[['storeNearlyFull', undefined, undefined]],
		);
		assert.match(String(told('storeNearlyFull')[0]?.['message']), /MB are free/);
	});

	it('says once that a receiver gets nothing, and once that it gets something again', async () => {
		await eventually('that it is silent', () => told('inactive').length > 0);
		assert.deepEqual(told('activeAgain'), []);
		for (let n = 0; n < 3; n++) assert.equal((await world.push('/in/silent', { n })).status, 200);
		await eventually('that it is not', () => told('activeAgain').length > 0);
		const [silent, back] = [told('inactive'), told('activeAgain')];
		assert.deepEqual([silent.length, back.length], [1, 1]);
		assert.deepEqual(
			[silent[0]?.['receiver'], silent[0]?.['label'], back[0]?.['receiver']],
			['silent', 'silent', 'silent'],
		);
		assert.equal(told('storeNearlyFull').length, 1);
	});

	it('says what holds of the store to a node that is deployed later, and once to each', async () => {
		const later = node('sluice-alert', 'later', alert, ['late']);
		const late = node('function', 'late', {
			func: 'node.warn(`late ${msg.payload.kind}`);',
			outputs: 1,
		});
		await world.deploy([...flows, later, late]);
		const toldLate = (): string[] => world.log.flatMap((line) => line.split('late ')[1] ?? []);
		await eventually('it is told', () => toldLate().length > 0);
		// All nodes start anew.
		await world.deploy([...flows, later, late]);
		await eventually(
			'the receiver',
			async () => (await world.push('/in/silent', {})).status === 200,
		);
		await eventually('it is silent again', () => told('inactive').length > 1);
		assert.deepEqual(
			toldLate().filter((kind) => kind === 'storeNearlyFull'),
			['storeNearlyFull'],
		);
		assert.equal(told('storeNearlyFull').length, 1);
	});
});
