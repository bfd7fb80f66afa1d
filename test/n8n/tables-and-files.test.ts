import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { N8nNode } from '../../scripts/host/n8n-api';
import { eventually } from '../support/eventually';
import { post, sharedN8n, type N8nWorld } from '../support/n8n-world';
import { aSluice, aTrigger, aWebhook, wire } from '../support/n8n-workflows';
import { usePostgres } from '../support/postgres';
import { startPushApi, type PushApi } from '../support/push-api';
import { fileRows } from '../support/read-files';
import { readTable } from '../support/read-table';

/** Calls a workflow with items. */
type Operation = ((...items: object[]) => Promise<{ status: number; json: unknown }>) & {
	readonly workflowId: string;
};

/** Where items, and the batches of a Trigger, end that start no execution. */
describe('Sluice in a real n8n: tables, files and datasets', function () {
	this.timeout(180_000);
	const server = usePostgres();
	let world: N8nWorld;
	let api: PushApi;

	before(async () => {
		world = await sharedN8n();
		api = await startPushApi();
	});
	after(() => api.close());

	/** Publishes a workflow that runs one operation on the items of a list. @returns how to call it */
	const operation = async (
		parameters: object,
		o: { credentials?: N8nNode['credentials']; onError?: string } = {},
	): Promise<Operation> => {
		const at = `now/${randomUUID()}`;
		const webhook = aWebhook(at);
		const split = {
			...aSluice({}),
			name: 'Split',
			type: 'n8n-nodes-base.splitOut',
			parameters: { fieldToSplitOut: 'body.items' },
		};
		const sluice = aSluice({ resource: 'item', ...parameters }, o.credentials);
		if (o.onError) Object.assign(sluice, { onError: o.onError });
		const workflowId = await world.publish('now', [webhook, split, sluice], {
			...wire(webhook, [split]),
			...wire(split, [sluice]),
		});
		const call = async (...items: object[]): Promise<{ status: number; json: unknown }> => {
			const { status, text } = await post(`${world.url}/webhook/${at}`, { items });
			return { status, json: JSON.parse(text) as unknown };
		};
		return Object.assign(call, { workflowId });
	};
	const postgres = async () => {
		const url = new URL(server.connectionString);
		const id = await world.api.createCredential('postgres', 'db', {
			host: url.hostname,
			port: Number(url.port),
			database: url.pathname.slice(1),
			user: decodeURIComponent(url.username),
			password: decodeURIComponent(url.password),
			ssl: 'disable',
			sshTunnel: false,
		});
		return { postgres: id };
	};

	it('Item → Load Into Table: all items in one transaction, of SQLite without a credential', async () => {
		const file = `${randomUUID()}.db`;
		const load = await operation({
			operation: 'loadTable',
			databaseFile: file,
			table: 'orders',
			primaryKey: 'id',
			columnTypes: { values: [{ name: 'n', type: 'number' }] },
		});
		const rows = () =>
			readTable(
				path.join(world.userFolder, '.n8n/sluice', file),
				'SELECT * FROM orders ORDER BY id',
			);
		assert.deepEqual(await load({ id: 'a', n: 1 }, { id: 'b', n: 1 }), {
			status: 200,
			json: [{ table: 'orders', rows: 2 }],
		});
		assert.equal((await load({ id: 'a', n: 2 }, { id: 'c', n: 'no number' })).status, 500);
		assert.deepEqual(rows(), [
			{ id: 'a', n: 1 },
			{ id: 'b', n: 1 },
		]);
	});

	it('keeps the key of a load that failed with its execution, so that a retry has the same (N93c)', async () => {
		const load = await operation({
			...{ operation: 'loadTable', databaseFile: `${randomUUID()}.db`, table: 'orders' },
			tableOptions: { create: 'never' },
		});
		assert.equal((await load({ id: 'a' })).status, 500);
		const keyOf = async (executionId: string): Promise<unknown> => {
			const { data } = (await world.api.call('GET', `/rest/executions/${executionId}`)) as {
				data: string;
			};
			// What is referred to stands in one list.
			const all = JSON.parse(data) as (Record<string, string> | string | null)[];
			const kept = all.find((one) => typeof one === 'object' && one && 'sluiceRun' in one);
			return all[Number((kept as Record<string, string> | undefined)?.['sluiceRun'])];
		};
		const [failed = assert.fail()] = await world.ended(load.workflowId, 1);
		const key = await keyOf(failed.id);
		assert.match(String(key), /^[0-9a-f]{32}$/);
		await world.api.call('POST', `/rest/executions/${failed.id}/retry`, {});
		const [, again = assert.fail()] = await world.ended(load.workflowId, 2);
		assert.equal(await keyOf(again.id), key);
	});

	it('Item → Load Into Table, with n8n’s own Postgres credential: items that do not fit leave by themselves', async () => {
		const schema = server.newSchema();
		const load = await operation(
			{
				operation: 'loadTable',
				database: 'postgres',
				table: `${schema}.orders`,
				columnTypes: { values: [{ name: 'n', type: 'number' }] },
			},
			{ credentials: await postgres(), onError: 'continueRegularOutput' },
		);
		const { status, json } = await load({ n: 1 }, { n: 'x' }, { n: 3 });
		assert.equal(status, 200, JSON.stringify(json));
		const [refused, loaded] = json as { error?: string; rows?: number }[];
		assert.match(String(refused?.error), /^row 2 of these records cannot be loaded/);
		assert.equal(loaded?.rows, 2);
		assert.deepEqual(await server.query(`SELECT n::int FROM "${schema}".orders ORDER BY n`), [
			{ n: 1 },
			{ n: 3 },
		]);
	});

	it('Then → Load Into Table: what is pushed is in the table, and no execution was started', async () => {
		const schema = server.newSchema();
		const data = {
			data: 'fields',
			fields: { values: [{ name: 'n', path: 'n' }] },
			columnTypes: { values: [{ name: 'n', type: 'number' }] },
		};
		const table = `${schema}.pushed`;
		const trigger = aTrigger(
			{ ...data, then: 'table', database: 'postgres', table },
			await postgres(),
		);
		const id = await world.publish('table', [trigger], {});
		for (const n of [1, 2]) assert.equal((await world.push(trigger, { n })).status, 200);
		await eventually('both are in the table', async () => {
			const known = await server.query<{ t: string | null }>('SELECT to_regclass($1) AS t', [
				`"${schema}".pushed`,
			]);
			if (!known[0]?.t) return false;
			return (await server.query(`SELECT n FROM "${schema}".pushed`)).length === 2;
		});
		assert.deepEqual(await world.api.executions(id), []);
		await world.api.deactivate(id);
	});

	it('says what is missing of a table where the workflow is published', async () => {
		const trigger = aTrigger({ then: 'table', table: 't' });
		const id = await world.publish('table', [trigger], {});
		const said = (await world.api.publishErrors(id)).join();
		assert.match(said, /data: expected fields or columns: a table needs them/);
		await world.api.deactivate(id);
	});

	it('Item → Write File: one file of all items, where n8n lets files be written', async () => {
		const directory = path.join(world.filesFolder, randomUUID());
		mkdirSync(directory, { recursive: true });
		const write = await operation({ operation: 'writeFile', directory });
		const { status, json } = await write({ n: 1 }, { n: 2 });
		assert.equal(status, 200, JSON.stringify(json));
		assert.deepEqual(fileRows(directory), [{ n: 1 }, { n: 2 }]);
		const [{ path: file, rows } = { path: '', rows: 0 }] = json as { path: string; rows: number }[];
		assert.deepEqual([path.dirname(file), rows], [directory, 2]);
		const elsewhere = await operation({ operation: 'writeFile', directory: world.userFolder });
		assert.equal((await elsewhere({ n: 1 })).status, 500);
	});

	it('Item → Push to Opendatasoft: each item says what became of it', async () => {
		const id = await world.api.createCredential('httpQueryAuth', 'key', {
			name: 'pushkey',
			value: 'k3y',
		});
		const push = await operation(
			{ operation: 'pushToDataset', domain: api.domain, dataset: 'air' },
			{ credentials: { httpQueryAuth: id } },
		);
		assert.deepEqual(await push({ n: 1 }, { n: 2 }), {
			status: 200,
			json: [1, 2].map(() => ({ dataset: 'air', became: 'added' })),
		});
		assert.deepEqual(api.taken, [{ n: 1 }, { n: 2 }]);
	});
});
