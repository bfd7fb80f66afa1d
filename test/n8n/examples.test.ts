import assert from 'node:assert/strict';
import path from 'node:path';
import { freePort } from '../../scripts/host/free-port';
import type { N8nWorkflow } from '../../scripts/host/n8n-api';
import { eventually } from '../support/eventually';
import { readN8nExample, withParameters } from '../support/n8n-examples';
import { readTable } from '../support/read-table';
import { sharedN8n, type N8nWorld } from '../support/n8n-world';
import { startSinkServer, type SinkServer } from '../support/sink-server';

describe('the examples of n8n, imported into a real n8n', function () {
	this.timeout(240_000);
	let world: N8nWorld;
	let chat: SinkServer;
	let api: SinkServer | undefined;
	const published: string[] = [];

	before(async () => {
		world = await sharedN8n();
		chat = await startSinkServer();
	});
	after(async () => {
		for (const id of published) await world.api.deactivate(id);
		await api?.close();
		await chat.close();
	});

	const publish = async (workflow: N8nWorkflow): Promise<N8nWorkflow> => {
		const id = await world.api.createWorkflow(workflow);
		published.push(id);
		await world.api.activate(id);
		return (await world.api.call('GET', `/rest/workflows/${id}`)) as N8nWorkflow;
	};

	it('orders are loaded into a table as imported, and one that comes again takes the place of the former', async () => {
		const { nodes } = await publish(readN8nExample('load-a-table.json'));
		const trigger = nodes.find(({ name }) => name === 'Orders');
		assert.ok(trigger?.webhookId);
		const push = async (order: object): Promise<void> => {
			const { status, text } = await world.push(trigger, order);
			assert.equal(status, 200, text);
		};
		const lines = [
			{ quantity: 2, price: 9.5 },
			{ quantity: 1, price: 1 },
		];
		await push({ id: 'A-1', customer: { name: 'Ada' }, lines: [] });
		await push({ id: 'A-2' });
		await push({ id: 'A-1', customer: { name: 'Ada' }, lines });
		const file = path.join(world.userFolder, '.n8n/sluice/orders.db');
		const rows = await eventually('both are in the table', () => {
			const all = readTable(file, 'SELECT * FROM orders ORDER BY id');
			return all.length === 2 && all[0]?.['total'] === 20 && all;
		});
		assert.deepEqual(
			rows.map(({ received_at: at, ...row }) => [row, /^\d{4}-.*Z$/.test(String(at))]),
			[
				[{ id: 'A-1', customer: 'Ada', total: 20 }, true],
				[{ id: 'A-2', customer: 'unknown', total: 0 }, true],
			],
		);
	});

	it('an API goes down and comes back: readings wait and arrive in order, and a workflow says so', async () => {
		const port = await freePort();
		api = await startSinkServer(port);
		await publish(
			withParameters(readN8nExample('say-when-a-destination-fails.json'), {
				'Tell Somebody': { url: `${chat.url}/chat` },
			}),
		);
		const { nodes } = await publish(
			withParameters(readN8nExample('forward-to-an-api.json'), {
				Readings: {
					url: `${api.url}/readings`,
					flushCount: 1,
					// What takes minutes in the example.
					deliveryOptions: { retry: 'list', retryDelays: '1s, 1s, 1s, 1s, 1s', breakerRequests: 2 },
				},
			}),
		);
		const trigger = nodes.find(({ name }) => name === 'Readings');
		assert.ok(trigger?.webhookId, 'n8n has given it a URL of its own');
		const push = async (...all: number[]): Promise<void> => {
			for (const temperature of all) {
				const { status, text } = await world.push(trigger, { device: 'd1', temperature });
				assert.equal(status, 200, text);
			}
		};
		const arrived: unknown[] = [];
		const collect = (server: SinkServer): void => {
			const { answer } = server;
			server.answer = (request, response) => {
				arrived.push(
					...request.body
						.toString()
						.trim()
						.split('\n')
						.map((line) => JSON.parse(line)),
				);
				answer(request, response);
			};
		};
		const told = (): unknown[] => chat.requests.map(({ json }) => (json as { kind: unknown }).kind);

		collect(api);
		await push(1, 2);
		await eventually('both have arrived', () => arrived.length === 2);
		await api.close();
		api = undefined;
		await push(3, 4, 5);
		await eventually('somebody is told', () => told().includes('failing'));
		api = await startSinkServer(port);
		collect(api);
		await push(6);
		await eventually('all have arrived', () => arrived.length >= 6, 120_000);
		assert.deepEqual(
			arrived,
			[1, 2, 3, 4, 5, 6].map((temperature) => ({ device: 'd1', temperature })),
		);
		await eventually('somebody is told again', () => told().includes('recovered'));
		assert.deepEqual(told(), ['failing', 'recovered']);
		const [{ json } = {}] = chat.requests;
		assert.match((json as { text: string }).text, /readings/);
	});
});
