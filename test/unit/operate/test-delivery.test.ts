import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { openStore } from '../../../core/buffer/open-store';
import { walkDocuments } from '../../../core/buffer/documents';
import type { Store } from '../../../core/buffer/store';
import { runVerb } from '../../../core/operate/verbs';
import type { GivenEvent } from '../../../core/operate/verbs/given-event';
import { testDelivery, type Tested } from '../../../core/operate/verbs/test';
import type { PipelineNotice } from '../../../core/pipeline/notices';
import type { ExportInput } from '../../../core/pipeline/parse-export';
import { PipelineCore } from '../../../core/pipeline/pipeline';
import type { SinkConfig } from '../../../core/sink/create-sink';
import { verifyBody } from '../../../core/signature/verify-body';
import { FakeClock, settled } from '../../support/fake-clock';
import { FAULTS, startFaultyServer } from '../../support/faults';
import { startHttpReceiver, type Answer, type HttpReceiver } from '../../support/http-receiver';
import { anExportInput, HOLDER, OPEN, RecordingSink } from '../../support/pipeline-fixtures';
import { startProxyServer } from '../../support/proxy-server';
import { assertNoSecret, MARK } from '../../support/secret-hunt';

const ID = 'items:n1/main';
const COLLECTIONS = ['metrics', 'deliveries', 'health', 'alerts'];

describe('the test of a destination', () => {
	let clock: FakeClock;
	let store: Store;
	let core: PipelineCore;
	let endpoint: HttpReceiver;
	let answer: Answer;
	const notices: PipelineNotice[] = [];
	const log: string[] = [];

	beforeEach(async () => {
		clock = new FakeClock();
		store = await openStore({ kind: 'memory', clock });
		notices.length = log.length = 0;
		const write = (message: string): void => void log.push(message);
		const logger = { debug: write, info: write, warn: write, error: write };
		core = new PipelineCore({ store: () => store, clock, logger });
		core.subscribe((notice) => notices.push(notice));
		answer = (_request, response) => response.writeHead(200, { 'x-server': 'me' }).end('thank you');
		endpoint = await startHttpReceiver((request, response) => answer(request, response));
	});
	afterEach(async () => {
		await core.close();
		await store.close();
		await endpoint.close();
	});

	type Http = Partial<SinkConfig<'http'>>;
	const attach = (sink: Http = {}, config: Partial<ExportInput> = {}, secrets = MARK) => {
		const attachment = core.attachExport(
			{
				config: anExportInput({ receiverId: 'items:n1', output: 'event', ...config }),
				sink: { kind: 'http', url: endpoint.url, allowHttp: true, timeoutMs: 2_000, ...sink },
				ports: { resolveSecret: () => secrets },
			},
			HOLDER,
		);
		return attachment.ready;
	};
	const on = () => ({
		store,
		tryDelivery: (...args: Parameters<PipelineCore['tryDelivery']>) => core.tryDelivery(...args),
	});
	const test = (o: GivenEvent & { signal?: AbortSignal } = {}): Promise<Tested> =>
		testDelivery(on(), ID, { ...o, clock });
	const status =
		(code: number, headers: Record<string, string> = {}): Answer =>
		(_request, response) =>
			response.writeHead(code, headers).end();

	it('goes the whole way with the deployed configuration: body, labels, signature and headers', async () => {
		await attach({
			send: 'row',
			body: 'connector',
			labels: ['name'],
			headers: { 'X-Site': 'b4', Accept: 'text/plain' },
			signatures: [{ kind: 'body-jwt', secrets: [{ secretRef: 'of the endpoint' }] }],
		});
		const tested = await test({ sample: 'co2' });
		assert.equal(endpoint.received.length, 1);
		const [arrived] = endpoint.received;
		assert.ok(arrived);
		const body = JSON.parse(arrived.body.toString()) as Record<string, Record<string, unknown>>;
		assert.equal(body['event']?.['eventType'], 'co2');
		assert.deepEqual(body['labels'], { name: 'Sluice test' });
		assert.equal(arrived.headers['x-site'], 'b4');
		await verifyBody({
			body: arrived.body,
			token: String(arrived.headers['x-dt-signature']),
			secrets: [MARK],
			now: clock.now(),
		});
		const { exchange, ...about } = tested;
		assert.deepEqual(about, {
			exportId: ID,
			state: 'ACTIVE',
			became: 'delivered',
			says: 'Delivered: the endpoint answered 200.',
		});
		const { request, answer: answered, durationMs } = exchange ?? assert.fail();
		assert.deepEqual(
			[request?.method, request?.url, request?.body],
			['POST', endpoint.url, { bytes: arrived.body.length, text: arrived.body.toString() }],
		);
		const { Accept, 'X-Site': site, 'X-Dt-Signature': signature } = request?.headers ?? {};
		assert.deepEqual([Accept, site, signature], ['text/plain', '***', '***']);
		assert.equal(request?.headers['Idempotency-Key'], arrived.headers['idempotency-key']);
		assert.deepEqual(
			[answered?.status, answered?.headers['x-server'], answered?.body],
			[200, 'me', { bytes: 9, text: 'thank you' }],
		);
		assert.ok(durationMs >= 0);
	});

	it('stores and counts nothing: no row, no metric, no delivery, no health, no alert, no word in the log', async () => {
		await attach();
		const before = JSON.stringify(await store.counters());
		notices.length = log.length = 0;
		answer = status(500);
		for (let i = 0; i < 12; i++) assert.equal((await test()).became, 'again');
		answer = status(410);
		assert.equal((await test()).became, 'again');
		await clock.advance(120_000);
		await settled();
		assert.equal(JSON.stringify(await store.counters()), before);
		assert.deepEqual(notices, []);
		assert.deepEqual(log, []);
		const { metrics, health, leftOut } = core.held().exports.get(ID) ?? {};
		assert.equal(leftOut, 0);
		assert.deepEqual(
			[metrics?.errorCount, metrics?.deliveries, health?.breaker],
			[0, [], 'closed'],
		);
		await core.close();
		for (const collection of COLLECTIONS)
			for await (const { id } of walkDocuments(store.documents, collection))
				assert.fail(`${collection} ${id}`);
	});

	it('is another event each time, with a key that no delivery has', async () => {
		await attach();
		await test();
		await test();
		await core.add(ID, []);
		const [first, second] = endpoint.received;
		const keys = [first, second].map((one) => String(one?.headers['idempotency-key']));
		assert.notEqual(keys[0], keys[1]);
		assert.ok(
			keys.every((key) => key.startsWith(`test/${encodeURI(ID)}/`)),
			keys.join(),
		);
		assert.notEqual(first?.body.toString(), second?.body.toString());
	});

	describe('shows no secret, however the endpoint repeats it', () => {
		const ref = { secretRef: 'x' };
		const ways: [name: string, sink: Http][] = [
			['a header', { headers: { 'X-Any': ref } }],
			['a header that is in the configuration', { headers: { 'X-Any': MARK } }],
			['the key of auth', { auth: { kind: 'header', name: 'X-Key', value: ref } }],
			['a bearer token', { auth: { kind: 'bearer', token: ref } }],
			['a password', { auth: { kind: 'basic', user: 'xy', password: ref } }],
			['a JWT', { signatures: [{ kind: 'body-jwt', secrets: [ref] }] }],
			['an HMAC', { signatures: [{ kind: 'hmac', header: 'X-Sig', secrets: [ref] }] }],
			['Standard Webhooks', { signatures: [{ kind: 'standard-webhooks', secrets: [ref] }] }],
		];
		const echo: Answer = (request, response) => {
			const all = JSON.stringify([request.url, request.headers, request.body.toString()]);
			const seen = Object.values(request.headers).flat().join(' ');
			response.setHeader('X-Echo', encodeURI(`${request.url} ${seen}`));
			response.setHeader('X-Plain', `${request.url} ${seen}`.replace(/[^\x20-\x7e]/g, ''));
			response.setHeader('Set-Cookie', 'session=given-to-sluice');
			response.setHeader('X-Next-Token', 'given-to-sluice');
			response.setHeader('Location', `http://u:${MARK}@h/?key=${encodeURIComponent(MARK)}`);
			response.writeHead(400).end(all);
		};
		for (const [name, sink] of ways) {
			it(name, async () => {
				answer = echo;
				await attach(sink);
				const tested = await test();
				assert.equal(tested.became, 'dead');
				const [arrived] = endpoint.received;
				const made = Object.entries(arrived?.headers ?? {})
					.filter(([header]) => /sig|auth|key|any/.test(header) && header !== 'idempotency-key')
					.map(([, value]) => String(value));
				assert.equal(made.length > 0, true, 'something was sent');
				assert.ok(!JSON.stringify(tested).includes('given-to-sluice'));
				assertNoSecret({ tested }, made);
			});
		}

		it('the address, and what is in it', async () => {
			answer = echo;
			const path = `/hooks/${encodeURIComponent(MARK)}/in`;
			await attach({ url: `${endpoint.url}${path}?token=${encodeURIComponent(MARK)}` });
			const tested = await test();
			assert.ok(endpoint.received[0]?.url?.includes(encodeURIComponent(MARK)));
			assertNoSecret({ tested });
			assert.equal(tested.exchange?.request?.url, `${endpoint.url}/hooks/***/in?token=***`);
		});

		it('a client secret and an access token, also where there is none', async () => {
			const tokens = await startHttpReceiver((request, response) => {
				const text = String(request.headers.authorization);
				if (endpoint.received.length === 1) return void response.writeHead(400).end(text);
				response.end(JSON.stringify({ access_token: MARK, token_type: 'Bearer', x: text }));
			});
			try {
				const auth = {
					kind: 'oauth2',
					tokenUrl: tokens.url,
					clientId: 'me',
					clientSecret: ref,
				} as const;
				answer = echo;
				await attach({ auth });
				const tested = await test();
				assert.ok(endpoint.received[0]?.headers.authorization?.includes(MARK));
				assertNoSecret({ tested });
				const without = await test();
				assert.deepEqual(
					[without.became, without.error?.code, without.exchange?.request],
					['again', 'ERR_SINK_TOKEN', undefined],
				);
				assertNoSecret({ without });
			} finally {
				await tokens.close();
			}
		});
	});

	it('says that the filter leaves an event out, by type, label or condition, and sends nothing', async () => {
		const condition = {
			language: 'jsonnet',
			content: 'Body("event.data.co2.ppm") > 5000',
		} as const;
		for (const filter of [
			{ types: ['touch'] },
			{ labels: [{ key: 'floor', has: true }] },
			{ condition },
		]) {
			await attach({}, { filter });
			const { became, says, exchange } = await test({ sample: 'co2' });
			assert.deepEqual([became, exchange], ['leftOut', undefined]);
			assert.match(says, /the filter of the buffer leaves this event out/);
		}
		assert.equal(endpoint.received.length, 0);
		assert.equal(core.held().exports.get(ID)?.leftOut, 0);
		await attach({}, { filter: { types: ['co2'], labels: [{ key: 'name', has: true }] } });
		assert.equal((await test({ sample: 'co2' })).became, 'delivered');
	});

	it('reads the type of an event where its receiver reads it', async () => {
		const receiver = { id: 'r1', auth: OPEN, typePath: 'kind' };
		const config = anExportInput({ output: 'event', filter: { types: ['a'] } });
		const sink = { kind: 'http', url: endpoint.url, allowHttp: true } as const;
		await core.attachReceiver(receiver, [{ config, sink }], HOLDER).ready;
		const became = async (event: unknown) =>
			(await testDelivery(on(), 'r1/main', { event, clock })).became;
		assert.deepEqual(
			[await became({ kind: 'a' }), await became({ kind: 'b' })],
			['delivered', 'leftOut'],
		);
	});

	it('goes through the columns, with the number 0 for the id, and says what does not fit', async () => {
		const columns = [
			{ type: 'id', name: 'id' },
			{ type: 'path', name: 'ppm', path: 'event.data.co2.ppm' },
		] as const;
		await attach({}, { columns, output: 'record' });
		assert.equal((await test({ sample: 'co2' })).became, 'delivered');
		assert.deepEqual(JSON.parse(String(endpoint.received[0]?.body)), [{ id: 0, ppm: 612 }]);
		const refused = await test({ sample: 'touch' });
		assert.deepEqual([refused.became, refused.exchange], ['refused', undefined]);
		assert.match(refused.says, /^Not sent: .*event\.data\.co2.*is told so\.$/s);
		await attach({}, { columns, output: 'record', onMappingError: 'dead' });
		const dead = await test({ sample: 'touch' });
		assert.equal(dead.became, 'dead');
		assert.match(dead.says, /^Not sent: .*dead letter\.$/s);
		assert.equal((await store.counters())[0]?.deadRows, 0);
	});

	const statuses: [
		status: number,
		o: object,
		became: Tested['became'],
		says: RegExp,
		more?: object,
	][] = [
		[204, {}, 'delivered', /answered 204/],
		[
			404,
			{},
			'dead',
			/answered 404\. It would not be sent again, and be put aside as a dead letter\.$/,
		],
		[301, {}, 'dead', /answered 301/],
		[503, {}, 'again', /answered 503\. It would be sent again in 1s\.$/],
		[429, { headers: { 'retry-after': '120' } }, 'again', /again in 2m\.$/],
		[503, { retry: { delaysMs: [60_000], jitter: 0.5 } }, 'again', /again in 1m\.$/],
		[429, { retry: { preset: 'standard' } }, 'again', /again in 1m\.$/],
		[503, { retry: { delaysMs: [] } }, 'dead', /gave up after 1 attempts/],
		[
			503,
			{ retry: { delaysMs: [600_000], maxAgeMs: 60_000 } },
			'dead',
			/older than retry\.maxAgeMs/,
		],
		[404, { sink: { retryOn: ['4xx'] } }, 'again', /again in 1s/],
		[410, {}, 'again', /410\. The buffer would be paused by itself, and keep the event\.$/],
		[410, { health: { giveUp: { action: 'nothing' } } }, 'dead', /dead letter\.$/],
		[
			410,
			{ health: { giveUp: { action: 'disable' } } },
			'dead',
			/disabled by itself, and drop what waits/,
		],
	];
	for (const [code, o, became, says] of statuses) {
		it(`${code} with ${JSON.stringify(o)} is ${became}`, async () => {
			const { headers, sink, ...config } = o as { headers?: Record<string, string>; sink?: Http };
			answer = status(code, headers);
			await attach(sink, config);
			const tested = await test();
			assert.deepEqual([tested.became, tested.exchange?.answer?.status], [became, code]);
			assert.match(tested.says, says);
		});
	}

	it('is held by the guard of addresses: nothing arrives', async () => {
		await attach({ origin: 'dynamic' });
		const { became, error, exchange } = await test();
		assert.deepEqual([became, error?.code], ['dead', 'ERR_SINK_ADDRESS_BLOCKED']);
		assert.deepEqual([exchange?.request?.method, exchange?.answer], ['POST', undefined]);
		assert.equal(endpoint.received.length, 0);
	});

	it('takes the proxy, and says where that refuses', async () => {
		const proxy = await startProxyServer(endpoint);
		try {
			await attach({ url: 'http://127.0.0.2:9/in', proxy: { url: proxy.url } });
			assert.equal((await test()).became, 'delivered');
			assert.equal(proxy.asked.length, 1);
			proxy.behaviour = 407;
			const { became, says } = await test();
			assert.equal(became, 'again');
			assert.match(says, /the proxy refused the connection/);
		} finally {
			await proxy.close();
		}
	});

	it('shows what is compressed before that, and what is no text by its size', async () => {
		await attach({ gzip: true });
		answer = (_request, response) => response.end(Buffer.from([0, 255, 1, 2]));
		const { request, answer: answered } = (await test()).exchange ?? assert.fail();
		const sent = gunzipSync(endpoint.received[0]?.body ?? '');
		assert.equal(request?.body.text, sent.toString());
		assert.equal(request?.headers['content-encoding'], 'gzip');
		assert.deepEqual(answered?.body, { bytes: 4 });
		answer = (_request, response) => response.end(Buffer.from([0xc3, 0x28, 0x41]));
		assert.deepEqual((await test()).exchange?.answer?.body, { bytes: 3 });
	});

	it('shows at most 20 kB of a body, and says that there is more', async () => {
		await attach();
		answer = (_request, response) => response.end('ä'.repeat(1_000_000));
		const tested = await test({ event: 'x'.repeat(100_000) });
		const { request, answer: answered } = tested.exchange ?? assert.fail();
		for (const body of [request?.body, answered?.body]) {
			assert.ok(Buffer.byteLength(body?.text ?? '') <= 20_000);
			assert.equal(body?.isCut, true);
		}
		assert.ok((request?.body.bytes ?? 0) > 100_000);
		assert.ok(JSON.stringify(tested).length < 60_000);
	});

	for (const fault of FAULTS) {
		it(`an endpoint that ${fault.name}: ${fault.becomes}`, async () => {
			const server = await startFaultyServer(fault);
			try {
				await attach({ url: `${server.url}?key=hunter2`, timeoutMs: 300 });
				const tested = await test();
				const became = { taken: 'delivered', again: 'again', refused: 'dead' }[fault.becomes];
				const isGone = fault.status === 410;
				assert.equal(tested.became, isGone ? 'again' : became, tested.says);
				if (fault.status) assert.equal(tested.exchange?.answer?.status, fault.status);
				assert.equal(tested.exchange?.request?.method, 'POST');
				const text = JSON.stringify(tested);
				assert.ok(!text.includes('hunter2'));
				assert.ok(text.length < 100_000);
			} finally {
				await server.close();
			}
		});
	}

	it('ends after a minute, however long a request may take', async () => {
		answer = () => {};
		await attach({ timeoutMs: 600_000 });
		const testing = test();
		while (endpoint.received.length === 0) await new Promise(setImmediate);
		await clock.advance(59_000);
		assert.equal(await Promise.race([testing, settled().then(() => 'open')]), 'open');
		await clock.advance(1_000);
		const { became, says } = await testing;
		assert.equal(became, 'brokenOff');
		assert.match(says, /A test waits 1m at most/);
	});

	it('ends when whoever asked gives it up', async () => {
		answer = () => {};
		await attach();
		const stop = new AbortController();
		const testing = test({ signal: stop.signal });
		while (endpoint.received.length === 0) await new Promise(setImmediate);
		stop.abort();
		assert.equal((await testing).became, 'brokenOff');
	});

	it('says that a buffer delivers nothing now, and tests it all the same', async () => {
		await attach();
		for (const [state, says] of [
			['PAUSED', /200\. The buffer is paused: it delivers nothing until it is resumed\.$/],
			['USER_DISABLED', /The buffer is disabled: it drops what comes until it is enabled\.$/],
		] as const) {
			await store.setState(ID, state);
			const tested = await test();
			assert.deepEqual([tested.became, tested.state], ['delivered', state]);
			assert.match(tested.says, says);
		}
	});

	it('holds up no delivery, and is held up by none', async () => {
		const waiting: (() => void)[] = [];
		answer = (request, response) => {
			const isTest = String(request.headers['idempotency-key']).startsWith('test/');
			if (isTest) response.end();
			else waiting.push(() => response.end());
		};
		await attach({}, { conditions: { count: 1, time: '1s', size: '1MB' }, maxInFlight: 1 });
		const { createEvent } = await import('../../../core/event/create-event');
		await core.add(ID, [createEvent({ body: { n: 1 } })]);
		while (waiting.length === 0) await new Promise(setImmediate);
		assert.equal((await test()).became, 'delivered');
		for (const end of waiting) end();
	});

	it('takes an event of your own, whatever JSON it is, and no more than a push may bring', async () => {
		await attach({ send: 'row' });
		for (const event of [{ a: 1 }, [1], 'text', 7, null, false]) {
			assert.equal((await test({ event })).became, 'delivered');
			const body = String(endpoint.received.at(-1)?.body);
			assert.equal(body, typeof event === 'string' ? event : JSON.stringify(event));
		}
		assert.equal(endpoint.received.at(-1)?.headers['content-type'], 'application/json');
		await test({ event: 'no JSON' });
		assert.equal(endpoint.received.at(-1)?.headers['content-type'], 'text/plain');
		await test({ event: Buffer.from([0, 1, 2]) });
		const { body, headers } = endpoint.received.at(-1) ?? assert.fail();
		assert.deepEqual(
			[body, headers['content-type']],
			[Buffer.from([0, 1, 2]), 'application/octet-stream'],
		);
		let deep: unknown = 1;
		for (let level = 0; level < 600; level++) deep = [deep];
		for (const event of [deep, JSON.stringify(deep)])
			await assert.rejects(test({ event }), { code: 'ERR_BODY_UNREADABLE' });
		const large = { event: 'x'.repeat(1_100_000) };
		await assert.rejects(test(large), {
			code: 'ERR_CONFIG_INVALID',
			message: /^event: expected at most/,
		});
		const both = { event: 1, sample: 'touch' };
		await assert.rejects(test(both), {
			code: 'ERR_CONFIG_INVALID',
			message: /^event: expected either/,
		});
		await assert.rejects(test({ sample: 'ping' }), { message: /^sample: expected one of touch, / });
		assert.equal(endpoint.received.length, 8);
	});

	it('is refused for the flow, for what is unknown, or delivered elsewhere', async () => {
		await attach();
		const run = (exportId: string, operable: object = on()) =>
			runVerb({ store, ...operable }, 'test', { exportId, sample: 'touch' });
		assert.equal(((await run(ID)) as Tested).became, 'delivered');
		await assert.rejects(run('items:n1/none'), { code: 'ERR_EXPORT_UNKNOWN' });
		const alone = runVerb({ store }, 'test', { exportId: ID });
		await assert.rejects(alone, { code: 'ERR_CONFIG_INVALID', message: /a host that runs/ });
		const flow = { emit: async () => {}, doneWhen: () => 'sent' as const };
		const config = anExportInput({ receiverId: 'items:n2' });
		const holder = { key: 'n2', label: 'n2' };
		const given = { config, sink: { kind: 'flow' } as const, ports: { flow } };
		await core.attachExport(given, holder).ready;
		await assert.rejects(run('items:n2/main'), {
			code: 'ERR_CONFIG_INVALID',
			message: /a buffer that is forwarded to a URL/,
		});
		const only = anExportInput({ receiverId: 'items:n3' });
		await core.attachExport({ config: only }, { key: 'n3', label: 'n3' }).ready;
		const elsewhere = { code: 'ERR_EXPORT_UNKNOWN', message: /not delivered by this process/ };
		await assert.rejects(run('items:n3/main'), elsewhere);
		const fake = anExportInput({ receiverId: 'items:n4' });
		const ports = { sink: new RecordingSink() };
		await core.attachExport({ config: fake, ports }, { key: 'n4', label: 'n4' }).ready;
		await assert.rejects(run('items:n4/main'), elsewhere);
	});

	it('says which secret is missing, and sends nothing', async () => {
		let secret: string | undefined = MARK;
		const config = anExportInput({ receiverId: 'items:n1', output: 'event' });
		const auth = { kind: 'bearer', token: { secretRef: 'the token' } } as const;
		const sink = { kind: 'http', url: endpoint.url, allowHttp: true, auth } as const;
		const ports = { resolveSecret: () => secret };
		await core.attachExport({ config, sink, ports }, HOLDER).ready;
		secret = undefined;
		await assert.rejects(test(), { code: 'ERR_CONFIG_INVALID', message: /the secret "the token"/ });
		assert.equal(endpoint.received.length, 0);
	});
});
