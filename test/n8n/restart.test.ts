import assert from 'node:assert/strict';
import type { N8nNode } from '../../scripts/host/n8n-api';
import { eventually } from '../support/eventually';
import { aTrigger, reportItemsTo, wire } from '../support/n8n-workflows';
import { sharedN8n, type N8nWorld } from '../support/n8n-world';
import { startSinkServer, type SinkServer } from '../support/sink-server';

type Item = { body: { n: number } };

describe('Sluice in a real n8n: rows survive', function () {
	this.timeout(180_000);
	let world: N8nWorld;
	let sink: SinkServer;

	before(async () => {
		world = await sharedN8n();
	});
	beforeEach(async () => {
		sink = await startSinkServer();
	});
	afterEach(() => sink.close());

	const publishReporting = (trigger: N8nNode): Promise<string> => {
		const report = reportItemsTo(sink.url);
		return world.publish('restart', [trigger, report], wire(trigger, [report]));
	};
	const delivered = (): number[] =>
		sink.requests.flatMap(({ json }) => (json as Item[]).map(({ body }) => body.n));
	const missing = (accepted: readonly number[]): number[] =>
		accepted.filter((n) => !delivered().includes(n));
	/** An id is the receipt: a booting n8n says 200 "n8n is starting up. Please wait" to everything. */
	const pushed = async (trigger: N8nNode, n: number): Promise<boolean> =>
		(await world.push(trigger, { n }).catch(() => undefined))?.text.startsWith('{"id":') ?? false;

	it('SIGTERM with rows waiting: delivered after the restart, once', async () => {
		const trigger = aTrigger({ flushCount: 100, flushSeconds: 3600 });
		await publishReporting(trigger);
		for (const n of [1, 2, 3]) assert.ok(await pushed(trigger, n));
		await world.stop();
		assert.deepEqual(delivered(), []);
		await world.restart();
		// The hundredth row closes the batch, so that no time has to pass.
		for (let n = 4; n <= 100; n++) assert.ok(await pushed(trigger, n));
		await eventually('all of them', () => delivered().length >= 100, 30_000);
		assert.deepEqual(
			delivered(),
			Array.from({ length: 100 }, (_, n) => n + 1),
		);
	});

	it('SIGKILL with pushes coming, executions in flight and rows waiting: none that was accepted is lost', async () => {
		const trigger = aTrigger({ flushCount: 5, flushSeconds: 1 });
		await publishReporting(trigger);
		// The first batch is held, so that its execution is running when n8n dies.
		sink.answer = () => {};
		const accepted: number[] = [];
		const pushes = Array.from({ length: 40 }, async (_, n) => {
			if (await pushed(trigger, n)) accepted.push(n);
		});
		await eventually(
			'some accepted, a batch in flight',
			() => accepted.length >= 15 && sink.requests.length > 0,
			60_000,
		);
		await world.kill();
		await Promise.all(pushes);
		sink.requests.length = 0;
		sink.answer = (_request, response) => response.writeHead(200).end();
		await world.restart();
		await eventually('one more', () => pushed(trigger, 1000), 30_000);
		accepted.push(1000);
		await eventually('all of them', () => missing(accepted).length === 0, 60_000).catch(() => {});
		assert.deepEqual(missing(accepted), []);
	});

	it('deactivated and published again: what waited is delivered, and so is what came meanwhile', async () => {
		const trigger = aTrigger({ flushCount: 3, flushSeconds: 3600 });
		const id = await publishReporting(trigger);
		for (const n of [1, 2]) assert.ok(await pushed(trigger, n));
		await world.api.deactivate(id);
		await world.api.activate(id);
		assert.ok(await pushed(trigger, 3));
		await eventually('the batch', () => sink.requests.length > 0);
		assert.deepEqual(delivered(), [1, 2, 3]);
		await world.api.deactivate(id);
		await eventually('no route', async () => (await world.push(trigger, { n: 4 })).status === 404);
	});

	it('deactivated with an execution running: the batch is not lost', async () => {
		const trigger = aTrigger();
		const id = await publishReporting(trigger);
		const held: (() => void)[] = [];
		sink.answer = (_request, response) => void held.push(() => response.writeHead(500).end());
		assert.ok(await pushed(trigger, 1));
		await eventually('the execution', () => held.length > 0);
		const deactivated = world.api.deactivate(id);
		sink.answer = (_request, response) => response.writeHead(200).end();
		for (const fail of held) fail();
		await deactivated;
		await world.api.activate(id);
		await eventually('the second attempt', () => sink.requests.length >= 2, 60_000);
		assert.deepEqual([...new Set(delivered())], [1]);
	});
});
