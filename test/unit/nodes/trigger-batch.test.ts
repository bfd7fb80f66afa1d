import assert from 'node:assert/strict';
import type { IBinaryData, IRun, IWebhookFunctions } from 'n8n-workflow';
import { createEvent } from '../../../core/index';
import { previewInEditor } from '../../../nodes/SluiceTrigger/push';
import { eventually } from '../../support/eventually';
import { n8nFolder, type N8nFolder } from './sluice-store';
import { triggerContext } from './trigger-context';
import { startInN8n } from './trigger-world';

const CSV = {
	data: 'fields',
	fields: { values: [{ name: 'n', path: 'n' }] },
	batchFormat: 'csv',
} as const;

/** As n8n keeps it in memory. */
const helpers = {
	prepareBinaryData: async (bytes: Buffer, fileName?: string, mimeType?: string) =>
		({ data: bytes.toString('base64'), fileName, mimeType }) as IBinaryData,
};

describe('a Trigger whose executions begin with one text or file', () => {
	let n8n: N8nFolder;
	beforeEach(async () => (n8n = await n8nFolder()));
	afterEach(() => n8n.close());

	async function executed(parameters: object) {
		const running = await startInN8n({
			parameters: { startOn: 'workflowItems', flushCount: 2, ...parameters },
			helpers,
		});
		const events = [1, 2].map((n) => createEvent({ body: { n } }));
		await n8n.pipeline.add('items:wf:node-a/events', events);
		const [one] = await eventually(
			'it starts',
			() => running.emitted.length > 0 && running.emitted,
		);
		one?.done?.resolve({ status: 'success' } as IRun);
		await running.close();
		return one?.outputs[0];
	}

	it('one item with the text', async () => {
		const [item, ...others] = (await executed({ ...CSV, batchAs: 'text' })) ?? [];
		assert.equal(others.length, 0);
		const { text, contentType, fileName, sluice } = item!.json;
		assert.deepEqual([text, contentType], ['n\n1\n2\n', 'text/csv; charset=utf-8']);
		assert.match(String(fileName), /^events_\d{8}T\d{6}Z_1\.csv$/);
		assert.deepEqual(sluice, { batchId: '1', attempt: 1, count: 2 });
	});

	it('one item with the file, without names of columns where they are not wanted', async () => {
		const parameters = { ...CSV, batchAs: 'file', batchCsvHeader: false };
		const [item] = (await executed(parameters)) ?? [];
		const { data, mimeType, fileName } = item!.binary!['data']!;
		assert.equal(Buffer.from(data, 'base64').toString(), '1\n2\n');
		assert.deepEqual([mimeType, fileName], ['text/csv', item!.json['fileName']]);
		assert.equal(item!.json['text'], undefined);
	});

	it('is refused by name where CSV would have no columns', async () => {
		await assert.rejects(executed({ batchAs: 'file', batchFormat: 'csv' }), {
			message: /^batchFormat: expected json-array or ndjson/,
		});
	});

	it('shows the same for a push to the test URL', async () => {
		const response = { headersSent: false, status: () => response, set: () => response, send() {} };
		const request = { method: 'POST', url: '/', path: '/webhook-a/events', headers: {} };
		const context = triggerContext({
			parameters: { ...CSV, batchAs: 'text', authentication: 'none' },
			more: {
				helpers,
				getResponseObject: () => response,
				getRequestObject: () => ({
					...request,
					headers: { 'content-type': 'application/json' },
					rawBody: Buffer.from('{"n":7}'),
					complete: true,
					socket: { remoteAddress: '127.0.0.1' },
				}),
			},
		}) as IWebhookFunctions;
		const { workflowData } = await previewInEditor(context);
		assert.equal(workflowData?.[0]?.length, 1);
		assert.equal(workflowData?.[0]?.[0]?.json['text'], 'n\n7\n');
	});
});
