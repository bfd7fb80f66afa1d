import assert from 'node:assert/strict';
import { createSink } from '../../../core/sink/create-sink';
import { datasetTarget, readConfiguration } from '../../../nodes/SluiceTrigger/configuration';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';
import { startPushApi, type PushApi } from '../../support/push-api';
import { triggerContext } from './trigger-context';

const KEY = { name: 'pushkey', value: ' hidden-1 ' };

describe('a buffer of the Trigger that pushes to a dataset', () => {
	let api: PushApi;
	beforeEach(async () => (api = await startPushApi()));
	afterEach(() => api.close());

	const read = async (given: object = {}, credential: object | undefined = KEY) => {
		const parameters = { then: 'opendatasoft', domain: api.domain, dataset: 'air', ...given };
		const credentials = credential ? { httpQueryAuth: credential } : {};
		const context = triggerContext({ parameters, credentials });
		const { buffers } = await readConfiguration(context);
		const [buffer = assert.fail()] = buffers;
		return { export: buffer.config, ...(await datasetTarget(context, buffer)) };
	};

	it('pushes with the key of the credential, in order, one batch at once', async () => {
		const {
			export: input,
			config,
			resolveSecret,
		} = await read({
			datasetOptions: { resource: 'echtzeit', maxRecords: 2 },
			deliveryOptions: { order: 'any', maxInFlight: 9 },
		});
		assert.deepEqual([input.order, input.maxInFlight], ['strict', 1]);
		assert.doesNotMatch(JSON.stringify(config), /hidden-1/);
		const sink = createSink(config, { resolveSecret });
		const payloads = [1, 2, 3].map((n) => Buffer.from(JSON.stringify({ n })));
		assert.equal((await sink.deliver(fakeBatch({ payloads }), fakeAttempt())).kind, 'ack');
		await sink.close?.();
		assert.deepEqual(
			api.received.map(({ url, body }) => [url, body.toString()]),
			['[{"n":1},{"n":2}]', '[{"n":3}]'].map((body) => [
				'/api/push/1.0/air/echtzeit/push/?pushkey=hidden-1',
				body,
			]),
		);
	});

	it('goes by a key where the order says so', async () => {
		const deliveryOptions = { order: 'key', orderKeyPath: 'station' };
		const { order, orderKeyPath } = (await read({ deliveryOptions })).export;
		assert.deepEqual([order, orderKeyPath], ['key', 'station']);
	});

	const wrong: readonly (readonly [place: string, given: object, credential?: object])[] = [
		['domain', { domain: 'data.example.org' }],
		['dataset', { dataset: 'a/b' }],
		['datasetOptions.maxRecords', { datasetOptions: { maxRecords: 0 } }],
		[
			'datasetOptions.idField',
			{ datasetOptions: { operation: 'deleteById', idField: 'x'.repeat(301) } },
		],
		['credentials.httpQueryAuth.value', {}, { name: 'pushkey', value: ' ' }],
		[
			'credentials.httpQueryAuth.allowedHttpRequestDomains',
			{},
			{ ...KEY, allowedHttpRequestDomains: 'domains', allowedDomains: 'data.example.org' },
		],
	];
	for (const [place, given, credential] of wrong)
		it(`says what is wrong by the dialog's name: ${place}`, async () => {
			await assert.rejects(read(given, credential), (error: Error) => {
				assert.match(error.message, new RegExp(`^${place.replaceAll('.', '\\.')}: `));
				return !error.message.includes('hidden-1');
			});
		});

	it('says that a credential is to be chosen', async () => {
		const several = {
			severalBuffers: true,
			buffers: { values: [{ name: 'a', then: 'opendatasoft', domain: api.domain, dataset: 'a' }] },
		};
		const context = triggerContext({ parameters: several, credentials: {} });
		const { buffers } = await readConfiguration(context);
		await assert.rejects(datasetTarget(context, buffers[0]!), {
			message: /a Query Auth credential to be chosen/,
		});
	});
});
