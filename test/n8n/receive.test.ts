import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { signBody } from '../../core/signature/sign-body';
import { verifyBody } from '../../core/signature/verify-body';
import type { N8nNode } from '../../scripts/host/n8n-api';
import { freePort } from '../../scripts/host/free-port';
import { eventually } from '../support/eventually';
import { aSluice, aTrigger, located, reportItemsTo, wire } from '../support/n8n-workflows';
import { post, sharedN8n, type N8nWorld } from '../support/n8n-world';
import { startSinkServer, type SinkServer } from '../support/sink-server';

interface Item {
	readonly headers: Record<string, string>;
	readonly params: object;
	readonly query: object;
	readonly body: { n: number };
	readonly sluice: { id: string; receivedAt: string; batchId: string; attempt: number };
}

describe('Sluice Trigger in a real n8n: receiving', function () {
	this.timeout(120_000);
	let world: N8nWorld;
	let sink: SinkServer;

	before(async () => {
		world = await sharedN8n();
	});
	beforeEach(async () => {
		sink = await startSinkServer();
	});
	afterEach(() => sink.close());

	/** The trigger, and a workflow of its own that reports batches to the sink. */
	const reporting = (trigger: N8nNode, name = 'receive'): [string, N8nNode[], object] => {
		const report = reportItemsTo(sink.url);
		return [name, [trigger, report], wire(trigger, [report])];
	};
	const batches = (): Item[][] => sink.requests.map(({ json }) => json as Item[]);
	const numbers = (): number[] => batches().flatMap((items) => items.map(({ body }) => body.n));

	it('the package is loaded: nodes and credentials under their names', async () => {
		const types = (await world.api.call('GET', '/types/nodes.json')) as {
			name: string;
			displayName: string;
			version: number | number[];
		}[];
		const ours = types.filter(({ name }) => name.startsWith('@sluice/n8n-nodes-sluice.'));
		// The tool twin of a usableAsTool node is n8n's own.
		assert.deepEqual(
			ours
				.map(({ name, displayName, version }) => [name.split('.')[1], displayName, version])
				.filter(([name]) => name !== 'sluiceTool')
				.sort(),
			[
				['sluice', 'Sluice', 1],
				['sluiceTrigger', 'Sluice Trigger', 2],
			],
		);
		const credentials = (await world.api.call('GET', '/types/credentials.json')) as {
			name: string;
		}[];
		assert.deepEqual(
			credentials
				.map(({ name }) => name)
				.filter((name) => name.startsWith('sluice'))
				.sort(),
			['sluiceSignatureApi', 'sluiceStoreApi'],
		);
	});

	it('one execution per batch, its rows as items that look like the Webhook node’s', async () => {
		const trigger = aTrigger({ flushCount: 3, flushSeconds: 60 });
		const id = await world.publish(...reporting(trigger));
		for (const n of [1, 2, 3]) {
			const answer = await world.push(trigger, { n }, { 'x-site': 'b4' });
			assert.equal(answer.status, 200, answer.text);
			assert.match((JSON.parse(answer.text) as { id: string }).id, /./);
		}
		await eventually('the batch', () => sink.requests.length > 0);
		const [items = []] = batches();
		assert.deepEqual(
			items.map(({ body }) => body),
			[{ n: 1 }, { n: 2 }, { n: 3 }],
		);
		const [first] = items;
		assert.equal(first?.headers['x-site'], 'b4');
		assert.deepEqual([first?.params, first?.query], [{}, {}]);
		assert.deepEqual(
			[...new Set(items.map(({ sluice }) => `${sluice.batchId} ${sluice.attempt}`))],
			[`${first?.sluice.batchId} 1`],
		);
		assert.equal(new Set(items.map(({ sluice }) => sluice.id)).size, 3);
		const [execution, ...others] = await world.ended(id, 1);
		assert.equal(execution?.status, 'success');
		assert.deepEqual(others, []);
	});

	it('answers handshakes by GET and HEAD, starts nothing by them, and answers as it is told', async () => {
		const options = { answerStatus: 202, answerBody: 'text', answerText: 'taken' };
		const trigger = aTrigger({ handshake: 'dropbox', options });
		const id = await world.publish(...reporting(trigger));
		const url = `${world.url}/webhook/${trigger.webhookId}/events`;
		const answered = await fetch(`${url}?challenge=abc`);
		assert.deepEqual([answered.status, await answered.text()], [200, 'abc']);
		assert.match(answered.headers.get('content-type') ?? '', /^text\/plain/);
		assert.equal(answered.headers.get('x-content-type-options'), 'nosniff');
		const refused = await fetch(`${url}?challenge=%3Cb%3E`);
		assert.equal(refused.status, 403);
		assert.equal((await fetch(url, { method: 'HEAD' })).status, 405);
		const taken = await world.push(trigger, { n: 1 });
		assert.deepEqual([taken.status, taken.text], [202, 'taken']);
		await world.ended(id, 1);
		assert.deepEqual(numbers(), [1]);
	});

	it('the time threshold closes a batch that is not full', async () => {
		const trigger = aTrigger({ flushCount: 100, flushSeconds: 1 });
		await world.publish(...reporting(trigger));
		for (const n of [1, 2]) await world.push(trigger, { n });
		await eventually('the batch', () => sink.requests.length > 0);
		assert.deepEqual(numbers(), [1, 2]);
	});

	it('picked fields and columns are the items', async () => {
		const trigger = aTrigger({
			data: 'columns',
			columns: {
				values: [
					{ name: 'n', type: 'path', path: 'n' },
					{ name: 'missing', type: 'path', path: 'x.y', defaultValue: 'none' },
					{ name: 'double', type: 'template', template: '{ twice: 2 * Body("n") }' },
				],
			},
		});
		await world.publish(...reporting(trigger));
		await world.push(trigger, { n: 21 });
		await eventually('the row', () => sink.requests.length > 0);
		assert.deepEqual(sink.requests[0]?.json, [{ n: 21, missing: 'none', double: { twice: 42 } }]);
	});

	it('a batch as one text, and as a file that another node sends', async () => {
		const buffer = { data: 'fields', fields: { values: [{ name: 'n', path: 'n' }] }, then: 'flow' };
		const of = (name: string, more: object) => ({
			...{ name, flushCount: 2, flushSeconds: 60, ...buffer, ...more },
		});
		const trigger = aTrigger({
			severalBuffers: true,
			buffers: {
				values: [
					of('lines', { batchAs: 'text', batchFormat: 'ndjson' }),
					of('table', { batchAs: 'file', batchFormat: 'csv', batchCsvHeader: true }),
				],
			},
		});
		const text = reportItemsTo(`${sink.url}/text`, 'Text');
		const file = reportItemsTo(`${sink.url}/file`, 'File');
		const sends = { contentType: 'binaryData', inputDataFieldName: 'data' };
		Object.assign(file.parameters, sends);
		await world.publish('as one', [trigger, text, file], wire(trigger, [text], [file]));
		for (const n of ['a', 'ü,"']) assert.equal((await world.push(trigger, { n })).status, 200);
		const at = (url: string) => sink.requests.filter((one) => one.url === url);
		await eventually('both', () => at('/text').length > 0 && at('/file').length > 0);
		const [[item, ...others] = []] = at('/text').map(
			({ json }) => json as Record<string, unknown>[],
		);
		assert.deepEqual(
			[item?.['text'], item?.['contentType'], others],
			['{"n":"a"}\n{"n":"ü,\\""}\n', 'application/x-ndjson', []],
		);
		const [written] = at('/file');
		assert.equal(written?.body.toString(), 'n\na\n"ü,"""\n');
		assert.match(String(written?.headers['content-type']), /^text\/csv/);
	});

	it('an unknown path and a workflow that is not published: 404, nothing is stored', async () => {
		const trigger = aTrigger();
		const id = await world.save(...reporting(trigger));
		assert.equal((await world.push(trigger, { n: 1 })).status, 404);
		assert.equal((await world.push(aTrigger(), { n: 1 })).status, 404);
		await world.api.activate(id);
		assert.equal((await world.push(trigger, { n: 2 })).status, 200);
		await eventually('a batch', () => sink.requests.length > 0);
		assert.deepEqual(numbers(), [2]);
	});

	it('pushes that come while the workflow is being published: what is accepted is delivered', async () => {
		const trigger = aTrigger();
		const id = await world.save(...reporting(trigger));
		const accepted: number[] = [];
		let stop = false;
		const pushing = (async () => {
			for (let n = 0; !stop; n++) {
				if ((await world.push(trigger, { n })).status === 200) accepted.push(n);
			}
		})();
		await world.api.activate(id);
		await eventually('some are accepted', () => accepted.length >= 3);
		stop = true;
		await pushing;
		await eventually('all of them', () => numbers().length >= accepted.length, 30_000);
		assert.deepEqual(numbers().sort(), accepted.sort());
	});

	it('a signature: only what is signed with the secret starts an execution; others get 401', async () => {
		const secret = 'k1';
		const signature = await world.api.createCredential('sluiceSignatureApi', 'k1', {
			secret,
			previousSecret: '',
		});
		const trigger = aTrigger({ authentication: 'body-jwt' }, { sluiceSignatureApi: signature });
		const id = await world.publish(...reporting(trigger));
		const forged = [
			{},
			{ 'x-dt-signature': 'nonsense' },
			{ 'x-dt-signature': await signBody({ body: '{"n":1}', secret: 'other' }) },
			{ 'x-dt-signature': await signBody({ body: '{"n":2}', secret }) },
		];
		for (const headers of forged) {
			const { status, text } = await world.push(trigger, '{"n":1}', headers);
			assert.equal(status, 401);
			assert.doesNotMatch(text, /CHECKSUM|TOKEN|SIGNATURE/);
		}
		const headers = { 'x-dt-signature': await signBody({ body: '{"n": 3}', secret }) };
		assert.equal((await world.push(trigger, '{"n": 3}', headers)).status, 200);
		await eventually('a batch', () => sink.requests.length > 0);
		assert.deepEqual(numbers(), [3]);
		assert.equal((await world.ended(id, 1)).length, 1);
	});

	it('malformed JSON (N84) and bodies that are too large (N85): refused, no execution, nothing is stored', async () => {
		const trigger = aTrigger({ options: { maxBodyBytes: 1000 } });
		const id = await world.publish(...reporting(trigger));
		assert.equal((await world.push(trigger, '{"n":')).status, 422);
		assert.equal((await world.push(trigger, { n: 1, x: 'x'.repeat(2000) })).status, 413);
		// n8n's own limit, N8N_PAYLOAD_SIZE_MAX, which is 2 MB here.
		assert.equal((await world.push(trigger, { n: 1, x: 'x'.repeat(3_000_000) })).status, 500);
		assert.equal((await world.push(trigger, { n: 2 })).status, 200);
		await eventually('a batch', () => sink.requests.length > 0);
		assert.deepEqual(numbers(), [2]);
		assert.equal((await world.ended(id, 1)).length, 1);
	});

	it('a configuration that cannot work: n8n says what it is; senders get 503 and are told nothing', async () => {
		await assert.rejects(
			world.publish(...reporting(aTrigger({ authentication: 'body-jwt' }))),
			/Missing required credential: Secret to Sign and Verify/,
		);
		const trigger = aTrigger({ bufferName: 'a/b' });
		await world.publish(...reporting(trigger));
		const { status, text } = await world.push(trigger, { n: 1 });
		assert.equal(status, 503);
		assert.doesNotMatch(text, /name|buffers/);
		// n8n tries a few times before it says so.
		const isSaid = (): boolean =>
			world.log.some((line) => /activating.*a name without/i.test(line));
		await eventually('the reason', isSaid, 60_000);
	});

	it('credentials that are attached, and that no parameter asks for, are not used', async () => {
		const header = await world.api.createCredential('httpHeaderAuth', 'of a partner', {
			name: 'Authorization',
			value: 'Bearer of-a-partner',
		});
		const store = await world.api.createCredential('sluiceStoreApi', 'of another trigger', {
			kind: 'directory',
			directory: 'sluice/of-another-trigger',
		});
		const trigger = aTrigger(
			{ then: 'http', url: `${sink.url}/in`, forwardAuth: 'none', store: 'default' },
			{ httpHeaderAuth: header, sluiceStoreApi: store },
		);
		await world.publish('attached', [trigger], {});
		assert.equal((await world.push(trigger, { n: 1 })).status, 200);
		await eventually('the batch', () => sink.requests.length > 0);
		assert.equal(sink.requests[0]?.headers['authorization'], undefined);
		const folder = path.join(world.userFolder, '.n8n/sluice/of-another-trigger');
		await assert.rejects(stat(folder), { code: 'ENOENT' });
	});

	it('a store credential that is gone: senders get 503, come again, and are told nothing', async () => {
		const store = await world.api.createCredential('sluiceStoreApi', 'to be deleted', {
			kind: 'directory',
			directory: 'sluice/deleted',
		});
		const trigger = aTrigger({}, { sluiceStoreApi: store });
		await world.publish(...reporting(trigger));
		assert.equal((await world.push(trigger, { n: 1 })).status, 200);
		await world.api.call('DELETE', `/rest/credentials/${store.id}`);
		const { status, text } = await world.push(trigger, { n: 2 });
		assert.equal(status, 503, text);
		assert.doesNotMatch(text, /redential/);
	});

	it('a store that was changed: what is left in the former one is told where n8n shows it', async () => {
		const trigger = aTrigger({ flushCount: 100, flushSeconds: 3600 });
		const id = await world.publish(...reporting(trigger));
		await world.push(trigger, { n: 1 });
		const store = await world.api.createCredential('sluiceStoreApi', 'the next', {
			kind: 'directory',
			directory: 'sluice/next',
		});
		const { nodes } = (await world.api.call('GET', `/rest/workflows/${id}`)) as {
			nodes: N8nNode[];
		};
		const changed = nodes.map((one) =>
			one.id === trigger.id
				? {
						...one,
						parameters: { ...one.parameters, store: 'credential' },
						credentials: { sluiceStoreApi: store },
					}
				: one,
		);
		await world.api.updateWorkflow(id, changed);
		await world.api.activate(id);
		const isSaid = (): boolean =>
			world.log.some((line) => /left in its former store .*default.*1 waiting/.test(line));
		await eventually('it is in the log', isSaid, 60_000);
		await eventually('n8n shows it', async () =>
			(await world.api.executions(id)).some(({ status }) => status === 'error'),
		);
	});

	it('multipart bodies, whose bytes n8n does not keep: 415; forms, lists and empty bodies are taken', async () => {
		const trigger = aTrigger({ flushCount: 3 });
		await world.publish(...reporting(trigger));
		const url = `${world.url}/webhook/${trigger.webhookId}/events`;
		const form = new FormData();
		form.append('n', '1');
		assert.equal((await fetch(url, { method: 'POST', body: form })).status, 415);
		const taken = [new URLSearchParams({ n: '2' }), '[3]', undefined];
		for (const body of taken) {
			const headers = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
			const init = { method: 'POST', headers, ...(body === undefined ? {} : { body }) };
			assert.equal((await fetch(url, init)).status, 200);
		}
		await eventually('the batch', () => sink.requests.length > 0);
		const [items = []] = batches();
		assert.deepEqual(
			items.map(({ body }) => body),
			[{ n: '2' }, [3], ''],
		);
	});

	it('bodies that n8n does not parse arrive too (N82)', async () => {
		const trigger = aTrigger();
		await world.publish(...reporting(trigger));
		const type = { 'content-type': 'application/octet-stream' };
		assert.equal((await world.push(trigger, 'raw bytes', type)).status, 200);
		await eventually('a batch', () => sink.requests.length > 0);
		assert.match(JSON.stringify(sink.requests[0]?.json), /raw bytes|cmF3IGJ5dGVz/);
	});

	it('test mode: the first event at once, and the execution ends (N58–N61)', async () => {
		const trigger = aTrigger({ flushCount: 100, flushSeconds: 600 });
		const id = await world.save(...reporting(trigger));
		const run = await world.api.call('POST', `/rest/workflows/${id}/run`, {
			triggerToStartFrom: { name: trigger.name },
		});
		assert.deepEqual(run, { waitingForWebhook: true });
		const url = `${world.url}/webhook-test/${trigger.webhookId}/events`;
		assert.equal((await post(url, { n: 1 })).status, 200);
		await eventually('the item', () => sink.requests.length > 0);
		assert.deepEqual(numbers(), [1]);
		const [execution] = await world.ended(id, 1);
		assert.deepEqual([execution?.mode, execution?.status], ['manual', 'success']);
		// It was not stored: publishing delivers nothing but what is pushed then.
		await world.api.activate(id);
		for (let n = 0; n < 100; n++) void world.push(trigger, { n: 1000 + n }).catch(() => {});
		await eventually('a batch', () => sink.requests.length > 1, 60_000);
		assert.equal(numbers().filter((n) => n === 1).length, 1);
	});

	it('own port: exact path, secret at its end, closed with the workflow', async () => {
		const port = await freePort();
		const trigger = aTrigger({
			listenOn: 'ownPort',
			ownPort: port,
			ownPortOptions: { path: '/sensors' },
		});
		const id = await world.publish(...reporting(trigger));
		const url = `http://127.0.0.1:${port}/sensors`;
		await eventually('the port', () => post(`${url}/no`, '{}').catch(() => undefined));
		assert.equal((await post(`${url}/${trigger.webhookId}`, { n: 1 })).status, 200);
		assert.notEqual((await post(`${url}/wrong`, { n: 2 })).status, 200);
		assert.notEqual((await post(url, { n: 3 })).status, 200);
		assert.equal((await world.push(trigger, { n: 4 })).status, 200);
		await eventually('both', () => numbers().length >= 2);
		assert.deepEqual(numbers().sort(), [1, 4]);
		await world.api.deactivate(id);
		// n8n answers before the trigger's close function has ended.
		await eventually('the port is closed', () =>
			post(`${url}/no`, {}).then(
				() => false,
				() => true,
			),
		);
	});

	it('a secret that was renewed: the new address takes events, and so does the former one', async () => {
		const trigger = aTrigger({ flushCount: 1, flushSeconds: 60 });
		const id = await world.publish(...reporting(trigger));
		const renewing = aTrigger({ flushCount: 1, flushSeconds: 60 });
		const renew = aSluice({
			resource: 'receiver',
			operation: 'renewUrlSecret',
			receiver: located(`${id}:${trigger.id}`),
		});
		const report = reportItemsTo(sink.url);
		const connections = { ...wire(renewing, [renew]), ...wire(renew, [report]) };
		await world.publish('renew', [renewing, renew, report], connections);
		const at = `${world.url}/webhook/${trigger.webhookId}/${trigger.webhookId}/events`;
		const wrong = await post(`${at}/some-other-secret`, { n: 0 });
		assert.deepEqual([wrong.status, /unauthorized/.test(wrong.text)], [401, true]);
		await world.push(renewing, {});
		await eventually('the renewal', () => sink.requests.length > 0);
		const [[renewed]] = batches() as unknown as [[Record<string, string>]];
		assert.equal(renewed['url'], `${at}/${renewed['urlSecret']}`);
		sink.requests.length = 0;
		assert.equal((await post(String(renewed['url']), { n: 1 })).status, 200);
		assert.equal((await world.push(trigger, { n: 2 })).status, 200);
		await eventually('both events', () => numbers().length === 2);
		assert.ok(!JSON.stringify(batches()).includes(String(renewed['urlSecret'])));
	});

	it('forward: batches go signed to the endpoint, retried while it is down; no execution', async () => {
		const signature = await world.api.createCredential('sluiceSignatureApi', 'out', {
			secret: 'out',
			previousSecret: '',
		});
		const header = await world.api.createCredential('httpHeaderAuth', 'site', {
			name: 'X-Site',
			value: 'b4',
		});
		const trigger = aTrigger(
			{ flushCount: 2, then: 'http', url: `${sink.url}/in`, signWith: 'body-jwt' },
			{ sluiceSignatureApi: signature, httpHeaderAuth: header },
		);
		sink.answer = (_request, response) =>
			response.writeHead(sink.requests.length < 2 ? 503 : 200).end();
		const id = await world.publish('forward', [trigger], {});
		for (const n of [1, 2]) assert.equal((await world.push(trigger, { n })).status, 200);
		await eventually('the second attempt', () => sink.requests.length >= 2, 30_000);
		const [first, second] = sink.requests;
		assert.equal(second?.url, '/in');
		assert.deepEqual(
			(second?.json as Item[]).map(({ body }) => body.n),
			[1, 2],
		);
		assert.equal(second?.headers['x-site'], 'b4');
		assert.equal(second?.headers['idempotency-key'], first?.headers['idempotency-key']);
		const token = String(second?.headers['x-dt-signature']);
		await verifyBody({ token, body: second?.body ?? '', secrets: ['out'] });
		assert.deepEqual(await world.api.executions(id), []);
	});

	it('two buffers: every event in both, each on its own output with its own data', async () => {
		const trigger = aTrigger({
			severalBuffers: true,
			buffers: {
				values: [
					{ name: 'raw', flushCount: 2, flushSeconds: 60, data: 'event', then: 'flow' },
					{
						name: 'picked',
						flushCount: 1,
						flushSeconds: 60,
						data: 'fields',
						fields: { values: [{ name: 'number', path: 'n' }] },
						then: 'flow',
					},
				],
			},
		});
		const raw = reportItemsTo(`${sink.url}/raw`, 'Raw');
		const picked = reportItemsTo(`${sink.url}/picked`, 'Picked');
		await world.publish('two', [trigger, raw, picked], wire(trigger, [raw], [picked]));
		for (const n of [1, 2]) await world.push(trigger, { n });
		await eventually('three batches', () => sink.requests.length >= 3);
		const to = (path: string): unknown[] =>
			sink.requests.filter(({ url }) => url === path).map(({ json }) => json);
		assert.deepEqual(to('/picked'), [[{ number: 1 }], [{ number: 2 }]]);
		assert.deepEqual(
			(to('/raw') as Item[][]).map((items) => items.map(({ body }) => body.n)),
			[[1, 2]],
		);
	});
});
