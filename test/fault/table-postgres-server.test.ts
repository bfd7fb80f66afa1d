import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TableDatabaseConfig } from '../../core/sink/table/open-database';
import { eventually } from '../support/eventually';
import { mountMemory, unmount } from '../support/fewer-rights';
import { startPostgres, type PostgresServer } from '../support/postgres-server';
import { skipWithout } from '../support/skip';
import { assertKept, batchOf, keylessBatch, useTables } from './table-world';

const ROLE = 'loader';
const TABLE = 'app.events';

/** What only somebody may do to a server who has it for themselves. */
describe('a PostgreSQL that tables are in, and its administrator', function () {
	this.timeout(60_000);
	this.slow(5_000);
	const { open, deliver } = useTables();
	let server: PostgresServer;
	let admin: Client;
	let database: TableDatabaseConfig;

	before(async function () {
		try {
			server = await startPostgres();
		} catch (error) {
			skipWithout(this, 'PostgreSQL', error);
		}
	});
	after(() => server.remove());

	const connect = async (): Promise<void> => {
		admin = new Client({ connectionString: server.connectionString });
		admin.on('error', () => {});
		await admin.connect();
	};
	const count = async (): Promise<unknown> =>
		(await admin.query(`SELECT count(*)::int AS n FROM ${TABLE}`)).rows[0]?.n;

	beforeEach(async () => {
		await connect();
		await admin.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD 'pg-secret-of-tests'`);
		await admin.query(`CREATE SCHEMA app AUTHORIZATION ${ROLE}`);
		const url = new URL(server.connectionString);
		url.username = ROLE;
		database = { kind: 'postgres', connectionString: url.href, schemas: ['app'] };
	});
	afterEach(async () => {
		await admin.query('DROP SCHEMA app CASCADE');
		await admin.query(`DROP OWNED BY ${ROLE}; DROP ROLE ${ROLE}`);
		await admin.end();
	});

	it('is read-only for a while, as providers make it before a disk is full', async () => {
		await admin.query(`ALTER ROLE ${ROLE} SET default_transaction_read_only = on`);
		const sink = open(database, TABLE);
		const batch = batchOf(['1', 'a']);
		assertKept(await deliver(sink, batch), false, 'ERR_SINK_UNAVAILABLE', /read-only .*25006/);
		await admin.query(`ALTER ROLE ${ROLE} RESET default_transaction_read_only`);
		assert.equal((await deliver(sink, batch)).kind, 'ack');
		assert.equal(await count(), 1);
	});

	it('is a standby, until it is promoted', async () => {
		const sink = open(database, TABLE);
		assert.equal((await deliver(sink, batchOf(['1', 'a']))).kind, 'ack');
		await admin.end();
		await server.stop();
		const signal = join(server.data, 'standby.signal');
		const { uid, gid } = await stat(server.data);
		await writeFile(signal, '');
		await chown(signal, uid, gid);
		await server.start();
		await connect();
		const batch = batchOf(['2', 'b']);
		// The first one finds that its connection is gone.
		await deliver(sink, batch);
		assertKept(
			await deliver(open(database, TABLE, 2_500), batch),
			false,
			'ERR_SINK_UNAVAILABLE',
			/25006/,
		);
		await admin.query('SELECT pg_promote()');
		assert.equal((await deliver(open(database, TABLE, 2_600), batch)).kind, 'ack');
		assert.equal(await count(), 2);
	});

	it('has no room left, and takes all of it when there is some', async function () {
		const disk = await mkdtemp(join(tmpdir(), 'sluice-tablespace-'));
		if (!mountMemory(disk, 'size=12m,mode=0755')) skipWithout(this, 'right to mount a disk');
		const place = join(disk, 'space');
		const { uid, gid } = await stat(server.data);
		await mkdir(place);
		await chown(place, uid, gid);
		try {
			await admin.query(`CREATE TABLESPACE small LOCATION '${place}'`);
			await admin.query(`GRANT CREATE ON TABLESPACE small TO ${ROLE}`);
			await admin.query(
				`CREATE TABLE app.ballast TABLESPACE small AS SELECT repeat('x', 1000) FROM generate_series(1, 8000)`,
			);
			await admin.query(`ALTER ROLE ${ROLE} SET default_tablespace = small`);
			const sink = open(database, TABLE);
			const text = randomBytes(500_000).toString('base64');
			const rows = Array.from({ length: 8 }, (_, i) => [String(i), text + i] as const);
			const batch = batchOf(...rows);
			assertKept(
				await deliver(sink, batch),
				false,
				'ERR_SINK_UNAVAILABLE',
				/disk of the server is full/,
			);
			await admin.query('DROP TABLE app.ballast');
			assert.equal((await deliver(sink, batch)).kind, 'ack');
			assert.equal(await count(), 8);
			await sink.close?.();
		} finally {
			await admin.query('DROP SCHEMA app CASCADE');
			await admin.query('DROP TABLESPACE IF EXISTS small');
			await admin.query('CREATE SCHEMA app');
			unmount(disk);
			await rm(disk, { recursive: true, force: true });
		}
	});

	for (const [right, take, give] of [
		['USAGE', `REVOKE USAGE ON SCHEMA app FROM ${ROLE}`, `GRANT USAGE ON SCHEMA app TO ${ROLE}`],
		[
			'TEMPORARY',
			'REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC',
			'GRANT TEMPORARY ON DATABASE postgres TO PUBLIC',
		],
		...['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map(
			(one) =>
				[
					one,
					`REVOKE ${one} ON ${TABLE} FROM ${ROLE}`,
					`GRANT ${one} ON ${TABLE} TO ${ROLE}`,
				] as const,
		),
	] as const) {
		it(`pauses without the right ${right}, and goes on with it`, async () => {
			const first = open(database, TABLE);
			assert.equal((await deliver(first, batchOf(['1', 'a']))).kind, 'ack');
			await first.close?.();
			await admin.query(
				`ALTER TABLE ${TABLE} OWNER TO CURRENT_USER; GRANT ALL ON ${TABLE} TO ${ROLE}`,
			);
			await admin.query(
				`ALTER SCHEMA app OWNER TO CURRENT_USER; GRANT ALL ON SCHEMA app TO ${ROLE}`,
			);
			await admin.query(take);
			const sink = open(database, TABLE, 2_400);
			const batch = deleting(batchOf(['1', 'b'], ['2', 'c']));
			assertKept(
				await deliver(sink, batch),
				true,
				'ERR_SINK_REJECTED',
				/needs USAGE and CREATE .*\(42501\)/,
			);
			assert.equal(await count(), 1);
			await admin.query(give);
			assert.equal((await deliver(sink, batch)).kind, 'ack');
			assert.equal(await count(), 1);
		});
	}

	it('is killed with a load under way: nothing of it is there, then all of it, once', async () => {
		const sink = open(database, TABLE);
		assert.equal((await deliver(sink, keylessBatch('1'))).kind, 'ack');
		const batch = {
			...keylessBatch('2', '3'),
			async *rows() {
				yield* keylessBatch('2').rows();
				await server.stop('kill');
				yield* keylessBatch('3').rows();
			},
		};
		assertKept(await deliver(sink, batch), false, 'ERR_SINK_UNAVAILABLE');
		await server.start();
		await connect();
		assert.equal(await count(), 1);
		const again = { ...keylessBatch('2', '3'), idempotencyKey: batch.idempotencyKey };
		await eventually('it is loaded', async () => (await deliver(sink, again)).kind === 'ack');
		assert.equal((await deliver(sink, again)).kind, 'ack');
		assert.equal(await count(), 3);
	});
});

/** The first row deletes. */
function deleting(batch: ReturnType<typeof batchOf>): ReturnType<typeof batchOf> {
	return {
		...batch,
		async *rows() {
			let position = 0;
			for await (const slice of batch.rows())
				yield slice.map((row) =>
					position++ === 0 ? { ...row, operation: 'delete' as const } : row,
				);
		},
	};
}
