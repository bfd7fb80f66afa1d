import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { openStore, signBody, type Counters, type Store } from '../../core/index';
import { freePort } from '../../scripts/host/free-port';
import type { N8nNode } from '../../scripts/host/n8n-api';
import { eventually } from '../support/eventually';
import { N8nQueueWorld } from '../support/n8n-queue-world';
import {
	aSluice,
	aTrigger,
	aWebhook,
	located,
	reportItemsTo,
	wire,
} from '../support/n8n-workflows';
import { post } from '../support/n8n-world';
import { sharedPostgres } from '../support/postgres';
import { skipWithout } from '../support/skip';
import { startPostgres } from '../support/postgres-server';
import { requireRedis, type RedisServer } from '../support/redis';
import { startSinkServer, type SinkRequest, type SinkServer } from '../support/sink-server';

/** A record with the event's id beside what was pushed. */
const COLUMNS = {
	data: 'columns',
	columns: {
		values: [
			{ name: 'n', type: 'path', path: 'n' },
			{ name: 'key', type: 'path', path: 'key' },
		],
	},
};

/** Until a dead main's leases have ended, and it has started again (S30). */
const LEASES_END_MS = 110_000;

describe('Sluice in n8n’s queue mode: a main, a webhook process, a worker', function () {
	this.timeout(180_000);
	let redis: RedisServer;
	let world: N8nQueueWorld;
	let store: Store;
	let sink: SinkServer;
	/** What still pushes, also where a test failed before it said stop. */
	const pushers: (() => Promise<void>)[] = [];
	let postgres: N8nNode['credentials'];
	let postgresFields: object;

	before(async function () {
		redis = await requireRedis(this);
		let server: string;
		try {
			server = await sharedPostgres();
		} catch (error) {
			return skipWithout(this, 'PostgreSQL', error);
		}
		// A worker that is killed is found out within seconds instead of a minute.
		const env = {
			QUEUE_WORKER_LOCK_DURATION: '6000',
			QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
			QUEUE_WORKER_STALLED_INTERVAL: '2000',
		};
		world = await N8nQueueWorld.create({ postgres: server, redisPort: redis.port, env });
		// n8n's own database; what is in it is in another schema.
		const { hostname, port, username, password, pathname } = new URL(world.database);
		postgresFields = {
			kind: 'postgres',
			configurationType: 'values',
			host: hostname,
			port: Number(port),
			database: pathname.slice(1),
			user: decodeURIComponent(username),
			password: decodeURIComponent(password),
			ssl: 'disable',
			schema: 'sluice',
		};
		postgres = {
			sluiceStoreApi: await world.api.createCredential('sluiceStoreApi', 'store', postgresFields),
		};
		store = await openStore({
			kind: 'postgres',
			connectionString: world.database,
			schema: 'sluice',
		});
	});
	after(async () => {
		await store?.close();
		await world?.close();
		await redis?.stop();
	});
	beforeEach(async () => {
		sink = await startSinkServer();
	});
	afterEach(async function () {
		if (this.currentTest?.state === 'failed') {
			process.stderr.write(`${world.log.slice(-40).join('\n')}\n`);
		}
		for (const end of pushers.splice(0)) await end();
		await sink.close();
	});

	const publishReporting = (trigger: N8nNode): Promise<string> => {
		const report = reportItemsTo(sink.url);
		return world.publish('queue', [trigger, report], wire(trigger, [report]));
	};
	/** The id of an accepted event; only that is a receipt. */
	const pushed = async (
		trigger: N8nNode,
		body: object,
		headers: Record<string, string> = {},
	): Promise<string | undefined> => {
		const answer = await world.push(trigger, body, headers).catch(() => undefined);
		return answer?.text.startsWith('{"id":')
			? (JSON.parse(answer.text) as { id: string }).id
			: undefined;
	};
	const items = (requests: readonly SinkRequest[] = sink.requests) =>
		requests.flatMap(({ json }) => json as { key: string; sluice?: { id: string } }[]);
	const keys = (requests?: readonly SinkRequest[]): string[] => items(requests).map((i) => i.key);
	const missing = (accepted: readonly string[]): string[] => {
		const delivered = new Set(keys());
		return accepted.filter((key) => !delivered.has(key));
	};
	const countersOf = async (workflowId: string, trigger: N8nNode): Promise<Counters | undefined> =>
		(await store.counters()).find(
			({ exportId }) => exportId === `${workflowId}:${trigger.id}/events`,
		);
	const workersRuns = (): number =>
		world.log.filter((line) => /^worker: .*finished execution/i.test(line)).length;

	/** Pushes without pause until told to stop. */
	const keepPushing = (trigger: N8nNode, accepted: string[]): (() => Promise<void>) => {
		let stop = false;
		const lanes = Array.from({ length: 4 }, async () => {
			while (!stop) {
				const key = randomUUID();
				if (await pushed(trigger, { n: 1, key })) accepted.push(key);
				else await new Promise((resolve) => setTimeout(resolve, 100));
			}
		});
		const end = async (): Promise<void> => {
			stop = true;
			await Promise.all(lanes);
		};
		pushers.push(end);
		return end;
	};

	it('the credential’s test: says where events will be kept, and what is wrong', async () => {
		const saved = postgres?.['sluiceStoreApi'] ?? { id: '', name: '' };
		const test = (change: object) =>
			world.api.testCredential(saved, 'sluiceStoreApi', { ...postgresFields, ...change });
		const good = await test({});
		assert.equal(good.status, 'OK', good.message);
		assert.match(good.message, /schema "sluice" of PostgreSQL \d+/);
		const wrong = await test({ password: 'not-the-password', user: 'nobody' });
		assert.equal(wrong.status, 'Error');
		assert.doesNotMatch(wrong.message, /not-the-password/);
		const embedded = await test({ kind: 'directory', directory: '' });
		assert.equal(embedded.status, 'Error');
		assert.match(embedded.message, /"Sluice Store API" credential with PostgreSQL/);
	});

	it('the webhook process stores, the main flushes, the worker runs: exactly what was accepted', async () => {
		const secret = 'queue-secret';
		const signature = await world.api.createCredential('sluiceSignatureApi', 'secret', { secret });
		const buffer = { flushCount: 10, flushSeconds: 1, then: 'flow' };
		const trigger = aTrigger(
			{
				authentication: 'body-jwt',
				severalBuffers: true,
				buffers: {
					values: [
						{ ...buffer, name: 'whole', data: 'event' },
						{ ...buffer, name: 'mapped', ...COLUMNS },
					],
				},
			},
			{ ...postgres, sluiceSignatureApi: signature },
		);
		const whole = reportItemsTo(`${sink.url}/whole`, 'Whole');
		const mapped = reportItemsTo(`${sink.url}/mapped`, 'Mapped');
		await world.publish('several', [trigger, whole, mapped], wire(trigger, [whole], [mapped]));
		const before = workersRuns();
		const ids = await Promise.all(
			Array.from({ length: 60 }, async (_, n) => {
				const body = JSON.stringify({ n, key: `k${n}` });
				const token = await signBody({ body: Buffer.from(body), secret });
				return pushed(trigger, JSON.parse(body) as object, { 'x-dt-signature': token });
			}),
		);
		assert.ok(ids.every(Boolean));
		assert.equal((await world.push(trigger, { n: 0 })).status, 401);
		const at = (url: string) => items(sink.requests.filter((request) => request.url === url));
		await eventually('all', () => at('/whole').length >= 60 && at('/mapped').length >= 60, 60_000);
		assert.deepEqual(
			at('/whole')
				.map(({ sluice }) => sluice?.id)
				.sort(),
			[...ids].sort(),
		);
		assert.deepEqual(
			at('/mapped')
				.map(({ key }) => key)
				.sort(),
			Array.from({ length: 60 }, (_, n) => `k${n}`).sort(),
		);
		const runs = sink.requests.length;
		await eventually('the worker ran them', () => workersRuns() - before >= runs);
	});

	it('a table: what the webhook process stores is loaded by the main, items by the worker', async () => {
		const { hostname: host, port, username, password, pathname } = new URL(world.database);
		const login = { user: decodeURIComponent(username), password: decodeURIComponent(password) };
		const database = { host, port: Number(port), database: pathname.slice(1), ...login };
		const credential = await world.api.createCredential('postgres', 'tables', {
			...{ ...database, ssl: 'disable', sshTunnel: false },
		});
		const table = { database: 'postgres', primaryKey: 'key', table: 'loaded.pushed' };
		const types = { columnTypes: { values: [{ name: 'n', type: 'number' }] } };
		const trigger = aTrigger(
			{ ...COLUMNS, ...types, ...table, then: 'table', flushCount: 10 },
			{ ...postgres, postgres: credential },
		);
		await world.publish('table', [trigger], {});
		const ids = await Promise.all(
			Array.from({ length: 30 }, (_, n) => pushed(trigger, { n, key: `k${n}` })),
		);
		assert.ok(ids.every(Boolean));
		const client = new Client({ connectionString: world.database });
		await client.connect();
		try {
			const count = async (): Promise<number> => {
				const { rows } = await client.query(`SELECT to_regclass('loaded.pushed') AS t`);
				if (!rows[0]?.t) return 0;
				const { rowCount } = await client.query('SELECT n FROM loaded.pushed');
				return rowCount ?? 0;
			};
			await eventually('all are in the table', async () => (await count()) === 30, 60_000);
			const at = `op/${randomUUID()}`;
			const webhook = aWebhook(at);
			const load = aSluice(
				{
					...{ resource: 'item', operation: 'loadTable', ...types, ...table },
					...{
						source: 'field',
						sourceField: 'body',
						tableColumns: 'chosen',
						columnNames: 'n, key',
					},
				},
				{ postgres: credential },
			);
			await world.publish('load', [webhook, load], wire(webhook, [load]));
			const before = workersRuns();
			const answer = await post(`${world.url}/webhook/${at}`, {
				n: 1,
				key: 'of the worker',
			});
			assert.deepEqual(
				[answer.status, JSON.parse(answer.text)],
				[200, [{ table: 'loaded.pushed', rows: 1 }]],
			);
			assert.equal(await count(), 31);
			await eventually('the worker ran it', () => workersRuns() > before);
		} finally {
			await client.end();
		}
	});

	it('what is published anew, and a secret that changes, count for the next push', async () => {
		const signature = await world.api.createCredential('sluiceSignatureApi', 'secret', {
			secret: 'old',
		});
		const trigger = aTrigger(
			{ authentication: 'body-jwt', ...COLUMNS },
			{ ...postgres, sluiceSignatureApi: signature },
		);
		const id = await publishReporting(trigger);
		const signed = async (secret: string, key: string): Promise<number> => {
			const body = JSON.stringify({ n: 1, key });
			const token = await signBody({ body: Buffer.from(body), secret });
			return (await world.push(trigger, body, { 'x-dt-signature': token })).status;
		};
		assert.equal(await signed('old', 'a'), 200);
		await world.api.updateCredential(signature.id, 'sluiceSignatureApi', 'secret', {
			secret: 'new',
		});
		assert.equal(await signed('old', 'b'), 401);
		assert.equal(await signed('new', 'c'), 200);
		await eventually(
			'two delivered',
			async () => (await countersOf(id, trigger))?.ackedTotal === 2,
		);
		const [, column] = COLUMNS.columns.values;
		const changed = {
			...trigger,
			parameters: {
				...trigger.parameters,
				columns: {
					values: [column, { name: 'twice', type: 'template', template: '2 * Body("n")' }],
				},
			},
		};
		await world.api.updateWorkflow(id, [changed, reportItemsTo(sink.url)]);
		await world.api.activate(id);
		assert.equal(await signed('new', 'd'), 200);
		await eventually('three items', () => items().length >= 3, 30_000);
		const byKey = items().sort((one, other) => one.key.localeCompare(other.key));
		assert.deepEqual(byKey, [
			{ n: 1, key: 'a' },
			{ n: 1, key: 'c' },
			{ key: 'd', twice: 2 },
		]);
	});

	it('the Sluice node in a worker: adds to a buffer, says how it is, flushes it', async () => {
		const trigger = aTrigger(
			{ startOn: 'workflowItems', bufferName: 'rows', flushCount: 100, flushSeconds: 3600 },
			postgres,
		);
		const id = await publishReporting(trigger);
		const buffer = `${id}:${trigger.id}/rows`;
		const operation = async (parameters: object): Promise<string> => {
			const webhook = aWebhook(`op/${randomUUID()}`);
			const sluice = aSluice(parameters, postgres);
			await world.publish('operation', [webhook, sluice], wire(webhook, [sluice]));
			const url = `${world.url}/webhook/${String(webhook.parameters['path'])}`;
			const { status, text } = await post(url, { key: 'from a workflow' });
			assert.equal(status, 200, text);
			return text;
		};
		const added = await operation({
			resource: 'buffer',
			operation: 'add',
			buffer: located(buffer),
		});
		assert.match(added, /"added":true/);
		assert.doesNotMatch(added, /note/);
		assert.match(
			await operation({ resource: 'buffer', operation: 'getAll' }),
			/"waiting":\{"rows":1,/,
		);
		assert.equal(sink.requests.length, 0);
		const flushed = await operation({
			resource: 'buffer',
			operation: 'flush',
			buffer: located(buffer),
		});
		assert.match(flushed, /"flushed":true/);
		await eventually('the batch', () => sink.requests.length > 0, 30_000);
	});

	it('the webhook process is killed while events come, and starts again: nothing accepted is lost', async () => {
		const trigger = aTrigger({ flushCount: 20, ...COLUMNS }, postgres);
		await publishReporting(trigger);
		const accepted: string[] = [];
		const stop = keepPushing(trigger, accepted);
		await eventually('some', () => accepted.length >= 40, 30_000);
		await world.kill('webhook');
		const before = accepted.length;
		await world.start('webhook');
		await eventually('more after the start', () => accepted.length >= before + 20, 30_000);
		await stop();
		await eventually('all of them', () => missing(accepted).length === 0, 60_000).catch(() => {});
		assert.deepEqual(missing(accepted), []);
		// What came twice was in the answer that the kill cut off, and no batch was tried twice.
		assert.equal(new Set(keys()).size, keys().length);
	});

	it('the worker is killed with an execution running: its batch comes again', async () => {
		const trigger = aTrigger({ flushCount: 2, ...COLUMNS }, postgres);
		await publishReporting(trigger);
		sink.answer = () => {};
		for (const key of ['a', 'b']) assert.ok(await pushed(trigger, { n: 1, key }));
		await eventually('the execution', () => sink.requests.length > 0, 30_000);
		await world.kill('worker');
		sink.answer = (_request, response) => response.writeHead(200).end();
		await world.start('worker');
		await eventually('the second attempt', () => sink.requests.length > 1, 60_000);
		assert.deepEqual(keys(sink.requests.slice(1)), ['a', 'b']);
	});

	it('the store’s PostgreSQL goes and comes back: 503 in between, nothing accepted is lost', async function () {
		const server = await startPostgres();
		try {
			const { hostname, port, username, password } = new URL(server.connectionString);
			const fields = { kind: 'postgres', host: hostname, port: Number(port), user: username };
			const trigger = aTrigger(
				{ flushCount: 5, ...COLUMNS },
				{
					sluiceStoreApi: await world.api.createCredential('sluiceStoreApi', 'its own', {
						...fields,
						password: decodeURIComponent(password),
					}),
				},
			);
			const id = await publishReporting(trigger);
			const accepted: string[] = [];
			const stop = keepPushing(trigger, accepted);
			await eventually('some', () => accepted.length >= 20, 30_000);
			await server.stop('immediate');
			const refused = await world.push(trigger, { n: 1, key: 'refused' });
			assert.equal(refused.status, 503, refused.text);
			await server.start();
			const before = accepted.length;
			await eventually('more', () => accepted.length >= before + 20, 60_000);
			await stop();
			await eventually('all', () => missing(accepted).length === 0, LEASES_END_MS).catch(() => {});
			assert.deepEqual(missing(accepted), []);
			await world.api.deactivate(id);
		} finally {
			await server.remove();
		}
	});

	it('the main is killed with batches in flight: pushes are taken all the time, nothing is lost, only those batches come twice', async function () {
		// More than all waits in it, so that the one that fails is named.
		this.timeout(420_000);
		const trigger = aTrigger({ flushCount: 10, ...COLUMNS }, postgres);
		await publishReporting(trigger);
		const accepted: string[] = [];
		const stop = keepPushing(trigger, accepted);
		await eventually('some delivered', () => keys().length >= 20, 30_000);
		const held: SinkRequest[] = [];
		sink.answer = (request) => void held.push(request);
		await eventually('a batch in flight', () => held.length > 0, 30_000);
		await world.kill('main');
		const whenKilled = accepted.length;
		sink.answer = (_request, response) => response.writeHead(200).end();
		await eventually('pushes without a main', () => accepted.length >= whenKilled + 20, 30_000);
		await world.start('main');
		await stop();
		await eventually('all of them', () => missing(accepted).length === 0, LEASES_END_MS).catch(
			() => {},
		);
		assert.deepEqual(missing(accepted), []);
		await eventually(
			'the held batch again',
			() => {
				const seen = keys();
				return keys(held).every((key) => seen.filter((one) => one === key).length > 1);
			},
			LEASES_END_MS,
		);
		const twice = keys().filter((key, at, all) => all.indexOf(key) !== at);
		const unacked = new Set(keys(held));
		assert.deepEqual(
			twice.filter((key) => !unacked.has(key)),
			[],
		);
	});

	it('the embedded store: refused where the workflow is published, naming the credential', async () => {
		const trigger = aTrigger();
		const id = await world.api.createWorkflow({
			name: 'embedded',
			nodes: [trigger],
			connections: {},
			settings: {},
		});
		await world.api.publish(id);
		const [message = ''] = await world.api.publishErrors(id);
		assert.match(message, /"Sluice Store API" credential with PostgreSQL/);
		// n8n takes the route away, and tries again from time to time.
		const { status } = await world.push(trigger, { n: 1 });
		assert.ok(status === 404 || status === 503, String(status));
		for (const role of ['main', 'webhook', 'worker'] as const) {
			assert.ok(!existsSync(path.join(world.userFolder(role), '.n8n/sluice')), role);
		}
	});

	it('a credential that becomes a directory: 503, and nothing is stored anywhere', async () => {
		const credential = await world.api.createCredential('sluiceStoreApi', 'own', postgresFields);
		const trigger = aTrigger(
			{ flushCount: 100, flushSeconds: 3600 },
			{ sluiceStoreApi: credential },
		);
		const id = await publishReporting(trigger);
		assert.ok(await pushed(trigger, { n: 1 }));
		await world.api.updateCredential(credential.id, 'sluiceStoreApi', 'own', {
			kind: 'directory',
			directory: '',
		});
		const answer = await world.push(trigger, { n: 2 });
		assert.equal(answer.status, 503, answer.text);
		assert.doesNotMatch(answer.text, /PostgreSQL|queue/, 'senders learn nothing of it');
		assert.equal((await countersOf(id, trigger))?.rows, 1);
		for (const role of ['main', 'webhook', 'worker'] as const) {
			assert.ok(!existsSync(path.join(world.userFolder(role), '.n8n/sluice')), role);
		}
	});

	// The last one: no main runs behind it.
	it('an own port is the main’s: refused when that goes, while the webhook process takes pushes, and opened by the next main', async function () {
		this.timeout(240_000);
		const port = await freePort();
		const trigger = aTrigger(
			{ listenOn: 'ownPort', ownPort: port, ownPortOptions: { path: '/in' }, ...COLUMNS },
			postgres,
		);
		await publishReporting(trigger);
		const own = `http://127.0.0.1:${port}`;
		const isOpen = () => fetch(`${own}/readyz`).catch(() => undefined);
		const pushOwn = async (key: string) =>
			(await post(`${own}/in/${trigger.webhookId}`, { n: 1, key })).status;
		await eventually('the port', isOpen);
		// Without SLUICE_METRICS_TOKEN there are none.
		assert.equal((await fetch(`${own}/metrics`)).status, 404);
		assert.equal(await pushOwn('own port'), 200);
		await eventually('the first', () => keys().length === 1, 30_000);

		await world.kill('main');
		assert.ok(await pushed(trigger, { n: 1, key: 'webhook process' }));
		await assert.rejects(pushOwn('nobody'), /fetch failed/);

		await world.start('standby');
		await eventually('the port of the next main', isOpen, 60_000);
		assert.equal(await pushOwn('next main'), 200);
		await eventually('all', () => new Set(keys()).size === 3, LEASES_END_MS);
		assert.deepEqual([...new Set(keys())].sort(), ['next main', 'own port', 'webhook process']);
		await world.stop('standby');
		assert.equal(await isOpen(), undefined, 'closed with its main');
	});
});
