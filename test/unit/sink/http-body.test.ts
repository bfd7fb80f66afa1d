import assert from 'node:assert/strict';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Outcome } from '../../../core/buffer/store';
import { encodeEvent } from '../../../core/event/codec';
import { createEvent } from '../../../core/event/create-event';
import { verifyBody } from '../../../core/signature/verify-body';
import type { HttpEndpoint } from '../../../core/sink/http/http-config';
import { createHttpSink } from '../../../core/sink/http/http-sink';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';
import { startHttpReceiver, type HttpReceiver } from '../../support/http-receiver';

type Given = Parameters<typeof fakeBatch>[0];

const columns = [
	{ type: 'path', name: 'a', path: 'a' },
	{ type: 'path', name: 'b', path: 'b' },
] as const;
const RECORDS = fakeBatch({
	payloads: ['{"a":1,"b":"x, y"}', '{"a":2.50,"b":null}'].map((text) => Buffer.from(text)),
	columns,
});
const events = (
	bodies: readonly (string | Uint8Array)[],
	headers = {},
	more: Partial<Given> = {},
) =>
	fakeBatch({
		output: 'event',
		payloads: bodies.map((body) => encodeEvent(createEvent({ body, headers }))),
		...more,
	});

describe('what an http sink sends', () => {
	let receiver: HttpReceiver;

	beforeEach(async () => {
		receiver = await startHttpReceiver((_request, response) => response.end());
	});
	afterEach(() => receiver.close());

	async function deliver(
		config: Partial<HttpEndpoint>,
		batch: ReturnType<typeof fakeBatch> = RECORDS,
	): Promise<Outcome> {
		const sink = createHttpSink({ url: receiver.url, ...config });
		try {
			return await sink.deliver(batch, fakeAttempt());
		} finally {
			await sink.close?.();
		}
	}
	const sent = (): string[] => receiver.received.map(({ body }) => body.toString());
	const headers = (index = 0) => receiver.received[index]?.headers ?? assert.fail('no request');

	for (const method of ['POST', 'PUT', 'PATCH'] as const) {
		it(`goes by ${method}`, async () => {
			assert.equal((await deliver({ method })).kind, 'ack');
			await deliver({ method, send: 'row' });
			assert.deepEqual(
				receiver.received.map((one) => one.method),
				[method, method, method],
			);
		});
	}

	const formats: [config: Partial<HttpEndpoint>, type: string, body: string][] = [
		[{}, 'application/json', '[{"a":1,"b":"x, y"},{"a":2.50,"b":null}]'],
		[{ format: 'ndjson' }, 'application/x-ndjson', '{"a":1,"b":"x, y"}\n{"a":2.50,"b":null}\n'],
		[{ format: 'csv' }, 'text/csv; charset=utf-8', 'a,b\n1,"x, y"\n2.50,\n'],
		[{ format: 'csv', csvHeader: false }, 'text/csv; charset=utf-8', '1,"x, y"\n2.50,\n'],
	];
	for (const [config, type, body] of formats) {
		it(`is a batch as ${JSON.stringify(config)}`, async () => {
			assert.equal((await deliver(config)).kind, 'ack');
			assert.deepEqual(sent(), [body]);
			assert.equal(headers()['content-type'], type);
			assert.equal(headers()['idempotency-key'], 'store/r/e/1');
		});
	}

	it('puts whole events aside where the format is CSV, which has columns', async () => {
		const outcome = await deliver({ format: 'csv' }, events(['{}']));
		assert(outcome.kind === 'dead');
		assert.equal(outcome.error.code, 'ERR_COLUMN_VALUE');
		assert.deepEqual(sent(), []);
	});

	describe('compressed', () => {
		it('is the same bytes at every attempt, said to be gzip, and signed as they are sent', async () => {
			const signatures = [{ kind: 'body-jwt', secrets: ['s'] }] as const;
			for (let i = 0; i < 2; i++) await deliver({ gzip: true, signatures });
			const [first, second] = receiver.received;
			assert.ok(first && second?.body.equals(first.body));
			assert.equal(headers()['content-encoding'], 'gzip');
			assert.equal(headers()['content-type'], 'application/json');
			assert.equal(headers()['content-length'], String(first.body.length));
			assert.equal(gunzipSync(first.body).toString(), formats[0]?.[2]);
			const token = String(headers()['x-dt-signature']);
			await verifyBody({ token, body: first.body, secrets: ['s'] });
			await assert.rejects(verifyBody({ token, body: gunzipSync(first.body), secrets: ['s'] }), {
				code: 'ERR_CHECKSUM_MISMATCH',
			});
		});

		it('leaves a body that has come compressed as it is', async () => {
			const packed = gzipSync('{}');
			const described = { 'content-encoding': 'gzip', 'content-digest': 'sha-256=:x:' };
			await deliver({ gzip: true, send: 'row' }, events([packed], described));
			assert.ok(receiver.received[0]?.body.equals(packed));
			assert.equal(headers()['content-digest'], described['content-digest']);
		});

		it('takes back what was said of the bytes before', async () => {
			const described = { 'content-digest': 'sha-256=:x:', 'content-language': 'de' };
			await deliver({ gzip: true, send: 'row' }, events(['{}'], described));
			assert.equal(headers()['content-digest'], undefined);
			assert.equal(headers()['content-language'], 'de');
			assert.equal(gunzipSync(receiver.received[0]?.body ?? '').toString(), '{}');
		});
	});

	describe('of a Data Connector (D8, D39)', () => {
		const pushed = (labels: object) =>
			`{"event": {"eventId":"e1","n":1.10}, "labels": ${JSON.stringify(labels)},
			 "metadata": {"deviceId":"d"}, "more": 1}`;
		const device = { name: 'A', floor: '1', room: 'x' };

		it('has no labels where none are chosen, and of those that are what the device has', async () => {
			const connector = { send: 'row', body: 'connector' } as const;
			await deliver(connector, events([pushed(device)]));
			await deliver({ ...connector, labels: ['floor', 'none', 'name'] }, events([pushed(device)]));
			assert.deepEqual(sent(), [
				'{"event":{"eventId":"e1","n":1.10},"labels":{},"metadata":{"deviceId":"d"}}',
				'{"event":{"eventId":"e1","n":1.10},"labels":{"name":"A","floor":"1"},"metadata":{"deviceId":"d"}}',
			]);
			assert.equal(headers()['content-type'], 'application/json');
		});

		it('may stand in a list, and needs no metadata', async () => {
			await deliver({ body: 'connector', labels: ['a'] }, events(['{"event":{}}', pushed({})]));
			await deliver({ body: 'connector', format: 'ndjson' }, events(['{"event":{},"labels":7}']));
			assert.deepEqual(sent(), [
				'[{"event":{},"labels":{}},{"event":{"eventId":"e1","n":1.10},"labels":{},"metadata":{"deviceId":"d"}}]',
				'{"event":{},"labels":{}}\n',
			]);
		});

		for (const [what, body] of [
			['no event', '{"a":1}'],
			['an event that is a text', '{"event":"hunter2"}'],
			['no JSON', 'hunter2'],
			['a list', '[]'],
		] as const) {
			it(`puts ${what} aside alone`, async () => {
				const outcome = await deliver(
					{ body: 'connector', send: 'row' },
					events([body, '{"event":{}}']),
				);
				assert(outcome.kind === 'split');
				assert.deepEqual([outcome.dead, outcome.error.code], [[0], 'ERR_COLUMN_VALUE']);
				assert.equal(outcome.error.message.includes('hunter2'), false);
				assert.deepEqual(sent(), ['{"event":{},"labels":{}}']);
			});
		}

		it('is not to be had of mapped rows, which says what to choose', async () => {
			const outcome = await deliver({ body: 'connector' });
			assert(outcome.kind === 'dead');
			assert.match(outcome.error.message, /choose the whole event/);
		});
	});

	describe('of the bodies alone', () => {
		it('is a list or lines of them, with the numbers of their senders', async () => {
			const bodies = ['{"a": 1.10}', '[1,\n2]', '"x"'];
			await deliver({ body: 'body' }, events(bodies));
			await deliver({ body: 'body', format: 'ndjson' }, events(bodies));
			assert.deepEqual(sent(), ['[{"a":1.10},[1,2],"x"]', '{"a":1.10}\n[1,2]\n"x"\n']);
		});

		it('is the bytes as they came where each is a request', async () => {
			await deliver(
				{ body: 'body', send: 'row' },
				events([' {"a": 1.10}'], { 'content-type': 'a/b' }),
			);
			assert.deepEqual(sent(), [' {"a": 1.10}']);
			assert.equal(headers()['content-type'], 'a/b');
		});
	});
});
