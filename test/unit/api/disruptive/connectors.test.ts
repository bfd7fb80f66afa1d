import assert from 'node:assert/strict';
import {
	changeConnector,
	listConnectors,
	showConnector,
} from '../../../../core/api/disruptive/connectors';
import { DEFINED } from '../../../../core/definitions/definition';
import { verifyBody } from '../../../../core/signature/verify-body';
import { RETRY_PRESETS } from '../../../../core/pure/retry';
import { SAMPLE_TYPES } from '../../../../core/pure/sample-events';
import { openConnectorWorld, type ConnectorWorld } from '../../../support/api/connector-world';
import { eventually } from '../../../support/eventually';
import { startHttpReceiver, type HttpReceiver } from '../../../support/http-receiver';
import {
	anExportInput,
	aPush,
	HOLDER,
	OPEN,
	RecordingSink,
} from '../../../support/pipeline-fixtures';

const ALL = '/v2/projects/p1/dataconnectors';
const ONE = `${ALL}/dc1`;
const HTTP = { url: 'https://e.example.com/hooks/s3cret-s3cret' };
const MINIMAL = { type: 'HTTP_PUSH', httpConfig: HTTP };

/** As a Data Connector sends it. */
const event = (eventId: string, eventType: string) => ({
	event: {
		eventId,
		targetName: 'projects/p1/devices/d1',
		eventType,
		data: { [eventType]: {} },
		timestamp: '2026-01-01T00:00:00.000001Z',
	},
	labels: { name: 'Pump', floor: '3', owner: 'x' },
	metadata: { deviceId: 'd1', projectId: 'p1', deviceType: 'touch', productNumber: '' },
});

describe('data connectors', () => {
	let world: ConnectorWorld;
	beforeEach(async () => (world = await openConnectorWorld()));
	afterEach(() => world.close());

	const status = async (...call: Parameters<ConnectorWorld['call']>) =>
		(await world.call(...call)).status;
	const patch = async (body: object, mask = '') =>
		(await world.call('PATCH', `${ONE}${mask && `?${mask}`}`, body)).json as {
			status: string;
			displayName: string;
			events: string[];
			labels: string[];
			httpConfig: { url: string; signatureSecret: string; headers: Record<string, string> };
		};

	it('shows secrets to developers alone, and to nobody that there is what they have no role in', async () => {
		const httpConfig = { ...HTTP, signatureSecret: 'a secret', headers: { 'x-key': 'k3y' } };
		await world.put('dc1', { httpConfig });
		const seen = async (caller: 'good' | 'operator' | 'viewer' | 'all') => [
			(await world.call('GET', ONE, undefined, caller)).json['httpConfig'],
			(await world.call('GET', ALL, undefined, caller)).json['dataConnectors'],
		];
		for (const caller of ['good', 'all'] as const) {
			const [one, all] = await seen(caller);
			assert.deepEqual(
				[one, (all as { httpConfig: object }[])[0]?.httpConfig],
				[httpConfig, httpConfig],
			);
		}
		for (const caller of ['viewer', 'operator'] as const) {
			const shown = JSON.stringify(await seen(caller));
			assert.doesNotMatch(shown, /s3cret|a secret|k3y/);
			assert.match(shown, /https:\/\/e\.example\.com\/hooks/);
			assert.match(shown, /"signatureSecret":"\*+"/);
			assert.equal(await status('GET', `${ONE}:metrics`, undefined, caller), 200);
			for (const [method, path, body] of [
				['POST', ALL, MINIMAL],
				['PATCH', ONE, {}],
				['DELETE', ONE, undefined],
				['POST', `${ONE}:sync`, undefined],
			] as const) {
				assert.equal(await status(method, path, body, caller), 403, `${method} ${path}`);
			}
		}
		assert.equal(await status('GET', ONE, undefined, 'foreign'), 404);
		assert.equal(await status('GET', ONE, undefined, 'limited'), 200);
		assert.equal(await status('GET', `${ALL}/dc2`, undefined, 'limited'), 403);
		assert.equal(await status('GET', ALL, undefined, 'limited'), 403);
	});

	it('refuses what could not work, naming what the client knows and nothing that is secret', async () => {
		await world.put('dc1');
		const http = (more: object) => ({ ...MINIMAL, httpConfig: { ...HTTP, ...more } });
		for (const [body, place] of [
			['', /JSON/],
			['[]', /body/],
			[{}, /body\.type.*body\.httpConfig/],
			[{ type: 'HTTP_PUSH' }, /httpConfig/],
			[http({ url: undefined }), /httpConfig\.url/],
			[http({ url: 'http://s3cret.example.com/' }), /^httpConfig\.url: .*plain HTTP/],
			[http({ url: 'ftp://s3cret.example.com/' }), /^httpConfig\.url/],
			[http({ url: 'https://10.0.0.1/s3cret-s3cret' }), /^httpConfig\.url: .*private/],
			[http({ url: 'https://169.254.169.254/' }), /^httpConfig\.url: .*blocked/],
			[http({ url: 'https://u:s3cret@e.example.com/' }), /^httpConfig\.url/],
			[http({ headers: { host: 's3cret' } }), /^httpConfig\.headers\["host"\]/],
			[http({ headers: { 'x-a': 's3cret\n' } }), /^httpConfig\.headers/],
			[http({ headers: { 'x-a': 5 } }), /httpConfig\.headers/],
			[http({ signatureSecret: 's3cret\u0000' }), /^httpConfig\.signatureSecret/],
			[http({ signatureSecret: ' ' }), /^httpConfig\.signatureSecret/],
			[http({ allowHttp: true }), /httpConfig\.allowHttp/],
			[{ ...MINIMAL, events: ['ping'] }, /events/],
			[{ ...MINIMAL, labels: [''] }, /^labels\[0\]/],
			[{ ...MINIMAL, labels: 'name' }, /labels/],
			[{ ...MINIMAL, status: 'SYSTEM_DISABLED' }, /status/],
			[{ ...MINIMAL, type: 'AWS_SQS' }, /type/],
			[{ ...MINIMAL, awsSqsConfig: {} }, /awsSqsConfig/],
			[{ ...MINIMAL, displayname: 'x' }, /displayname/],
			[{ ...MINIMAL, displayName: 'x'.repeat(201) }, /displayName/],
			['{"type":"HTTP_PUSH","type":"HTTP_PUSH"}', /twice/],
			// No status that clients do not know (D80).
			['x'.repeat(1_100_000), /1048576/],
		] as const) {
			const { status: answered, json } = await world.call('POST', ALL, body);
			assert.deepEqual([answered, json['code']], [400, 400], JSON.stringify(body).slice(0, 200));
			assert.match(String(json['error']), place);
			assert.doesNotMatch(JSON.stringify(json), /s3cret/);
		}
		for (const [body, mask] of [
			[{ type: 'AWS_SQS' }],
			[{ status: 'PAUSED' }],
			[{ httpConfig: { url: null } }],
			[{ httpConfig: { url: 'http://e.example.com/' } }],
			[{ displayName: 'x' }, 'updateMask=display_name'],
			[{ displayName: 'x' }, 'update_mask=displayName,'],
			[{}, 'updateMask=httpConfig.url'],
			[{}, 'updateMask=constructor'],
		] as const) {
			const { status: answered, json } = await world.call('PATCH', `${ONE}?${mask ?? ''}`, body);
			assert.equal(answered, 400, JSON.stringify(body));
			assert.equal(typeof json['error'], 'string');
		}
		assert.equal((await world.call('GET', ALL)).json['nextPageToken'], '');
		for (const path of ['/v2/projects/p1', '/v2/nothing', '/v2/projects/p%2F1/dataconnectors']) {
			const { status: answered, json } = await world.call('GET', path, undefined, 'all');
			assert.ok([400, 404].includes(answered), path);
			assert.equal(json['code'], answered);
		}
		assert.equal(await status('PUT', ONE, {}), 405);
		assert.equal(await status('PATCH', `${ALL}/missing`, {}), 404);
		assert.equal(await status('DELETE', `${ALL}/missing`), 404);
		assert.equal(await status('GET', `${ALL}/missing:metrics`), 404);
		assert.equal(await status('POST', `${ALL}/missing:sync`), 404);
	});

	it('takes what a whole resource says for all of it, and of a mask what it names (D66 to D71)', async () => {
		const whole = {
			displayName: 'a',
			events: ['touch'],
			labels: ['name'],
			httpConfig: { ...HTTP, signatureSecret: 's', headers: { a: 'b', c: 'd' } },
		};
		await world.put('dc1', whole);
		assert.deepEqual((await patch({ httpConfig: { headers: { e: 'f' } } })).httpConfig, {
			...HTTP,
			signatureSecret: 's',
			headers: { e: 'f' },
		});
		const unset = await patch({
			name: 'projects/p9/dataconnectors/x',
			pubsubConfig: null,
			displayName: null,
			events: [],
			httpConfig: { signatureSecret: null },
		});
		assert.deepEqual(
			[unset.displayName, unset.events, unset.labels, unset.httpConfig.signatureSecret],
			['', [], ['name'], ''],
		);
		assert.deepEqual((await patch({ httpConfig: null })).httpConfig.headers, { e: 'f' });
		const all = await patch(
			{
				status: 'SYSTEM_DISABLED',
				displayName: 'z',
				httpConfig: { url: 'https://n.example.com/' },
			},
			'update_mask=name,httpConfig,labels',
		);
		assert.deepEqual([all.status, all.displayName, all.labels], ['ACTIVE', '', []]);
		assert.deepEqual(all.httpConfig, {
			url: 'https://n.example.com/',
			signatureSecret: '',
			headers: {},
		});
		assert.equal((await patch({ displayName: 'b' }, 'updateMask=')).displayName, 'b');
		assert.deepEqual((await patch({ events: [...SAMPLE_TYPES] })).events, SAMPLE_TYPES);
	});

	it('lists by time of creation, in pages, whatever the token was', async () => {
		const made: unknown[] = [];
		for (let i = 0; i < 10; i++) {
			await world.world.clock.advance(1);
			made.push((await world.call('POST', ALL, MINIMAL)).json['name']);
		}
		const { status: answered, json } = await world.call('POST', ALL, MINIMAL);
		assert.equal(answered, 400);
		assert.match(String(json['error']), /^project: .*fewer than 10 data connectors/);
		assert.equal(await status('POST', '/v2/projects/p2/dataconnectors', MINIMAL, 'all'), 200);

		const page = async (query: string) => {
			const { json: shown } = await world.call('GET', `${ALL}?${query}`);
			const names = (shown['dataConnectors'] as { name: string }[]).map(({ name }) => name);
			return { names, next: String(shown['nextPageToken']) };
		};
		const first = await page('page_size=4');
		const second = await page(`pageSize=4&pageToken=${first.next}`);
		const third = await page(`page_size=4&page_token=${second.next}`);
		assert.deepEqual([...first.names, ...second.names, ...third.names], made);
		assert.equal(third.next, '');
		const foreign = Buffer.from('projects/p2/dataconnectors/z').toString('base64url');
		for (const token of ['x', '%20', foreign, `${first.next}=`]) {
			assert.deepEqual((await page(`pageToken=${token}`)).names, made, token);
		}
		for (const size of ['0', '101', '999999999']) {
			assert.equal((await page(`pageSize=${size}`)).names.length, 10);
		}
		assert.equal(await status('GET', `${ALL}?pageSize=-1`), 400);
		assert.equal(await status('GET', `${ALL}?pageToken=a&pageToken=b`), 400);
	});

	it('makes no more than there may be, and loses no change, however many clients there are', async () => {
		const ofNewerRelease = { format: 99 };
		const { documents } = world.core.access;
		await documents.put(DEFINED.export, 'project:p1/newer', ofNewerRelease);
		const made = await Promise.all(Array.from({ length: 14 }, () => status('POST', ALL, MINIMAL)));
		assert.equal(made.filter((one) => one === 200).length, 9);
		await world.call('DELETE', String((await list())[0]?.name.replace(/^/, '/v2/')));
		await world.put('dc1');
		const leaves = [
			{ displayName: 'a' },
			{ events: ['touch'] },
			{ labels: ['name'] },
			{ httpConfig: { signatureSecret: 's' } },
			{ httpConfig: { headers: { a: 'b' } } },
			{ httpConfig: { url: 'https://n.example.com/' } },
		];
		assert.deepEqual(
			await Promise.all(leaves.map((body) => status('PATCH', ONE, body))),
			leaves.map(() => 200),
		);
		const { name: _, type: _type, status: _status, ...rest } = (await world.call('GET', ONE)).json;
		assert.deepEqual(rest, {
			displayName: 'a',
			events: ['touch'],
			labels: ['name'],
			httpConfig: { url: 'https://n.example.com/', signatureSecret: 's', headers: { a: 'b' } },
		});
	});

	const list = async () =>
		(await world.call('GET', ALL)).json['dataConnectors'] as { name: string; status: string }[];

	it('shows what nodes have, and changes none of it', async () => {
		const given = {
			config: anExportInput({ id: 'dc1', receiverId: 'project:p1', label: 'of a node' }),
			sink: { kind: 'http', url: 'https://e.example.com/', send: 'row' } as const,
			ports: { sink: new RecordingSink() },
		};
		await world.world.pipeline.attachExport(given, HOLDER).ready;
		const { json } = await world.call('GET', ONE);
		assert.deepEqual([json['displayName'], json['status']], ['of a node', 'ACTIVE']);
		for (const [method, body] of [
			['PATCH', { displayName: 'x' }],
			['PATCH', { status: 'USER_DISABLED' }],
			['DELETE', undefined],
		] as const) {
			assert.equal(await status(method, ONE, body), 409);
		}
		assert.deepEqual((await world.call('GET', ONE)).json, json);
	});

	it('writes who changed what into the audit log', async () => {
		const { json } = await world.call('POST', ALL, MINIMAL);
		const id = String(json['name']).split('/')[3];
		await world.world.clock.advance(1);
		await world.call('PATCH', `${ALL}/${id}`, { status: 'USER_DISABLED' });
		await world.call('GET', `${ALL}/${id}`);
		const entries = await world.core.audit.list({ about: String(id) });
		assert.deepEqual(
			entries.map(({ operation, outcome }) => `${operation} ${outcome}`),
			['updateDataConnector done', 'createDataConnector done'],
		);
		assert.doesNotMatch(JSON.stringify(entries), /s3cret/);
	});
});

describe('data connectors that send', () => {
	let endpoint: HttpReceiver;
	let answer: number;
	/** Called for each request instead of an answer. */
	let hold: ((respond: () => void) => void) | undefined;
	let world: ConnectorWorld;
	const RECEIVER = { id: 'r1', auth: OPEN, project: 'p1', typePath: 'event.eventType' };

	beforeEach(async () => {
		answer = 200;
		hold = undefined;
		endpoint = await startHttpReceiver((_request, response) => {
			const respond = () => void response.writeHead(answer).end();
			if (hold) hold(respond);
			else respond();
		});
		const reach = { allowHttp: true, allowedCidrs: ['127.0.0.1/32'] };
		world = await openConnectorWorld({ sink: { reach } });
		await world.world.pipeline.attachReceiver({ ...RECEIVER, latest: {} } as never, [], HOLDER)
			.ready;
		const httpConfig = {
			url: endpoint.url,
			signatureSecret: 'secret',
			headers: { 'x-site': 'b4' },
		};
		await world.put('dc1', { events: ['touch'], labels: ['name', 'nothing'], httpConfig });
	});
	afterEach(async () => {
		await world.close();
		await endpoint.close();
	});

	const ONCE = { count: 1, time: '1s' };
	const push = async (eventId: string, type = 'touch') => {
		const body = Buffer.from(JSON.stringify(event(eventId, type)));
		const { status } = await world.world.pipeline.accept('r1', aPush({ body }));
		assert.equal(status, 200);
	};
	const sent = () =>
		endpoint.received.map(
			({ body }) => (JSON.parse(body.toString()) as ReturnType<typeof event>).event.eventId,
		);
	const arrived = async (ids: readonly string[]) => {
		await eventually(`${ids.join()} to arrive`, () => endpoint.received.length >= ids.length);
		assert.deepEqual(sent(), ids);
	};
	const patch = (body: object) => world.call('PATCH', ONE, body);
	const waits = async () => {
		const counters = await world.world.store.counters();
		const its = counters.find(({ exportId }) => exportId === 'project:p1/dc1');
		return (its?.rows ?? 0) + (its?.openRows ?? 0);
	};

	it('send each event of the types they are for, signed, with the chosen labels and their headers', async () => {
		await push('e1', 'temperature');
		await push('e2');
		await arrived(['e2']);
		const [request] = endpoint.received;
		assert.ok(request);
		assert.equal(request.headers['x-site'], 'b4');
		assert.deepEqual(JSON.parse(request.body.toString()), {
			...event('e2', 'touch'),
			labels: { name: 'Pump' },
		});
		const token = String(request.headers['x-dt-signature']);
		const now = world.world.clock.now();
		await verifyBody({ token, body: request.body, secrets: ['secret'], now });
		const { metrics } = await eventually('metrics', async () => {
			const { json } = await world.call('GET', `${ONE}:metrics`);
			return (json['metrics'] as { successCount: number }).successCount > 0 && json;
		});
		const { latency99p, ...counts } = metrics as Record<string, unknown>;
		assert.deepEqual(counts, { successCount: 1, errorCount: 0 });
		assert.match(String(latency99p), /^\d+(\.\d{3})?s$/);
	});

	it('send up to ten at once, and whatever is no 2xx again for twelve hours (D43, D45)', async () => {
		const held: (() => void)[] = [];
		hold = (respond) => held.push(respond);
		const ids = Array.from({ length: 12 }, (_, i) => `e${i}`);
		for (const id of ids) await push(id);
		await eventually('ten requests at once', () => held.length === 10);
		hold = undefined;
		answer = 400;
		for (const respond of held) respond();
		await eventually('all of them', () => endpoint.received.length === 12);
		assert.equal(await waits(), 12);
		const found = await world.stored.find('export', 'project:p1/dc1');
		assert.deepEqual(found?.definition.config.retry, RETRY_PRESETS.disruptive);
	});

	it('are disabled by the system when the endpoint says that it is gone', async () => {
		answer = 410;
		await push('e1');
		await eventually('SYSTEM_DISABLED', async () => {
			const { json } = await world.call('GET', ONE);
			return json['status'] === 'SYSTEM_DISABLED';
		});
		assert.equal(await waits(), 0);
	});

	it('keep no event from others that they cannot read themselves', async () => {
		const sink = new RecordingSink();
		const config = anExportInput({ id: 'other', receiverId: 'project:p1', conditions: ONCE });
		await world.world.pipeline.attachExport({ config, ports: { sink } }, HOLDER).ready;
		const { status } = await world.world.pipeline.accept('r1', aPush({ body: Buffer.from('{') }));
		assert.equal(status, 200);
		await eventually('the other one', () => sink.batches.length === 1);
	});

	it('drop what waits when they are disabled, and begin again without it (D53, D54)', async () => {
		answer = 500;
		await push('e1');
		await eventually('a request', () => endpoint.received.length === 1);
		assert.equal((await patch({ status: 'USER_DISABLED' })).json['status'], 'USER_DISABLED');
		await push('e2');
		answer = 200;
		assert.equal((await patch({ status: 'ACTIVE' })).json['status'], 'ACTIVE');
		await push('e3');
		await arrived(['e1', 'e3']);
		assert.equal(await waits(), 0);
	});

	it('keep what waits, and stay on, where a change that switches them off is refused', async () => {
		answer = 500;
		await push('e1');
		await eventually('a request', () => endpoint.received.length === 1);
		const httpConfig = { headers: { 'bad header': 'x' } };
		assert.equal((await patch({ status: 'USER_DISABLED', httpConfig })).status, 400);
		assert.equal((await world.call('GET', ONE)).json['status'], 'ACTIVE');
		assert.equal(await waits(), 1);
		assert.equal((await patch({ status: 'USER_DISABLED', displayName: 'off' })).status, 200);
		assert.deepEqual(
			[(await world.call('GET', ONE)).json['status'], await waits()],
			['USER_DISABLED', 0],
		);
	});

	it('keep what waits where somebody has paused them, until a client switches them on', async () => {
		await world.world.store.setState('project:p1/dc1', 'PAUSED');
		await push('e1');
		const { json } = await world.call('GET', ONE);
		assert.equal(json['status'], 'USER_DISABLED');
		assert.equal((await patch(json)).status, 200);
		assert.equal(await waits(), 1);
		await patch({ status: 'ACTIVE' });
		await arrived(['e1']);
	});

	it('say who has switched them off', async () => {
		await world.world.store.setState('project:p1/dc1', 'SYSTEM_DISABLED');
		assert.equal((await world.call('GET', ONE)).json['status'], 'SYSTEM_DISABLED');
		assert.equal((await patch({ status: 'USER_DISABLED' })).json['status'], 'USER_DISABLED');
		assert.equal((await patch({ status: 'ACTIVE' })).json['status'], 'ACTIVE');
	});

	it('send the latest event of each device again when they are synchronised, also one that came before them', async () => {
		// Several requests are out at once: whichever is first arrives first.
		await push('e1');
		await arrived(['e1']);
		await push('e2');
		await arrived(['e1', 'e2']);
		const { json } = await world.call('POST', ALL, {
			type: 'HTTP_PUSH',
			httpConfig: { url: endpoint.url },
		});
		const { status, json: answered } = await world.call('POST', `/v2/${String(json['name'])}:sync`);
		assert.deepEqual([status, answered], [200, {}]);
		await arrived(['e1', 'e2', 'e2']);
		assert.equal(endpoint.received[2]?.headers['x-dt-signature'], undefined);
		await patch({ status: 'USER_DISABLED' });
		assert.equal((await world.call('POST', `${ONE}:sync`)).status, 200);
		assert.equal(await waits(), 0);
	});

	it('tell that nothing is kept that could be sent again', async () => {
		await world.world.pipeline.attachReceiver(RECEIVER as never, [], HOLDER).ready;
		const { status, json } = await world.call('POST', `${ONE}:sync`);
		assert.equal(status, 400);
		assert.match(String(json['error']), /keeps the latest event/);
	});

	it('are gone with what waits when they are removed', async () => {
		answer = 500;
		await push('e1');
		await eventually('a request', () => endpoint.received.length === 1);
		assert.deepEqual((await world.call('DELETE', ONE)).json, {});
		assert.equal((await world.call('DELETE', ONE)).status, 404);
		assert.equal(await world.world.store.getExport('project:p1/dc1'), undefined);
	});
});

describe('data connectors whose key is gone', () => {
	it('are shown without what cannot be opened, and mended by giving it anew', async () => {
		const before = await openConnectorWorld();
		const { world } = before;
		try {
			const url = 'https://e.example.com/';
			await before.put('dc1', { httpConfig: { url, signatureSecret: 'one' } });
			await before.put('dc2', { httpConfig: { url, signatureSecret: 'two' } });
			await world.restart();
			const stored = await world.api({ keys: 'b'.repeat(64) });
			const core = { ...before.core, pipeline: world.pipeline, stored };
			const of = { project: 'p1', connector: 'dc1', showsSecrets: true };
			const secretOf = async () => (await showConnector(core, of)).httpConfig.signatureSecret;
			assert.match(await secretOf(), /^\*+$/);
			assert.equal((await listConnectors(core, of)).length, 2);
			await assert.rejects(changeConnector(core, of, { labels: ['a'] }), {
				code: 'ERR_SECRET_UNREADABLE',
			});
			await changeConnector(core, of, { signatureSecret: 'three' });
			assert.equal(await secretOf(), 'three');
		} finally {
			await before.close();
		}
	});
});
