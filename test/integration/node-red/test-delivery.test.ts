import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually';
import { node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { assertNoSecret, MARK } from '../../support/secret-hunt';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

/** bcrypt of "password", as Node-RED's documentation shows it. */
const PASSWORD_HASH = '$2a$08$zZWtXTja0fB1pzD4sHCMyOCMYz2Z6dNbM6tl8sJogENOMcxWV9DN.';
const users = [
	{ username: 'author', password: PASSWORD_HASH, permissions: '*' },
	{ username: 'reader', password: PASSWORD_HASH, permissions: 'read' },
];

type Answer = Record<string, unknown>;

describe('the test of a forward node, in a real Node-RED', function () {
	this.timeout(120_000);
	let world: NodeRedWorld;
	let sink: SinkServer;
	let author: Record<string, string>;

	const forward = (config: object = {}) =>
		node('sluice-forward', 'forward', {
			configVersion: 1,
			url: `${sink.url}/in?key=${MARK}`,
			headers: [{ name: 'X-Key', secret: true }],
			secret: 'secret',
			signatures: [{ kind: 'body-jwt' }],
			...config,
		});
	const flows = (config: object = {}): object[] => [
		TAB,
		node('sluice-secret', 'secret', { configVersion: 1 }),
		forward(config),
		node('http in', 'ask', { url: '/control', method: 'post' }, ['control']),
		node('sluice-control', 'control', { configVersion: 1, verb: '', buffer: '', store: '' }, [
			'told',
		]),
		node('http response', 'told', {}),
		node('sluice-forward', 'broken', { configVersion: 1, url: 'no URL' }),
	];

	before(async () => {
		world = await NodeRedWorld.create();
		sink = await startSinkServer();
		sink.answer = ({ url, headers }, response) =>
			response
				.writeHead(422, { 'x-echo': String(headers['x-key']) })
				.end(JSON.stringify([url, headers]));
		await world.start({
			flows: flows(),
			credentials: {
				secret: { secret: MARK },
				forward: { secretHeaders: JSON.stringify({ 'x-key': MARK }) },
			},
			settings: `adminAuth: ${JSON.stringify({ type: 'credentials', users })},`,
		});
		author = await signIn('author');
	});
	after(async () => {
		await world?.close();
		await sink?.close();
	});

	const signIn = async (username: string): Promise<Record<string, string>> => {
		const body = new URLSearchParams({
			client_id: 'node-red-admin',
			grant_type: 'password',
			scope: '',
			username,
			password: 'password',
		}).toString();
		const headers = { 'content-type': 'application/x-www-form-urlencoded' };
		const { text } = await world.request('POST', '/auth/token', body, headers);
		const { access_token: token } = JSON.parse(text) as { access_token: string };
		return { authorization: `Bearer ${token}` };
	};
	const ask = async (body: object, headers = author) => {
		const answer = await world.push('/sluice/test-delivery', body, headers);
		const isJson = String(answer.headers['content-type']).includes('json');
		return { status: answer.status, json: (isJson ? JSON.parse(answer.text) : {}) as Answer };
	};

	it('sends what is deployed, with its secrets, and shows none of them', async () => {
		const { json } = await eventually('the node', async () => {
			const answered = await ask({ node: 'forward', sample: 'co2' });
			return answered.status === 200 && answered;
		});
		const [arrived] = sink.requests;
		assert.equal(arrived?.headers['x-key'], MARK);
		assert.ok(arrived?.headers['x-dt-signature']);
		assert.equal((arrived.json as { event: Answer }).event['eventType'], 'co2');
		assert.equal(json['became'], 'dead');
		assert.match(String(json['says']), /answered 422/);
		assertNoSecret({ json, log: world.log.join('\n') }, [
			String(arrived.headers['x-dt-signature']),
		]);
	});

	it('takes an event of your own, and nothing of a configuration', async () => {
		const before = sink.requests.length;
		const typed = { url: 'http://127.0.0.1:1/elsewhere', headers: [] };
		await ask({ node: 'forward', event: { a: 1 }, ...typed });
		assert.equal(sink.requests.length, before + 1);
		assert.deepEqual(sink.requests.at(-1)?.json, { a: 1 });
	});

	it('leaves nothing behind: no row, no metric, no dead letter', async () => {
		const { text } = await world.push('/control', {
			verb: 'metrics',
			buffer: 'items:forward/main',
		});
		const { errorCount, attempts, waiting, retrying, dead } = JSON.parse(text) as Answer;
		assert.deepEqual(
			[errorCount, attempts, waiting, retrying, dead],
			[0, 0, { rows: 0, bytes: 0 }, { batches: 0, rows: 0 }, { batches: 0, rows: 0, bytes: 0 }],
		);
		const listed = await world.push('/control', {
			verb: 'deliveries',
			buffer: 'items:forward/main',
		});
		assert.deepEqual((JSON.parse(listed.text) as Answer)['deliveries'], []);
	});

	it('is a verb of sluice control, too', async () => {
		const body = { verb: 'test', buffer: 'items:forward/main', sample: 'motion' };
		const { text } = await world.push('/control', body);
		assert.equal((JSON.parse(text) as Answer)['became'], 'dead');
		assertNoSecret({ text });
	});

	it('answers nobody who may not change flows', async () => {
		const before = sink.requests.length;
		const body = { node: 'forward', sample: 'touch' };
		assert.equal((await ask(body, {})).status, 401);
		assert.equal((await ask(body, { authorization: 'Bearer made-up' })).status, 401);
		assert.equal((await ask(body, await signIn('reader'))).status, 401);
		assert.equal(sink.requests.length, before);
	});

	it('says why there is nothing to test', async () => {
		for (const id of ['none', 'broken', 'secret']) {
			const { status, json } = await ask({ node: id });
			assert.equal(status, 200, id);
			assert.match(String(json['error']), /not deployed, is disabled, or cannot start/);
		}
		const wrong = await ask({ node: 'forward', sample: 'ping' });
		assert.deepEqual([wrong.status, wrong.json['code']], [400, 'ERR_CONFIG_INVALID']);
		assert.equal((await ask({})).status, 400);
		assert.equal((await ask({ node: 'forward', event: 'x'.repeat(1_100_000) })).status, 400);
	});
});
