import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pushCommand } from '../../../core/pure/push-command/index';
import { findPresetChoice } from '../../../core/settings/preset-fields';
import { findScheme } from '../../../core/signature/schemes/index';
import { eventually } from '../../support/eventually';
import { aReceiver, node, reportTo, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer, type SinkServer } from '../../support/sink-server';
import { assertNoSecret, MARK } from '../../support/secret-hunt';

const run = promisify(execFile);
const URL_SECRET = 'in-the-url-0123456789';

type Answer = Record<string, unknown>;

describe('the ways of a receiver, in a real Node-RED', function () {
	this.timeout(120_000);
	let world: NodeRedWorld;
	let sink: SinkServer;
	const { auth: _first, ...trello } = findPresetChoice('trello')?.fields ?? { auth: [] };
	const [ofTrello] = findPresetChoice('trello')?.fields.auth ?? [];
	const publicUrl = 'https://hooks.example.com/in';
	const ways = [
		{ kind: 'url-secret' },
		{ ...ofTrello, kind: 'hmac', publicUrl },
		{ kind: 'bearer' },
	];
	const secrets = { secret: '', secret2: 'ofTrello', secret3: 'ofBearer' };

	before(async () => {
		world = await NodeRedWorld.create();
		sink = await startSinkServer();
		await world.start({
			flows: [
				TAB,
				node('sluice-secret', 'ofTrello', { configVersion: 1 }),
				node('sluice-secret', 'ofBearer', { configVersion: 1 }),
				aReceiver('three', { ...trello, auth: ways, ...secrets }, ['report']),
				aReceiver('half', { auth: ways, ...secrets, secret3: '' }, ['report']),
				aReceiver('asked', { auth: [{ ...ofTrello, kind: 'hmac' }], secret: 'ofTrello' }, [
					'report',
				]),
				...reportTo(`${sink.url}/all`),
			],
			credentials: {
				three: { urlSecret: URL_SECRET },
				half: { urlSecret: URL_SECRET },
				ofTrello: { secret: MARK },
				ofBearer: { secret: 'the key of another sender' },
			},
		});
		await eventually(
			'the receiver',
			async () => (await world.push('/in/three', {})).status === 401,
		);
	});
	after(async () => {
		await world?.close();
		await sink?.close();
	});

	const status = async (path: string, body: object, headers: Record<string, string> = {}) =>
		(await world.push(path, body, headers)).status;

	it('let in by any of them, each with its own secret, and by no secret of another one', async () => {
		assert.equal(await status(`/in/three/${URL_SECRET}`, { action: { id: 'a1' } }), 200);
		const bearer = { authorization: 'Bearer the key of another sender' };
		assert.equal(await status('/in/three', { action: { id: 'a2' } }, bearer), 200);
		const other = { authorization: `Bearer ${MARK}` };
		assert.equal(await status('/in/three', { action: { id: 'a3' } }, other), 401);
		assert.equal(await status('/in/three', { action: { id: 'a4' } }), 401);
	});

	it('the command of the dialog is let in by its way', async () => {
		const scheme = findScheme('hmac');
		assert.ok(scheme && ways[1]);
		const { script = '' } = pushCommand(scheme, ways[1], { url: `${world.url}/in/three` }) ?? {};
		for (const [secret, expected] of [
			[MARK, 'id'],
			['the key of another sender', 'error'],
		] as const) {
			const env = { PATH: process.env['PATH'], SECRET: secret };
			const { stdout } = await run('sh', ['-c', script], { env, timeout: 20_000 });
			assert.ok(expected in (JSON.parse(stdout) as Answer), stdout);
		}
	});

	it('its test is an event that arrives in the flow, marked', async () => {
		const { text } = await world.push('/sluice/test-delivery', {
			node: 'three',
			event: { hello: 'test' },
		});
		const tested = JSON.parse(text) as Answer;
		assert.deepEqual([tested['way'], tested['outcome']], ['url-secret', 'stored'], text);
		const arrived = await eventually('the event', () =>
			sink.requests
				.flatMap(({ json }) => json as { headers: Answer }[])
				.find(({ headers }) => headers['sluice-test'] === tested['test']),
		);
		assertNoSecret({ text, arrived }, [URL_SECRET]);
	});

	it('serves nothing where a secret or the public URL is missing, and says which', async () => {
		for (const path of ['/in/half', `/in/half/${URL_SECRET}`, '/in/asked'])
			assert.equal(await status(path, {}), 404, path);
		const log = world.log.join('\n');
		assert.match(log, /secret3: expected a sluice secret to be chosen/);
		assert.match(log, /auth\[0\]\.publicUrl: expected/);
	});
});
