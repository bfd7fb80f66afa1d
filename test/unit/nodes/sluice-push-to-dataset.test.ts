import assert from 'node:assert/strict';
import { NodeApiError } from 'n8n-workflow';
import { OK, startPushApi, type PushApi } from '../../support/push-api';
import { execute, refusal, type ContextInput } from './sluice-context';

describe('Sluice, Item: Push to Opendatasoft', () => {
	let api: PushApi;
	beforeEach(async () => (api = await startPushApi()));
	afterEach(() => api.close());

	const push = (items: readonly object[], more: Partial<ContextInput> = {}) =>
		execute({
			resource: 'item',
			operation: 'pushToDataset',
			items: items.map((json) => ({ json: json as never })),
			credentials: { httpQueryAuth: { name: 'pushkey', value: 'k3y' } },
			...more,
			parameters: { domain: api.domain, dataset: 'air', ...more.parameters },
		});
	const urls = () => api.received.map(({ url }) => url);

	it('adds records in order, and says so of each item', async () => {
		const output = await push([{ n: 1 }, { n: 2 }]);
		assert.deepEqual(api.taken, [{ n: 1 }, { n: 2 }]);
		assert.deepEqual(urls(), ['/api/push/1.0/air/realtime/push/?pushkey=k3y']);
		assert.deepEqual(
			output.map(({ json, pairedItem }) => [json, pairedItem]),
			[0, 1].map((item) => [{ dataset: 'air', became: 'added' }, { item }]),
		);
	});

	it('deletes by ID, and refuses alone what has none', async () => {
		const datasetOptions = { operation: 'deleteById', idField: 'id' };
		const output = await push([{ id: 'a' }, {}, { id: 'b' }], {
			parameters: { datasetOptions },
			continueOnFail: true,
		});
		assert.deepEqual(
			urls(),
			['a', 'b'].map((id) => `/api/push/1.0/air/realtime/${id}/delete/?pushkey=k3y`),
		);
		const [refused, ...deleted] = output;
		assert.equal(refusal(refused).code, 'ERR_COLUMN_VALUE');
		assert.match(
			String(refused?.json['error']),
			/^row 2 of these records is no record of a dataset: its field "id"/,
		);
		assert.deepEqual(
			deleted.map(({ pairedItem }) => pairedItem),
			[{ item: 0 }, { item: 2 }],
		);
	});

	it('tells each item what became of it: taken, refused, and not sent since one before it failed', async () => {
		const datasetOptions = { maxRecords: 1 };
		const answers = [OK, { status: 400, body: '{}' }, { status: 500, body: '{}' }];
		Object.defineProperty(api, 'answer', { get: () => answers[api.received.length - 1] });
		const output = await push([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }], {
			parameters: { datasetOptions },
			continueOnFail: true,
		});
		const [two, three, four, one] = output;
		assert.deepEqual(one?.json, { dataset: 'air', became: 'added' });
		assert.deepEqual(
			[two, three, four].map((item) => refusal(item).status),
			[400, 500, 500],
		);
		assert.match(String(four?.json['error']), /^not sent, since one before it failed: /);
		assert.equal(api.received.length, 3);
	});

	it('shows the status and nothing of the key where the dataset is closed', async () => {
		api.answer = { status: 403, body: '{"error":"k3y is wrong"}' };
		await assert.rejects(push([{ n: 1 }]), (error) => {
			assert(error instanceof NodeApiError);
			assert.equal(error.httpCode, '403');
			assert.equal(JSON.stringify([error.message, error.description]).includes('k3y'), false);
			return true;
		});
	});

	it('refuses a credential without a key, and one that is not for this domain', async () => {
		const credentials = { httpQueryAuth: { name: 'x', value: ' ' } };
		await assert.rejects(push([{}], { credentials }), /the push key of the dataset/);
		const elsewhere = {
			value: 'k',
			allowedHttpRequestDomains: 'domains',
			allowedDomains: 'a.example',
		};
		await assert.rejects(
			push([{}], { credentials: { httpQueryAuth: elsewhere } }),
			/credentials\.httpQueryAuth/,
		);
	});
});
