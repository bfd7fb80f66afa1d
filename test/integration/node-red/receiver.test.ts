import assert from 'node:assert/strict';
import manifest from '../../../package.json' with { type: 'json' };
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { signBody } from '../../../core/signature/sign-body';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, reportTo, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

const SECRET = 'a signature secret';

describe('sluice-receiver in a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let sink: SinkServer;
	let startLines: readonly string[] = [];

	before(async () => {
		world = await NodeRedWorld.create();
		sink = await startSinkServer();
		await world.start({
			flows: [
				TAB,
				node('sluice-secret', 'secret', { configVersion: 1 }),
				node('sluice-secret', 'empty-secret', { configVersion: 1 }),
				node(
					'sluice-receiver',
					'plain',
					{
						buffers: [aBuffer({ count: 3, time: '2s' })],
						auth: [{ kind: 'url-secret' }],
						outputs: 1,
						configVersion: 1,
					},
					['report'],
				),
				aReceiver(
					'signed',
					{ auth: [{ kind: 'body-jwt' }], secret: 'secret', maxBodyBytes: 1000 },
					['report'],
				),
				aReceiver(
					'json',
					{
						buffers: [
							aBuffer({ data: 'columns', columns: [{ type: 'path', name: 'a', path: 'a' }] }),
						],
					},
					['report'],
				),
				aReceiver(
					'as-json',
					{
						readBodyAs: 'json',
						buffers: [
							aBuffer({ data: 'fields', numbers: 'text', fields: [{ name: 'n', path: 'n' }] }),
						],
					},
					['report-json'],
				),
				aReceiver(
					'two',
					{
						buffers: [
							aBuffer({ id: 'b1' }),
							aBuffer({ id: 'b2', data: 'fields', fields: [{ name: 'n', path: 'n' }] }),
						],
						outputs: 2,
					},
					['report-1'],
					['report-2'],
				),
				aReceiver('meta', { handshake: 'meta' }, ['report']),
				aReceiver('graph', { auth: [{ kind: 'url-secret' }], handshake: 'graph' }, ['report']),
				aReceiver('cloudevents', { handshake: 'cloudevents' }, ['report']),
				aReceiver(
					'answers',
					{
						answerStatus: '202',
						answerBody: 'json',
						answerText: '{"ok":true}',
						answerHeaders: 'X-Taken: yes',
					},
					['report'],
				),
				aReceiver('no-token', { handshake: 'strava' }, ['report']),
				aReceiver('bare', { buffers: [], outputs: 0 }),
				aReceiver('bad-count', { buffers: [aBuffer({ count: 0 })] }, ['report']),
				aReceiver('bad-time', { buffers: [aBuffer({ time: '10ms' })] }, ['report']),
				aReceiver('no-secret', { auth: [{ kind: 'body-jwt' }], secret: 'empty-secret' }, [
					'report',
				]),
				aReceiver(
					'bad-template',
					{
						buffers: [
							aBuffer({
								data: 'columns',
								columns: [
									{
										type: 'template',
										name: 't',
										template: { language: 'jsonnet', content: 'nonsense(' },
									},
								],
							}),
						],
					},
					['report'],
				),
				...reportTo(`${sink.url}/all`),
				...reportTo(`${sink.url}/json`, 'report-json'),
				...reportTo(`${sink.url}/one`, 'report-1'),
				...reportTo(`${sink.url}/two`, 'report-2'),
			],
			credentials: {
				plain: { urlSecret: 'in-the-url-0123456789' },
				meta: { verifyToken: ' verify me ' },
				graph: { urlSecret: 'in-the-url-0123456789' },
				secret: { secret: SECRET, previous: 'the one before' },
			},
		});
		// A store opens after the flows have started; what is wrong with a buffer is known then.
		await eventually('the log of the last bad node', () =>
			world.log.some((line) => line.includes('template is invalid')),
		);
		startLines = [...world.log];
	});
	after(async () => {
		await world.close();
		await sink.close();
	});
	beforeEach(() => {
		sink.requests.length = 0;
	});

	const signed = async (
		body: string,
		secret = SECRET,
		now?: number,
	): Promise<Record<string, string>> => ({
		'x-dt-signature': await signBody({ body, secret, ...(now === undefined ? {} : { now }) }),
	});

	it('loads all nodes without an error (R21)', async () => {
		const { text } = await world.request('GET', '/nodes', '', { accept: 'application/json' });
		const sets = (
			JSON.parse(text) as { module: string; err?: string; enabled: boolean; types: string[] }[]
		).filter(({ module }) => module.startsWith('@sluice/'));
		assert.equal(sets.length, Object.keys(manifest['node-red'].nodes).length);
		for (const set of sets)
			assert.deepEqual([set.err, set.enabled, set.types.length], [undefined, true, 1]);
	});

	it('answers handshakes by any method, and gives none of them to the flow', async () => {
		const challenge = '/in/meta?hub.mode=subscribe&hub.challenge=42&hub.verify_token=';
		const right = await world.request('GET', `${challenge}verify%20me`);
		assert.deepEqual([right.status, right.text], [200, '42']);
		assert.equal(right.headers['x-content-type-options'], 'nosniff');
		assert.equal((await world.request('GET', `${challenge}other`)).status, 403);
		assert.equal((await world.request('GET', '/in/meta')).status, 405);
		const graph = '/in/graph/in-the-url-0123456789?validationToken=a+b';
		assert.equal((await world.push(graph, '')).text, 'a b');
		assert.equal(
			(await world.push('/in/graph/another-0123456789?validationToken=a', '')).status,
			401,
		);
		const origin = { 'webhook-request-origin': 'eventgrid.azure.net' };
		const permission = await world.request('OPTIONS', '/in/cloudevents', '', origin);
		assert.equal(permission.headers['webhook-allowed-origin'], 'eventgrid.azure.net');
		assert.deepEqual(sink.requests, []);
	});

	it('answers as it is told, and says by name what is missing for it', async () => {
		const { status, text, headers } = await world.push('/in/answers', { n: 1 });
		assert.deepEqual([status, text, headers['x-taken']], [202, '{"ok":true}', 'yes']);
		await eventually('the batch', () => sink.requests.length > 0);
		assert.ok(startLines.some((line) => line.includes('verifyToken: expected a secret')));
	});

	it('works as it is dropped in: a secret in the URL, one buffer, batches by count', async () => {
		for (const n of [1, 2, 3]) {
			const { status, text } = await world.push(
				'/sluice/plain/in-the-url-0123456789',
				{ n },
				{ 'x-number': String(n) },
			);
			assert.equal(status, 200, text);
			assert.equal(typeof JSON.parse(text).id, 'string');
		}
		const [batch] = await eventually('a batch', () => sink.requests.length > 0 && sink.requests);
		const events = batch?.json as {
			body: { n: number };
			headers: Record<string, string>;
			path: string;
			method: string;
		}[];
		assert.deepEqual(
			events.map(({ body }) => body.n),
			[1, 2, 3],
		);
		assert.equal(events[0]?.headers['x-number'], '1');
		assert.equal(events[0]?.path, '/sluice/plain');
		assert.doesNotMatch(batch?.body.toString() ?? '', /in-the-url-0123456789/);
	});

	it('delivers fewer when the time is over', async () => {
		assert.equal((await world.push('/sluice/plain/in-the-url-0123456789/', { n: 9 })).status, 200);
		const [batch] = await eventually('a batch', () => sink.requests.length > 0 && sink.requests);
		assert.equal((batch?.json as unknown[]).length, 1);
	});

	it('says 401 for every failed check and keeps the reason in the log', async () => {
		const body = '{"n":1}';
		const attempts: [string, Record<string, string>, string, RegExp][] = [
			['/sluice/plain/wrong', {}, body, /sluice-receiver:plain\].*ERR_URL_SECRET_MISMATCH/],
			['/in/signed', {}, body, /sluice-receiver:signed\].*ERR_SIGNATURE_MISSING/],
			['/in/signed', await signed(body, 'wrong'), body, /ERR_SIGNATURE_MISMATCH/],
			['/in/signed', await signed(body), '{"n":2}', /ERR_CHECKSUM_MISMATCH/],
			['/in/signed', await signed(body, SECRET, Date.now() - 7_200_000), body, /ERR_TOKEN_EXPIRED/],
			['/in/signed', { 'x-dt-signature': 'rubbish' }, body, /ERR_TOKEN_MALFORMED/],
		];
		const answers = new Set<string>();
		for (const [to, headers, sent, logged] of attempts) {
			world.log.length = 0;
			const { status, text } = await world.push(to, sent, headers);
			assert.equal(status, 401);
			answers.add(text);
			await eventually(`${logged} in the log`, () => world.log.some((line) => logged.test(line)));
			assert.doesNotMatch(
				world.log.join('\n'),
				new RegExp(`${SECRET}|"n"|${headers['x-dt-signature'] ?? 'no token'}`),
			);
		}
		assert.equal(answers.size, 1);
	});

	it('shows the last requests to whoever may deploy: why one was refused, and no secret', async () => {
		await world.push('/sluice/plain/wrong-secret', '{}', { authorization: 'Bearer other-secret' });
		const answer = await fetch(new URL('sluice/seen/plain', world.url));
		const text = await answer.text();
		assert.equal(answer.status, 200, text);
		const { requests, secretUse } = JSON.parse(text) as {
			requests: { status: number; code: string; path: string; headers: Record<string, string> }[];
			secretUse: { secrets: object[] };
		};
		const [last] = requests;
		assert.deepEqual(
			[last?.status, last?.code, last?.path, last?.headers['authorization']],
			[401, 'ERR_URL_SECRET_MISMATCH', '/sluice/plain', '*** (19 characters)'],
		);
		assert.equal(secretUse.secrets.length, 1);
		assert.doesNotMatch(text, /in-the-url-0123456789|wrong-secret|other-secret/);
	});

	it('verifies over the raw bytes, and takes the previous secret while senders change over (D29)', async () => {
		const body = '{ "n" : 1.50 }';
		assert.equal((await world.push('/in/signed', body, await signed(body))).status, 200);
		assert.equal(
			(await world.push('/in/signed', body, await signed(body, 'the one before'))).status,
			200,
		);
	});

	it('refuses a body over the limit with 413, declared or chunked, without hanging', async () => {
		assert.equal((await world.push('/in/signed', 'x'.repeat(1001))).status, 413);
		const response = await fetch(`${world.url}/in/signed`, {
			method: 'POST',
			body: new ReadableStream({
				start(controller) {
					for (let i = 0; i < 20; i++) controller.enqueue(Buffer.alloc(100, 32));
					controller.close();
				},
			}),
			duplex: 'half',
			signal: AbortSignal.timeout(60_000),
		} as RequestInit);
		assert.equal(response.status, 413);
		assert.equal(((await response.json()) as { error: string }).error, 'ERR_BODY_TOO_LARGE');
	});

	it('answers 400 with the position where JSON is needed and malformed, and no stack trace', async () => {
		const { status, text } = await world.push('/in/json', '{"a": 1,}');
		assert.equal(status, 400);
		assert.match(JSON.parse(text).message, /line 1, column 9/);
		assert.doesNotMatch(text, /node_modules|<html/i);
	});

	it('reads a body as the receiver says, and gives the flow numbers that it would round as text', async () => {
		const type = { 'content-type': 'text/plain; charset=UTF-8' };
		const { status } = await world.push('/in/as-json', '{"n":4634343214213523454}', type);
		assert.equal(status, 200);
		// A batch of an earlier test may come late.
		const batch = await eventually('a batch', () =>
			sink.requests.find(({ url }) => url === '/json'),
		);
		assert.deepEqual(batch.json, [{ n: '4634343214213523454' }]);
		assert.equal((await world.push('/in/as-json', 'no JSON', type)).status, 400);
	});

	it('answers 405, 404 and 503 where a push cannot be taken', async () => {
		assert.equal((await world.request('GET', '/in/signed')).status, 405);
		assert.equal((await world.request('PUT', '/in/signed', '{}')).status, 405);
		assert.equal((await world.push('/in/nowhere', '{}')).status, 404);
		assert.equal((await world.push('/in/plain/a/b', '{}')).status, 404);
		const bare = await world.push('/in/bare', '{}');
		assert.equal(bare.status, 503);
		assert.match(String(bare.headers['retry-after']), /^\d+$/);
	});

	it('does not start a node whose configuration is invalid, names field and bound, and lets others go on', async () => {
		for (const [id, message] of [
			['bad-count', /conditions|count.*1/i],
			['bad-time', /time.*1s/],
			['no-secret', /secret/],
			['bad-template', /Column "t" template is invalid/],
		] as const) {
			const line = startLines.find(
				(one) => one.includes(`[sluice-receiver:${id}]`) && message.test(one),
			);
			assert.ok(line, `${id}: no line like ${message}`);
			const { status } = await world.push(`/in/${id}`, '{}');
			assert.ok(status === 404 || status === 503, `${id}: ${status}`);
		}
	});

	it('gives each of its buffers an output', async () => {
		assert.equal((await world.push('/in/two', { n: 7, rest: true })).status, 200);
		const by = await eventually('a batch on each output', () => {
			const seen = new Map(
				sink.requests.map(({ url, json }) => [url, json as { body?: unknown }[]]),
			);
			return seen.has('/one') && seen.has('/two') && seen;
		});
		assert.deepEqual(by.get('/one')?.[0]?.body, { n: 7, rest: true });
		assert.deepEqual(by.get('/two'), [{ n: 7 }]);
	});

	it('survives what no sender should send', async () => {
		for (const body of [
			'',
			'null',
			'[]',
			'"x"',
			'{"__proto__": {"a": 1}}',
			'\u0000',
			`{"a":${'['.repeat(50_000)}`,
		]) {
			const { status } = await world.push('/in/json', body);
			assert.ok([200, 400].includes(status), `${JSON.stringify(body.slice(0, 20))}: ${status}`);
		}
		for (const pathname of [
			'//in/json',
			'/in/json/../json',
			'/in/json?a[]=1&__proto__=2',
			'/in/%zz',
		]) {
			await world.push(pathname, '{"a":1}');
		}
		assert.equal((await world.push('/in/json', '{"a":1}')).status, 200);
	});

	it('keeps credentials out of the flow file', async () => {
		const flows = await readFile(path.join(world.userDir, 'flows.json'), 'utf8');
		assert.doesNotMatch(flows, new RegExp(`${SECRET}|in-the-url-0123456789`));
	});
});
