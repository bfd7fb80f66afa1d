import assert from 'node:assert/strict';
import type { Outcome } from '../../../../core/buffer/store';
import { encodeEvent } from '../../../../core/event/codec';
import { createEvent } from '../../../../core/event/create-event';
import { checkRows, createSink, type SinkConfig } from '../../../../core/sink/create-sink';
import type { RequestReport, Sink } from '../../../../core/sink/sink';
import { fakeAttempt } from '../../../support/fake-attempt';
import { fakeBatch } from '../../../support/fake-batch';
import { startPushApi, type PushApi } from '../../../support/push-api';

const KEY = 'f00dcafe'.repeat(7);
const encode = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

describe('Opendatasoft sink', () => {
	let api: PushApi;
	let sinks: Sink[];
	beforeEach(async () => {
		api = await startPushApi();
		sinks = [];
	});
	afterEach(async () => {
		for (const sink of sinks) await sink.close?.();
		await api.close();
	});

	const config = (given: Partial<SinkConfig<'opendatasoft'>> = {}): SinkConfig<'opendatasoft'> => ({
		kind: 'opendatasoft',
		domain: api.domain,
		dataset: 'ds',
		pushKey: { secretRef: 'key' },
		timeoutMs: 2_000,
		...given,
	});
	const make = (given: Partial<SinkConfig<'opendatasoft'>> = {}): Sink => {
		const sink = createSink(config(given), { resolveSecret: () => KEY });
		sinks.push(sink);
		return sink;
	};
	const deliver = (
		records: readonly unknown[],
		given: Partial<SinkConfig<'opendatasoft'>> = {},
		attempt = fakeAttempt(),
	): Promise<Outcome> => make(given).deliver(fakeBatch({ payloads: records.map(encode) }), attempt);
	const sizes = (): number[] =>
		api.received.map(({ body }) => (JSON.parse(body.toString()) as unknown[]).length);
	const numbers = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));

	it('sends one array to the resource, with the key and the slash (O5, O7, O37)', async () => {
		await deliver([{ a: 1 }]);
		const [{ method, url, headers, body } = assert.fail()] = api.received;
		assert.deepEqual([method, url], ['POST', `/api/push/1.0/ds/realtime/push/?pushkey=${KEY}`]);
		assert.equal(headers['content-type'], 'application/json');
		assert.equal(body.toString(), '[{"a":1}]');
	});

	it('writes ids with escapes, and keeps a path of the domain', async () => {
		await deliver([{ a: 1 }], { domain: `${api.domain}/ods/`, dataset: 'a?b', resource: 'échte' });
		assert.equal(api.received[0]?.url, `/ods/api/push/1.0/a%3Fb/%C3%A9chte/push/?pushkey=${KEY}`);
	});

	it('sends at most so many records in a request, one request after the other (O38, O42)', async () => {
		assert.equal((await deliver(numbers(1_201))).kind, 'ack');
		assert.deepEqual(sizes(), [500, 500, 201]);
		assert.deepEqual(api.taken, numbers(1_201));
		assert.equal(api.connections(), 1);
	});

	it('sends at most 5,000,000 bytes in a request, to the byte', async () => {
		const bytes = (size: number) => ({ t: 'x'.repeat(size - '{"t":""}'.length) });
		await deliver([bytes(2_499_998), bytes(2_499_999)]);
		assert.deepEqual(
			api.received.map(({ body }) => body.length),
			[5_000_000],
		);
		await deliver([bytes(2_499_999), bytes(2_499_999)]);
		assert.deepEqual(sizes(), [2, 1, 1]);
	});

	it('puts a record aside that is larger than a request, or none', async () => {
		const records = [{ n: 1 }, { t: 'x'.repeat(5_000_000) }, [{ n: 2 }], 7, { n: 3 }];
		const outcome = await deliver(records);
		assert(outcome.kind === 'split', outcome.kind);
		assert.deepEqual([outcome.retry, outcome.hold, outcome.dead], [[], undefined, [1, 2, 3]]);
		assert.equal(outcome.error.code, 'ERR_COLUMN_VALUE');
		assert.deepEqual(api.taken, [{ n: 1 }, { n: 3 }]);
	});

	it('halves what is too large for the dataset, down to the record that is (O40)', async () => {
		api.maxBytes = 30;
		const outcome = await deliver([{ n: 1 }, { n: 2 }, { t: 'x'.repeat(40) }, { n: 4 }]);
		assert(outcome.kind === 'split', outcome.kind);
		assert.deepEqual([outcome.retry, outcome.dead], [[], [2]]);
		assert.equal(outcome.answer?.status, 413);
		assert.deepEqual(api.taken, [{ n: 1 }, { n: 2 }, { n: 4 }]);
	});

	for (const body of ['{"status":"OK"}', '{"status":"ok"}', '{"status": "Ok", "more": 1}'])
		it(`takes ${body} for a success (O10)`, async () => {
			api.answer = { status: 200, body };
			assert.equal((await deliver([{ n: 1 }])).kind, 'ack');
		});

	for (const body of [
		'<html>sign in</html>',
		'',
		'{"status":"error"}',
		'[]',
		'null',
		'"ok"',
		'{"status":1}',
	])
		it(`takes 200 with ${body || 'nothing'} for a failure that comes again (O39)`, async () => {
			api.answer = { status: 200, body, type: 'text/html' };
			const requests: RequestReport[] = [];
			const onRequest = (request: RequestReport) => void requests.push(request);
			const outcome = await deliver([{ n: 1 }], {}, fakeAttempt({ onRequest }));
			assert(outcome.kind === 'retry', outcome.kind);
			assert.deepEqual([outcome.error.code, outcome.error.retryable], ['ERR_SINK_REJECTED', true]);
			assert.deepEqual(
				requests.map(({ ok, status, rows }) => [ok, status, rows]),
				[[false, 200, 1]],
			);
		});

	it('asks for a pause where the dataset is closed (O40)', async () => {
		api.answer = { status: 403, body: '{"status":"error","error":"disabled"}' };
		const outcome = await deliver(numbers(3), { maxRecords: 2 });
		assert(outcome.kind === 'split', outcome.kind);
		assert.deepEqual([outcome.pause, outcome.dead], [true, []]);
		assert.deepEqual([...outcome.retry, ...(outcome.hold ?? [])], [0, 1, 2]);
		assert.equal(api.received.length, 1);
		const alone = await deliver([{ n: 1 }]);
		assert(alone.kind === 'retry' && alone.pause, alone.kind);
	});

	for (const status of [400, 401, 404])
		it(`puts aside what is refused with ${status}, and goes on`, async () => {
			api.answer = { status, body: `{"status":"error","error":"bad ${KEY}"}` };
			const outcome = await deliver(numbers(3), { maxRecords: 2 });
			assert(outcome.kind === 'dead', outcome.kind);
			assert.equal(outcome.answer?.text, '{"status":"error","error":"bad ***"}');
			assert.equal(api.received.length, 2);
		});

	for (const status of [408, 429, 500, 502, 503])
		it(`holds the rest after ${status}`, async () => {
			api.answer = { status, body: '{}' };
			const outcome = await deliver(numbers(3), { maxRecords: 2 });
			assert(outcome.kind === 'split', outcome.kind);
			assert.deepEqual([outcome.retry, outcome.hold, outcome.dead], [[0, 1], [2], []]);
			assert.equal(outcome.pause, undefined);
			assert.equal(api.received.length, 1);
		});

	const resets = (at: number) => JSON.stringify({ errorcode: 10_002, reset_time: new Date(at) });
	const waits: readonly [
		what: string,
		resetMs: number,
		retryAfterS: number | undefined,
		ms: number,
	][] = [
		['the reset time', 3_600_000, undefined, 3_600_000],
		['the later of the two: reset', 3_600_000, 60, 3_600_000],
		['the later of the two: Retry-After', 60_000, 3_600, 3_600_000],
		['a day at most', 40 * 86_400_000, undefined, 86_400_000],
	];
	for (const [what, resetMs, retryAfterS, expectedMs] of waits)
		it(`waits for ${what} after 429 (O16)`, async () => {
			const now = Date.now();
			const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
			api.answer = { status: 429, body: resets(now + resetMs), headers };
			const outcome = await deliver([{ n: 1 }]);
			assert(outcome.kind === 'retry' && outcome.at !== undefined, outcome.kind);
			assert(Math.abs(outcome.at - now - expectedMs) < 10_000, String(outcome.at - now));
		});

	it('says no time where the reset time is over, or none', async () => {
		for (const body of [resets(Date.now() - 1_000), '{"reset_time":7}', '{"reset_time":"soon"}']) {
			api.answer = { status: 429, body };
			const outcome = await deliver([{ n: 1 }]);
			assert(outcome.kind === 'retry', outcome.kind);
			assert.equal(outcome.at, undefined, body);
		}
	});

	it('deletes by values what is to be deleted, between what is pushed (O21)', async () => {
		const batch = fakeBatch({ payloads: numbers(4).map(encode) });
		const rows = batch.rows.bind(batch);
		await make().deliver(
			{
				...batch,
				async *rows() {
					for await (const slice of rows())
						yield slice.map((row) =>
							row.rowId === 2 ? { ...row, operation: 'delete' as const } : row,
						);
				},
			},
			fakeAttempt(),
		);
		assert.deepEqual(
			api.received.map(({ url, body }) => [url?.split('/')[6], body.toString()]),
			[
				['push', '[{"n":0}]'],
				['delete', '[{"n":1}]'],
				['push', '[{"n":2},{"n":3}]'],
			],
		);
	});

	it('deletes by id, one request for each (O22)', async () => {
		const outcome = await deliver(
			[{ recordid: 'a/b' }, { id: 'c' }, { recordid: '' }, { recordid: 'd' }],
			{
				operation: 'deleteById',
			},
		);
		assert(outcome.kind === 'split', outcome.kind);
		assert.deepEqual(outcome.dead, [1, 2]);
		assert.deepEqual(
			api.received.map(({ method, url, body }) => [method, url, body.length]),
			['a%2Fb', 'd'].map((id) => [
				'GET',
				`/api/push/1.0/ds/realtime/${id}/delete/?pushkey=${KEY}`,
				0,
			]),
		);
		await deliver([{ key: 'e' }], { operation: 'deleteById', idField: 'key' });
		assert.equal(api.received.at(-1)?.url, `/api/push/1.0/ds/realtime/e/delete/?pushkey=${KEY}`);
	});

	it('takes the body of a whole event for its record', async () => {
		const event = createEvent({ body: Buffer.from('{"n": 1.50}') });
		await make().deliver(
			fakeBatch({ payloads: [encodeEvent(event)], output: 'event' }),
			fakeAttempt(),
		);
		assert.equal(api.received[0]?.body.toString(), '[{"n":1.50}]');
	});

	it('asks before each request, and sends none that it may not', async () => {
		let asked = 0;
		const permit = async () => (++asked === 2 ? { notBefore: 7_000 } : ('granted' as const));
		const outcome = await deliver(numbers(3), { maxRecords: 1 }, fakeAttempt({ permit }));
		assert(outcome.kind === 'split', outcome.kind);
		assert.deepEqual([outcome.hold, outcome.retryAt, api.received.length], [[1, 2], 7_000, 1]);
	});

	it('wants its rows in order, one batch at once (O42)', () => {
		const rows = { output: 'record' } as const;
		assert.throws(() => checkRows(config(), rows), { code: 'ERR_CONFIG_INVALID' });
		assert.throws(() => checkRows(config(), { ...rows, order: 'strict', maxInFlight: 2 }));
		checkRows(config(), { ...rows, order: 'strict' });
		checkRows(config(), { ...rows, order: 'key', maxInFlight: 1 });
	});
});
