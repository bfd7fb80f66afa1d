import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually';
import { buffersWith, readExample, withSettings } from '../../support/example-flows';
import { node } from '../../support/flows';
import { startHistoryApi, type HistoryApi } from '../../support/history-api';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

const SECRET = 'u'.repeat(16);
const KEY = 'Basic of-the-sender';
const example = readExample('gap-from-the-history.json');

describe('the example that fetches what was missed, in a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let history: HistoryApi;
	let sink: SinkServer;

	before(async () => {
		[history, sink] = await Promise.all([startHistoryApi(KEY), startSinkServer()]);
		world = await NodeRedWorld.create();
	});
	after(async () => {
		await world?.close();
		await history?.close();
		await sink?.close();
	});

	const push = (eventId: string) =>
		world.push(`/sluice/ex8-receiver/${SECRET}`, { event: history.event(eventId), labels: {} });
	const arrived = (): string[] =>
		sink.requests.flatMap(({ json }) =>
			(json as { body: { event: { eventId: string } } }[]).map(({ body }) => body.event.eventId),
		);

	it('stores each event once, also those that were pushed while it was away and a page that failed', async () => {
		const env = example.find(({ type }) => type === 'tab')?.['env'] as { name: string }[];
		const values: Record<string, string> = {
			PUSH_URL: `${world.url}/sluice/ex8-receiver/${SECRET}`,
			HISTORY_URL: `${history.url}/events`,
			HISTORY_KEY: KEY,
		};
		const flows = [
			...withSettings(example, {
				'ex8-tab': {
					env: env.map((one) => ({ ...one, ...(values[one.name] && { value: values[one.name] }) })),
				},
				'ex8-receiver': {
					...buffersWith(example, 'ex8-receiver', { time: '1s' }),
					wires: [['report']],
				},
				// What takes a minute in the example.
				'ex8-wait': { timeoutUnits: 'seconds' },
			}),
			node('http request', 'report', {
				z: 'ex8-tab',
				method: 'POST',
				ret: 'txt',
				url: sink.url,
				headers: [],
				paytoqs: 'ignore',
			}),
		];
		const credentials = { 'ex8-receiver': { urlSecret: SECRET } };
		history.failOnce(2);
		await world.start({ flows, credentials });
		assert.equal((await push('e1')).status, 200);
		const asked = (): (string | null)[] => history.asked.map(({ page }) => page);
		await eventually('all pages', () => asked().length >= 4, 60_000);
		const all = history.ids;
		await eventually('all events', () => arrived().length >= all.length, 30_000);
		assert.deepEqual(arrived().sort(), [...all].sort(), 'each once');
		assert.deepEqual(asked(), [null, '2', '2', '3'], 'the page that failed is asked for again');
		const back = Date.now() - Date.parse(history.asked[0]?.startTime ?? '');
		assert.ok(Math.abs(back - 24 * 3_600_000) < 120_000, 'a day back');

		// An outage: it was gone, and the sender gave two events up.
		await world.stop();
		history.add('e8', 'e9');
		await world.restart();
		await eventually('what was missed', () => arrived().length >= history.ids.length, 60_000);
		assert.deepEqual(arrived().sort(), [...history.ids].sort(), 'each once');
	});
});
