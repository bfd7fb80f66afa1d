import assert from 'node:assert/strict';
import type { N8nNode, N8nWorkflow } from '../../scripts/host/n8n-api';
import { eventually } from '../support/eventually';
import { startHistoryApi, type HistoryApi } from '../support/history-api';
import { readN8nExample, withParameters } from '../support/n8n-examples';
import { reportItemsTo } from '../support/n8n-workflows';
import { sharedN8n, type N8nWorld } from '../support/n8n-world';
import { startSinkServer, type SinkServer } from '../support/sink-server';
import { startSmtpSink, type SmtpSink } from '../support/smtp-sink';

const KEY = 'Basic of-the-sender';

describe('the examples of n8n about a sender that is silent, imported into a real n8n', function () {
	this.timeout(300_000);
	let world: N8nWorld;
	let smtp: SmtpSink;
	let history: HistoryApi;
	let sink: SinkServer;
	const published: string[] = [];

	before(async () => {
		world = await sharedN8n();
		[smtp, history, sink] = await Promise.all([
			startSmtpSink(),
			startHistoryApi(KEY),
			startSinkServer(),
		]);
	});
	after(async () => {
		for (const id of published) await world.api.deactivate(id);
		for (const one of [smtp, history, sink]) await one?.close();
	});

	const publish = async (
		workflow: N8nWorkflow,
		credentials: Readonly<Record<string, N8nNode['credentials']>>,
	): Promise<readonly N8nNode[]> => {
		const withCredentials = workflow.nodes.map((node) => {
			const given = credentials[node.name];
			return given ? { ...node, credentials: given } : node;
		});
		const id = await world.api.createWorkflow({ ...workflow, nodes: withCredentials });
		published.push(id);
		const { nodes } = (await world.api.call('GET', `/rest/workflows/${id}`)) as N8nWorkflow;
		const [receiver] = nodes.filter(({ name }) => name === 'Sensor Events');
		if (receiver) {
			// What a user copies from the Trigger's panel.
			const url = `${world.url}/webhook/${receiver.webhookId}/events`;
			const pushing = withParameters({ ...workflow, nodes }, { Push: { url } });
			await world.api.updateWorkflow(id, pushing.nodes);
		}
		await world.api.activate(id);
		return nodes;
	};
	const arrived = (): string[] =>
		sink.requests.flatMap(({ json }) =>
			(json as { body: { event: { eventId: string } } }[]).map(({ body }) => body.event.eventId),
		);

	it('the gap is fetched when it is published and when the sender is back, and mails say both ends of the silence', async () => {
		const smtpAccount = await world.api.createCredential('smtp', 'mail', {
			...{ user: 'sluice', password: 'p', host: '127.0.0.1', port: smtp.port },
			...{ secure: false, disableStartTls: true },
		});
		const key = await world.api.createCredential('httpHeaderAuth', 'history', {
			name: 'Authorization',
			value: KEY,
		});
		await publish(readN8nExample('inactivity-by-e-mail.json'), {
			'Send Email': { smtp: smtpAccount },
		});
		const example = withParameters(readN8nExample('gap-from-the-history.json'), {
			History: { url: `${history.url}/events` },
			// What takes a quarter of an hour in the example.
			'Sensor Events': { flushSeconds: 1, options: { inactiveAfter: '60s' } },
		});
		const reporting = reportItemsTo(sink.url, 'Your Workflow');
		const replaced = example.nodes.map((node) => (node.name === reporting.name ? reporting : node));
		const nodes = await publish(
			{ ...example, nodes: replaced },
			{ History: { httpHeaderAuth: key } },
		);
		const receiver = nodes.find(({ name }) => name === 'Sensor Events') ?? assert.fail();
		const inAll = (): boolean => arrived().length >= history.ids.length;
		await eventually('all events of the history', inAll, 60_000);
		assert.deepEqual(arrived().sort(), [...history.ids].sort(), 'each once');
		assert.deepEqual(
			history.asked.map(({ page }) => page || null),
			[null, '2', '3'],
		);

		await eventually('the first mail', () => smtp.mails.length === 1, 180_000);
		assert.deepEqual(smtp.mails[0]?.to, ['operators@example.com']);
		assert.match(smtp.mails[0]?.text ?? '', /^Subject: Nothing comes from /m);
		history.add('e8', 'e9');
		const { status } = await world.push(receiver, { event: history.event('e9') });
		assert.equal(status, 200);
		await eventually('what was missed', inAll, 60_000);
		assert.deepEqual(arrived().sort(), [...history.ids].sort(), 'each once');
		await eventually('the second mail', () => smtp.mails.length === 2, 60_000);
		assert.match(smtp.mails[1]?.text ?? '', /^Subject: .* is back$/m);
	});
});
