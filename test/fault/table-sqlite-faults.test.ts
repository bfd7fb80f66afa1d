import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { mountMemory, runWithoutPrivileges, unmount } from '../support/fewer-rights';
import { skipWithout } from '../support/skip';
import { assertKept, batchOf, keylessBatch, useTables } from './table-world';

const idsOf = (file: string): unknown[] => {
	const database = new DatabaseSync(file, { readOnly: true });
	const found = database.prepare('SELECT id FROM events ORDER BY id').all();
	database.close();
	return found.map(({ id }) => id);
};

describe('faults of a SQLite file that tables are in', function () {
	this.timeout(60_000);
	const { open, deliver } = useTables();
	let directory = '';
	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-table-'));
	});
	afterEach(async () => {
		await rm(directory, { recursive: true, force: true });
	});

	it('waits for a folder that is not there', async () => {
		const file = join(directory, 'later', 'target.db');
		const sink = open({ kind: 'sqlite', file });
		const batch = batchOf(['1', 'a']);
		assertKept(await deliver(sink, batch), false, 'ERR_SINK_UNAVAILABLE');
		await mkdir(join(directory, 'later'));
		assert.equal((await deliver(sink, batch)).kind, 'ack');
	});

	it('waits where the file is none of a database, and leaves it as it is', async () => {
		const file = join(directory, 'notes.txt');
		await writeFile(file, 'hello'.repeat(500));
		assertKept(await deliver(open({ kind: 'sqlite', file })), false, 'ERR_SINK_UNAVAILABLE');
		assert.equal(await readFile(file, 'utf8'), 'hello'.repeat(500));
	});

	it('pauses before it opens a file where a store has come, and is not begun where one is', async () => {
		for (const file of [join(directory, 'store.db'), join(directory, 'beside.db')]) {
			const sink = open({ kind: 'sqlite', file });
			await writeFile(join(directory, 'store.wit'), '');
			assertKept(await deliver(sink), true, 'ERR_TABLE_MISMATCH');
			await assert.rejects(readFile(file));
			assert.throws(() => open({ kind: 'sqlite', file }), /store of Sluice/);
			await rm(join(directory, 'store.wit'));
		}
	});

	it('waits while another process holds the file, and says so', async () => {
		const file = join(directory, 'target.db');
		const sink = open({ kind: 'sqlite', file }, 'events', 200);
		assert.equal((await deliver(sink)).kind, 'ack');
		const other = new DatabaseSync(file);
		other.exec('BEGIN IMMEDIATE');
		const batch = batchOf(['2', 'b']);
		assertKept(await deliver(sink, batch), false, 'ERR_SINK_TIMEOUT', /somebody else holds/);
		other.close();
		assert.equal((await deliver(sink, batch)).kind, 'ack');
	});

	it('loads into the file that is there, where another one was removed under it', async () => {
		const file = join(directory, 'target.db');
		const sink = open({ kind: 'sqlite', file });
		assert.equal((await deliver(sink)).kind, 'ack');
		for (const ending of ['', '-wal', '-shm']) await rm(file + ending, { force: true });
		const batch = batchOf(['2', 'b']);
		const outcome = await deliver(sink, batch);
		assertKept(outcome, false, 'ERR_SINK_UNAVAILABLE', /was removed or replaced/);
		assert.equal((await deliver(sink, batch)).kind, 'ack');
		await sink.close?.();
		assert.deepEqual(idsOf(file), ['2']);
	});

	it('waits where nothing may be written: a file, or a folder, that may be read alone', async function () {
		const file = join(directory, 'target.db');
		const sink = open({ kind: 'sqlite', file });
		assert.equal((await deliver(sink)).kind, 'ack');
		await sink.close?.();
		for (const path of [file, directory]) {
			const { mode } = await stat(path);
			await chmod(path, path === file ? 0o400 : 0o500);
			const options = { database: { kind: 'sqlite', file }, table: 'events' };
			const told = runWithoutPrivileges('load-table.ts', [JSON.stringify(options)]);
			await chmod(path, mode);
			assert.match(told, /^retry ERR_SINK_UNAVAILABLE .*cannot be (written to|opened)/, path);
		}
		assert.deepEqual(idsOf(file), ['1']);
	});

	for (const [how, ddl] of [
		['keeps what came before', 'id TEXT UNIQUE ON CONFLICT FAIL'],
		['is passed over', 'id TEXT UNIQUE ON CONFLICT ABORT'],
	] as const) {
		it(`has each row once where a constraint ${how}`, async () => {
			const file = join(directory, 'target.db');
			const database = new DatabaseSync(file);
			database.exec(`CREATE TABLE events (${ddl}); INSERT INTO events VALUES ('3')`);
			database.close();
			const outcome = await deliver(
				open({ kind: 'sqlite', file }),
				keylessBatch('1', '2', '3', '4'),
			);
			assert(outcome.kind === 'split', outcome.kind);
			assert.deepEqual(outcome.dead, [2]);
			assert.deepEqual(idsOf(file), ['1', '2', '3', '4']);
		});
	}

	it('writes nothing where a constraint takes back the whole transaction', async () => {
		const file = join(directory, 'target.db');
		const database = new DatabaseSync(file);
		database.exec(
			`CREATE TABLE events (id TEXT UNIQUE ON CONFLICT ROLLBACK); INSERT INTO events VALUES ('3')`,
		);
		database.close();
		const sink = open({ kind: 'sqlite', file });
		assertKept(await deliver(sink, keylessBatch('1', '3', '4')), true, 'ERR_TABLE_MISMATCH');
		assert.deepEqual(idsOf(file), ['3']);
	});

	it('waits for room on a full disk, and loads all of it then', async function () {
		const place = join(directory, 'small');
		await mkdir(place);
		if (!mountMemory(place, 'size=8m')) skipWithout(this, 'right to mount a disk');
		try {
			const sink = open({ kind: 'sqlite', file: join(place, 'target.db') });
			assert.equal((await deliver(sink)).kind, 'ack');
			await writeFile(join(place, 'ballast'), Buffer.alloc(7_300_000));
			const batch = batchOf(['2', 'x'.repeat(1_000_000)]);
			assertKept(await deliver(sink, batch), false, 'ERR_SINK_UNAVAILABLE');
			await rm(join(place, 'ballast'));
			assert.equal((await deliver(sink, batch)).kind, 'ack');
			await sink.close?.();
		} finally {
			unmount(place);
		}
	});
});
