import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually';
import { aSluice, aTrigger, aWebhook, located, wire } from '../support/n8n-workflows';
import { post, sharedN8n, type N8nWorld } from '../support/n8n-world';
import { assertNoSecret, MARK } from '../support/secret-hunt';
import { startSinkServer, type SinkServer } from '../support/sink-server';

type Item = Readonly<Record<string, unknown>>;

describe('Sluice in a real n8n: testing and measuring a destination', function () {
	this.timeout(180_000);
	let world: N8nWorld;
	let sink: SinkServer;

	before(async () => {
		world = await sharedN8n();
		sink = await startSinkServer();
	});
	after(() => sink?.close());

	/** Publishes a workflow that runs one operation. @returns its items */
	const operation = async (parameters: object): Promise<() => Promise<Item[]>> => {
		const path = `op/${randomUUID()}`;
		const webhook = aWebhook(path);
		const sluice = aSluice(parameters);
		await world.publish('operation', [webhook, sluice], wire(webhook, [sluice]));
		return async () => {
			const { status, text } = await post(`${world.url}/webhook/${path}`, {});
			assert.equal(status, 200, text);
			return JSON.parse(text) as Item[];
		};
	};

	it('sends a test event by the published Trigger and its credential, and counts none of it', async () => {
		const httpHeaderAuth = await world.api.createCredential('httpHeaderAuth', 'endpoint', {
			name: 'X-Key',
			value: MARK,
			allowedHttpRequestDomains: 'all',
		});
		const trigger = aTrigger(
			{ bufferName: 'tested', then: 'http', url: `${sink.url}/in?key=hunter2hunter2` },
			{ httpHeaderAuth },
		);
		const id = await world.publish('is tested', [trigger], {});
		const buffer = located(`${id}:${trigger.id}/tested`);
		const send = await operation({
			resource: 'buffer',
			operation: 'sendTestEvent',
			buffer,
			testEvent: 'sample',
			sampleType: 'waterPresent',
		});
		const measure = await operation({ resource: 'buffer', operation: 'getMetrics', buffer });
		const list = await operation({ resource: 'delivery', operation: 'getAll', buffer, limit: 10 });
		sink.answer = ({ headers }, response) =>
			response.writeHead(400).end(`no, ${String(headers['x-key'])}`);
		const [tested] = await send();
		assert.equal(sink.requests[0]?.headers['x-key'], MARK);
		assert.ok(String(sink.requests[0]?.body).includes('"eventType":"waterPresent"'));
		assert.deepEqual([tested?.['became'], tested?.['state']], ['dead', 'ACTIVE']);
		assert.match(String(tested?.['says']), /answered 400.*dead letter/);
		assertNoSecret({ tested });
		assert.ok(!JSON.stringify(tested).includes('hunter2'));
		assert.equal((await measure())[0]?.['errorCount'], 0);

		sink.answer = (_request, response) => response.end();
		assert.equal((await world.push(trigger, { n: 1 })).status, 200);
		await eventually('the push', async () => (await measure())[0]?.['successCount'] === 1);
		const [delivery, ...others] = await list();
		assert.deepEqual(
			[others.length, delivery?.['ok'], delivery?.['status'], delivery?.['rows']],
			[0, true, 200, 1],
		);
		assert.equal(delivery?.['destination'], `${sink.url}/in?key=***`);
	});
});
