import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import type { Column, FlowBatch } from '../../../core/index';
import { createFlowSink, type FlowSinkConfig } from '../../../core/sink/flow';
import { batchMessage, type BatchMessage } from '../../../node-red/runtime/batch-message';
import { batchRequest } from '../../../node-red/runtime/batch-request';
import { itemEvent } from '../../../node-red/runtime/item-event';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';

const RED = { settings: {} } as NodeAPI;
const CSV = 'text/csv; charset=utf-8';
const columns = [{ type: 'path', name: 'n', path: 'n' }] as const;

async function messageOf(
	config: FlowSinkConfig,
	...given: [of?: readonly Column[]]
): Promise<BatchMessage> {
	const [of] = given.length > 0 ? given : [columns];
	const batches: FlowBatch[] = [];
	const payloads = ['{"n":0}', '{"n":1}'].map((text) => Buffer.from(text));
	await createFlowSink({
		...config,
		label: 'main',
		doneWhen: () => 'sent',
		emit: (batch) => void batches.push(batch),
	}).deliver(fakeBatch({ payloads, ...(of ? { columns: of } : {}) }), fakeAttempt());
	return batchMessage('r', 'main', batches[0] as FlowBatch);
}

describe('the message of a batch', () => {
	it('names the columns of its records, and those of their key', async () => {
		const { sluice } = await messageOf({});
		assert.deepEqual([sluice?.columns, sluice?.primaryKey], [['n'], undefined]);
		const keyed = [{ ...columns[0], primaryKey: true }];
		const { sluice: other } = await messageOf({}, keyed);
		assert.deepEqual([other?.columns, other?.primaryKey], [['n'], ['n']]);
		const { sluice: whole } = await messageOf({}, undefined);
		assert.equal(whole && 'columns' in whole, false);
	});
});

describe('the message of a batch that is one text or file', () => {
	for (const [as, payload] of [
		['text', 'n\n0\n1\n'],
		['file', Buffer.from('n\n0\n1\n')],
	] as const) {
		it(`has it as its payload, ${as}, with its type and a name`, async () => {
			const message = await messageOf({ as, format: 'csv' });
			assert.deepEqual(message.payload, payload);
			assert.equal(message.filename, 'main_19700101T000001Z_batch-1.csv');
			assert.deepEqual([message.sluice?.contentType, message.sluice?.count], [CSV, 2]);
		});

		it(`is sent on under its type, ${as}, whatever the endpoint asks of rows`, async () => {
			const message = await messageOf({ as, format: 'csv' });
			for (const options of [{}, { format: 'ndjson' }, { body: 'connector' }] as const)
				assert.deepEqual(batchRequest(message, options), { body: payload, contentType: CSV });
		});

		it(`is kept with its type, ${as}, and what a flow makes of it is not`, async () => {
			const message = await messageOf({ as, format: 'csv' });
			assert.deepEqual(itemEvent(RED, message).headers['content-type'], [CSV]);
			message.payload = { a: 1 };
			assert.deepEqual(itemEvent(RED, message).headers['content-type'], ['application/json']);
		});
	}

	it('has neither where it is a list', async () => {
		const message = await messageOf({});
		assert.deepEqual(message.payload, [{ n: 0 }, { n: 1 }]);
		assert.equal('filename' in message, false);
		assert.equal('contentType' in (message.sluice ?? {}), false);
	});
});
