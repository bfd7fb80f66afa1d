import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { NodeOperationError } from 'n8n-workflow';
import { usePostgres } from '../../support/postgres';
import { readTable } from '../../support/read-table';
import { execute, refusal, type ContextInput } from './sluice-context';
import { n8nFolder, type N8nFolder } from './sluice-store';

const load = (items: readonly object[], more: Partial<ContextInput> = {}) =>
	execute({
		resource: 'item',
		operation: 'loadTable',
		items: items.map((json) => ({ json: json as never })),
		...more,
		parameters: { table: 'orders', ...more.parameters },
	});

describe('Sluice, Item: Load Into Table', () => {
	let n8n: N8nFolder;
	beforeEach(async () => (n8n = await n8nFolder()));
	afterEach(() => n8n.close());

	const rowsOf = (table = 'orders', file = 'tables.db'): unknown[] =>
		readTable(path.join(n8n.folder, '.n8n/sluice', file), `SELECT * FROM "${table}"`);

	it('makes a table of all fields in the file of the n8n folder, without anything else being set', async () => {
		const output = await load([
			{ id: 1, name: 'a' },
			{ id: 2, more: { b: [true] } },
		]);
		assert.deepEqual(rowsOf(), [
			{ id: '1', name: 'a', more: null },
			{ id: '2', name: null, more: '{"b":[true]}' },
		]);
		assert.deepEqual(output, [
			{ json: { table: 'orders', rows: 2 }, pairedItem: [{ item: 0 }, { item: 1 }] },
		]);
	});

	it('loads whole events without the credentials of who sent them, also out of a field', async () => {
		const sluice = { id: 'e', receivedAt: '2026-11-30T12:00:00.000Z' };
		const event = { headers: { cookie: 'hidden-1', x: '1' }, body: { n: 1 }, sluice };
		await load([event]);
		await load([{ got: event }], { parameters: { source: 'field', sourceField: 'got' } });
		const headers = rowsOf().map((row) => (row as { headers: string }).headers);
		assert.deepEqual(headers, ['{"x":"1"}', '{"x":"1"}']);
	});

	it('puts rows in the place of those with their key, of chosen columns with their types', async () => {
		const parameters = {
			tableColumns: 'chosen',
			columnNames: 'id, total',
			primaryKey: 'id',
			columnTypes: { values: [{ name: 'total', type: 'number' }] },
			databaseFile: 'sales/of-2026.db',
		};
		await load([{ id: 'a', total: 1, other: 1 }, { id: 'b' }], { parameters });
		await load([{ total: 2.5, id: 'a' }], { parameters });
		assert.deepEqual(rowsOf('orders', 'sales/of-2026.db'), [
			{ id: 'a', total: 2.5 },
			{ id: 'b', total: null },
		]);
	});

	const bad = {
		parameters: { columnTypes: { values: [{ name: 'n', type: 'number' }] } },
	};

	it('loads nothing where the node stops on errors, and shows the item at fault', async () => {
		await assert.rejects(load([{ n: 1 }, { n: 'hidden-1' }, { n: 3 }], bad), (error) => {
			assert(error instanceof NodeOperationError);
			assert.match(
				error.message,
				/^row 2 of these records cannot be loaded: column "n" expects a number/,
			);
			assert.equal(error.context['itemIndex'], 1);
			return true;
		});
		assert.deepEqual(rowsOf(), []);
	});

	it('loads the others where it goes on, and refuses each that does not fit with its own reason', async () => {
		const columnTypes = {
			values: [
				{ name: 'n', type: 'number' },
				{ name: 'ok', type: 'boolean' },
			],
		};
		const output = await load(
			[
				{ n: 'x', ok: true },
				{ n: 2, ok: true },
				{ n: 3, ok: 'x' },
			],
			{
				parameters: { columnTypes },
				continueOnFail: true,
			},
		);
		assert.deepEqual(rowsOf(), [{ n: 2, ok: 1 }]);
		const [first, second, loaded] = output;
		assert.match(String(first?.json['error']), /row 1 .*"n" expects a number/);
		assert.match(String(second?.json['error']), /row 3 .*"ok" expects true or false/);
		assert.deepEqual(loaded, { json: { table: 'orders', rows: 1 }, pairedItem: [{ item: 1 }] });
	});

	it('loads nothing twice where n8n tries again, and everything in the next execution', async () => {
		const kept = {};
		await load([{ n: 1 }], { kept });
		await load([{ n: 1 }], { kept });
		assert.equal(rowsOf().length, 2);
		// As when the end of the transaction was not heard of: the node has failed, and the rows are there.
		const failed = { sluiceRun: 'r' };
		await load([{ n: 2 }], { kept: { ...failed } });
		await load([{ n: 2 }], { kept: { ...failed } });
		assert.equal(rowsOf().length, 3);
		// Other items are another batch, whatever is kept.
		await load([{ n: 3 }], { kept: { ...failed } });
		assert.equal(rowsOf().length, 4);
	});

	it('only shows the statement where it is to, and makes nothing', async () => {
		const parameters = {
			primaryKey: 'id',
			columnTypes: { values: [{ name: 'total', type: 'number' }] },
			tableOptions: { onlyShow: true },
		};
		const [one] = await load([{ id: 1, total: 2 }], { parameters });
		assert.equal(one?.json['table'], 'orders');
		assert.match(
			String(one?.json['statement']),
			/^CREATE TABLE "orders" \(\s*"id" TEXT[^,]*,\s*"total" NUMERIC,\s*PRIMARY KEY \("id"\)/,
		);
		assert.deepEqual(rowsOf(), []);
		const output = await load([{ id: 1 }], {
			parameters: { ...parameters, primaryKey: 'x' },
			continueOnFail: true,
		});
		assert.equal(refusal(output[0]).code, 'ERR_CONFIG_INVALID');
	});

	it('says both lists where the table has other columns', async () => {
		await load([{ a: 1, b: 2 }]);
		const output = await load([{ a: 1 }], { continueOnFail: true });
		assert.equal(refusal(output[0]).code, 'ERR_TABLE_MISMATCH');
		assert.match(String(output[0]?.json['error']), /expected \["a"\], found \["a","b"\]/);
		assert.match(String(refusal(output[0]).description), /columns/i);
	});

	const wrong: [what: string, parameters: Record<string, unknown>, message: RegExp][] = [
		['no table', { table: '' }, /^table: expected a name/],
		['no chosen columns', { tableColumns: 'chosen' }, /^columnNames: expected /],
		[
			'a key that is no column',
			{ primaryKey: 'x' },
			/^primaryKey: expected columns of the mapping: n/,
		],
		[
			'a type of no column',
			{ columnTypes: { values: [{ name: 'x', type: 'json' }] } },
			/^columnTypes: /,
		],
		[
			'a time that is too long',
			{ tableOptions: { timeoutSeconds: 601 } },
			/^tableOptions\.timeoutSeconds: /,
		],
		[
			'a file above its folder',
			{ databaseFile: '../database.sqlite' },
			/^databaseFile: expected a file below /,
		],
		[
			'a file elsewhere',
			{ databaseFile: '/tmp/tables.db' },
			/^databaseFile: expected a file below /,
		],
		['a file of a store', { databaseFile: 'default/store.db' }, /store of Sluice/],
	];
	for (const [what, parameters, message] of wrong) {
		it(`refuses ${what}`, () => assert.rejects(load([{ n: 1 }], { parameters }), { message }));
	}

	it('refuses a file that a link leads away from its folder', async () => {
		symlinkSync('/tmp', path.join(n8n.folder, '.n8n/sluice/away'));
		await assert.rejects(load([{ n: 1 }], { parameters: { databaseFile: 'away/t.db' } }), {
			message: /^databaseFile: expected a file below /,
		});
	});

	it('refuses items without any field', () =>
		assert.rejects(load([{}]), { message: /^tableColumns: expected / }));
});

describe('Sluice, Item: Load Into Table, of PostgreSQL', function () {
	this.timeout(60_000);
	const server = usePostgres();

	/** Of n8n's own Postgres credential. */
	const credential = (): Record<string, unknown> => {
		const url = new URL(server.connectionString);
		return {
			host: url.hostname || 'localhost',
			port: Number(url.port),
			database: url.pathname.slice(1),
			user: decodeURIComponent(url.username),
			password: decodeURIComponent(url.password),
			ssl: 'disable',
			sshTunnel: false,
		};
	};
	const into = (schema: string, more: object = {}) => ({
		parameters: { database: 'postgres', table: `${schema}.orders`, primaryKey: 'id' },
		credentials: { postgres: { ...credential(), ...more } },
	});

	it('loads by n8n’s own credential into the schema that the table names', async () => {
		const schema = server.newSchema();
		await load([{ id: 'a', at: 1 }], into(schema));
		await load([{ id: 'a', at: 2 }], into(schema));
		assert.deepEqual(await server.query(`SELECT * FROM "${schema}".orders`), [
			{ id: 'a', at: '2' },
		]);
	});

	it('refuses one behind a tunnel, and says nothing of a password that is wrong', async () => {
		const schema = server.newSchema();
		await assert.rejects(load([{ id: 1 }], into(schema, { sshTunnel: true })), {
			message: /^credentials\.postgres\.sshTunnel: expected a credential without an SSH tunnel/,
		});
		await assert.rejects(
			load([{ id: 1 }], into(schema, { user: 'nobody', password: 'hidden-1' })),
			(error: Error) => {
				assert.equal(JSON.stringify([error.message, error]).includes('hidden-1'), false);
				return true;
			},
		);
		await assert.rejects(load([{ id: 1 }], into(schema, { host: '' })), {
			message: /^credentials\.postgres\.host: /,
		});
	});
});
