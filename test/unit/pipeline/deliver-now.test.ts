import assert from 'node:assert/strict';
import { deliverNow } from '../../../core/pipeline/deliver-now';
import { startPushApi, type PushApi } from '../../support/push-api';

describe('records that are delivered now', () => {
	let api: PushApi;
	beforeEach(async () => (api = await startPushApi()));
	afterEach(() => api.close());

	const push = (records: readonly object[], signal?: AbortSignal) =>
		deliverNow(
			{
				kind: 'opendatasoft',
				domain: api.domain,
				dataset: 'air',
				pushKey: { secretRef: 'key' },
				allowHttp: true,
			},
			records.map((record) => JSON.stringify(record)),
			{
				...{ who: { id: 'node:a/items', label: 'a' }, key: 'k', signal },
				ports: { resolveSecret: () => 'k3y' },
			},
		);

	it('are taken in their order, however many there are', async () => {
		const records = Array.from({ length: 1_200 }, (_, n) => ({ n, x: 'x'.repeat(2_000) }));
		const { errors, atFault } = await push(records);
		assert.deepEqual([errors.every((error) => error === undefined), atFault], [true, undefined]);
		assert.deepEqual(api.taken, records);
	});

	it('end soon where they are broken off, and none of them is said to be taken', async () => {
		api.answer = undefined;
		const stop = new AbortController();
		const delivered = push([{ n: 1 }, { n: 2 }], stop.signal);
		stop.abort();
		const { errors } = await delivered;
		assert.deepEqual(
			errors.map((error) => [error?.code, error?.message]),
			[1, 2].map(() => ['ERR_SINK_UNAVAILABLE', 'it was broken off before it had ended']),
		);
	});

	it('are refused as a whole where the configuration cannot work', async () => {
		const config = { kind: 'files', directory: 'd', format: 'csv' } as const;
		const o = { who: { id: 'node:a/items', label: 'a' }, key: 'k' };
		await assert.rejects(deliverNow(config, ['{}'], o), { code: 'ERR_CONFIG_INVALID' });
	});
});
