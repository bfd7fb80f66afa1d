import assert from 'node:assert/strict';
import type { IDataObject } from 'n8n-workflow';
import { startHttpReceiver, type HttpReceiver } from '../../support/http-receiver';
import { assertNoSecret, MARK } from '../../support/secret-hunt';
import { execute, located, refusal, type ContextInput } from './sluice-context';
import { n8nFolder, type N8nFolder } from './sluice-store';

describe('Sluice: send test event', () => {
	let n8n: N8nFolder;
	let endpoint: HttpReceiver;
	let unpublish: () => Promise<void>;
	beforeEach(async () => {
		n8n = await n8nFolder();
		endpoint = await startHttpReceiver((_request, response) => response.writeHead(202).end('yes'));
		const attachment = n8n.pipeline.attachExport(
			{
				config: { id: 'readings', receiverId: 'items:wf1:t1', output: 'event' },
				sink: {
					kind: 'http',
					url: endpoint.url,
					allowHttp: true,
					auth: { kind: 'bearer', token: { secretRef: 'credential' } },
				},
				ports: { resolveSecret: () => MARK },
			},
			{ key: 'wf1:t1', label: 'workflow / readings' },
		);
		await attachment.ready;
		unpublish = () => attachment.detach();
	});
	afterEach(async () => {
		await n8n.close();
		await endpoint.close();
	});

	const send = async (parameters: object, more: Partial<ContextInput> = {}) =>
		execute({
			resource: 'buffer',
			operation: 'sendTestEvent',
			parameters: { buffer: located('readings'), ...parameters },
			...more,
		});
	const bodyOf = (at: number) => {
		const [one] = JSON.parse(String(endpoint.received[at]?.body)) as unknown[];
		return one as Record<string, Record<string, unknown>>;
	};

	it('sends a sample with the credential of the Trigger, and shows request and answer without it', async () => {
		const [one, ...rest] = await send({ sampleType: 'humidity' });
		assert.equal(rest.length, 0);
		assert.equal(endpoint.received[0]?.headers.authorization, `Bearer ${MARK}`);
		assert.equal(bodyOf(0)['event']?.['eventType'], 'humidity');
		const { exchange, ...about } = one?.json ?? {};
		assert.deepEqual(about, {
			buffer: 'wf1:t1/readings',
			state: 'ACTIVE',
			became: 'delivered',
			says: 'Delivered: the endpoint answered 202.',
		});
		const { answer, request } = exchange as Record<string, IDataObject>;
		assert.deepEqual([answer?.['status'], answer?.['body']], [202, { bytes: 3, text: 'yes' }]);
		assert.equal((request?.['headers'] as IDataObject)['Authorization'], '***');
		assertNoSecret({ one });
	});

	it('sends an event of your own, typed or by an expression', async () => {
		await send({ testEvent: 'own', ownEvent: '{"a": 1}' });
		await send({ testEvent: 'own' }, { expressions: { ownEvent: () => ({ a: 2 }) } });
		assert.deepEqual([bodyOf(0), bodyOf(1)], [{ a: 1 }, { a: 2 }]);
		const [wrong] = await send({ testEvent: 'own', ownEvent: '{a' }, { continueOnFail: true });
		assert.equal(refusal(wrong).code, 'ERR_CONFIG_INVALID');
		assert.match(String(wrong?.json['error']), /ownEvent: expected JSON/);
		const expressions = { sampleType: () => 'ping' };
		await assert.rejects(send({}, { expressions }), /sample: expected one of touch/);
		assert.equal(endpoint.received.length, 2);
	});

	it('says what to do where the workflow is not active, or another process delivers it', async () => {
		await unpublish();
		const [away] = await send({}, { continueOnFail: true });
		assert.match(String(away?.json['error']), /not active here/);
		assert.match(refusal(away).description ?? '', /^Publish that workflow/);
		assert.equal(endpoint.received.length, 0);
	});

	it('is refused for a buffer that starts the workflow', async () => {
		await n8n.publish('wf2:t2', 'flow');
		const flow = send({ buffer: located('flow') });
		await assert.rejects(flow, /not delivered by this process|forwarded to a URL/);
	});
});
