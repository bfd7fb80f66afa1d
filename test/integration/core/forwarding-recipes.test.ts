import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { jwtVerify } from 'jose';
import { Webhook } from 'standardwebhooks';
import type { ReceiverInput } from '../../../core/pipeline/parse-receiver';
import { createSink, type SinkConfig } from '../../../core/sink/create-sink';
import { eventually } from '../../support/eventually';
import { forwardingRecipe } from '../../support/forwarding-recipes';
import {
	aPush,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

const SECRETS: Readonly<Record<string, string>> = {
	signature: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
	client: 'the secret of the client',
};

describe('the recipes of docs/forwarding.md, delivered', () => {
	let world: PipelineWorld;
	let endpoint: SinkServer;

	beforeEach(async () => {
		// What libraries verify has to be of now.
		world = await pipelineWorld(Date.now());
		endpoint = await startSinkServer();
	});
	afterEach(async () => {
		await world.close();
		await endpoint.close();
	});

	/** The recipe as it stands, but for where its endpoint is. */
	const attach = async (name: string, receiver: Omit<ReceiverInput, 'id' | 'auth'> = {}) => {
		const recipe = forwardingRecipe(name);
		const here = (url: string): string => url.replace('https://example.com', endpoint.url);
		const { auth } = recipe.sink;
		const config: SinkConfig<'http'> = {
			...recipe.sink,
			url: here(recipe.sink.url as string),
			...(auth?.kind === 'oauth2'
				? { auth: { ...auth, tokenUrl: here(auth.tokenUrl as string) } }
				: {}),
			allowHttp: true,
			allowedCidrs: ['127.0.0.1/32'],
		};
		const { clock } = world;
		const sink = createSink(config, { clock, resolveSecret: (ref) => SECRETS[ref] });
		await world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, ...receiver },
			[{ config: { id: 'main', receiverId: 'r1', ...recipe.export }, ports: { sink } }],
			HOLDER,
		).ready;
	};
	const push = async (body: string): Promise<void> => {
		const { status, body: text } = await world.pipeline.accept(
			'r1',
			aPush({ body: Buffer.from(body) }),
		);
		assert.equal(status, 200, text);
	};

	it('A Standard Webhooks sender: verified by standardwebhooks, under one id in both attempts', async () => {
		await attach('A Standard Webhooks sender');
		endpoint.answer = (_request, response) =>
			response.writeHead(endpoint.requests.length === 1 ? 500 : 200).end();
		const body = '{"type": "reading",  "value": 1.10}';
		await push(body);
		await eventually('the first attempt', () => endpoint.requests.length === 1);
		await eventually('the second attempt', async () => {
			await world.clock.advance(10_000);
			return endpoint.requests.length === 2;
		});
		const webhook = new Webhook(SECRETS['signature'] ?? '');
		for (const request of endpoint.requests) {
			const headers = request.headers as Record<string, string>;
			assert.deepEqual(webhook.verify(request.body, headers), JSON.parse(body));
			assert.equal(request.body.toString(), body, 'as it came');
			assert.throws(() => webhook.verify(`${body} `, headers));
		}
		const [first, second] = endpoint.requests.map(({ headers }) => headers);
		assert.equal(first?.['webhook-id'], second?.['webhook-id']);
		assert.notEqual(first?.['webhook-signature'], second?.['webhook-signature']);
	});

	it('Signed batches to an API of your own: verified by jose over the bytes as they came', async () => {
		endpoint.answer = ({ url }, response) => {
			const token = JSON.stringify({ access_token: 't1', token_type: 'Bearer', expires_in: 3600 });
			response.writeHead(200, { 'content-type': 'application/json' });
			response.end(url === '/token' ? token : '');
		};
		await attach('Signed batches to an API of your own', { split: 'ndjson' });
		const lines = Array.from({ length: 1_000 }, (_, n) => `{"device":"d${n}","temperature":21.50}`);
		await push(lines.join('\n'));
		const batch = await eventually('the batch', () =>
			endpoint.requests.find(({ url }) => url === '/readings'),
		);
		const { headers } = batch;
		assert.equal(headers.authorization, 'Bearer t1');
		assert.equal(headers['content-encoding'], 'gzip');
		assert.equal(headers['content-type'], 'application/x-ndjson');
		assert.ok(headers['idempotency-key']);
		const key = Buffer.from(SECRETS['signature'] ?? '');
		const { payload } = await jwtVerify(String(headers['x-dt-signature']), key);
		assert.equal(payload['checksum_sha256'], hash('sha256', batch.body));
		const rows = gunzipSync(batch.body).toString().trimEnd().split('\n');
		assert.equal(rows.length, 1_000);
		assert.match(
			rows[7] ?? '',
			/^\{"id":"[0-9a-f-]{36}","receivedAt":"[^"]+","device":"d7","temperature":21\.50?\}$/,
		);
		const asked = endpoint.requests.filter(({ url }) => url === '/token');
		assert.equal(asked.length, 1);
		assert.match(String(asked[0]?.body), /grant_type=client_credentials/);
	});

	it('As a Data Connector: an event of the types alone, with the labels that were chosen', async () => {
		await attach('As a Data Connector', { typePath: 'event.eventType' });
		const event = (eventType: string) =>
			JSON.stringify({
				event: { eventId: 'e1', eventType, targetName: 'projects/p/devices/d', data: {} },
				labels: { name: 'door', floor: '2' },
				metadata: { deviceId: 'd' },
			});
		await push(event('networkStatus'));
		await push(event('touch'));
		const request = await eventually('the event', () => endpoint.requests[0]);
		const sent = request.json as { event: { eventType: string }; labels: object };
		assert.equal(sent.event.eventType, 'touch');
		assert.deepEqual(sent.labels, { name: 'door' });
		const key = Buffer.from(SECRETS['signature'] ?? '');
		const { payload } = await jwtVerify(String(request.headers['x-dt-signature']), key);
		assert.equal(payload['checksum_sha256'], hash('sha256', request.body));
		assert.equal(endpoint.requests.length, 1);
	});
});
