import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { N8nNode } from '../../scripts/host/n8n-api';
import { eventually } from '../support/eventually';
import {
	aSluice,
	aTrigger,
	aWebhook,
	located,
	reportItemsTo,
	wire,
} from '../support/n8n-workflows';
import { post, sharedN8n, type Answered, type N8nWorld } from '../support/n8n-world';
import { startSinkServer, type SinkServer } from '../support/sink-server';

type Item = { body: { n: number }; sluice: { batchId: string; attempt: number } };

describe('Sluice in a real n8n: delivering', function () {
	this.timeout(180_000);
	let world: N8nWorld;
	let sink: SinkServer;

	before(async () => {
		world = await sharedN8n();
	});
	beforeEach(async () => {
		sink = await startSinkServer();
	});
	afterEach(() => sink.close());

	const publishReporting = (trigger: N8nNode): Promise<string> => {
		const report = reportItemsTo(sink.url);
		return world.publish('deliver', [trigger, report], wire(trigger, [report]));
	};
	/** Publishes a workflow that runs one operation of the Sluice node. @returns how to call it */
	const operation = async (
		parameters: object,
		credentials: N8nNode['credentials'] = {},
	): Promise<(body?: object) => Promise<Answered>> => {
		const path = `op/${randomUUID()}`;
		const webhook = aWebhook(path);
		const sluice = aSluice(parameters, credentials);
		await world.publish('operation', [webhook, sluice], wire(webhook, [sluice]));
		return (body = {}) => post(`${world.url}/webhook/${path}`, body);
	};
	const batches = (): Item[][] => sink.requests.map(({ json }) => json as Item[]);
	const numbers = (): number[] => batches().flatMap((items) => items.map(({ body }) => body.n));
	const accepted = async (trigger: N8nNode, ...all: number[]): Promise<void> => {
		for (const n of all) {
			const { status, text } = await world.push(trigger, { n });
			assert.equal(status, 200, text);
		}
	};

	it('a failed execution: the same rows come again until it succeeds', async () => {
		const trigger = aTrigger({ flushCount: 2 });
		const id = await publishReporting(trigger);
		sink.answer = (_request, response) =>
			response.writeHead(sink.requests.length < 3 ? 500 : 200).end();
		await accepted(trigger, 1, 2);
		await eventually('the third attempt', () => sink.requests.length >= 3, 30_000);
		assert.deepEqual(
			batches().map((items) => items.map(({ body, sluice }) => [body.n, sluice.attempt])),
			[1, 2, 3].map((attempt) => [
				[1, attempt],
				[2, attempt],
			]),
		);
		assert.equal(new Set(batches().flatMap((items) => items.map((i) => i.sluice.batchId))).size, 1);
		const ended = await world.ended(id, 3);
		assert.deepEqual(
			ended.map(({ status }) => status),
			['error', 'error', 'success'],
		);
	});

	it('after the last attempt: a dead letter, which the Sluice node lists and replays', async () => {
		const trigger = aTrigger({
			bufferName: 'fragile',
			deliveryOptions: { retry: 'list', retryDelays: '1s' },
		});
		const id = await publishReporting(trigger);
		const buffer = `${id}:${trigger.id}/fragile`;
		const list = await operation({
			resource: 'deadLetter',
			operation: 'getAll',
			buffer: located(buffer),
			limit: 10,
		});
		const replay = await operation({
			resource: 'deadLetter',
			operation: 'replay',
			which: 'buffer',
			buffer: located(buffer),
		});
		sink.answer = (_request, response) => response.writeHead(500).end();
		await accepted(trigger, 7);
		const listed = await eventually(
			'the dead letter',
			async () => {
				const answer = await list();
				return answer.status === 200 && answer.text.includes('ERR_') && answer.text;
			},
			30_000,
		);
		assert.equal(sink.requests.length, 2);
		assert.match(listed, /fragile/);
		const batchId = String(batches()[0]?.[0]?.sluice.batchId);
		assert.ok(listed.includes(batchId), listed);
		sink.answer = (_request, response) => response.writeHead(200).end();
		const replayed = await replay();
		assert.equal(replayed.status, 200, replayed.text);
		await eventually('the replay', () => sink.requests.length >= 3, 30_000);
		assert.deepEqual(numbers(), [7, 7, 7]);
		await eventually('no dead letter', async () => !(await list()).text.includes(batchId));
	});

	it('status and flush: rows that wait are seen, and delivered when told', async () => {
		const trigger = aTrigger({ bufferName: 'slow', flushCount: 100, flushSeconds: 3600 });
		const id = await publishReporting(trigger);
		const buffer = `${id}:${trigger.id}/slow`;
		const status = await operation({ resource: 'buffer', operation: 'getAll' });
		const flush = await operation({
			resource: 'buffer',
			operation: 'flush',
			buffer: located(buffer),
		});
		await accepted(trigger, 1, 2);
		const { text } = await status();
		assert.match(text, /slow/);
		assert.equal(sink.requests.length, 0);
		const flushed = await flush();
		assert.equal(flushed.status, 200, flushed.text);
		await eventually('the batch', () => sink.requests.length > 0);
		assert.deepEqual(numbers(), [1, 2]);
	});

	it('items of a workflow: added to a buffer, they start another workflow as batches', async () => {
		const trigger = aTrigger({ startOn: 'workflowItems', bufferName: 'rows', flushCount: 2 });
		const id = await publishReporting(trigger);
		const add = await operation({
			resource: 'buffer',
			operation: 'add',
			buffer: located(`${id}:${trigger.id}/rows`),
		});
		for (const n of [1, 2]) assert.equal((await add({ n })).status, 200);
		await eventually('the batch', () => sink.requests.length > 0);
		assert.deepEqual(
			batches()[0]?.map(({ body }) => body.n),
			[1, 2],
		);
	});

	it('forward now: the answer of the endpoint is the item; not 2xx fails', async () => {
		const forward = await operation({
			resource: 'item',
			operation: 'forward',
			url: `${sink.url}/now`,
		});
		assert.equal((await forward({ n: 1 })).status, 200);
		assert.equal(sink.requests.length, 1);
		assert.equal(sink.requests[0]?.url, '/now');
		sink.answer = (_request, response) => response.writeHead(400).end();
		assert.equal((await forward({ n: 1 })).status, 500);
	});

	it('map: items become records, by the same columns as the trigger’s', async () => {
		const map = await operation({
			resource: 'item',
			operation: 'map',
			source: 'field',
			sourceField: 'body',
			columns: {
				values: [
					{ name: 'n', type: 'path', path: 'n' },
					{ name: 'twice', type: 'template', template: '2 * Body("n")' },
				],
			},
		});
		const mapped = await map({ n: 4 });
		assert.deepEqual([mapped.status, mapped.text], [200, '[{"n":4,"twice":8}]']);
	});

	it('sign, then verify: passes with the secret, fails with another', async () => {
		const credential = async (secret: string): Promise<N8nNode['credentials']> => ({
			sluiceSignatureApi: await world.api.createCredential('sluiceSignatureApi', secret, {
				secret,
				previousSecret: '',
			}),
		});
		const secrets = [await credential('s1'), await credential('s2')];
		for (const [index, verifier] of secrets.entries()) {
			const path = `sign/${randomUUID()}`;
			const webhook = aWebhook(path);
			const data = { resource: 'item', bodyField: 'body' };
			const sign = aSluice({ ...data, operation: 'sign' }, secrets[0]);
			const verify = {
				...aSluice({ ...data, operation: 'verify' }, verifier),
				name: 'Verify',
			};
			await world.publish('sign', [webhook, sign, verify], {
				...wire(webhook, [sign]),
				...wire(sign, [verify]),
			});
			const answer = await post(`${world.url}/webhook/${path}`, { n: 1 });
			assert.equal(answer.status, index === 0 ? 200 : 500, answer.text);
			if (index === 0) assert.match(answer.text, /"X-Dt-Signature":"ey/);
		}
	});
});
