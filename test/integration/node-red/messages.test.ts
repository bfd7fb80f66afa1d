import assert from 'node:assert/strict';
import { signBody } from '../../../core/signature/sign-body';
import { verifyBody } from '../../../core/signature/verify-body';
import { eventually } from '../../support/eventually';
import { aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

/** http in → the node → http response, so that a message goes through it and what comes out can be seen. */
const through = (id: string, inner: object, wires: string[][] = [[`${id}-out`]]): object[] => [
	node('http in', `${id}-in`, { url: `/t/${id}`, method: 'post', upload: false }, [id]),
	{ ...inner, id, wires },
	node('http response', `${id}-out`, { statusCode: '', headers: {} }),
	node('catch', `${id}-catch`, { scope: [id] }, [`${id}-error`]),
	node(
		'function',
		`${id}-error`,
		{
			func: 'msg.statusCode = 422; msg.payload = { code: msg.error.code, message: msg.error.message }; msg.headers = {}; return msg;',
			outputs: 1,
		},
		[`${id}-out`],
	),
];

const SIGNED = [{ kind: 'body-jwt' }];
const COLUMNS = [
	{ type: 'path', name: 'id', path: 'device.id' },
	{ type: 'template', name: 'warm', template: { language: 'jsonnet', content: 'Body("t") > 20' } },
];

describe('nodes on messages, in a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let sink: SinkServer;

	before(async () => {
		world = await NodeRedWorld.create();
		sink = await startSinkServer();
		await world.start({
			flows: [
				TAB,
				node('sluice-secret', 'secret', { configVersion: 1 }),
				...through(
					'map',
					node('sluice-map', 'map', { data: 'columns', columns: COLUMNS, configVersion: 1 }),
				),
				...through(
					'each',
					node('sluice-map', 'each', {
						data: 'fields',
						fields: [{ name: 'n', path: 'a.n' }],
						each: true,
						configVersion: 1,
					}),
				),
				...through(
					'sign',
					node('sluice-sign', 'sign', { signatures: SIGNED, secret: 'secret', configVersion: 1 }),
				),
				...through(
					'verify',
					node('sluice-verify', 'verify', { auth: SIGNED, secret: 'secret', configVersion: 1 }),
				),
				...through(
					'split',
					node('sluice-verify', 'split', { auth: SIGNED, secret: 'secret', configVersion: 1 }),
					[['split-out'], ['split-refused']],
				),
				node(
					'function',
					'split-refused',
					{
						func: 'msg.statusCode = 403; msg.payload = { code: msg.error.code }; return msg;',
						outputs: 1,
					},
					['split-out'],
				),
				...['ack', 'retry', 'dead', 'auto'].flatMap((mode) => [
					aReceiver(`settle-${mode}`, {}, [`tell-${mode}`]),
					node(
						'function',
						`tell-${mode}`,
						{
							func: `msg.statusCode = ${mode === 'auto' ? '"ECONNREFUSED"' : '200'}; node.send([msg, { payload: { mode: "${mode}", attempt: msg.sluice.attempt } }]);`,
							outputs: 2,
						},
						[`do-${mode}`],
						['told'],
					),
					node('sluice-ack', `do-${mode}`, { mode, configVersion: 1 }, []),
				]),
				node(
					'http request',
					'told',
					{ method: 'POST', ret: 'txt', url: sink.url, headers: [] },
					[],
				),
			],
			credentials: { secret: { secret: 'k' } },
		});
	});
	after(async () => {
		await world.close();
		await sink.close();
	});
	beforeEach(() => {
		sink.requests.length = 0;
	});

	it('map makes typed records of payloads', async () => {
		const { status, text } = await world.push('/t/map', { device: { id: 7 }, t: 21.5 });
		assert.equal(status, 200, text);
		assert.deepEqual(JSON.parse(text), { id: 7, warm: true });
	});

	it('map reports a payload that does not fit to catch nodes, with its code', async () => {
		const { status, text } = await world.push('/t/map', { t: 1 });
		assert.equal(status, 422);
		assert.equal(JSON.parse(text).code, 'ERR_COLUMN_VALUE');
	});

	it('map takes arrays apart where asked to', async () => {
		const { text } = await world.push('/t/each', [{ a: { n: 1 } }, { a: { n: 2 } }]);
		assert.deepEqual(JSON.parse(text), [{ n: 1 }, { n: 2 }]);
	});

	it('sign turns the payload into the bytes it signed', async () => {
		const { text, headers } = await world.push('/t/sign', { a: [1, 2] });
		assert.equal(text, '{"a":[1,2]}');
		await verifyBody({ token: String(headers['x-dt-signature']), body: text, secrets: ['k'] });
	});

	it('verify passes what is signed and reports what is not', async () => {
		const body = 'plain bytes';
		const token = await signBody({ body, secret: 'k' });
		const text = { 'content-type': 'text/plain' };
		assert.equal(
			(await world.push('/t/verify', body, { ...text, 'x-dt-signature': token })).status,
			200,
		);
		const refused = await world.push('/t/verify', `${body}!`, { ...text, 'x-dt-signature': token });
		assert.equal(refused.status, 422);
		assert.equal(JSON.parse(refused.text).code, 'ERR_CHECKSUM_MISMATCH');
	});

	it('verify sends what it refuses to its second output where that is wired', async () => {
		const { status, text } = await world.push('/t/split', 'x', { 'content-type': 'text/plain' });
		assert.equal(status, 403);
		assert.equal(JSON.parse(text).code, 'ERR_SIGNATURE_MISSING');
	});

	const settled: [mode: string, attempts: number, log: RegExp | undefined][] = [
		['ack', 1, undefined],
		['dead', 1, /attempt 1 \(.+\): dead/],
		['retry', 2, /attempt 1 \(.+\): retry/],
		['auto', 2, /attempt 1 \(.+\): retry/],
	];
	for (const [mode, attempts, log] of settled) {
		it(`ack in mode ${mode}: ${attempts} attempt(s)`, async () => {
			assert.equal((await world.push(`/in/settle-${mode}`, '{}')).status, 200);
			await eventually('the attempts', () => sink.requests.length >= attempts);
			assert.deepEqual(sink.requests[attempts - 1]?.json, { mode, attempt: attempts });
			// The sink hears of an attempt before its end is logged.
			if (log) await eventually('its log line', () => world.log.some((line) => log.test(line)));
		});
	}
});
