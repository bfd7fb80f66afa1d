import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DocumentPage } from '../../../../core/buffer/documents';
import { toDocumentLine } from '../../../../core/buffer/inspect/export-line';
import { openInspector } from '../../../../core/buffer/inspect/open-inspector';
import { openStore } from '../../../../core/buffer/open-store';
import type { Store } from '../../../../core/buffer/store';
import { silentLogger } from '../../../../core/runtime/logger';
import { collect } from '../../../support/collect';
import { FakeClock } from '../../../conformance/store-fixtures';

/** What only a store with a file promises of documents: that they outlive it, damage (S50), salvage (S51), and looking from outside (S54). */
describe('documents of a sqlite store', function () {
	this.slow(1_000);
	let directory = '';
	let store: Store | undefined;
	let warnings: string[] = [];
	const clock = new FakeClock();

	const open = async () => {
		const logger = { ...silentLogger, warn: (text: string) => void warnings.push(text) };
		store = await openStore({ kind: 'sqlite', directory, clock, logger });
		return store.documents;
	};
	const close = async () => {
		await store?.close();
		store = undefined;
	};
	const alter = (sql: string) => {
		const database = new DatabaseSync(join(directory, 'store.db'));
		database.exec(sql);
		database.close();
	};
	const shown = ({ documents }: DocumentPage) =>
		documents.map((one) => ('damage' in one ? [one.id, one.damage.code] : [one.id, one.value]));

	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), 'sluice-documents-'));
		warnings = [];
	});
	afterEach(async () => {
		await close();
		rmSync(directory, { recursive: true, force: true });
	});

	it('are there when it is opened again, and their revisions go on', async () => {
		const before = await open();
		await before.put('test', 'a', 1);
		const second = await before.put('test', 'b', 2);
		const third = await before.put('test', 'b', 3);
		await before.remove('test', 'b');
		await close();
		const after = await open();
		assert.deepEqual((await after.get('test', 'a'))?.value, 1);
		assert.equal(await after.get('test', 'b'), undefined);
		const again = await after.put('test', 'b', 4, { ifRevision: 0 });
		assert.ok(again > third && third > second);
		await close();
		// As where the last commits were lost, or a backup is restored later.
		alter('UPDATE meta SET document_revision = 0');
		clock.advance(1_000);
		assert.ok((await (await open()).put('test', 'b', 5)) > again);
	});

	it('that are damaged are told, one by one, and can be put anew or removed', async () => {
		const before = await open();
		for (const id of ['a', 'b', 'c', 'd']) await before.put('test', id, { id });
		await close();
		alter(`UPDATE document SET body = CAST('{"id":"x"}' AS BLOB) WHERE id = 'b'`);
		alter(`UPDATE document SET id = 'e' WHERE id = 'd'`);
		const after = await open();
		const corrupt = (id: string) => ({
			code: 'ERR_STORE_CORRUPT',
			message: new RegExp(`^document test/${id} is damaged`),
		});
		await assert.rejects(after.get('test', 'b'), corrupt('b'));
		await assert.rejects(after.get('test', 'e'), corrupt('e'), 'whole, but of another id');
		const page = await after.list('test');
		assert.deepEqual(shown(page), [
			['a', { id: 'a' }],
			['b', 'ERR_STORE_CORRUPT'],
			['c', { id: 'c' }],
			['e', 'ERR_STORE_CORRUPT'],
		]);
		await after.put('test', 'b', 'new', { ifRevision: page.documents[1]?.revision ?? -1 });
		await after.remove('test', 'e');
		assert.deepEqual(shown(await after.list('test')).slice(1), [
			['b', 'new'],
			['c', { id: 'c' }],
		]);
	});

	it('are carried through a salvage, the damaged ones as such', async () => {
		const before = await open();
		// Several pages each, and of many in one page.
		const value = (n: number) => `${n}`.repeat(n % 5 === 0 ? 9_000 : 20);
		for (let n = 0; n < 20; n++) await before.put('test', `${n}`.padStart(2, '0'), value(n));
		const last = await before.put('other', 'x', 1);
		await before.remove('other', 'x');
		await close();
		alter(`UPDATE document SET body = CAST('x' AS BLOB) WHERE id = '07'`);
		damagePageOf('export');
		const after = await open();
		assert.match(warnings.join(), /20 documents were saved, 1 of them damaged/);
		assert.deepEqual(
			shown(await after.list('test')),
			Array.from({ length: 20 }, (_, n) => [
				`${n}`.padStart(2, '0'),
				n === 7 ? 'ERR_STORE_CORRUPT' : value(n),
			]),
		);
		assert.ok((await after.put('other', 'x', 2, { ifRevision: 0 })) > last);
	});

	it('come out of a salvage as they were last, wherever a former copy lies in the file', async () => {
		const ids = ['docum-a', 'docum-b', 'docum-c'];
		const before = await open();
		for (const id of ids) await before.put('test', id, 'former');
		await close();
		alter('CREATE TABLE former AS SELECT rowid AS place, * FROM document');
		const between = await open();
		for (const id of ids) await between.put('test', id, 'last');
		await close();
		// Before the last one, behind it, and of one whose last copy is damaged; the names become those of the others below.
		alter(
			`INSERT INTO document (rowid, collection, id, revision, crc, body)
				SELECT iif(id = 'docum-a', -1, 100 + place), collection, replace(id, 'docum', 'formr'), revision, crc, body FROM former;
			UPDATE document SET body = CAST('x' AS BLOB) WHERE id = 'docum-c';
			DROP TABLE former`,
		);
		const path = damagePageOf('export');
		const bytes = readFileSync(path, 'latin1').replaceAll('formr-', 'docum-');
		writeFileSync(path, bytes, 'latin1');
		const after = await open();
		assert.match(warnings.join(), /3 documents were saved, 0 of them damaged/);
		assert.deepEqual(shown(await after.list('test')), [
			['docum-a', 'last'],
			['docum-b', 'last'],
			['docum-c', 'former'],
		]);
	});

	it('are counted, checked and written by who looks from outside', async () => {
		const documents = await open();
		await documents.put('b', 'two', { n: 1.5, text: 'é\n' });
		await documents.put('b', 'one', 1);
		await documents.put('a', 'x', null);
		const { revision } = (await documents.get('b', 'two')) ?? {};
		await close();
		alter(`UPDATE document SET crc = crc + 1 WHERE id = 'one'`);
		const inspector = await openInspector({ kind: 'sqlite', directory });
		try {
			assert.deepEqual((await inspector.summary()).documents, [
				{ collection: 'a', documents: 1, bytes: 4 },
				{ collection: 'b', documents: 2, bytes: 24 },
			]);
			const { findings, checked } = await inspector.verify();
			assert.deepEqual(findings, [{ rule: 'S50', message: 'document b/one is damaged' }]);
			assert.equal(checked.documents, 3);
			const found = await collect(inspector.documents(() => {}));
			assert.deepEqual(
				found.map(({ id, isSound }) => [id, isSound]),
				[
					['x', true],
					['one', false],
					['two', true],
				],
			);
			const two = found.find(({ id }) => id === 'two');
			assert.equal(
				two && toDocumentLine(two),
				`{"document":"b","id":"two","revision":${revision},"value":{"n":1.5,"text":"é\\n"}}\n`,
			);
		} finally {
			await inspector.close();
		}
	});

	it('are read page by page by who looks from outside where SQLite gives up', async () => {
		const documents = await open();
		await documents.put('test', 'a', 1);
		await close();
		damagePageOf('dedupe');
		const inspector = await openInspector({ kind: 'sqlite', directory });
		try {
			const said: string[] = [];
			const found = await collect(inspector.documents(({ message }) => said.push(message)));
			assert.deepEqual(
				found.map(({ id, isSound }) => [id, isSound]),
				[['a', true]],
			);
			assert.match(said.join(), /its documents are read page by page/);
		} finally {
			await inspector.close();
		}
	});

	function damagePageOf(table: string): string {
		const path = join(directory, 'store.db');
		const database = new DatabaseSync(path);
		const root = Number(
			database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.[
				'rootpage'
			],
		);
		database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
		database.close();
		const bytes = readFileSync(path);
		bytes.fill(0xff, (root - 1) * 4_096, root * 4_096);
		writeFileSync(path, bytes);
		return path;
	}
});
