import assert from 'node:assert/strict';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { Webhook } from 'standardwebhooks';
import { verifyBody } from '../../../core/index';
import { startSinkServer, type SinkServer } from '../../support/sink-server';
import { execute, refusal, unwritable, type ContextInput } from './sluice-context';

const forward = (parameters: Record<string, unknown>, more: Partial<ContextInput> = {}) =>
	execute({ resource: 'item', operation: 'forward', parameters, ...more });

describe('Sluice, deliver: forward now', () => {
	let endpoint: SinkServer;
	beforeEach(async () => (endpoint = await startSinkServer()));
	afterEach(() => endpoint.close());

	it('sends each item as JSON and gives the answer', async () => {
		endpoint.answer = ({ json }, response) =>
			response.writeHead(201).end(JSON.stringify({ got: json }));
		const output = await forward(
			{ url: endpoint.url },
			{ items: [{ json: { a: 1 } }, { json: { a: 2 } }] },
		);
		assert.equal(endpoint.requests[0]?.headers['content-type'], 'application/json');
		for (const [index, { json, pairedItem }] of output.entries()) {
			const { attemptMs, ...rest } = json;
			assert.deepEqual(rest, { status: 201, body: { got: { a: index + 1 } } });
			assert.ok(Number(attemptMs) >= 0);
			assert.deepEqual(pairedItem, { item: index });
		}
	});

	it('sends the exact text of a field, signed and with the header of the credential', async () => {
		endpoint.answer = (_request, response) => response.writeHead(204).end();
		const body = '{ "a" : 1 }';
		const [one] = await forward(
			{
				url: `${endpoint.url}/in`,
				body: 'field',
				bodyField: 'raw',
				signWith: 'body-jwt',
				forwardAuth: 'header',
			},
			{
				items: [{ json: { raw: body } }],
				credentials: {
					sluiceSignatureApi: { secret: 's3cret' },
					httpHeaderAuth: { name: 'X-Key', value: 'abc' },
				},
			},
		);
		const { attemptMs: _, ...json } = one?.json ?? {};
		assert.deepEqual(json, { status: 204 });
		const [request] = endpoint.requests;
		assert.equal(request?.url, '/in');
		assert.equal(request?.body.toString(), body);
		assert.equal(request?.headers['x-key'], 'abc');
		const token = request?.headers['x-dt-signature'] as string;
		await verifyBody({ token, body, secrets: ['s3cret'] });
	});

	it('signs with the former secret beside the new one, so that receivers can change over', async () => {
		const secretOf = (fill: number) => `whsec_${Buffer.alloc(24, fill).toString('base64')}`;
		await forward(
			{ url: endpoint.url, signWith: 'standard-webhooks' },
			{
				items: [{ json: { a: 1 } }],
				credentials: {
					sluiceSignatureApi: { secret: secretOf(1), previousSecret: secretOf(2) },
				},
			},
		);
		const [request] = endpoint.requests;
		const headers = request?.headers as Record<string, string>;
		for (const fill of [1, 2]) {
			new Webhook(secretOf(fill)).verify(request?.body.toString() ?? '', headers);
		}
		assert.throws(() => new Webhook(secretOf(3)).verify(request?.body ?? '', headers));
	});

	it('sends whole events without the credentials of who sent them, unless asked to', async () => {
		const json = {
			headers: { authorization: 'Bearer x', 'x-a': '1' },
			params: {},
			query: {},
			body: {},
			sluice: { id: 'e', receivedAt: '2026-01-01T00:00:00.000Z' },
		};
		const items = [{ json }];
		await forward({ url: endpoint.url }, { items });
		await forward({ url: endpoint.url, options: { sendCredentials: true } }, { items });
		assert.deepEqual(
			endpoint.requests.map((request) => (request.json as typeof json).headers),
			[{ 'x-a': '1' }, json.headers],
		);
	});

	it('calls text that is no JSON text', async () => {
		await forward(
			{ url: endpoint.url, body: 'field', bodyField: 'raw' },
			{ items: [{ json: { raw: 'a;b' } }] },
		);
		assert.match(String(endpoint.requests[0]?.headers['content-type']), /^text\/plain/);
	});

	it('makes an n8n API error with its status of an answer that is not 2xx', async () => {
		endpoint.answer = (_request, response) => response.writeHead(404).end('no');
		await assert.rejects(
			forward({ url: endpoint.url }, { items: [{ json: { secret: 'hidden' } }] }),
			(error: unknown) => {
				assert.ok(error instanceof NodeApiError);
				assert.equal(error.httpCode, '404');
				assert.equal(error.message, 'the receiver answered 404');
				assert.match(String(error.description), /ERR_SINK_REJECTED/);
				assert.equal(error.context['itemIndex'], 0);
				return true;
			},
		);
	});

	it('sends refused items to the error output, with the status, and goes on with the others', async () => {
		endpoint.answer = ({ json }, response) =>
			response.writeHead((json as { ok: boolean }).ok ? 200 : 503).end();
		const output = await forward(
			{ url: endpoint.url },
			{ items: [{ json: { ok: false } }, { json: { ok: true } }], continueOnFail: true },
		);
		assert.equal(refusal(output[0]).status, 503);
		assert.equal(refusal(output[0]).code, 'ERR_SINK_UNAVAILABLE');
		assert.deepEqual(output[0]?.pairedItem, { item: 0 });
		assert.equal(output[1]?.json['status'], 200);
		assert.equal(output[1]?.error, undefined);
	});

	for (const [name, json] of unwritable()) {
		it(`refuses an item that cannot be written (${name}) alone`, async () => {
			const items = [{ json: { n: 1 } }, { json }, { json: { n: 3 } }];
			const output = await forward({ url: endpoint.url }, { items, continueOnFail: true });
			assert.equal(output.length, 3);
			assert.deepEqual(
				endpoint.requests.map((request) => request.json),
				[{ n: 1 }, { n: 3 }],
			);
			assert.ok(output[1]?.json['error']);
			assert.deepEqual(output[1]?.pairedItem, { item: 1 });
			await assert.rejects(forward({ url: endpoint.url }, { items: [{ json }] }), Error);
		});
	}

	it('takes a URL of an expression for one that may come from outside', async () => {
		for (const url of [endpoint.url, endpoint.url.replace('http:', 'https:')]) {
			const [one] = await forward(
				{},
				{ expressions: { url: () => url }, continueOnFail: true, items: [{ json: {} }] },
			);
			assert.equal(refusal(one).code, 'ERR_SINK_ADDRESS_BLOCKED', url);
			assert.match(String(refusal(one).description), /has to be https and public/);
		}
		assert.equal(endpoint.requests.length, 0);
	});

	it('never reaches metadata services', async () => {
		const [one] = await forward({ url: 'http://169.254.169.254/' }, { continueOnFail: true });
		assert.equal(refusal(one).code, 'ERR_SINK_ADDRESS_BLOCKED');
	});

	it('waits no longer than the timeout', async () => {
		endpoint.answer = () => {};
		const [one] = await forward(
			{ url: endpoint.url, options: { timeoutSeconds: 0.2 } },
			{ continueOnFail: true },
		);
		assert.equal(refusal(one).code, 'ERR_SINK_TIMEOUT');
	});

	for (const { name, parameters, message } of [
		{
			name: 'no URL',
			parameters: { url: '' },
			message: /url: expected a URL that begins with https/,
		},
		{
			name: 'a field that is not there',
			parameters: { url: 'https://localhost', body: 'field', bodyField: 'x' },
			message: /bodyField/,
		},
		{
			name: 'signing without a credential',
			parameters: { url: 'https://localhost', signWith: 'body-jwt' },
			message: /Sluice Signature credential/,
		},
		{
			name: 'a timeout out of bounds',
			parameters: { url: 'https://localhost', options: { timeoutSeconds: 601 } },
			message: /^options\.timeoutSeconds: /,
		},
	]) {
		it(`refuses ${name}`, async () => {
			await assert.rejects(forward(parameters), (error: unknown) => {
				assert.ok(error instanceof NodeOperationError);
				assert.match(error.message, message);
				return true;
			});
		});
	}
});
