import assert from 'node:assert/strict';
import { Agent, request } from 'node:https';
import { freePort } from '../../scripts/host/free-port';
import type { N8nNode } from '../../scripts/host/n8n-api';
import { eventually } from '../support/eventually';
import { madeAuthority, type Authority, type MadeCertificate } from '../support/made-certificates';
import { aTrigger } from '../support/n8n-workflows';
import { METRICS_TOKEN, sharedN8n, type N8nWorld } from '../support/n8n-world';
import { startSinkServer, type SinkServer } from '../support/sink-server';

describe('the own port of a Trigger in a real n8n', function () {
	this.timeout(180_000);
	let world: N8nWorld;
	let sink: SinkServer;
	let authority: Authority;
	let port: number;
	const published: string[] = [];

	before(async () => {
		world = await sharedN8n();
		sink = await startSinkServer();
		authority = await madeAuthority();
	});
	beforeEach(async () => (port = await freePort()));
	afterEach(async () => {
		for (const id of published.splice(0)) await world.api.deactivate(id);
	});
	after(async () => {
		await sink?.close();
		await authority?.close();
	});

	const certificate = () => authority.issue({ name: 'IP:127.0.0.1', days: [-1, 1] });
	/** On a port, at a path; forwards what it gets, so that no execution is needed. */
	const onPort = (path: string, more: object = {}, credentials?: N8nNode['credentials']): N8nNode =>
		aTrigger(
			{
				...{ listenOn: 'ownPort', ownPort: port, ownPortOptions: { path } },
				...{ authentication: 'none', then: 'http', url: `${sink.url}${path}`, ...more },
			},
			credentials,
		);
	const publish = async (trigger: N8nNode, name = 'own port'): Promise<string> => {
		const id = await world.save(name, [trigger], {});
		published.push(id);
		await world.api.publish(id);
		return id;
	};
	const ask = (
		path: string,
		o: { body?: string; agent?: Agent } = {},
	): Promise<{ status: number; text: string; shown: string }> =>
		new Promise((resolve, reject) => {
			const { body, agent = new Agent({ ca: authority.cert, maxCachedSessions: 0 }) } = o;
			const asked = request(
				`https://127.0.0.1:${port}${path}`,
				{ method: body === undefined ? 'GET' : 'POST', agent },
				(response) => {
					const socket = response.socket as import('node:tls').TLSSocket;
					const shown = socket.getPeerX509Certificate()?.serialNumber ?? '';
					let text = '';
					response.setEncoding('utf8').on('data', (part: string) => (text += part));
					response.on('end', () => resolve({ status: response.statusCode ?? 0, text, shown }));
				},
			);
			asked.on('error', reject).end(body);
		});
	const isOpen = (path = '/healthz') => ask(path).catch(() => undefined);
	const given = async (made: MadeCertificate) => ({ ca: '', passphrase: '', ...made });

	it('speaks TLS by a credential, is shared, and takes a changed certificate when the workflow is published again', async () => {
		const first = await given(await certificate());
		const ssl = await world.api.createCredential('httpSslAuth', 'own port', first);
		const tls = { ownTls: 'given' };
		const one = onPort('/one', tls, { httpSslAuth: ssl });
		const id = await publish(one);
		const before = await eventually('the port', isOpen);
		assert.deepEqual([before.status, before.text], [200, '{"alive":true}']);
		assert.equal((await ask('/readyz')).text, '{"ready":true}');
		const other = await publish(onPort('/two', tls, { httpSslAuth: ssl }));
		await eventually('the other path', async () => {
			const { status } = await ask('/two', { body: '{"n":2}' });
			return status === 200;
		});
		assert.equal((await ask('/one', { body: '{"n":1}' })).status, 200);
		await eventually('both events', () => sink.requests.length >= 2);
		assert.deepEqual(sink.requests.map(({ url }) => url).sort(), ['/one', '/two']);

		await world.api.deactivate(other);
		await eventually('it left', async () => (await ask('/two')).status === 404);
		await world.api.updateCredential(
			ssl.id,
			'httpSslAuth',
			'own port',
			await given(await certificate()),
		);
		assert.equal((await ask('/healthz')).shown, before.shown, 'until it is published again');
		await world.api.deactivate(id);
		await eventually('the port is closed', async () => !(await isOpen()));
		await world.api.publish(id);
		const after = await eventually('the port', isOpen);
		assert.notEqual(after.shown, before.shown);
		assert.equal((await ask('/one', { body: '{"n":3}' })).status, 200);
	});

	it('tells whether it lives and is ready, and by its token what it has taken', async () => {
		const secret = 'what-the-sender-shows';
		const shown = await world.api.createCredential('sluiceSignatureApi', 'port', { secret });
		const first = onPort('/one', { authentication: 'bearer' }, { sluiceSignatureApi: shown });
		const id = await publish(first);
		const at = (path: string, init: RequestInit = {}) =>
			fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(15_000), ...init });
		const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
		const push = async (path: string, token = secret) =>
			(await at(path, { method: 'POST', body: '{"n":1}', ...bearer(token) })).status;
		await eventually('the port', () => at('/healthz').catch(() => undefined));
		assert.deepEqual([await push('/one'), await push('/one', METRICS_TOKEN)], [200, 401]);
		assert.equal((await at('/metrics')).status, 401);
		assert.equal((await at('/metrics', bearer(secret))).status, 401);
		const metrics = await at('/metrics', bearer(METRICS_TOKEN));
		assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
		const text = await metrics.text();
		const receiver = `receiver="${id}:${first.id}"`;
		for (const line of [
			`sluice_receiver_events_total\\{.*${receiver},outcome="stored"\\} 1`,
			`sluice_receiver_refused_total\\{.*${receiver},code="ERR_SIGNATURE_.*"\\} 1`,
			`sluice_export_rows_accepted_total\\{.*export="${id}:${first.id}/events"\\} 1`,
		])
			assert.match(text, new RegExp(`^${line}$`, 'm'));
		assert.doesNotMatch(text + world.log.join(), new RegExp(`${METRICS_TOKEN}|${secret}`));

		const full = { kind: 'directory', directory: 'sluice/full', keepFreeMb: 1024 ** 2 };
		const sluiceStoreApi = await world.api.createCredential('sluiceStoreApi', 'full', full);
		await publish(onPort('/two', {}, { sluiceStoreApi }));
		await eventually('the other one', async () => (await push('/two')) === 503);
		const ready = await at('/readyz');
		assert.deepEqual(
			[ready.status, await ready.text()],
			[503, '{"ready":false,"reasons":["ERR_BUFFER_FULL"]}'],
		);
		assert.deepEqual([await push('/one'), (await at('/healthz')).status], [200, 200]);
	});

	const told: [what: string, trigger: () => Promise<N8nNode>, message: RegExp][] = [
		[
			'the key of another certificate',
			async () => {
				const [{ cert }, { key }] = [await certificate(), await certificate()];
				const fields = await given({ cert, key });
				const ssl = await world.api.createCredential('httpSslAuth', 'mixed up', fields);
				return onPort('/one', { ownTls: 'given' }, { httpSslAuth: ssl });
			},
			/credentials\.httpSslAuth\.key: expected the key of the certificate/,
		],
		[
			'a port that something else has',
			async () => {
				port = Number(new URL(sink.url).port);
				return onPort('/one');
			},
			/ownPort: expected a port that can be opened .*EADDRINUSE/,
		],
		[
			'a file that is not there',
			async () =>
				onPort('/one', { ownTls: 'files', ownCertFile: '/no/such', ownKeyFile: '/no/such' }),
			/ownCertFile: expected a file that can be read, with PEM \(ENOENT\)/,
		],
		[
			'a path that another workflow has, whose name it says',
			async () => {
				await publish(onPort('/one'), 'The First');
				await eventually('the port', () =>
					fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined),
				);
				return onPort('/one');
			},
			/The First/,
		],
	];
	for (const [what, trigger, message] of told) {
		it(`does not start with ${what}, and n8n shows why`, async () => {
			const id = await publish(await trigger());
			const errors = await world.api.publishErrors(id);
			assert.equal(errors.length, 1);
			assert.match(errors[0] ?? '', message);
			assert.doesNotMatch(errors[0] ?? '', /PRIVATE KEY/);
		});
	}
});
