import assert from 'node:assert/strict';
import { Client } from 'pg';
import { openStore } from '../../core/buffer/open-store';
import { sharedPostgres } from '../support/postgres';
import { skipWithout } from '../support/skip';
import { startPostgres, type PostgresServer } from '../support/postgres-server';
import { type Child, startWriter } from './child';
import { anExport } from '../conformance/store-fixtures';
import { checkSecret, usePostgresWorld } from './postgres-world';

describe('opening a postgres store', function () {
	this.timeout(60_000);
	this.slow(5_000);
	const world = usePostgresWorld();
	const children: Child[] = [];

	afterEach(async () => {
		for (const child of children) child.process.kill('SIGKILL');
		await Promise.all(children.splice(0).map((child) => child.ended));
	});

	const wrongSchemas = [
		'',
		'a"b',
		'x"; DROP SCHEMA public CASCADE; --',
		"x'y",
		'a.b',
		'Upper',
		'with space',
		'1st',
		'ü',
		'pg_catalog',
		'a'.repeat(64),
		'new\nline',
		'nul\0',
		7,
		null,
	];
	for (const schema of wrongSchemas) {
		it(`refuses ${JSON.stringify(schema).slice(0, 40)} as the name of a schema`, async () => {
			await assert.rejects(world.open({ schema: schema as string }), {
				code: 'ERR_CONFIG_INVALID',
			});
		});
	}

	const wrongStrings = [
		'',
		'localhost',
		'mysql://u:hidden-secret@h/d',
		'postgres://u:hidden-secret@[/d',
	];
	for (const connectionString of wrongStrings) {
		it(`refuses "${connectionString.replace('hidden-secret', '…')}" and does not show what is in it`, async () => {
			await assert.rejects(openStore({ kind: 'postgres', connectionString }), (error: Error) => {
				assert.equal((error as { code?: string }).code, 'ERR_CONFIG_INVALID');
				checkSecret('postgres://u:hidden-secret@h/d', [error, error.message]);
				return true;
			});
		});
	}

	it('shows no password when the server refuses it', async () => {
		const url = new URL(world.database.connectionString);
		url.password = 'wrong-secret-of-test';
		const open = openStore({ kind: 'postgres', connectionString: url.href, schema: world.schema });
		await assert.rejects(open, (error: Error) => {
			assert.equal((error as { code?: string }).code, 'ERR_STORE_UNAVAILABLE');
			checkSecret(url.href, [error, error.message]);
			return true;
		});
	});

	it('refuses a store of a newer format, and leaves it as it is (S17)', async () => {
		const store = await world.open();
		await store.close();
		await world.database.query(`UPDATE "${world.schema}".meta SET format = format + 1`);
		await assert.rejects(world.open(), { code: 'ERR_STORE_VERSION' });
		await world.database.query(`UPDATE "${world.schema}".meta SET format = format - 1`);
		assert.equal((await world.open()).id, store.id);
	});

	it('lets two processes open an empty database at the same instant (S55)', async () => {
		const { connectionString } = world.database;
		for (const round of ['0', '1', '2']) {
			const schema = world.database.newSchema();
			const store = { kind: 'postgres', connectionString, schema } as const;
			const two = [0, 1].map((n) => startWriter({ store, round: `${round}${n}`, role: 'deliver' }));
			children.push(...two);
			await Promise.all(two.map((child) => child.waitFor('ready')));
			for (const child of two) child.process.kill('SIGKILL');
		}
	});

	it('lets many engines of one process do so, and all see one store', async () => {
		const stores = await Promise.all(Array.from({ length: 5 }, () => world.open()));
		assert.equal(new Set(stores.map(({ id }) => id)).size, 1);
		await stores[0]?.putExport(anExport());
		for (const store of stores) assert.equal((await store.listExports()).length, 1);
	});

	it('works where somebody else made the schema and the user may not', async () => {
		const [admin, schema] = [world.database, world.schema];
		const name = `${schema}_user`;
		await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD 'limited-secret'`);
		try {
			await admin.query(`CREATE SCHEMA "${schema}" AUTHORIZATION ${name}`);
			const url = new URL(admin.connectionString);
			[url.username, url.password] = [name, 'limited-secret'];
			const store = await world.open({ connectionString: url.href });
			await store.putExport(anExport());
			await store.close();
		} finally {
			await admin.query(`DROP OWNED BY ${name} CASCADE`);
			await admin.query(`DROP ROLE ${name}`);
		}
	});
});

describe('a postgres store on a server that does not promise durability (S59)', function () {
	this.timeout(60_000);
	let server: PostgresServer | undefined;

	before(async function () {
		try {
			// The shared one says whether there is any PostgreSQL at all.
			await sharedPostgres();
			server = await startPostgres({ fsync: 'off' });
		} catch (error) {
			skipWithout(this, 'PostgreSQL', error);
		}
	});
	after(() => server?.remove());

	const open = (o: { durability?: 'normal'; settings?: string } = {}) => {
		const url = new URL(server?.connectionString ?? '');
		if (o.settings !== undefined) url.searchParams.set('options', o.settings);
		return openStore({
			kind: 'postgres',
			connectionString: url.href,
			...(o.durability === undefined ? {} : { durability: o.durability }),
		});
	};
	const setting = async (text: string) => {
		const client = new Client({ connectionString: server?.connectionString });
		await client.connect();
		await client.query(text);
		await client.query('SELECT pg_reload_conf()');
		await client.end();
	};

	it('refuses fsync=off by its name', async () => {
		await assert.rejects(open(), { code: 'ERR_CONFIG_INVALID', message: /fsync=off/ });
	});

	it('refuses synchronous_commit=off by its name, wherever it was set', async () => {
		await assert.rejects(open({ settings: '-c synchronous_commit=off' }), {
			code: 'ERR_CONFIG_INVALID',
			message: /synchronous_commit=off/,
		});
		await setting('ALTER ROLE CURRENT_USER SET synchronous_commit = off');
		await assert.rejects(open(), { message: /synchronous_commit=off/ });
		await setting('ALTER ROLE CURRENT_USER RESET synchronous_commit');
	});

	it('takes it when durability normal was asked for, and says that it is not durable', async () => {
		const store = await open({ durability: 'normal' });
		const { durable, warnings } = await store.stats();
		assert.equal(durable, false);
		assert.match(warnings.join(), /fsync=off/);
		await store.close();
	});
});
