import assert from 'node:assert/strict';
import { encodeEvent } from '../../../core/event/codec';
import { createEvent } from '../../../core/event/create-event';
import { DeliveryError } from '../../../core/errors';
import { batchFileName } from '../../../core/sink/file-name';
import { createFlowSink, type FlowBatch, type FlowSinkConfig } from '../../../core/sink/flow';
import { settleToken } from '../../../core/sink/flow-token';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';

const encode = (text: string) => new TextEncoder().encode(text);
const columns = [
	{ type: 'path', name: 'n', path: 'n' },
	{ type: 'path', name: 't', path: 't' },
] as const;
const payloads = ['{"n":4634343214213523454,"t":"ä,\\n"}', '{"hunter2', '{"n":null,"t":"b"}'].map(
	encode,
);

async function emitted(config: FlowSinkConfig, batch = fakeBatch({ payloads, columns })) {
	const batches: FlowBatch[] = [];
	const outcome = await createFlowSink({
		...config,
		label: '../Halle 3/Öl',
		doneWhen: () => 'sent',
		emit: (one) => void batches.push(one),
	}).deliver(batch, fakeAttempt());
	return { batches, outcome, written: batches[0]?.written };
}

describe('a batch in the flow as one text or file', () => {
	it('is rows unless it is told otherwise', async () => {
		const { batches, written } = await emitted({});
		assert.deepEqual([batches[0]?.records.length, written], [2, undefined]);
	});

	const texts: [config: FlowSinkConfig, text: string, type: string, ending: string][] = [
		[
			{},
			'{"n":4634343214213523454,"t":"ä,\\n"}\n{"n":null,"t":"b"}\n',
			'application/x-ndjson',
			'.ndjson',
		],
		[{ format: 'csv' }, 'n,t\n4634343214213523454,"ä,\n"\n,b\n', 'text/csv; charset=utf-8', '.csv'],
		[
			{ format: 'csv', csvHeader: false },
			'4634343214213523454,"ä,\n"\n,b\n',
			'text/csv; charset=utf-8',
			'.csv',
		],
		[
			{ format: 'json-array', numbers: 'double' },
			'[{"n":4634343214213523454,"t":"ä,\\n"},{"n":null,"t":"b"}]',
			'application/json',
			'.json',
		],
	];
	for (const [config, text, contentType, ending] of texts) {
		for (const as of ['text', 'file'] as const) {
			it(`writes ${JSON.stringify(config)} as ${as}, and puts what cannot be written aside`, async () => {
				const { batches, outcome, written } = await emitted({ ...config, as });
				assert(written && outcome.kind === 'split');
				assert.equal(written.as, as);
				assert.equal(
					written.as === 'text' ? written.text : Buffer.from(written.bytes).toString(),
					text,
				);
				assert.equal(written.contentType, contentType);
				assert.equal(written.fileName, `Halle_3_Öl_19700101T000001Z_batch-1${ending}`);
				assert.deepEqual([batches[0]?.records, batches[0]?.count], [[], 2]);
				assert.deepEqual([outcome.retry, outcome.dead], [[], [1]]);
			});
		}
	}

	it('sends nothing where no row can be written', async () => {
		const batch = fakeBatch({ payloads: [encode('{')], columns });
		const { batches, outcome } = await emitted({ as: 'text' }, batch);
		assert.deepEqual([batches, outcome.kind], [[], 'dead']);
	});

	it('leaves the credentials of senders out of whole events', async () => {
		const event = createEvent({
			body: { a: 1 },
			headers: { authorization: 'hunter2', 'x-a': 'b' },
		});
		const batch = fakeBatch({ payloads: [encodeEvent(event)], output: 'event' });
		const { written } = await emitted({ as: 'text' }, batch);
		assert(written?.as === 'text');
		const { headers, body } = JSON.parse(written.text) as { headers: object; body: object };
		assert.deepEqual([headers, body], [{ 'x-a': 'b' }, { a: 1 }]);
	});

	it('gives rows that are named by their place in the text their place in the batch', async () => {
		const error = new DeliveryError('ERR_BATCH_PARTIAL', 'some');
		const outcome = await createFlowSink({
			as: 'text',
			doneWhen: () => 'acked',
			emit: ({ token = '' }) =>
				void settleToken(token, { kind: 'split', retry: [1], dead: [0], error }),
		}).deliver(fakeBatch({ payloads, columns }), fakeAttempt());
		assert.deepEqual(outcome, { kind: 'split', retry: [2, 1], dead: [0], error });
	});
});

describe('the name of a file', () => {
	for (const label of [
		'../../etc/passwd',
		'..',
		'',
		'/',
		'a\0b',
		'C:\\x',
		'.hidden',
		'€'.repeat(99),
	])
		it(`is no path, and fits, of ${JSON.stringify(label).slice(0, 20)}`, () => {
			const name = batchFileName(label, { firstAt: 0, id: '../7' }, 'csv');
			assert.match(name, /^[\p{L}\p{N}_-]+_19700101T000000Z_7\.csv$/u);
			assert.ok(Buffer.byteLength(name) < 160);
		});
});
