import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { tryDatabase } from '../../../../core/sink/table/try-database';

describe('tryDatabase: whether tables can be made there', () => {
	let directory: string;
	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-try-'));
	});
	afterEach(() => rm(directory, { recursive: true }));

	it('makes a file, loads a table, and leaves none behind', async () => {
		const file = join(directory, 't.db');
		const { isGood, says } = await tryDatabase({ kind: 'sqlite', file });
		assert.deepEqual([isGood, says], [true, `${file}: tables can be made and loaded`]);
		const db = new DatabaseSync(file, { readOnly: true });
		assert.deepEqual(db.prepare('SELECT name FROM sqlite_schema').all(), []);
		db.close();
	});

	it('says what is wrong: no folder, a store, no database', async () => {
		const gone = await tryDatabase({ kind: 'sqlite', file: join(directory, 'gone', 't.db') });
		assert.equal(gone.isGood, false);
		await writeFile(join(directory, 'notes.txt'), 'hello'.repeat(500));
		const notes = await tryDatabase({ kind: 'sqlite', file: join(directory, 'notes.txt') });
		assert.match(notes.says, /no database/);
		await writeFile(join(directory, 'store.wit'), '');
		const store = await tryDatabase({ kind: 'sqlite', file: join(directory, 't.db') });
		assert.match(store.says, /store of Sluice/);
		assert.deepEqual([notes.isGood, store.isGood], [false, false]);
	});

	it('tells nobody the password, and tries no further schema where no server is', async () => {
		const { isGood, says } = await tryDatabase({
			kind: 'postgres',
			connectionString: 'postgresql://u:hunter2hunter2@127.0.0.1:1/d',
			schemas: ['a', 'b'],
		});
		assert.equal(isGood, false);
		assert.match(says, /^the schema "a": /);
		assert.equal(/hunter2|"b"/.test(says), false);
	});
});
