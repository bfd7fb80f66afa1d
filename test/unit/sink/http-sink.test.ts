import assert from 'node:assert/strict';
import type { Outcome } from '../../../core/buffer/store';
import { createEvent } from '../../../core/event/create-event';
import { createRowRenderer } from '../../../core/mapping/render-row';
import { encodeEvent } from '../../../core/event/codec';
import type { HttpEndpoint } from '../../../core/sink/http/http-config';
import { createHttpSink } from '../../../core/sink/http/http-sink';
import { readRetryAfter } from '../../../core/sink/http/answer';
import { verifyBody } from '../../../core/signature/verify-body';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';
import { RETRY } from '../../../core/pure/bounds';
import { startHttpReceiver, type Answer, type HttpReceiver } from '../../support/http-receiver';
import { pushJson } from '../../support/push-json';

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const batch = fakeBatch({ payloads: [json({ a: 1 }), json({ a: 'ä' }), json({ a: null })] });
const attempt = (signal = new AbortController().signal) => fakeAttempt({ signal });
const NOW = 1_700_000_000_000;

const signedIn = (header: string) => ({ kind: 'body-jwt', secrets: ['s'], header }) as const;

describe('createHttpSink', () => {
	let receiver: HttpReceiver | undefined;

	afterEach(async () => {
		await receiver?.close();
		receiver = undefined;
	});

	async function deliver(
		answer: Answer,
		config: Partial<HttpEndpoint> = {},
		signal?: AbortSignal,
	): Promise<Outcome> {
		receiver ??= await startHttpReceiver(answer);
		const sink = createHttpSink({ url: receiver.url, ...config }, { clock: { now: () => NOW } });
		try {
			return await sink.deliver(batch, attempt(signal));
		} finally {
			await sink.close?.();
		}
	}

	const status =
		(code: number, headers: Record<string, string> = {}): Answer =>
		(_request, response) =>
			response.writeHead(code, headers).end('answer');

	it('posts the batch as a JSON list with its idempotency key', async () => {
		assert.equal((await deliver(status(200))).kind, 'ack');
		const [request] = receiver?.received ?? [];
		assert.equal(request?.method, 'POST');
		assert.equal(request?.body.toString(), '[{"a":1},{"a":"ä"},{"a":null}]');
		assert.equal(request?.headers['content-type'], 'application/json');
		assert.equal(request?.headers['content-length'], String(request?.body.length));
		assert.equal(request?.headers['idempotency-key'], 'store/r/e/1');
		assert.match(request?.headers['user-agent'] ?? '', /^Sluice\/\d/);
		assert.equal(request?.headers['x-dt-signature'], undefined);
		assert.equal(request?.headers['accept-encoding'], 'identity');
	});

	const statuses: [
		code: number,
		kind: Outcome['kind'],
		error: string | undefined,
		all: Outcome['kind'],
	][] = [
		[200, 'ack', undefined, 'ack'],
		[201, 'ack', undefined, 'ack'],
		[204, 'ack', undefined, 'ack'],
		[299, 'ack', undefined, 'ack'],
		[300, 'dead', 'ERR_SINK_REJECTED', 'retry'],
		[301, 'dead', 'ERR_SINK_REJECTED', 'retry'],
		[302, 'dead', 'ERR_SINK_REJECTED', 'retry'],
		[304, 'dead', 'ERR_SINK_REJECTED', 'retry'],
		[400, 'dead', 'ERR_SINK_REJECTED', 'retry'],
		[401, 'dead', 'ERR_SINK_REJECTED', 'retry'],
		[404, 'dead', 'ERR_SINK_REJECTED', 'retry'],
		[408, 'retry', 'ERR_SINK_UNAVAILABLE', 'retry'],
		[413, 'dead', 'ERR_SINK_REJECTED', 'retry'],
		[421, 'retry', 'ERR_SINK_UNAVAILABLE', 'retry'],
		[422, 'dead', 'ERR_SINK_REJECTED', 'retry'],
		[425, 'retry', 'ERR_SINK_UNAVAILABLE', 'retry'],
		[429, 'retry', 'ERR_SINK_UNAVAILABLE', 'retry'],
		[500, 'retry', 'ERR_SINK_UNAVAILABLE', 'retry'],
		[503, 'retry', 'ERR_SINK_UNAVAILABLE', 'retry'],
		[599, 'retry', 'ERR_SINK_UNAVAILABLE', 'retry'],
	];
	for (const [code, kind, error, all] of statuses) {
		it(`takes ${code} as ${kind}, and as ${all} where every status is retried (D43)`, async () => {
			const outcome = await deliver(status(code));
			assert.equal(outcome.kind, kind);
			assert.equal('error' in outcome ? outcome.error.code : undefined, error);
			assert.equal('at' in outcome, false);
			assert.equal((await deliver(status(code), { retryAllStatuses: true })).kind, all);
		});
	}

	for (const [output, send] of [
		['event', 'batch'],
		['event', 'row'],
		['record', 'batch'],
		['record', 'row'],
	] as const) {
		it(`sends the numbers of ${output}s by ${send} as they came`, async () => {
			const numbers = '"id":4634343214213523454,"price":1.10,"e":1e400';
			const event = createEvent({
				headers: { 'content-type': 'application/json' },
				body: `{${numbers}}`,
			});
			const columns = ['id', 'price', 'e'].map(
				(name) => ({ type: 'path', name, path: name }) as const,
			);
			const render = createRowRenderer(output === 'event' ? { output } : { output, columns });
			receiver = await startHttpReceiver(status(200));
			const sink = createHttpSink({ url: receiver.url, send });
			const rows = fakeBatch({ output, payloads: [render(event).payload] });
			assert.equal((await sink.deliver(rows, attempt())).kind, 'ack');
			assert.ok(receiver.received[0]?.body.toString().includes(`{${numbers}}`));
			await sink.close?.();
		});
	}

	it('does not follow a redirect (D43)', async () => {
		const other = await startHttpReceiver(status(200));
		try {
			const outcome = await deliver(status(307, { Location: other.url }));
			assert.equal(outcome.kind, 'dead');
			assert.equal(other.received.length, 0);
		} finally {
			await other.close();
		}
	});

	const waits: [header: string, at: number | undefined][] = [
		['120', NOW + 120_000],
		['0', undefined],
		['864000', NOW + 86_400_000],
		[new Date(NOW + 60_000).toUTCString(), NOW + 60_000],
		[new Date(NOW - 60_000).toUTCString(), undefined],
		['soon', undefined],
		['2026', NOW + 2_026_000],
		['1.5', undefined],
		['-5', undefined],
		['1e3', undefined],
		['', undefined],
		['99999999999999999999', NOW + RETRY.maxRetryAfterMs],
	];
	for (const [header, at] of waits) {
		it(`reads Retry-After: ${header}`, async () => {
			for (const code of [429, 503]) {
				const outcome = await deliver(status(code, { 'Retry-After': header }));
				assert.equal(outcome.kind === 'retry' ? outcome.at : 'no retry', at);
				await receiver?.close();
				receiver = undefined;
			}
		});
	}

	const dates: [form: string, text: string, at: number][] = [
		['IMF', 'Sun, 06 Nov 2033 08:49:37 GMT', Date.UTC(2033, 10, 6, 8, 49, 37)],
		['RFC 850', 'Sunday, 06-Nov-33 08:49:37 GMT', Date.UTC(2033, 10, 6, 8, 49, 37)],
		['RFC 850 without a zone', 'Sunday, 06-Nov-33 08:49:37', Date.UTC(2033, 10, 6, 8, 49, 37)],
		['asctime', 'Sun Nov  6 08:49:37 2033', Date.UTC(2033, 10, 6, 8, 49, 37)],
		['asctime, two digits', 'Wed Nov 16 08:49:37 2033', Date.UTC(2033, 10, 16, 8, 49, 37)],
		['another zone', 'Sun, 06 Nov 2033 08:49:37 +0100', Date.UTC(2033, 10, 6, 7, 49, 37)],
	];
	for (const [form, text, at] of dates) {
		it(`reads a date in the form ${form} as UTC, in whatever zone the machine is`, () => {
			const zone = process.env['TZ'];
			process.env['TZ'] = 'America/New_York';
			try {
				assert.equal(readRetryAfter(text, at - 5_000), 5_000);
			} finally {
				if (zone === undefined) delete process.env['TZ'];
				else process.env['TZ'] = zone;
			}
		});
	}

	it('signs the exact bytes of each attempt anew (D40)', async () => {
		const signatures = [signedIn('X-Mine')];
		await deliver(status(503), { signatures });
		await deliver(status(200), { signatures });
		const tokens = receiver?.received.map(({ headers }) => String(headers['x-mine'])) ?? [];
		assert.notEqual(tokens[0], tokens[1]);
		for (const [i, token] of tokens.entries()) {
			const body = receiver?.received[i]?.body ?? assert.fail();
			const { iat, exp } = await verifyBody({
				token,
				body,
				secrets: ['s'],
				now: NOW,
				leewaySeconds: 0,
			});
			assert.equal(iat, NOW / 1000);
			assert.equal(exp, NOW / 1000 + 3600);
		}
	});

	it('sends no signature header without a signature (D40)', async () => {
		await deliver(status(200), { signatures: [] });
		assert.equal(receiver?.received[0]?.headers['x-dt-signature'], undefined);
	});

	it('sends keys with any letters', async () => {
		receiver = await startHttpReceiver(status(200));
		const named = fakeBatch({ payloads: [json(1)], idempotencyKey: 's/Büro 日\ud800/1' });
		const sink = createHttpSink({ url: receiver.url });
		assert.equal((await sink.deliver(named, attempt())).kind, 'ack');
		assert.equal(
			receiver.received[0]?.headers['idempotency-key'],
			's/B%C3%BCro%20%E6%97%A5%EF%BF%BD/1',
		);
		await sink.close?.();
	});

	it('sends custom headers, which may replace the content type (D41)', async () => {
		await deliver(status(200), { headers: { 'X-Site': 'b4', 'content-type': 'application/foo' } });
		assert.equal(receiver?.received[0]?.headers['x-site'], 'b4');
		assert.equal(receiver?.received[0]?.headers['content-type'], 'application/foo');
	});

	it('times out when nothing is answered (D44)', async () => {
		const outcome = await deliver(() => {}, { timeoutMs: 100 });
		assert.equal(outcome.kind, 'retry');
		assert.equal('error' in outcome && outcome.error.code, 'ERR_SINK_TIMEOUT');
	});

	it('takes the status of an answer whose body never ends', async () => {
		const endless: Answer = (_request, response) => response.writeHead(200).write('x');
		assert.equal((await deliver(endless, { timeoutMs: 200 })).kind, 'ack');
	});

	it('retries when the connection is reset', async () => {
		const outcome = await deliver((_request, response) => response.socket?.resetAndDestroy());
		assert.equal(outcome.kind, 'retry');
		assert.deepEqual('error' in outcome && [outcome.error.code, outcome.error.details], [
			'ERR_SINK_UNAVAILABLE',
			{ reason: 'ECONNRESET' },
		]);
	});

	it('retries when nobody listens', async () => {
		const gone = await startHttpReceiver(status(200));
		await gone.close();
		const outcome = await deliver(status(200), { url: `${gone.url}?token=hunter2` });
		assert.equal(outcome.kind, 'retry');
		const error = ('error' in outcome && outcome.error) || assert.fail();
		assert.deepEqual(error.details, { reason: 'ECONNREFUSED' });
		assert.equal(
			/hunter2|127/.test(JSON.stringify(error) + error.message + String(error.cause)),
			false,
		);
	});

	it('does not read a huge answer to its end', async () => {
		let sent = 0;
		const outcome = await deliver((_request, response) => {
			response.writeHead(200);
			const chunk = Buffer.alloc(65_536);
			const pump = (): void => {
				while (!response.destroyed && sent < 1 << 28) {
					sent += chunk.length;
					if (!response.write(chunk)) return;
				}
			};
			response.on('drain', pump);
			pump();
		});
		assert.equal(outcome.kind, 'ack');
		assert(sent < 1 << 26, `${sent} bytes were taken`);
	});

	it('releases the batch when the attempt is aborted', async () => {
		const controller = new AbortController();
		// Soon: longer than a test may take is how long it would wait for an answer.
		const config = { timeoutMs: 600_000 };
		const outcome = await deliver(() => controller.abort(), config, controller.signal);
		assert.deepEqual(outcome, { kind: 'release' });
	});

	it('keeps its connection, and sends again when the kept one turns out to be closed', async () => {
		receiver = await startHttpReceiver((request, response) => {
			if (receiver?.received.length === 3) response.socket?.resetAndDestroy();
			else status(200)(request, response);
		});
		const sink = createHttpSink({ url: receiver.url });
		await sink.deliver(batch, attempt());
		await sink.deliver(batch, attempt());
		assert.equal(receiver.connections(), 1);
		assert.equal((await sink.deliver(batch, attempt())).kind, 'ack');
		assert.deepEqual([receiver.connections(), receiver.received.length], [2, 4]);
		await sink.close?.();
		await sink.close?.();
	});

	describe('row by row', () => {
		const row =
			(code: (body: string) => number): Answer =>
			(request, response) =>
				response.writeHead(code(request.body.toString()), { 'Retry-After': '9' }).end();

		it('sends each row as it is, with a key that survives splits', async () => {
			assert.equal(
				(
					await deliver(
						row(() => 200),
						{ send: 'row' },
					)
				).kind,
				'ack',
			);
			assert.deepEqual(
				receiver?.received.map(({ body, headers }) => [
					body.toString(),
					headers['idempotency-key'],
				]),
				[
					['{"a":1}', 'r/e/event-0'],
					['{"a":"ä"}', 'r/e/event-1'],
					['{"a":null}', 'r/e/event-2'],
				],
			);
		});

		it('sends whole events as they came, byte by byte', async () => {
			const bodies: [type: string | undefined, body: Uint8Array, sentAs: string][] = [
				['application/vnd.api+json', Buffer.from(' {"a": 1.0}\n'), 'application/vnd.api+json'],
				['application/octet-stream', Uint8Array.from([0, 255]), 'application/octet-stream'],
				[undefined, Buffer.from('[]'), 'application/json'],
				[undefined, Uint8Array.from([0, 255]), 'application/octet-stream'],
				[undefined, Buffer.from('a=b'), 'application/octet-stream'],
				['text/x\r\nevil: 1', Buffer.from('x'), 'application/octet-stream'],
				['text/x\r\nevil: 1', Buffer.from('{}'), 'application/json'],
			];
			const payloads = bodies.map(([type, body]) =>
				encodeEvent(createEvent({ headers: { 'content-type': type }, body })),
			);
			receiver = await startHttpReceiver(row(() => 200));
			const sink = createHttpSink({ url: receiver.url, send: 'row' });
			const outcome = await sink.deliver(fakeBatch({ output: 'event', payloads }), attempt());
			assert.equal(outcome.kind, 'ack');
			assert.deepEqual(
				receiver.received.map(({ body, headers }) => [Buffer.from(body), headers['content-type']]),
				bodies.map(([, body, sentAs]) => [Buffer.from(body), sentAs]),
			);
			await sink.close?.();
		});

		it('sends with the bytes what describes them, and nothing else of their request', async () => {
			receiver = await startHttpReceiver(status(200));
			const described = {
				'content-type': 'application/json',
				'content-encoding': 'gzip',
				'content-language': 'de, en',
				'content-disposition': 'inline',
				'content-digest': 'sha-256=:x:',
				'repr-digest': 'sha-256=:y:',
				digest: 'sha-256=z',
				'ce-id': '1',
				'ce-specversion': '1.0',
			};
			const other = {
				'content-length': '999',
				'content-security-policy': 'default-src',
				connection: 'close, ce-x',
				'transfer-encoding': 'chunked',
				te: 'trailers',
				host: 'a',
				authorization: 'hunter2',
				cookie: 'hunter2',
				'x-dt-signature': 'theirs',
				'x-forwarded-for': '192.0.2.1',
				accept: 'text/html',
				'ce-日': 'no name of a header',
			};
			const headers = { ...described, ...other, 'ce-time': ['a', 'b'], 'ce-bad': 'ä\u65e5' };
			const payload = encodeEvent(createEvent({ body: Buffer.from([31, 139]), headers }));
			const config = {
				url: receiver.url,
				send: 'row',
				headers: { 'CE-Id': 'ours' },
				signatures: [signedIn('Content-MD5')],
			} as const;
			const withSignature = { ...config, signatures: [signedIn('Ce-SpecVersion')] };
			for (const one of [config, withSignature]) {
				const sink = createHttpSink(one);
				const outcome = await sink.deliver(
					fakeBatch({ output: 'event', payloads: [payload] }),
					attempt(),
				);
				assert.equal(outcome.kind, 'ack');
				await sink.close?.();
			}
			const [first, second] = receiver.received.map((request) => request.headers);
			for (const [name, value] of Object.entries({
				...described,
				'ce-id': 'ours',
				'ce-time': 'a, b',
			}))
				assert.equal(first?.[name], value, name);
			for (const name of Object.keys(other).filter(
				(one) => !['connection', 'host', 'content-length', 'accept'].includes(one),
			))
				assert.equal(first?.[name], undefined, name);
			assert.equal(first?.['ce-bad'], undefined);
			assert.equal(first?.['content-length'], '2');
			assert.match(String(second?.['ce-specversion']), /^ey/);
		});

		it('stops at a row that has to come again and keeps what was taken', async () => {
			const outcome = await deliver(
				row((body) => (body === '{"a":"ä"}' ? 503 : 200)),
				{ send: 'row' },
			);
			const { error, answer, ...rest } = outcome as Extract<Outcome, { kind: 'split' }>;
			assert.deepEqual(rest, {
				kind: 'split',
				retry: [1],
				retryAt: NOW + 9_000,
				hold: [2],
				dead: [],
			});
			assert.equal(error.code, 'ERR_BATCH_PARTIAL');
			assert.equal(answer?.status, 503);
			assert.equal(receiver?.received.length, 2);
		});

		it('puts a refused row aside and goes on', async () => {
			const outcome = await deliver(
				row((body) => (body === '{"a":1}' ? 400 : 200)),
				{ send: 'row' },
			);
			assert.equal(outcome.kind, 'split');
			assert.deepEqual(outcome.kind === 'split' && [outcome.retry, outcome.dead], [[], [0]]);
		});

		it('counts the attempt of the first row alone where the endpoint is down', async () => {
			const outcome = await deliver(
				row(() => 500),
				{ send: 'row' },
			);
			assert(outcome.kind === 'split');
			assert.deepEqual([outcome.retry, outcome.hold, outcome.dead], [[0], [1, 2], []]);
		});

		it('buries the batch when every row is refused', async () => {
			assert.equal(
				(
					await deliver(
						row(() => 400),
						{ send: 'row' },
					)
				).kind,
				'dead',
			);
		});
	});

	const refused: [path: string, config: Partial<HttpEndpoint>][] = [
		['url', { url: 'ftp://example.com' }],
		['url', { url: 'example.com' }],
		['url', { url: 'https://user:hunter2@example.com' }],
		['url', { url: 'https://@example.com' }],
		['url', { url: 'http:example.com/' }],
		['url', { url: 'https:/example.com' }],
		['url', { url: 'https:///example.com' }],
		['url', { url: 'http:\\\\example.com' }],
		['url', { url: 'https://example.com\\hunter2' }],
		['url', { url: 'https://example.com/a b' }],
		['url', { url: ' https://example.com/' }],
		['url', { url: 'https://exam\nple.com/' }],
		['url', { url: 'https://' }],
		['url', { url: 'https://?hunter2' }],
		['url', { url: 'https://exa%mple/' }],
		['headers["Host"]', { headers: { Host: 'a' } }],
		['headers["content-length"]', { headers: { 'content-length': '1' } }],
		[
			'headers["x-dt-signature"]',
			{ headers: { 'x-dt-signature': 'a' }, signatures: [signedIn('X-Dt-Signature')] },
		],
		['headers["a b"]', { headers: { 'a b': 'c' } }],
		['headers["a"]', { headers: { a: 'b\r\nc: d' } }],
		['headers["a"]', { headers: { a: '日' } }],
		['timeoutMs', { timeoutMs: 99 }],
		['timeoutMs', { timeoutMs: 600_001 }],
		['allowedCidrs[1]', { allowedCidrs: ['10.0.0.0/8', '10.0.0.0/33'] }],
		['signatures[0].header', { signatures: [signedIn('a:b')] }],
	];
	for (const [path, config] of refused) {
		const rule = path.startsWith('headers') ? ' (D41)' : '';
		it(`refuses ${path} in ${JSON.stringify(config)}${rule}`, () => {
			assert.throws(
				() => createHttpSink({ url: 'https://example.com', ...config }),
				(error: Error & { details?: unknown }) => {
					assert.equal((error.details as { path: string }).path, path);
					return !error.message.includes('hunter2');
				},
			);
		});
	}
});

describe('a target', () => {
	it('sends one body as it is and returns the answer', async () => {
		const receiver = await startHttpReceiver((_request, response) =>
			response.writeHead(422, { 'X-Why': 'because' }).end('no'),
		);
		try {
			const { outcome, response } = await pushJson({ url: receiver.url }, '{"a":1}');
			assert.equal(outcome.kind, 'dead');
			assert.equal(response?.status, 422);
			assert.deepEqual(response?.headers['x-why'], ['because']);
			assert.equal(Buffer.from(response?.body ?? []).toString(), 'no');
			await pushJson({ url: receiver.url }, Buffer.from(' {"a": 1}'));
			assert.deepEqual(
				receiver.received.map(({ body }) => body.toString()),
				['{"a":1}', ' {"a": 1}'],
			);
		} finally {
			await receiver.close();
		}
	});
});
