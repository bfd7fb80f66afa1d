import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAdmin, type Admin } from '../../../core/api/local/open-admin';
import { addAccount as addAccountTo } from '../../../core/api/access/change-access';
import { accessCore, localAnswers, openApi } from '../../../core/api/open-api';
import type { Api, ApiOptions } from '../../../core/api/open-api';
import { sluiceDialect } from '../../../core/api/sluice/sluice-dialect';
import { openStore } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import { openPipeline, type Pipeline } from '../../../core/pipeline/open-pipeline';
import { attachStored, type StoredDefinitions } from '../../../core/pipeline/stored-definitions';
import { anExportInput } from '../../support/pipeline-fixtures';
import { createListener, type Listener } from '../../../core/receiver/listener/listener';

const holder = { key: 'api', label: 'the API' };

const addAccountIn = (store: Store) =>
	addAccountTo(accessCore(store).access, {
		label: 'first',
		grants: [{ project: '*', role: 'administer' }],
	});

/** All of it together: a store on disk, a port, the socket of the command line. */
describe('openApi', () => {
	let directory: string;
	let store: Store;
	let pipeline: Pipeline;
	let stored: StoredDefinitions;
	let listener: Listener;
	let api: Api | undefined;

	const open = async (more: Partial<ApiOptions> = {}) => {
		api = await openApi({
			pipeline,
			stored,
			listener,
			holder,
			exposure: { at: 'listener', host: '127.0.0.1' },
			...more,
		});
	};
	const admin = async <Result>(work: (admin: Admin) => Promise<Result>): Promise<Result> => {
		const opened = await openAdmin({ kind: 'sqlite', directory });
		try {
			return await work(opened);
		} finally {
			await opened.close();
		}
	};
	const addAccount = async (role = 'administer') => {
		const body = { label: 'first', grants: [{ project: '*', role }] };
		const { json } = await admin((one) => one.ask({ operation: 'addAccount', body }));
		return (json as { id: string }).id;
	};
	const addToken = async (account: string, body: object = {}) => {
		const { json } = await admin((one) =>
			one.ask({
				operation: 'addCredential',
				path: { account },
				body: { kind: 'token', label: 'one', ...body },
			}),
		);
		return (json as { secret: string }).secret;
	};
	const call = (path: string, secret = '', init: RequestInit = {}) =>
		fetch(`http://127.0.0.1:${listener.port}/v1/sluice${path}`, {
			signal: AbortSignal.timeout(60_000),
			...init,
			headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
		});

	const start = async (keys?: string) => {
		store = await openStore({ kind: 'sqlite', directory });
		pipeline = await openPipeline({ store });
		stored = await attachStored({
			pipeline,
			holder,
			secretKeys: { keys },
			report: ({ error }) => assert.fail(error),
		});
	};
	const stop = async () => {
		await api?.close();
		api = undefined;
		await stored.close();
		await pipeline.close();
		await store.close();
	};

	beforeEach(async () => {
		directory = join(mkdtempSync(join(tmpdir(), 'sluice-api-')), 'store');
		listener = await createListener({ port: 0 });
		await start();
	});
	afterEach(async () => {
		await stop();
		await listener.close();
		rmSync(join(directory, '..'), { recursive: true, force: true });
	});

	it('serves nothing until the command line has made an account in the running process', async () => {
		await open();
		assert.equal((await call('')).status, 503);
		const secret = await addToken(await addAccount());
		assert.equal((await call('')).status, 200);
		const me = await call('/me', secret);
		assert.deepEqual([me.status, ((await me.json()) as { kind: string }).kind], [200, 'token']);
		assert.deepEqual([...(api?.refused ?? [])], [['ERR_ACCESS_CLOSED', 1]]);
	});

	it('tells what it refused in the metrics of its listener', async () => {
		const token = 'a-token-of-metrics';
		const own = await createListener({
			port: 0,
			probes: { metrics: { path: '/metrics', token: token } },
		});
		await open({ listener: own });
		await fetch(`http://127.0.0.1:${own.port}/v1/sluice`);
		const metrics = await fetch(`http://127.0.0.1:${own.port}/metrics`, {
			headers: { authorization: `Bearer ${token}` },
		});
		const text = await metrics.text();
		assert.match(text, /sluice_api_requests_refused_total\{code="ERR_ACCESS_CLOSED"\} 1/);
		await own.close();
	});

	it('counts refused credentials by the client that a trusted proxy names', async () => {
		await open({ trustedProxies: ['127.0.0.1'] });
		await addAccount();
		const from = async (client: string) => {
			const headers = { authorization: 'Bearer x', 'x-forwarded-for': client };
			const url = `http://127.0.0.1:${listener.port}/v1/sluice/me`;
			return (await fetch(url, { headers })).status;
		};
		for (let i = 0; i < 20; i++) assert.equal(await from('192.0.2.1'), 401);
		assert.equal(await from('192.0.2.1'), 429);
		assert.equal(await from('192.0.2.2'), 401);
		await assert.rejects(open({ trustedProxies: ['x'] }), { code: 'ERR_CONFIG_INVALID' });
	});

	it('remembers when a credential was used last, over a restart', async () => {
		await open();
		const account = await addAccount();
		const secret = await addToken(account);
		await addToken(account);
		const used = async () => {
			const { json } = await admin((one) => one.ask({ operation: 'listCredentials' }));
			const { credentials } = json as { credentials: { id: string; lastUsedAt?: string }[] };
			return credentials.filter(({ lastUsedAt }) => lastUsedAt !== undefined).map(({ id }) => id);
		};
		const before = Date.now();
		assert.equal((await call('/me', secret)).status, 200);
		await stop();
		await start();
		await open();
		assert.deepEqual(await used(), [secret.slice(4, 24)]);
		const listed = await call(`/credentials?account=${account}`, secret);
		const { credentials } = (await listed.json()) as { credentials: { lastUsedAt?: string }[] };
		const [at] = credentials.flatMap(({ lastUsedAt }) => lastUsedAt ?? []);
		assert.ok(Date.parse(at ?? '') >= before);
	});

	it('seals secrets again by the command line, so that the former key can go', async () => {
		const [former = '', newer = ''] = ['a', 'b'].map((hex) => hex.repeat(64));
		const restart = async (keys: string) => {
			await stop();
			await start(keys);
			await open({ secretKeys: { keys } });
		};
		const ask = async (call_: Parameters<Admin['ask']>[0]) =>
			(await admin((one) => one.ask(call_))).json as { secret: string; id: string };
		await restart(former);
		await stored.putReceiver({
			id: 'r1',
			auth: [{ kind: 'bearer', secrets: ['s3cret-s3cret-s3cret'] }],
		});
		await stored.putExport({ config: anExportInput() });
		const key = await addToken(await addAccount(), { kind: 'key' });
		await restart(`${newer},${former}`);
		const sealed = await ask({ operation: 'sealSecretsAgain' });
		assert.deepEqual(sealed, { definitions: 1, credentials: 1, unreadable: [] });
		await restart(newer);
		const { credentials } = (await ask({ operation: 'listCredentials' })) as unknown as {
			credentials: { id: string }[];
		};
		const credential = credentials[0]?.id ?? '';
		const revealed = await ask({ operation: 'revealCredential', path: { credential } });
		assert.equal(revealed.secret, key);
		const request = { method: 'POST', path: '/', body: Buffer.from('{}'), remoteAddress: '::1' };
		const headers = { authorization: 'Bearer s3cret-s3cret-s3cret' };
		assert.equal((await pipeline.accept('r1', { ...request, headers })).status, 200);
		assert.equal((await pipeline.accept('r1', { ...request, headers: {} })).status, 401);
	});

	it('knows the accounts that were made while no process had the store', async () => {
		await stop();
		const account = await addAccount();
		const secret = await addToken(account);
		await start();
		await open();
		const listed = await call('/accounts', secret);
		assert.equal(listed.status, 200);
		const { accounts } = (await listed.json()) as { accounts: { id: string }[] };
		assert.deepEqual(
			accounts.map(({ id }) => id),
			[account],
		);
	});

	it('manages accounts and credentials over REST, for who administers all projects alone', async () => {
		await open();
		const secret = await addToken(await addAccount());
		const weaker = await addToken(await addAccount('develop'));
		assert.equal((await call('/accounts', weaker)).status, 403);

		const send = async (method: string, path: string, body?: unknown) => {
			const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
			const response = await call(path, secret, init);
			const text = await response.text();
			return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
		};
		const made = await send('POST', '/accounts', {
			label: 'ci',
			grants: [{ project: 'p1', role: 'push' }],
		});
		assert.equal(made.status, 201);
		const { id } = made.json;
		for (const wrong of [
			{ label: '', grants: [] },
			{ label: 'x', grants: [{ project: 'p1', role: 'root' }] },
			{ label: 'x\u0007', grants: [] },
			{
				label: 'x',
				grants: [
					{ project: 'p1', role: 'view' },
					{ project: 'p1', role: 'push' },
				],
			},
			{ label: 'x' },
		])
			assert.equal((await send('POST', '/accounts', wrong)).status, 400);
		const body = { kind: 'token', label: 'ci', limits: { receivers: ['r1'] }, keeps: 'sealed' };
		const token = await send('POST', `/accounts/${id}/credentials`, body);
		assert.equal(token.status, 201);
		const { credential } = token.json;
		const me = await call('/me', token.json.secret);
		assert.equal(((await me.json()) as { kind: string }).kind, 'key');
		const revealed = await send('POST', `/credentials/${credential.id}:reveal`);
		assert.equal(revealed.json.secret, token.json.secret);
		const rotated = await send('POST', `/credentials/${credential.id}:rotate`, {
			formerSeconds: 0,
		});
		assert.equal((await call('/me', token.json.secret)).status, 401);
		assert.equal((await call('/me', rotated.json.secret)).status, 200);
		const listed = await send('GET', `/credentials?account=${id}`);
		assert.deepEqual(
			listed.json.credentials.map((one: { id: string }) => one.id),
			[credential.id],
		);
		assert.ok(!JSON.stringify(listed).includes(rotated.json.secret.slice(-48)));
		assert.equal((await send('DELETE', `/credentials/${credential.id}`)).status, 204);
		assert.equal((await call('/me', rotated.json.secret)).status, 401);
		assert.equal((await send('DELETE', `/accounts/${id}`)).status, 204);
		assert.equal((await send('DELETE', `/accounts/${id}`)).status, 404);

		const audit = await send('GET', '/audit?limit=4');
		assert.deepEqual(
			audit.json.entries.map((one: { operation: string; outcome: string; target: object }) => [
				one.operation,
				one.outcome,
				one.target,
			]),
			[
				['removeAccount', 'failed', { account: id }],
				['removeAccount', 'done', { account: id }],
				['revokeCredential', 'done', { credential: credential.id }],
				['rotateCredential', 'done', { credential: credential.id }],
			],
		);
		const all = JSON.stringify((await send('GET', '/audit?limit=1000')).json);
		for (const one of [secret, token.json.secret, rotated.json.secret])
			assert.ok(!all.includes(one.slice(-48)));
		assert.equal((await send('GET', '/audit?limit=0')).status, 400);
		assert.equal((await send('GET', '/audit?limit=1e3')).status, 400);
	});

	it('says to the command line what is wrong, as the API does', async () => {
		await open();
		const answers = await admin((one) =>
			Promise.all(
				[
					{ operation: 'nothing' },
					{ operation: 'addAccount', body: { label: 1 } },
					{ operation: 'removeAccount', path: { account: 'x' } },
					{ operation: 'getMe' },
				].map((call_) => one.ask(call_)),
			),
		);
		assert.deepEqual(
			answers.map(({ status, json }) => `${status} ${(json as { error: string }).error}`),
			[
				'404 ERR_ROUTE_UNKNOWN',
				'400 ERR_INPUT_INVALID',
				'404 ERR_ACCESS_UNKNOWN',
				'404 ERR_ROUTE_UNKNOWN',
			],
		);
	});

	it('is not served where it may not be, and leaves no place behind', async () => {
		await assert.rejects(open({ exposure: { at: 'listener', host: '0.0.0.0' } }), {
			code: 'ERR_CONFIG_INVALID',
		});
		const rival = listener.mount({
			prefix: '/v1/sluice',
			holder: { label: 'a rival' },
			handler: async () => ({ status: 200, headers: {}, body: '' }),
		});
		await assert.rejects(open(), /a rival.*the API/);
		rival();
		const taken = { ...sluiceDialect, name: 'taken', places: [{ prefix: '/taken' }] };
		const other = listener.mount({
			prefix: '/taken',
			holder: { label: 'a rival' },
			handler: async () => ({ status: 200, headers: {}, body: '' }),
		});
		await assert.rejects(open({ dialects: [taken] }), /a rival/);
		assert.equal((await call('')).status, 404);
		other();
		await open();
		assert.equal((await call('')).status, 503);
	});

	it('answers 503 while it is made anew, and 404 once it is gone', async () => {
		await addAccountIn(store);
		await open();
		assert.equal((await call('')).status, 200);
		await api?.close();
		const away = await call('');
		assert.deepEqual([away.status, away.headers.has('retry-after')], [503, true]);
		await open();
		assert.equal((await call('')).status, 200);
		await api?.close({ gone: true });
		assert.equal((await call('')).status, 404);
	});

	it('tells the command line why its store says no, which it tells no caller', async () => {
		const { documents } = store;
		const shared = { kind: 'postgres', directory: undefined, documents } as const;
		const core = accessCore(shared, { secretKeys: { environment: {} } });
		const { id } = await addAccountIn(store);
		const { status, json } = await localAnswers(core)({
			operation: 'addCredential',
			path: { account: id },
			body: { kind: 'key', label: 'one' },
		});
		assert.equal(status, 503);
		assert.match((json as { message: string }).message, /set SLUICE_SECRET_KEY/);
	});

	it('tells the command line to start an API where the process that has the store serves none', async () => {
		await assert.rejects(
			admin((one) => one.ask({ operation: 'listAccounts' })),
			{ code: 'ERR_LOCAL_UNAVAILABLE' },
		);
	});
});
