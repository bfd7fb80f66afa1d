import assert from 'node:assert/strict';
import { HANDSHAKE_KINDS, showsVerifyToken } from '../../../core/index';
import { previewInEditor, storePush } from '../../../nodes/SluiceTrigger/push';
// With its extension: SluiceTrigger.node.json stands beside it.
import { SluiceTrigger } from '../../../nodes/SluiceTrigger/SluiceTrigger.node.js';
import { n8nFolder, type N8nFolder } from './sluice-store';
import { filledNode, showsCredential, triggerContext } from './trigger-context';

interface Sent {
	readonly status: number;
	readonly headers: Record<string, string>;
	readonly body: string;
}

const CREDENTIAL = { secret: 'a signature secret', verifyToken: ' verify me ' };

describe('handshakes and answers of a Trigger of n8n', () => {
	let n8n: N8nFolder;
	beforeEach(async () => {
		n8n = await n8nFolder();
	});
	afterEach(() => n8n.close());

	const webhook = async (
		take: typeof storePush,
		parameters: object,
		request: { method?: string; url?: string; body?: string; headers?: object } = {},
		credential: object = CREDENTIAL,
	): Promise<{ sent: Sent; result: Awaited<ReturnType<typeof storePush>> }> => {
		const { method = 'GET', url = '/webhook/webhook-a/events', body = '' } = request;
		const sent: Sent[] = [];
		let [status, headers] = [0, {}];
		const response = {
			headersSent: false,
			status: (code: number) => ((status = code), response),
			set: (given: object) => ((headers = given), response),
			send: (text: string) => void sent.push({ status, headers, body: text }),
		};
		const context = triggerContext({
			parameters: { authentication: 'url-secret', ...parameters },
			credentials: { sluiceSignatureApi: credential },
			more: {
				getResponseObject: () => response,
				getRequestObject: () => ({
					method,
					url,
					originalUrl: url,
					path: url.replace(/\?.*/, ''),
					headers: { 'content-type': 'application/json', ...request.headers },
					rawBody: Buffer.from(body),
					complete: true,
					socket: { remoteAddress: '192.0.2.7' },
				}),
				emit: () => {},
			},
		});
		const result = await take(context);
		return { sent: sent[0] ?? assert.fail('nothing was answered'), result };
	};

	const meta = (token: string) => ({
		url: `/webhook/webhook-a/events?hub.mode=subscribe&hub.challenge=42&hub.verify_token=${token}`,
	});

	for (const take of [storePush, previewInEditor]) {
		it(`a challenge is given back, starts nothing and is stored nowhere: ${take.name}`, async () => {
			const { sent, result } = await webhook(take, { handshake: 'meta' }, meta('verify%20me'));
			assert.deepEqual([sent.status, sent.body], [200, '42']);
			assert.equal(sent.headers['content-type'], 'text/plain; charset=utf-8');
			assert.deepEqual(result, { noWebhookResponse: true });
			const wrong = await webhook(take, { handshake: 'meta' }, meta('other'));
			assert.equal(wrong.sent.status, 403);
		});
	}

	it('any other GET is 405, and a push goes on', async () => {
		assert.equal((await webhook(storePush, {})).sent.status, 405);
		const push = { method: 'POST', body: '{"a":1}' };
		const answer = { answerStatus: 202, answerBody: 'text', answerText: 'ok' };
		const parameters = { handshake: 'slack', options: answer };
		const { sent } = await webhook(storePush, parameters, push);
		assert.deepEqual([sent.status, sent.body], [202, 'ok']);
	});

	it('an event is held against the schema of its options, and refused as they say', async () => {
		const options = {
			schemaSample: '[{"n": 1, "k": "x"}]',
			schemaFields: { values: [{ name: 'k', type: 'int', unique: true }] },
			answerRefusals: 'status',
		};
		const push = async (body: string) =>
			(await webhook(storePush, { options }, { method: 'POST', body })).sent;
		const refused = await push('{"n": "1", "k": "x"}');
		assert.equal(refused.status, 400);
		assert.match(refused.body, /^\{"status":"error","error":"field \\"k\\": expected a number/);
		assert.equal((await push('{"n": "1", "k": "7"}')).status, 200);
	});

	it('the verify token is asked for where the sender shows one, by its name where it is missing', async () => {
		const node = new SluiceTrigger();
		for (const handshake of ['none', ...HANDSHAKE_KINDS]) {
			const filled = filledNode(node, { authentication: 'url-secret', handshake });
			const isShown = showsCredential(node, filled, 'sluiceSignatureApi');
			assert.equal(isShown, showsVerifyToken(handshake), handshake);
		}
		const { sent } = await webhook(storePush, { handshake: 'meta' }, meta(''), { secret: 's' });
		assert.equal(sent.status, 503);
	});

	it('n8n serves the methods of handshakes beside POST, at the same path', () => {
		const { webhooks = [] } = new SluiceTrigger().description;
		assert.deepEqual(
			webhooks.map(({ httpMethod, path }) => [httpMethod, path]),
			[
				['POST', 'events'],
				['POST,GET,HEAD', 'events/:secret'],
				['GET,HEAD', 'events'],
			],
		);
	});
});
