import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { createFlowSink, type FlowBatch } from '../../../core/sink/flow';
import { settleToken } from '../../../core/sink/flow-token';
import { eventRecord } from '../../../core/event/event-record';
import type { Outcome } from '../../../core/buffer/store';
import { batchRequest } from '../../../node-red/runtime/batch-request';
import { batchMessage, type BatchMessage } from '../../../node-red/runtime/batch-message';
import { rowEvents } from '../../../node-red/runtime/row-events';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';
import { settled } from '../../support/fake-clock';

const RED = { settings: {} } as unknown as NodeAPI;

const EVENT = {
	id: 'e1',
	receivedAt: '2026-11-29T12:00:00.000Z',
	ip: '10.0.0.1',
	method: 'POST',
	path: '/in',
	query: { a: ['1', '2'] },
	headers: { authorization: 'Basic x', 'content-type': 'application/json', 'x-a': 'b' },
	body: { n: 1 },
};

describe('a batch of the flow that sluice forward takes over or sends', () => {
	let message: BatchMessage;
	let outcome: Promise<Outcome>;
	let abort: AbortController;
	beforeEach(async () => {
		abort = new AbortController();
		let emitted: FlowBatch | undefined;
		const sink = createFlowSink({
			emit: (batch) => void (emitted = batch),
			doneWhen: () => 'acked',
		});
		const payloads = ['{"n":0}', '{"n":1}'].map((text) => Buffer.from(text));
		outcome = sink.deliver(fakeBatch({ payloads }), fakeAttempt({ signal: abort.signal }));
		await settled();
		assert.ok(emitted);
		message = batchMessage('r', 'main', emitted);
	});
	afterEach(() => abort.abort());
	const one = (row: unknown, sendCredentials = false) => {
		message.payload = [row, row];
		const [event] = rowEvents(RED, message, sendCredentials) ?? [];
		assert.ok(event);
		return event;
	};

	it('makes an event of each row', () => {
		const events = rowEvents(RED, message, false) ?? [];
		assert.deepEqual(
			events.map((event) => eventRecord(event)['body']),
			[{ n: 0 }, { n: 1 }],
		);
	});

	it('makes of whole events what they were, without what let their senders in', () => {
		const { authorization, ...headers } = EVENT.headers;
		assert.deepEqual(eventRecord(one(EVENT)), { ...EVENT, headers });
		assert.deepEqual(eventRecord(one(EVENT, true)), EVENT);
		assert.equal(authorization, 'Basic x');
	});

	it('keeps bodies that are bytes or text, and calls what was read of a form JSON', () => {
		const bytes = { base64: Buffer.from([0, 255]).toString('base64') };
		const type = (headers: object, body: unknown) => one({ ...EVENT, headers, body });
		assert.deepEqual([...type({ 'content-type': 'application/x' }, bytes).body], [0, 255]);
		const text = type({ 'content-type': 'text/plain' }, 'a');
		assert.deepEqual(
			[Buffer.from(text.body).toString(), text.headers['content-type']],
			['a', ['text/plain']],
		);
		const form = type({ 'content-type': 'application/x-www-form-urlencoded' }, { a: '1' });
		assert.deepEqual(form.headers['content-type'], ['application/json']);
		assert.equal(Buffer.from(form.body).toString(), '{"a":"1"}');
		const own = type({}, { base64: 'AA==', more: 1 });
		assert.equal(Buffer.from(own.body).toString(), '{"base64":"AA==","more":1}');
	});

	it('takes a time that is none for now', () => {
		assert.ok(one({ ...EVENT, receivedAt: 'soon' }).receivedAt > 1_700_000_000_000);
	});

	it('puts a row aside that cannot be written, and knows no rows in anything else', async () => {
		// Not a BigInt: n8n's libraries teach all of them to be written.
		const unwritable = { toJSON: () => assert.fail('no') };
		message.payload = [{ n: unwritable }, { n: 1 }];
		assert.equal(rowEvents(RED, message, false)?.length, 1);
		settleToken(message.sluice?.token ?? '', { kind: 'ack' });
		const ended = await outcome;
		assert.ok(ended.kind === 'split');
		assert.deepEqual(ended.dead, [0]);
		assert.equal(rowEvents(RED, { ...message, payload: 'text' }, false), undefined);
		assert.equal(rowEvents(RED, { payload: [1] } as BatchMessage, false), undefined);
	});

	it('takes all rows of a payload that the flow has made longer', () => {
		message.payload = [1, 2, 3];
		assert.equal(rowEvents(RED, message, false)?.length, 3);
	});

	it('is one request in the chosen format', () => {
		assert.deepEqual(batchRequest(message, {}), { body: '[{"n":0},{"n":1}]' });
		assert.deepEqual(batchRequest(message, { format: 'csv' }), {
			body: 'n\n0\n1\n',
			contentType: 'text/csv; charset=utf-8',
		});
		message.payload = [{ n: 5 }];
		assert.equal(batchRequest(message, { format: 'ndjson' }).body, '{"n":5}\n');
	});

	it('is sent as it is where the flow has made something else of it', () => {
		const made = (payload: unknown) =>
			batchRequest({ ...message, payload } as BatchMessage, { format: 'csv' });
		const contentType = 'text/csv; charset=utf-8';
		assert.deepEqual(made('a;b'), { body: 'a;b', contentType });
		assert.deepEqual(made({ a: 1 }), { body: '{"a":1}' });
	});

	it('puts a row aside that does not fit the format', async () => {
		message.payload = [{ n: 1 }, 'text'];
		assert.equal(batchRequest(message, { format: 'csv' }).body, 'n\n1\n');
		assert.deepEqual(message.payload, [{ n: 1 }]);
		settleToken(message.sluice?.token ?? '', { kind: 'ack' });
		const ended = await outcome;
		assert.ok(ended.kind === 'split');
		assert.deepEqual(ended.dead, [1]);
	});
});
