import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openInspector } from '../../core/buffer/inspect/open-inspector';
import { openStore } from '../../core/buffer/open-store';
import { FORMAT as POSTGRES_FORMAT } from '../../core/buffer/stores/postgres/schema';
import { FORMAT } from '../../core/buffer/stores/sqlite/schema';
import { usePostgres } from '../support/postgres';
import { verifyStore } from '../fault/verify-store';
import { anExport, appendTexts, EXPORT_ID, FakeClock, toText } from './store-fixtures';

const OTHERS = [
	{ name: 'an earlier', of: (known: number) => known - 1, says: /an earlier build has written it/ },
	{ name: 'a newer', of: (known: number) => known + 1, says: /a newer release has written it/ },
];

describe('a sqlite store of another format (S17)', () => {
	let directory = '';

	beforeEach(async () => {
		directory = mkdtempSync(join(tmpdir(), 'sluice-format-'));
		const clock = new FakeClock();
		const store = await openStore({ kind: 'sqlite', directory, clock });
		await store.putExport(anExport());
		await appendTexts(store, clock, ['a']);
		await store.close();
	});
	afterEach(() => rmSync(directory, { recursive: true }));

	const change = (sql: string) => {
		const database = new DatabaseSync(join(directory, 'store.db'));
		database.exec(sql);
		database.close();
	};
	const filesOf = () =>
		['store.db', 'store.wit'].map((name) => readFileSync(join(directory, name)).toString('hex'));

	for (const { name, of, says } of OTHERS) {
		it(`that is ${name} one is refused with what to do, and nothing in it is changed`, async () => {
			change(`UPDATE meta SET format = ${of(FORMAT)}`);
			const before = filesOf();
			const refused = { code: 'ERR_STORE_VERSION', message: says };
			await assert.rejects(openStore({ kind: 'sqlite', directory }), refused);
			await assert.rejects(async () => openInspector({ kind: 'sqlite', directory }), refused);
			assert.deepEqual(filesOf(), before);
		});
	}

	it('that is damaged, too, is not made anew', async () => {
		// As the build before had it: without the last column. SQLite cannot read its schema, so that it would be salvaged.
		change(
			`UPDATE meta SET format = ${FORMAT - 1}; ALTER TABLE meta DROP COLUMN document_revision`,
		);
		const path = join(directory, 'store.db');
		writeFileSync(path, readFileSync(path).fill(0, 100, 108));
		const before = filesOf();
		await assert.rejects(openStore({ kind: 'sqlite', directory }), { code: 'ERR_STORE_VERSION' });
		assert.deepEqual(filesOf(), before);
		// Beside the lock of who salvages.
		const kept = readdirSync(join(directory, 'quarantine')).filter((name) => name.includes('.db'));
		assert.deepEqual(kept, []);
	});
});

describe('a postgres store of another format (S17)', function () {
	this.timeout(60_000);
	const database = usePostgres();

	for (const { name, of, says } of OTHERS) {
		it(`that is ${name} one is refused with what to do, and nothing in it is changed`, async () => {
			const schema = database.newSchema();
			const { connectionString } = database;
			const options = { kind: 'postgres', connectionString, schema } as const;
			await (await openStore(options)).close();
			await database.query(`UPDATE "${schema}".meta SET format = ${of(POSTGRES_FORMAT)}`);
			const before = await database.query(`SELECT * FROM "${schema}".meta`);
			const refused = { code: 'ERR_STORE_VERSION', message: says };
			await assert.rejects(openStore(options), refused);
			const inspector = await openInspector(options);
			await assert.rejects(inspector.summary(), refused);
			await inspector.close();
			assert.deepEqual(await database.query(`SELECT * FROM "${schema}".meta`), before);
		});
	}
});

describe('latest rows of a sqlite store', () => {
	it('that are damaged are reported once, kept aside and left out', async () => {
		const directory = mkdtempSync(join(tmpdir(), 'sluice-latest-'));
		const clock = new FakeClock();
		const warnings: string[] = [];
		const logger = {
			debug() {},
			info() {},
			error() {},
			warn: (text: string) => warnings.push(text),
		};
		const open = () => openStore({ kind: 'sqlite', directory, clock, logger });
		let store = await open();
		try {
			await store.putExport(anExport());
			for (const key of ['a', 'b', 'c']) {
				await appendTexts(store, clock, [`latest of ${key}`], { latestKey: key });
			}
			await store.close();
			const database = new DatabaseSync(join(directory, 'store.db'));
			database.exec(
				`UPDATE latest SET row = substr(row, 1, length(row) - 1) || x'78' WHERE key = 'b'`,
			);
			database.close();
			assert.throws(() => verifyStore(directory), /the latest row of a key is damaged/);
			store = await open();
			for (let times = 0; times < 2; times++) {
				assert.deepEqual((await store.latest(EXPORT_ID)).map(toText), [
					'latest of a',
					'latest of c',
				]);
			}
			assert.equal(warnings.length, 1);
			assert.match(warnings[0] ?? '', /latest row of a key of export receiver\/orders is damaged/);
			assert.equal(readdirSync(join(directory, 'quarantine')).length, 1);
			await appendTexts(store, clock, ['b again'], { latestKey: 'b' });
			assert.equal((await store.latest(EXPORT_ID)).length, 3);
			await store.close();
			verifyStore(directory);
		} finally {
			await store.close();
			rmSync(directory, { recursive: true });
		}
	});
});
