import assert from 'node:assert/strict';
import type { ReceiverInput } from '../../../../core/pipeline/parse-receiver';
import { HANDSHAKE_KINDS, showsVerifyToken } from '../../../../core/pure/handshake-kinds';
import { HANDSHAKES } from '../../../../core/receiver/handshakes/index';
import type { Answer, PushedRequest } from '../../../../core/receiver/request';
import {
	asking,
	jsonOf,
	macOf,
	pushed,
	pushedAway,
	signedBy,
	type Receiver,
} from '../../../support/handshake-world';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
} from '../../../support/pipeline-fixtures';

const SECRET = 'the secret of both';
const URL_SECRET = 'a-secret-in-the-url';
const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

const open = (handshake: ReceiverInput['handshake']): Receiver => ({
	auth: OPEN,
	...(handshake === undefined ? {} : { handshake }),
});

const byHmac = (handshake: ReceiverInput['handshake'], ...secrets: string[]): Receiver => ({
	...open(handshake),
	auth: [{ kind: 'hmac', secrets: secrets.length > 0 ? secrets : [SECRET] }],
});

const signed = (body: unknown, secret = SECRET): Partial<PushedRequest> => signedBy(secret, body);

const zoom = (plainToken: string): object => ({
	event: 'endpoint.url_validation',
	payload: { plainToken },
});

const options = (origin: string): Partial<PushedRequest> => ({
	...asking(),
	method: 'OPTIONS',
	headers: {
		'WebHook-Request-Origin': origin,
		'WebHook-Request-Callback': 'https://192.0.2.1/never-called',
		'WebHook-Request-Rate': '120',
	},
});

const EVENT_GRID = 'Microsoft.EventGrid.SubscriptionValidationEvent';
const eventGrid = (event: object): Partial<PushedRequest> => ({
	headers: { 'content-type': 'application/json', 'aeg-event-type': 'SubscriptionValidation' },
	...jsonOf([{ id: '1', eventType: EVENT_GRID, ...event }]),
});

const hub = (more: Readonly<Record<string, string | readonly string[]>> = {}) =>
	asking({
		'hub.mode': 'subscribe',
		'hub.challenge': '1158201444',
		'hub.verify_token': 'verify me',
		...more,
	});

describe('handshakes: what a sender is answered that tries the address', () => {
	const meta = { kind: 'meta', secrets: ['former token', 'verify me'] } as const;
	const strava = { kind: 'strava', secrets: ['verify me'] } as const;
	const permission = {
		allow: 'POST, OPTIONS',
		'webhook-allowed-origin': 'eventgrid.azure.net',
		'webhook-allowed-rate': '*',
	};

	type Row = [string, Receiver, Partial<PushedRequest>, Partial<Answer> & { type?: string }];
	const rows: Row[] = [
		[
			'Slack, JSON',
			open('slack'),
			jsonOf({ token: 'x', challenge: '3eZbrw1aBm', type: 'url_verification' }),
			{ body: '{"challenge":"3eZbrw1aBm"}', type: JSON_TYPE },
		],
		['Meta, by any of its tokens', open(meta), hub(), { body: '1158201444', type: TEXT }],
		['Strava', open(strava), hub(), { body: '{"hub.challenge":"1158201444"}', type: JSON_TYPE }],
		[
			'Microsoft Graph, by POST',
			open('graph'),
			{ ...asking({ validationToken: 'Validation: Testing 1' }), method: 'POST' },
			{ body: 'Validation: Testing 1', type: TEXT },
		],
		['Microsoft Graph, by GET', open('graph'), asking({ validationToken: 'é ü' }), { body: 'é ü' }],
		[
			'Event Grid, its own schema',
			open('event-grid'),
			eventGrid({ data: { validationCode: '512d38b6', validationUrl: 'https://rp.invalid/v' } }),
			{ body: '{"validationResponse":"512d38b6"}', type: JSON_TYPE },
		],
		[
			'Event Grid, OPTIONS',
			open('event-grid'),
			options('eventgrid.azure.net'),
			{ headers: permission },
		],
		[
			'CloudEvents, OPTIONS',
			open('cloudevents'),
			options('eventgrid.azure.net'),
			{ headers: permission },
		],
		['Dropbox', open('dropbox'), asking({ challenge: 'abc' }), { body: 'abc', type: TEXT }],
		[
			'Okta',
			open('okta'),
			{ ...asking(), headers: { 'X-Okta-Verification-Challenge': 'c1' } },
			{ body: '{"verification":"c1"}', type: JSON_TYPE },
		],
		[
			'Asana, a header',
			open('asana'),
			{ headers: { 'X-Hook-Secret': 'hs1' } },
			{ headers: { 'x-hook-secret': 'hs1' } },
		],
		[
			'Smartsheet',
			open('smartsheet'),
			{ headers: { 'smartsheet-hook-challenge': 'c2' }, ...jsonOf({ challenge: 'c2' }) },
			{ body: '{"smartsheetHookResponse":"c2"}', type: JSON_TYPE },
		],
		['Trello, HEAD', open('trello'), { ...asking(), method: 'HEAD' }, {}],
		[
			'Twitch',
			open('twitch'),
			{
				headers: { 'Twitch-Eventsub-Message-Type': 'webhook_callback_verification' },
				...jsonOf({ challenge: 'pogchamp' }),
			},
			{ body: 'pogchamp', type: TEXT },
		],
		[
			'Zoom, with the MAC of its token',
			byHmac('zoom'),
			signed(zoom('qgg8vlvZRS6UYooatFL8Aw')),
			{
				body: JSON.stringify({
					plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
					encryptedToken: macOf('qgg8vlvZRS6UYooatFL8Aw', SECRET),
				}),
			},
		],
		[
			'Zoom, by the former secret, which it still has',
			byHmac('zoom', 'the next one', SECRET),
			signed(zoom('abc')),
			{ body: JSON.stringify({ plainToken: 'abc', encryptedToken: macOf('abc', SECRET) }) },
		],
		[
			'X, the MAC alone, unsigned',
			byHmac('x'),
			asking({ crc_token: 'abc' }),
			{ body: JSON.stringify({ response_token: `sha256=${macOf('abc', SECRET, 'base64')}` }) },
		],
	];

	for (const [name, receiver, request, expected] of rows) {
		it(`${name}: 200, inert and not stored`, async () => {
			const { status, headers, body } = await pushedAway(receiver, request);
			assert.deepEqual([status, body], [200, expected.body ?? '']);
			assert.equal(headers['x-content-type-options'], 'nosniff');
			assert.equal(headers['cache-control'], 'no-store');
			assert.equal(headers['content-type'], expected.type ?? headers['content-type']);
			for (const [header, value] of Object.entries(expected.headers ?? {}))
				assert.equal(headers[header], value);
		});
	}

	it('has a page of the sender for each kind, and what no event of it has', () => {
		assert.deepEqual(Object.keys(HANDSHAKES), [...HANDSHAKE_KINDS]);
		for (const [kind, { source, requests }] of Object.entries(HANDSHAKES)) {
			assert.match(source, /^https:\/\//);
			for (const { methods, when, proof } of requests) {
				assert.ok(when.length > 0 || !methods.includes('POST'), `${kind} would take every event`);
				assert.equal(proof.by === 'token', showsVerifyToken(kind));
			}
		}
	});
});

describe('handshakes: who is answered', () => {
	const slack = { type: 'url_verification', challenge: 'c' };

	it('Slack signs its own: unsigned, or signed by another, it is 401', async () => {
		assert.equal((await pushedAway(byHmac('slack'), signed(slack))).status, 200);
		for (const request of [jsonOf(slack), signed(slack, 'another')]) {
			const { status, body } = await pushedAway(byHmac('slack'), request);
			assert.deepEqual([status, body.includes('"c"')], [401, false]);
		}
	});

	it('Zoom is answered by its own way alone, whatever else lets in', async () => {
		const receiver: Receiver = {
			auth: [
				{ kind: 'bearer', secrets: ['b'] },
				{ kind: 'hmac', secrets: [SECRET] },
			],
			handshake: 'zoom',
		};
		const headers = { authorization: 'Bearer b' };
		assert.equal((await pushedAway(receiver, { headers, ...jsonOf(zoom('abc')) })).status, 401);
		assert.equal((await pushedAway(receiver, signed(zoom('abc')))).status, 200);
	});

	for (const [name, query] of Object.entries({
		'another verify token': { 'hub.verify_token': 'other' },
		'an empty one': { 'hub.verify_token': '' },
		'the right one twice': { 'hub.verify_token': ['verify me', 'verify me'] },
		none: { 'hub.verify_token': [] },
	})) {
		it(`Meta with ${name} is refused with 403`, async () => {
			const receiver = open({ kind: 'meta', secrets: ['verify me'] });
			const { status, body } = await pushedAway(receiver, hub(query));
			const { error } = JSON.parse(body) as { error: string };
			assert.deepEqual([status, error], [403, 'ERR_HANDSHAKE_REFUSED']);
			assert.equal(body.includes('verify me'), false);
		});
	}

	it('Meta in another mode asks for nothing that is served', async () => {
		const receiver = open({ kind: 'meta', secrets: ['verify me'] });
		assert.equal((await pushedAway(receiver, hub({ 'hub.mode': 'unsubscribe' }))).status, 405);
	});

	it('where all secrets are in the address, an unsigned one needs it there', async () => {
		const request = asking({ validationToken: 'abc' });
		const inPath: Receiver = {
			auth: [{ kind: 'url-secret', secrets: [URL_SECRET] }],
			handshake: 'graph',
		};
		const wrong = { ...request, path: '/in/wrong-secret-here' };
		assert.equal((await pushedAway(inPath, wrong)).status, 401);
		const right = { ...request, path: `/in/${URL_SECRET}` };
		assert.equal((await pushedAway(inPath, right)).status, 200);
		const inQuery: Receiver = {
			auth: [{ kind: 'query-key', secrets: ['k'] }],
			handshake: 'graph',
		};
		assert.equal((await pushedAway(inQuery, request)).status, 401);
		const withKey = asking({ validationToken: 'abc', key: 'k' });
		assert.equal((await pushedAway(inQuery, withKey)).status, 200);
	});

	it('one that nobody signs is answered where the sender proves itself later by other means', async () => {
		const { status } = await pushedAway(byHmac('dropbox'), asking({ challenge: 'abc' }));
		assert.equal(status, 200);
		assert.equal((await pushedAway(byHmac('dropbox'), jsonOf({}))).status, 401);
	});

	it('no handshake lets an event in', async () => {
		const event = { query: { validationToken: ['abc'] }, ...jsonOf({ event: 1 }) };
		assert.equal((await pushedAway(byHmac('graph'), event)).body, 'abc');
	});
});

describe('handshakes: a MAC is no signature', () => {
	for (const token of ['{"a":1}', 'v0:1764367200:x', 'a.b', 'a b', 'a'.repeat(201), 'ü']) {
		it(`of ${JSON.stringify(token.slice(0, 20))} there is none`, async () => {
			const { status, body } = await pushedAway(byHmac('x'), asking({ crc_token: token }));
			assert.equal(status, 403);
			assert.equal(body.includes(macOf(token, SECRET, 'base64')), false);
		});
	}

	it('an event that somebody could have had signed so is refused, another one is not', async () => {
		assert.equal((await pushedAway(byHmac('x'), signed('12345'))).status, 401);
		assert.equal((await pushedAway(byHmac('x'), signed('true'))).status, 401);
		assert.equal((await pushed(byHmac('x'), signed('{"a":1}'))).stored, 1);
		assert.equal((await pushed(byHmac('dropbox'), signed('12345'))).stored, 1);
	});

	it('of Zoom there is none of a text that could be signed for an event', async () => {
		const { status } = await pushedAway(byHmac('zoom'), signed(zoom('v0:1764367200:{"a":1}')));
		assert.equal(status, 403);
	});
});

describe('handshakes: what is given back is inert', () => {
	for (const [name, token] of Object.entries({
		'a line break': 'a\r\nset-cookie: x',
		'a NUL': 'a\0b',
		HTML: '<script>alert(1)</script>',
		'a closing bracket': 'a>b',
		'a line separator': 'a\u2028b',
		'half of a character': 'a\ud800',
		'too many characters': 'a'.repeat(2_001),
		nothing: '',
	})) {
		it(`${name} is refused with 403`, async () => {
			const query = asking({ validationToken: token });
			assert.equal((await pushedAway(open('graph'), query)).status, 403);
			const body = jsonOf({ type: 'url_verification', challenge: token });
			assert.equal((await pushedAway(open('slack'), body)).status, 403);
		});
	}

	it('several values are refused', async () => {
		const { status, body } = await pushedAway(open('dropbox'), asking({ challenge: ['a', 'b'] }));
		assert.deepEqual([status, body.includes('"a"')], [403, false]);
	});

	it('a header gets nothing that would end it', async () => {
		for (const secret of ['a\r\nb: c', 'a b', 'ü', '']) {
			const request = { headers: { 'X-Hook-Secret': secret } };
			const { status, headers } = await pushedAway(open('asana'), request);
			assert.deepEqual([status, headers['x-hook-secret']], [403, undefined]);
		}
	});

	it('no origin is permitted that is no host', async () => {
		for (const origin of ['*', 'a, b', 'https://x.example', 'a\r\nb', 'x'.repeat(300), ''])
			assert.equal((await pushedAway(open('cloudevents'), options(origin))).status, 403);
	});
});

describe('handshakes: what is an event all the same', () => {
	it('what has the words of one in it, or comes to a receiver without', async () => {
		const verification = { type: 'url_verification', challenge: 'c' };
		const events: [ReceiverInput['handshake'], Partial<PushedRequest>][] = [
			['slack', jsonOf({ type: 'event_callback', event: { text: 'url_verification' } })],
			['slack', jsonOf({ ...verification, type: ['url_verification'] })],
			['slack', jsonOf([verification])],
			['slack', { body: Buffer.from('{"type":"url_verification"'), headers: {} }],
			[
				'slack',
				{ body: Buffer.from('{"type":"url_verification","x":"\xff"}', 'latin1'), headers: {} },
			],
			['slack', jsonOf({ ...verification, x: 'y'.repeat(17_000) })],
			['slack', { ...jsonOf({}), query: { challenge: ['c'] } }],
			['event-grid', jsonOf([{ eventType: EVENT_GRID, data: { validationCode: 'c' } }])],
			['twitch', jsonOf({ challenge: 'c' })],
			['trello', jsonOf({})],
			[undefined, jsonOf(verification)],
		];
		for (const [handshake, request] of events) {
			const { answer, stored } = await pushed(open(handshake), request);
			assert.deepEqual([answer.status, stored], [200, 1], JSON.stringify(request));
		}
	});

	it('one that says it is compressed is none, whatever its bytes are', async () => {
		const headers = { 'content-encoding': 'gzip' };
		const request = { headers, ...jsonOf({ type: 'url_verification', challenge: 'c' }) };
		assert.equal((await pushedAway(open('slack'), request)).status, 400);
	});

	it('another method stays 405, and a body above the limit 413', async () => {
		for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT'])
			assert.equal((await pushedAway(open('slack'), { ...asking(), method })).status, 405);
		const receiver = { ...open('slack'), maxBodyBytes: 10 };
		const { status } = await pushedAway(receiver, jsonOf({ type: 'url_verification' }));
		assert.equal(status, 413);
	});
});

describe('handshakes: what people see of them', () => {
	it('each is among the last requests, without the verify token, which is in no definition', async () => {
		const world = await pipelineWorld();
		try {
			const receiver = open({ kind: 'meta', secrets: ['verify me, please'] });
			const exports = [{ config: anExportInput() }];
			await world.pipeline.attachReceiver({ id: 'r1', ...receiver }, exports, HOLDER).ready;
			const headers = { 'x-original-url': '/in?hub.verify_token=verify me, please', 'x-a': '1' };
			const token = { 'hub.verify_token': 'verify me, please' };
			await world.pipeline.accept('r1', aPush({ ...hub(token), headers }));
			await world.pipeline.accept('r1', aPush({ ...hub(), headers }));
			const recent = world.pipeline.recentRequests('r1') ?? [];
			assert.deepEqual(
				recent.map(({ outcome, status, code }) => [outcome, status, code]),
				[
					['refused', 403, 'ERR_HANDSHAKE_REFUSED'],
					['handshake', 200, undefined],
				],
			);
			assert.equal(JSON.stringify(recent).includes('verify me, please'), false);
			const stored = await world.store.documents.list('definitions.receivers');
			assert.match(JSON.stringify(stored), /"handshake":\{"kind":"meta"\}/);
		} finally {
			await world.close();
		}
	});
});

describe('handshakes: a configuration', () => {
	for (const [name, receiver, message] of [
		['of no kind', open('githup' as never), /handshake\.kind.*slack, meta/s],
		['of Meta without a verify token', open('meta'), /handshake\.secrets: expected 1 to 10 verify/],
		['with an empty one', open({ kind: 'meta', secrets: [''] }), /handshake\.secrets\[0\]/],
		[
			'with one that nobody asks for',
			open({ kind: 'slack', secrets: ['s'] }),
			/handshake\.secrets/,
		],
		['of Zoom without its way', open('zoom'), /the way hmac/],
		['of SNS without its way', open('sns'), /the way sns/],
	] as const) {
		it(`${name} is refused by the name of the setting`, async () => {
			await assert.rejects(pushed(receiver, {}), { code: 'ERR_CONFIG_INVALID', message });
		});
	}
});
