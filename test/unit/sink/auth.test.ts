import assert from 'node:assert/strict';
import type { HttpEndpoint } from '../../../core/sink/http/http-config';
import {
	createHttpTarget,
	type HttpTarget,
	type PushResult,
} from '../../../core/sink/http/http-target';
import type { RequestReport } from '../../../core/sink/sink';
import { startHttpReceiver, type Answer, type HttpReceiver } from '../../support/http-receiver';

const body = Buffer.from('{}');
const SECRET = 'hunter2 &%';

describe('authentication at an endpoint', () => {
	let endpoint: HttpReceiver;
	let tokens: HttpReceiver;
	let target: HttpTarget | undefined;
	let now: number;
	/** What the two say; tokens are numbered. */
	let letsIn: (authorization: string) => number;
	let grant: Answer;

	beforeEach(async () => {
		now = 1_700_000_000_000;
		letsIn = () => 200;
		grant = (_request, response) =>
			response.end(
				JSON.stringify({
					access_token: `token-${tokens.received.length}`,
					token_type: 'Bearer',
					expires_in: 3600,
				}),
			);
		endpoint = await startHttpReceiver((request, response) => {
			const authorization = String(request.headers.authorization);
			response.writeHead(letsIn(authorization)).end(`${authorization} ${SECRET}`);
		});
		tokens = await startHttpReceiver((request, response) => grant(request, response));
	});
	afterEach(async () => {
		target?.close();
		await endpoint.close();
		await tokens.close();
	});

	const targetWith = (config: Partial<HttpEndpoint>): HttpTarget =>
		(target = createHttpTarget(
			{ url: endpoint.url, timeoutMs: 2_000, ...config },
			{ clock: { now: () => now } },
		));
	const oauth2 = (more: object = {}) =>
		targetWith({
			auth: {
				kind: 'oauth2',
				tokenUrl: tokens.url,
				clientId: 'me:',
				clientSecret: SECRET,
				...more,
			},
		});
	const sent = (): unknown[] => endpoint.received.map(({ headers }) => headers.authorization);
	const codeOf = ({ outcome }: PushResult) =>
		'error' in outcome ? [outcome.kind, outcome.error.code] : [outcome.kind];

	const fixed: [auth: NonNullable<HttpEndpoint['auth']>, header: string, value: string][] = [
		[{ kind: 'header', name: 'X-Api-Key', value: 'abc' }, 'x-api-key', 'abc'],
		[{ kind: 'bearer', token: 'abc' }, 'authorization', 'Bearer abc'],
		// RFC 7617, 2.1.
		[{ kind: 'basic', user: 'test', password: '123£' }, 'authorization', 'Basic dGVzdDoxMjPCow=='],
	];
	for (const [auth, header, value] of fixed) {
		it(`sends ${auth.kind}`, async () => {
			assert.equal((await targetWith({ auth }).push(body)).outcome.kind, 'ack');
			assert.equal(endpoint.received[0]?.headers[header], value);
		});
	}

	it('shows nothing of it, however the endpoint repeats it', async () => {
		letsIn = () => 400;
		const told: RequestReport[] = [];
		const onRequest = (one: RequestReport): void => void told.push(one);
		const basic = { kind: 'basic', user: 'u', password: SECRET } as const;
		await targetWith({ auth: basic }).push(body, { onRequest });
		await oauth2().push(body, { onRequest });
		assert.deepEqual(
			told.map(({ answeredText }) => answeredText),
			['Basic *** ***', 'Bearer *** ***'],
		);
	});

	it('asks for a token once, as RFC 6749 says, and keeps it until shortly before its end', async () => {
		const one = oauth2({ scope: 'a b', audience: 'them' });
		await one.push(body);
		now += 3_539_999;
		await one.push(body);
		now += 1;
		await one.push(body);
		assert.deepEqual(sent(), ['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
		const [request] = tokens.received;
		assert.equal(request?.method, 'POST');
		assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
		assert.equal(request.body.toString(), 'grant_type=client_credentials&scope=a+b&audience=them');
		const basic = Buffer.from('me%3A:hunter2+%26%25').toString('base64');
		assert.equal(request.headers.authorization, `Basic ${basic}`);
	});

	it('sends the client within the body where that is asked for', async () => {
		await oauth2({ clientAuth: 'body' }).push(body);
		const { headers, body: text } = tokens.received[0] ?? assert.fail();
		assert.equal(headers.authorization, undefined);
		assert.equal(new URLSearchParams(text.toString()).get('client_secret'), SECRET);
		assert.equal(new URLSearchParams(text.toString()).get('client_id'), 'me:');
	});

	it('keeps a token without an end until a 401, renews it once, and repeats the request', async () => {
		grant = (_request, response) =>
			response.end(`{"access_token":"token-${tokens.received.length}"}`);
		const told: RequestReport[] = [];
		const one = oauth2();
		await one.push(body);
		now += 1e12;
		await one.push(body);
		letsIn = (authorization) => (authorization === 'Bearer token-2' ? 200 : 401);
		const { outcome } = await one.push(body, { onRequest: (report) => told.push(report) });
		assert.equal(outcome.kind, 'ack');
		assert.deepEqual(sent().slice(1), ['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
		assert.deepEqual(
			told.map(({ ok, status }) => [ok, status]),
			[
				[false, 401],
				[true, 200],
			],
		);
	});

	it('renews once for requests that go out together', async () => {
		const one = oauth2();
		const together = () => Promise.all([1, 2, 3, 4].map(() => one.push(body)));
		await together();
		assert.equal(tokens.received.length, 1);
		letsIn = (authorization) => (authorization === 'Bearer token-2' ? 200 : 401);
		const results = await together();
		assert.deepEqual(results.map(codeOf), [['ack'], ['ack'], ['ack'], ['ack']]);
		assert.equal(tokens.received.length, 2);
	});

	it('repeats a request no more than once, and asks for no token each time an endpoint says 401', async () => {
		const one = oauth2();
		await one.push(body);
		letsIn = () => 401;
		for (let i = 0; i < 5; i++)
			assert.deepEqual(codeOf(await one.push(body)), ['dead', 'ERR_SINK_REJECTED']);
		assert.equal(endpoint.received.length, 7);
		assert.equal(tokens.received.length, 2);
		now += 60_000;
		await one.push(body);
		assert.equal(tokens.received.length, 3);
	});

	const noTokens: [what: string, answer: Answer, message: string][] = [
		[
			'401',
			(_request, response) =>
				response
					.writeHead(401, { 'Retry-After': '7' })
					.end(`{"error":"invalid_client","error_description":"${SECRET}"}`),
			'the token endpoint answered 401 (invalid_client)',
		],
		[
			'503 and no JSON',
			(_request, response) => response.writeHead(503).end(SECRET),
			'the token endpoint answered 503',
		],
		[
			'an error code that is none',
			(_request, response) => response.writeHead(400).end(`{"error":"${SECRET}"}`),
			'the token endpoint answered 400',
		],
		[
			'no token',
			(_request, response) => response.end('{}'),
			'the token endpoint gave no access_token',
		],
		[
			'null',
			(_request, response) => response.end('null'),
			'the token endpoint gave no access_token',
		],
		[
			'a token that no header takes',
			(_request, response) => response.end('{"access_token":"a b\\r\\nX: y"}'),
			'the token endpoint gave no access_token',
		],
		[
			'a token of another type',
			(_request, response) => response.end('{"access_token":"a","token_type":"mac"}'),
			'the token endpoint gave a token that is no bearer token',
		],
		[
			'a redirect',
			(_request, response) => response.writeHead(302, { Location: endpoint.url }).end(),
			'the token endpoint answered 302',
		],
	];
	for (const [what, answer, message] of noTokens) {
		it(`keeps rows and says why where the token endpoint gives ${what}`, async () => {
			grant = answer;
			const told: RequestReport[] = [];
			const result = await oauth2().push(body, { onRequest: (one) => told.push(one) });
			assert.deepEqual(codeOf(result), ['retry', 'ERR_SINK_TOKEN']);
			assert('error' in result.outcome);
			assert.equal(result.outcome.error.message, message);
			if (what === '401') assert.equal('at' in result.outcome && result.outcome.at, now + 7_000);
			assert.equal(endpoint.received.length, 0);
			assert.deepEqual(
				told.map(({ ok, status }) => [ok, status]),
				[[false, undefined]],
			);
		});
	}

	for (const status of [502, 503, 504, 500, 401, 429]) {
		it(`takes a token endpoint that answers ${status} for one that ${status > 501 ? 'is not reached: the breaker opens, and it uses up nothing' : 'is there'}`, async () => {
			grant = (_request, response) => response.writeHead(status).end();
			const told: RequestReport[] = [];
			await oauth2().push(body, { onRequest: (one) => told.push(one) });
			assert.deepEqual(
				told.map(({ unreachable = false }) => unreachable),
				[status > 501],
			);
		});
	}

	it('waits for a token no longer than for an endpoint, and reads no endless one', async () => {
		grant = () => {};
		const late = await oauth2({}).push(body);
		assert.deepEqual(codeOf(late), ['retry', 'ERR_SINK_TIMEOUT']);
		assert('error' in late.outcome);
		assert.match(late.outcome.error.message, /^the token endpoint: no answer within/);
		target?.close();
		let written = 0;
		grant = (_request, response) => {
			const chunk = Buffer.alloc(65_536, 32);
			const pump = (): void => {
				while (!response.destroyed && written < 1 << 28 && response.write(chunk))
					written += chunk.length;
			};
			response.on('drain', pump);
			pump();
		};
		assert.deepEqual(codeOf(await oauth2().push(body)), ['retry', 'ERR_SINK_TOKEN']);
		assert.ok(written < 1 << 26, String(written));
	});

	it('reaches the token endpoint under the rules of the endpoint', async () => {
		const one = targetWith({
			url: endpoint.url.replace('127.0.0.1', 'localhost'),
			origin: 'dynamic',
			allowHttp: true,
			allowedCidrs: [],
			auth: { kind: 'oauth2', tokenUrl: tokens.url, clientId: 'a', clientSecret: 'b' },
		});
		const result = await one.push(body);
		assert.deepEqual(codeOf(result), ['dead', 'ERR_SINK_ADDRESS_BLOCKED']);
		assert('error' in result.outcome);
		assert.match(result.outcome.error.message, /^the token endpoint: /);
		assert.equal(tokens.received.length, 0);
	});

	it('goes on for the others where the request that asked for the token is broken off', async () => {
		let answer: () => void = () => {};
		const asked = new Promise<void>((resolve) => {
			grant = (_request, response) => {
				answer = () => response.end('{"access_token":"late"}');
				resolve();
			};
		});
		const one = oauth2();
		const abort = new AbortController();
		const first = one.push(body, { signal: abort.signal });
		const second = one.push(body);
		await asked;
		abort.abort();
		assert.equal((await first).outcome.kind, 'retry');
		answer();
		assert.equal((await second).outcome.kind, 'ack');
		assert.deepEqual(sent(), ['Bearer late']);
	});
});
