import assert from 'node:assert/strict';
import { Client } from 'pg';
import type { TableDatabaseConfig } from '../../core/sink/table/open-database';
import { eventually } from '../support/eventually';
import { fakeAttempt } from '../support/fake-attempt';
import { usePostgres } from '../support/postgres';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { assertKept, batchOf, keylessBatch, useTables } from './table-world';

describe('faults of a PostgreSQL that tables are in', function () {
	this.timeout(60_000);
	this.slow(5_000);
	const { open, deliver } = useTables();
	const server = usePostgres();
	let schema = '';
	let proxy: TcpProxy;
	let database: TableDatabaseConfig;
	let table = '';
	const port = () => Number(new URL(server.connectionString).port);
	const through = (change: (url: URL) => void): TableDatabaseConfig => {
		const url = new URL(server.connectionString);
		change(url);
		return { kind: 'postgres', connectionString: url.href, schemas: [schema] };
	};
	const rows = () => server.query(`SELECT id, text FROM "${schema}".events ORDER BY id`);

	beforeEach(async () => {
		schema = server.newSchema();
		table = `${schema}.events`;
		proxy = await startTcpProxy({ port: port() });
		database = through((url) => (url.port = String(proxy.port)));
	});
	afterEach(() => proxy.close());

	it('is away, and comes back', async () => {
		await proxy.refuse();
		const sink = open(database, table);
		const batch = batchOf(['1', 'a']);
		assertKept(await deliver(sink, batch), false, 'ERR_SINK_UNAVAILABLE');
		await proxy.heal();
		await eventually(
			'the batch is loaded',
			async () => (await deliver(sink, batch)).kind === 'ack',
		);
	});

	it('does not answer any more, and is told so in time', async () => {
		const sink = open(database, table, 500);
		assert.equal((await deliver(sink)).kind, 'ack');
		proxy.halfOpen();
		assertKept(await deliver(sink, batchOf(['2', 'b'])), false, 'ERR_SINK_(TIMEOUT|UNAVAILABLE)');
	});

	for (const when of ['before', 'answered'] as const) {
		it(`is cut off at the commit, ${when === 'before' ? 'which it never hears' : 'which it has done'}: loaded once`, async () => {
			const batch = keylessBatch('1');
			const sink = open(database, table);
			const cut = proxy.cutAt('COMMIT\0', when);
			const first = await deliver(sink, batch);
			await cut;
			assertKept(first, false, 'ERR_SINK_UNAVAILABLE');
			await eventually(
				'the batch is loaded',
				async () => (await deliver(sink, batch)).kind === 'ack',
			);
			assert.equal((await server.query(`SELECT id FROM "${schema}".events`)).length, 1);
		});
	}

	it('is away in the middle of the copy: nothing is in the table, and all of it later', async () => {
		const sink = open(database, table);
		const cut = proxy.cutAt('cut-here', 'before');
		const batch = keylessBatch('1', 'cut-here', '3');
		assertKept(await deliver(sink, batch), false, 'ERR_SINK_UNAVAILABLE');
		await cut;
		await eventually(
			'the batch is loaded',
			async () => (await deliver(sink, batch)).kind === 'ack',
		);
		assert.equal((await server.query(`SELECT id FROM "${schema}".events`)).length, 3);
	});

	it('says nothing in the middle of the copy, and is told so in time', async () => {
		const sink = open(database, table, 300);
		assert.equal((await deliver(sink, keylessBatch('1'))).kind, 'ack');
		const { held, release } = proxy.holdAt('hold-here');
		const batch = keylessBatch('2', 'hold-here');
		const outcome = await deliver(sink, batch);
		await held;
		release();
		assertKept(outcome, false, 'ERR_SINK_(TIMEOUT|UNAVAILABLE)');
		await eventually(
			'the batch is loaded',
			async () => (await deliver(sink, batch)).kind === 'ack',
		);
		assert.equal((await server.query(`SELECT id FROM "${schema}".events`)).length, 3);
	});

	it('is only slow where it answers in time', async () => {
		const sink = open(database, table);
		proxy.delay(20);
		assert.equal((await deliver(sink, batchOf(['1', 'a']))).kind, 'ack');
	});

	it('takes too long for a statement: the load is taken back, and is tried again', async () => {
		const sink = open(database, table, 300);
		assert.equal((await deliver(sink)).kind, 'ack');
		const slow = `"${schema}".slow()`;
		await server.query(
			`CREATE FUNCTION ${slow} RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(5); RETURN NEW; END';
			CREATE TRIGGER slow BEFORE INSERT ON "${schema}".events FOR EACH ROW EXECUTE FUNCTION ${slow}`,
		);
		const batch = batchOf(['2', 'b']);
		assertKept(await deliver(sink, batch), false, 'ERR_SINK_TIMEOUT', /took too long/);
		await server.query(`DROP TRIGGER slow ON "${schema}".events`);
		assert.equal((await deliver(sink, batch)).kind, 'ack');
		assert.equal((await rows()).length, 2);
	});

	for (const [what, sql] of [
		['dropped', 'DROP TABLE @'],
		['altered', 'ALTER TABLE @ RENAME COLUMN text TO body'],
	] as const) {
		it(`is not ${what} between the copy and the commit, but behind it: then the buffer is paused`, async () => {
			const sink = open(database, table, 5_000);
			assert.equal((await deliver(sink, batchOf(['1', 'a']))).kind, 'ack');
			const { held, release } = proxy.holdAt('hold-here');
			const loading = deliver(sink, batchOf(['2', 'hold-here']));
			await held;
			const other = new Client({ connectionString: server.connectionString });
			await other.connect();
			const changing = other.query(sql.replace('@', `"${schema}".events`));
			await eventually('somebody waits for the table', async () => {
				const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${schema}%'`;
				return (await server.query(waiting)).length > 0;
			});
			release();
			assert.equal((await loading).kind, 'ack');
			await changing;
			await other.end();
			assertKept(await deliver(sink, batchOf(['3', 'c'])), true, 'ERR_TABLE_MISMATCH');
		});
	}

	it('outlasts a reader who locks a row, and gives up where that takes too long', async () => {
		const sink = open(database, table, 300);
		assert.equal((await deliver(sink, batchOf(['1', 'a']))).kind, 'ack');
		const other = new Client({ connectionString: server.connectionString });
		await other.connect();
		await other.query(`BEGIN; SELECT id FROM "${schema}".events FOR SHARE`);
		const batch = batchOf(['1', 'b']);
		assertKept(await deliver(sink, batch), false, 'ERR_SINK_TIMEOUT', /held the table/);
		await other.query('COMMIT');
		await other.end();
		assert.equal((await deliver(sink, batch)).kind, 'ack');
	});

	it('pauses for a wrong password and a database that is not there', async () => {
		for (const change of [
			(url: URL) => (url.password = 'wrong'),
			(url: URL) => (url.pathname = '/nowhere'),
		])
			assertKept(await deliver(open(through(change), table)), true, 'ERR_SINK_REJECTED');
	});

	it('pauses where the user may not write, and goes on when it may', async () => {
		const role = `${schema}_role`;
		await server.query(`CREATE ROLE "${role}" LOGIN PASSWORD 'pg-secret-of-tests'`);
		try {
			const asRole = through((url) => (url.username = role));
			const batch = batchOf(['1', 'a']);
			const sink = open(asRole, table);
			assertKept(await deliver(sink, batch), true, 'ERR_SINK_REJECTED');
			await server.query(`CREATE SCHEMA "${schema}" AUTHORIZATION "${role}"`);
			assert.equal((await deliver(sink, batch)).kind, 'ack');
			await sink.close?.();
		} finally {
			await server.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
			await server.query(`DROP ROLE "${role}"`);
		}
	});

	it('outlasts a deadlock with somebody who locks its rows in another order', async () => {
		const sink = open(database, table, 5_000);
		assert.equal((await deliver(sink, batchOf(['1', 'a'], ['2', 'b']))).kind, 'ack');
		const other = new Client({ connectionString: server.connectionString });
		await other.connect();
		const update = (id: string) =>
			other.query(`UPDATE "${schema}".events SET text = 'other' WHERE id = '${id}'`);
		await other.query('BEGIN');
		await update('2');
		const loading = deliver(sink, batchOf(['1', 'c'], ['2', 'd']));
		await eventually('the load waits', async () => {
			const sql = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${schema}%'`;
			return (await server.query(sql)).length > 0;
		});
		await update('1').catch(() => {});
		await other.query('COMMIT');
		assert.equal((await loading).kind, 'ack');
		await other.end();
		assert.deepEqual(
			(await rows()).map(({ text }) => text),
			['c', 'd'],
		);
	});

	it('names row and column of a value that a table of other types does not take', async () => {
		await server.query(
			`CREATE SCHEMA "${schema}"; CREATE TABLE "${schema}".events (id int PRIMARY KEY, text date)`,
		);
		const outcome = await deliver(
			open(database, table),
			batchOf(['1', '2026-01-01'], ['x', '2026-01-02'], ['3', 'hunter2'], ['4', '2026-01-04']),
		);
		assert(outcome.kind === 'split', outcome.kind);
		assert.deepEqual(outcome.dead, [1, 2]);
		assert.match(outcome.error.message, /row 2 .*column "id"/);
		assert.equal((await rows()).length, 2);
	});

	it('refuses names that PostgreSQL would cut, and schemas that nobody has configured', async () => {
		const long = `${schema}.${'x'.repeat(64)}`;
		assertKept(await deliver(open(database, long)), true, 'ERR_TABLE_MISMATCH');
		for (const name of ['public.events', 'events', 'pg_catalog.events'])
			assert.throws(() => open(database, name), /schema/);
	});

	it('lets go of a load that is aborted while it waits for a lock', async () => {
		assert.equal((await deliver(open(database, table))).kind, 'ack');
		const other = new Client({ connectionString: server.connectionString });
		await other.connect();
		await other.query(`BEGIN; LOCK TABLE "${schema}".events IN ACCESS EXCLUSIVE MODE`);
		const controller = new AbortController();
		const loading = open(database, table).deliver(
			batchOf(['2', 'b']),
			fakeAttempt({ signal: controller.signal }),
		);
		controller.abort();
		assert.equal((await loading).kind, 'release');
		await other.end();
	});
});
