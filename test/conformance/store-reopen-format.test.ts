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
import { silentLogger } from '../../core/runtime/logger';
import { aLatest, appendLatest, latestTexts } from './latest-fixtures';
import { anExport, appendTexts, FakeClock } from './store-fixtures';

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

describe('latest events of a sqlite store', () => {
	it('that are damaged are reported and left out, until the next of their key comes', async () => {
		const directory = mkdtempSync(join(tmpdir(), 'sluice-latest-'));
		const warnings: string[] = [];
		const logger = { ...silentLogger, warn: (text: string) => void warnings.push(text) };
		const open = () => openStore({ kind: 'sqlite', directory, clock: new FakeClock(), logger });
		let store = await open();
		try {
			await appendLatest(store, ...['a', 'b', 'c'].map((key) => aLatest(key, 'x')));
			await store.close();
			const database = new DatabaseSync(join(directory, 'store.db'));
			database.exec(`UPDATE latest SET body = body || x'78' WHERE key = 'b'`);
			database.close();
			assert.throws(
				() => verifyStore(directory),
				/the latest event b of receiver receiver is damaged/,
			);
			store = await open();
			assert.deepEqual(await latestTexts(store), ['a x', 'c x']);
			assert.match(warnings.join(), /^the latest event b of receiver receiver is damaged/);
			await appendLatest(store, aLatest('b', 'again'));
			assert.deepEqual(await latestTexts(store), ['a x', 'b again', 'c x']);
			await store.close();
			verifyStore(directory);
		} finally {
			await store.close();
			rmSync(directory, { recursive: true });
		}
	});
});
