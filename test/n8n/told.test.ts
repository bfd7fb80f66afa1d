import assert from 'node:assert/strict';
import type { N8nNode } from '../../scripts/host/n8n-api';
import { EXAMPLES } from '../../nodes/SluiceTrigger/examples';
import { eventually } from '../support/eventually';
import { aTrigger, reportItemsTo, wire } from '../support/n8n-workflows';
import { post, sharedN8n, type N8nWorld } from '../support/n8n-world';
import { startSinkServer, type SinkServer } from '../support/sink-server';

type Told = Record<string, unknown>;

describe('Sluice in a real n8n: being told', function () {
	this.timeout(180_000);
	let world: N8nWorld;
	let endpoint: SinkServer;
	let observer: SinkServer;

	before(async () => {
		world = await sharedN8n();
	});
	beforeEach(async () => {
		[endpoint, observer] = await Promise.all([startSinkServer(), startSinkServer()]);
		endpoint.answer = ({ json }, response) => {
			const isBad = JSON.stringify(json).includes('bad');
			response.writeHead(isBad ? 400 : 200).end('the secret text of an endpoint');
		};
	});
	afterEach(async () => {
		await endpoint.close();
		await observer.close();
	});

	const published: string[] = [];
	const watch = async (path: string, parameters: object): Promise<N8nNode> => {
		const trigger = aTrigger({ ...parameters });
		const report = reportItemsTo(`${observer.url}/${path}`);
		published.push(await world.publish(path, [trigger, report], wire(trigger, [report])));
		return trigger;
	};
	afterEach(async () => {
		for (const id of published.splice(0)) await world.api.deactivate(id);
	});
	const forwarding = async (bufferName: string): Promise<N8nNode> => {
		const trigger = aTrigger({
			bufferName,
			then: 'http',
			url: `${endpoint.url}/in?key=hidden`,
			deliveryOptions: { retry: 'list', retryDelays: '1s' },
		});
		published.push(await world.publish(`forwards ${bufferName}`, [trigger], {}));
		return trigger;
	};
	/** One list for each execution. */
	const told = (path: string): Told[][] =>
		observer.requests
			.filter(({ url }) => url === `/${path}`)
			.map(({ json }) => json as readonly Told[] as Told[]);

	it('an alert: what the endpoint refuses is a dead letter, and a workflow starts that says so', async () => {
		const options = { buffers: ['refused'], retryDelays: '1s, 1s' };
		observer.answer = (_request, response) =>
			response.writeHead(told('alerts').length < 2 ? 500 : 200).end();
		await watch('alerts', { startOn: 'alerts', alertKinds: ['deadLetter'], options });
		const [other, refused] = [await forwarding('other'), await forwarding('refused')];
		for (const one of [other, refused])
			assert.equal((await world.push(one, { n: 'bad' })).status, 200);
		await eventually(
			'its execution, once more after it has failed',
			() => told('alerts').length > 1,
		);
		const [first, again] = told('alerts');
		assert.deepEqual(first, again);
		const [alert, ...others] = first ?? [];
		assert.deepEqual(others, []);
		assert.deepEqual(
			[alert?.['kind'], alert?.['label'], alert?.['rows'], alert?.['lastStatus']],
			['deadLetter', 'forwards refused / Sluice Trigger / refused', 1, 400],
		);
		assert.equal(alert?.['destination'], `${endpoint.url}/in?key=***`);
		assert.doesNotMatch(JSON.stringify(told('alerts')), /hidden|secret text/);
	});

	it('delivery results: each attempt as it ends, or those that failed', async () => {
		const parameters = { startOn: 'deliveryResults', options: { buffers: ['seen'] } };
		await watch('failures', { ...parameters });
		await watch('all', { ...parameters, failedOnly: false });
		const trigger = await forwarding('seen');
		await world.push(trigger, { n: 'good' });
		await world.push(trigger, { n: 'bad' });
		await eventually('both', () => told('all').length >= 2);
		const ended = told('all').flat();
		assert.deepEqual(ended.map(({ outcome, status, ok }) => [outcome, status, ok]).toSorted(), [
			['ack', 200, true],
			['dead', 400, false],
		]);
		await eventually('the failure', () => told('failures').length > 0);
		assert.deepEqual(
			told('failures'),
			[ended.filter(({ ok }) => ok === false)],
			'the same item, and no other',
		);
		assert.doesNotMatch(JSON.stringify(ended), /hidden|secret text/);
	});

	for (const startOn of ['alerts', 'deliveryResults'] as const) {
		it(`${startOn}, while the workflow is built: any push to the test URL brings an example`, async () => {
			const trigger = aTrigger({ startOn });
			const report = reportItemsTo(`${observer.url}/example`);
			const id = await world.save('built', [trigger, report], wire(trigger, [report]));
			const run = await world.api.call('POST', `/rest/workflows/${id}/run`, {
				triggerToStartFrom: { name: trigger.name },
			});
			assert.deepEqual(run, { waitingForWebhook: true });
			const url = `${world.url}/webhook-test/${trigger.webhookId}/events`;
			assert.deepEqual(await post(url, {}), { status: 200, text: '{"example":true}' });
			await eventually('the example', () => told('example').length > 0);
			assert.deepEqual(told('example'), [[EXAMPLES[startOn]]]);
			const [execution] = await world.ended(id, 1);
			assert.deepEqual([execution?.mode, execution?.status], ['manual', 'success']);
		});
	}
});
