import assert from 'node:assert/strict';
import path from 'node:path';
import { AlertBook } from '../../../core/alerts/alert-book';
import { openStore } from '../../../core/buffer/open-store';
import { NodeRedWorld } from '../../support/node-red-world';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, TAB } from '../../support/flows';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

const ALERT = {
	id: 'a1',
	kind: 'deadLetter',
	at: Date.UTC(2026, 0, 2),
	message: '3 rows of "somewhere" were put aside',
	exportId: 'items:forward/main',
	label: 'somewhere',
	rows: 3,
} as const;

describe('sluice-alert, in a real Node-RED', function () {
	this.timeout(120_000);
	let world: NodeRedWorld;
	let endpoint: SinkServer;
	let observer: SinkServer;

	before(async () => {
		[endpoint, observer] = await Promise.all([startSinkServer(), startSinkServer()]);
		endpoint.answer = ({ json }, response) => {
			const isBad = JSON.stringify(json).includes('bad');
			response.writeHead(isBad ? 400 : 200).end('the secret text of an endpoint');
		};
		world = await NodeRedWorld.create();
	});
	after(async () => {
		await world.close();
		await endpoint.close();
		await observer.close();
	});

	const post = (id: string) =>
		node('http request', id, {
			method: 'POST',
			ret: 'txt',
			url: `${observer.url}/${id}`,
			headers: [],
			senderr: false,
			paytoqs: 'ignore',
			persist: false,
		});
	const told = (id: string) =>
		observer.requests
			.filter(({ url }) => url === `/${id}`)
			.map(({ json }) => json as Record<string, unknown>);

	it('sends what was raised before it ran, and what becomes of each delivery', async () => {
		await leaveUntold();
		const alert = { configVersion: 1, store: '' };
		await world.start({
			flows: [
				TAB,
				aReceiver('events', { buffers: [aBuffer({ done: 'sent' })] }, ['forward']),
				node('sluice-forward', 'forward', {
					configVersion: 1,
					url: `${endpoint.url}/in?key=hidden`,
					retryDelays: '1s',
					store: '',
				}),
				node('sluice-alert', 'alerts', { ...alert, what: 'alerts' }, ['alert']),
				node('sluice-alert', 'others', { ...alert, what: 'alerts', kinds: ['inactive'] }, [
					'other',
				]),
				node('sluice-alert', 'results', { ...alert, what: 'results' }, ['result']),
				node(
					'sluice-alert',
					'failures',
					{ ...alert, what: 'results', failedOnly: true, withText: true },
					['failure'],
				),
				...['alert', 'other', 'result', 'failure'].map(post),
			],
		});
		await eventually(
			'the receiver',
			async () => (await world.push('/in/events', { n: 'ok' })).status === 200,
		);
		await world.push('/in/events', { n: 'bad' });
		await eventually('the alert', () => told('alert').length > 0);
		const { exportId, at: _, ...rest } = ALERT;
		assert.deepEqual(told('alert'), [
			{ ...rest, at: '2026-01-02T00:00:00.000Z', buffer: exportId },
		]);
		assert.deepEqual(told('other'), []);

		const ended = await eventually('both results', () => {
			const found = told('result').filter(({ buffer }) => buffer === exportId);
			return found.length >= 2 && found;
		});
		const [good, bad] = ['ack', 'dead'].map((outcome) =>
			ended.find((one) => one['outcome'] === outcome),
		);
		assert.deepEqual(
			[good?.['ok'], good?.['status'], good?.['attempt'], good?.['count']],
			[true, 200, 1, 1],
		);
		assert.deepEqual([bad?.['ok'], bad?.['status']], [false, 400]);
		assert.equal((bad?.['error'] as { code: string }).code, 'ERR_SINK_REJECTED');
		assert.match(String(bad?.['startedAt']), /^20\d\d-.*Z$/);
		await eventually('the failure', () => told('failure').length > 0);
		const failures = told('failure');
		assert.deepEqual(
			failures.map(({ outcome, text }) => [outcome, text]),
			[['dead', 'the secret text of an endpoint']],
		);
		const all = JSON.stringify([told('alert'), told('result')]);
		assert.doesNotMatch(all, /hidden|secret text/);
	});

	/** As a process leaves it that was killed between raising an alert and telling it. */
	async function leaveUntold(): Promise<void> {
		const directory = path.join(world.userDir, 'sluice', 'default');
		const store = await openStore({ kind: 'sqlite', directory });
		const book = new AlertBook(() => store.documents, ALERT.exportId);
		await book.load();
		await book.raise('deadLetter', ALERT);
		await store.close();
	}
});
