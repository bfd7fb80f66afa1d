import assert from 'node:assert/strict';
import { createEvent } from '../../../core/event/create-event';
import { eventRecord } from '../../../core/event/event-record';
import { withoutCredentials } from '../../../core/event/sender-credentials';

const headers = {
	authorization: 'Bearer x',
	'proxy-authorization': 'Basic y',
	cookie: ['a=1', 'b=2'],
	'x-dt-signature': 'a.b.c',
	'x-api-key': 'k',
};
const kept = { 'x-dt-signature': 'a.b.c', 'x-api-key': 'k' };
const record = eventRecord(createEvent({ headers, body: '{}' }));

describe('withoutCredentials', () => {
	const headersOf = (value: unknown) => (value as { headers: object }).headers;

	it('takes them from a whole event, alone and in a list', () => {
		assert.deepEqual(headersOf(withoutCredentials(record)), kept);
		const list = withoutCredentials([record, 1, { a: 1 }]) as unknown[];
		assert.deepEqual([headersOf(list[0]), ...list.slice(1)], [kept, 1, { a: 1 }]);
	});

	it('takes them from an item of n8n', () => {
		const item = {
			headers: { ...headers, Authorization: 'x' },
			params: {},
			query: {},
			body: {},
			sluice: { id: 'e', receivedAt: '2026-01-01T00:00:00.000Z', batchId: 'b', attempt: 1 },
		};
		assert.deepEqual(headersOf(withoutCredentials(item)), kept);
	});

	it('leaves the event itself as it was', () => {
		withoutCredentials(record);
		assert.equal((record['headers'] as { authorization: string }).authorization, 'Bearer x');
	});

	it('gives anything else back as it is', () => {
		for (const value of [
			{ headers },
			{ headers, body: 1, id: 1 },
			[1],
			'x',
			null,
			undefined,
			Buffer.from('a'),
		])
			assert.equal(withoutCredentials(value), value);
	});
});
