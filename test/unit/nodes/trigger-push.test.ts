import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { brotliCompressSync } from 'node:zlib';
import { storePush } from '../../../nodes/SluiceTrigger/push';
import { n8nFolder, type N8nFolder } from './sluice-store';
import { triggerContext } from './trigger-context';

const URL_PATH = '/webhook/webhook-a/events';

describe("a push to n8n's webhook URL, in the hands of the Trigger", () => {
	let n8n: N8nFolder;
	beforeEach(async () => {
		n8n = await n8nFolder();
	});
	afterEach(() => n8n.close());

	const push = async (
		options: object,
		body: Uint8Array,
		headers: object,
	): Promise<{ status: number; body: string }> => {
		const sent: { status: number; body: string }[] = [];
		let status = 0;
		const response = {
			headersSent: false,
			status: (code: number) => ((status = code), response),
			set: () => response,
			send: (text: string) => void sent.push({ status, body: text }),
		};
		const request = Object.assign(Readable.from([body]), {
			...{ method: 'POST', url: URL_PATH, originalUrl: URL_PATH, path: URL_PATH, complete: true },
			headers: { 'content-type': 'application/x-ndjson', ...headers },
			socket: { remoteAddress: '192.0.2.7' },
		});
		const context = triggerContext({
			parameters: { options },
			more: { getResponseObject: () => response, getRequestObject: () => request, emit: () => {} },
		});
		await storePush(context);
		return sent[0] ?? assert.fail('nothing was answered');
	};

	it('reads what n8n has not read, as it was sent and up to the limits', async () => {
		const packed = brotliCompressSync('{"n":1}\n{"n":2}\n');
		const coding = { 'content-encoding': 'br' };
		const taken = await push({ split: 'ndjson' }, packed, coding);
		assert.equal((JSON.parse(taken.body) as { stored: number }).stored, 2);
		const limit = { maxBodyBytes: 100 };
		assert.equal((await push(limit, Buffer.alloc(101, '1'), {})).status, 413);
	});

	it('refuses pages of other origins than those allowed, which n8n lets through', async () => {
		const allowed = { allowedOrigins: 'https://a.example' };
		const event = Buffer.from('{}');
		const statuses = [];
		for (const origin of ['https://a.example', 'https://b.example']) {
			statuses.push((await push(allowed, event, { origin })).status);
		}
		assert.deepEqual(statuses, [200, 403]);
	});
});
