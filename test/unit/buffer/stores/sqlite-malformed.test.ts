import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
	cpSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openInspector } from '../../../../core/buffer/inspect/open-inspector';
import { openToOperate } from '../../../../core/buffer/inspect/open-to-operate';
import { type Finding, ROW_STATES } from '../../../../core/buffer/inspect/store-inspector';
import { openStore } from '../../../../core/buffer/open-store';
import {
	anExport,
	appendTexts,
	claimBatch,
	FakeClock,
	someError,
	toText,
} from '../../../conformance/store-fixtures';

const PAGE = 4_096;
const conditions = { count: 20, sizeBytes: 50_000_000, timeMs: 60_000 };

describe('a sqlite store with a malformed page, seen from outside (S54, S51)', function () {
	this.timeout(60_000);
	let parent = '';
	let all: string[] = [];
	let roots = new Map<string, number>();
	let pageCount = 0;
	const sound = () => join(parent, 'sound');

	/** 20 rows dead, 20 in an open batch, 20 waiting, one of them over several pages. */
	before(async () => {
		parent = mkdtempSync(join(tmpdir(), 'sluice-malformed-'));
		const clock = new FakeClock();
		const store = await openStore({ kind: 'sqlite', directory: sound(), clock });
		await store.putExport(anExport({ conditions, maxInFlight: 5 }));
		const texts = (name: string) =>
			Array.from({ length: 20 }, (_, n) => `${name} ${n} `.padEnd(n === 7 ? 9_000 : 400, '.'));
		const append = async (name: string) => {
			for (const text of texts(name)) await appendTexts(store, clock, [text]);
		};
		await append('dead');
		await store.settle((await claimBatch(store)).lease, { kind: 'dead', error: someError });
		await append('open');
		const at = clock.now() + 1;
		await store.settle((await claimBatch(store)).lease, { kind: 'retry', at, error: someError });
		await append('waiting');
		await store.close();
		all = ['dead', 'open', 'waiting'].flatMap(texts).sort();
		const database = new DatabaseSync(join(sound(), 'store.db'));
		const found = database.prepare('SELECT name, rootpage FROM sqlite_schema').all();
		roots = new Map(found.map((row) => [String(row.name), Number(row.rootpage)]));
		pageCount = Number(database.prepare('PRAGMA page_count').get()?.page_count);
		database.close();
	});
	after(() => rmSync(parent, { recursive: true }));

	const damagedCopy = (page: number): string => {
		const path = mkdtempSync(join(parent, `page-${page}-`));
		cpSync(sound(), path, { recursive: true });
		const file = join(path, 'store.db');
		const bytes = readFileSync(file);
		bytes.fill(0xa5, (page - 1) * PAGE, page * PAGE);
		writeFileSync(file, bytes);
		return path;
	};
	const hashes = (path: string) =>
		readdirSync(path).map((name) => {
			const isFile = statSync(join(path, name)).isFile();
			const bytes = isFile ? readFileSync(join(path, name)) : '';
			return [name, createHash('sha256').update(bytes).digest('hex')];
		});
	const exportRows = async (directory: string) => {
		const texts: string[] = [];
		const states = new Map<string, number>();
		const findings: Finding[] = [];
		const inspector = await openInspector({ kind: 'sqlite', directory });
		try {
			for await (const slice of inspector.rows(ROW_STATES, (f) => findings.push(f))) {
				texts.push(...slice.map(({ row }) => toText(row)));
				for (const { state } of slice) states.set(state, (states.get(state) ?? 0) + 1);
			}
		} finally {
			await inspector.close();
		}
		return { texts: texts.sort(), findings, states: Object.fromEntries(states) };
	};
	const root = (table: string) => roots.get(table) ?? assert.fail(table);

	it('gives every row but those of the page, whichever it is, says so, and changes nothing', async () => {
		assert.ok(pageCount > 20);
		const temporary = readdirSync(tmpdir()).filter((name) => name.startsWith('sluice-salvage-'));
		for (let page = 1; page <= pageCount; page++) {
			const directory = damagedCopy(page);
			const before = hashes(directory);
			const { texts, findings } = await exportRows(directory);
			assert.deepEqual(hashes(directory), before, `page ${page}: the directory is as it was`);
			assert.deepEqual(texts, [...new Set(texts)], `page ${page}: no row comes twice`);
			const lost = all.filter((text) => !texts.includes(text));
			assert.ok(lost.length <= 10, `page ${page}: ${lost.length} rows are left out`);
			assert.equal(texts.length + lost.length, all.length);
			if (lost.length > 0) assert.ok(findings.length > 0, `page ${page}: nothing is said`);
			const told = findings
				.map(({ message }) => Number(/^(\d+) rows/.exec(message)?.[1] ?? 0))
				.reduce((a, b) => a + b, 0);
			assert.equal(told, lost.length, `page ${page}: ${JSON.stringify(findings)}`);
		}
		assert.deepEqual(
			readdirSync(tmpdir()).filter(
				(name) => name.startsWith('sluice-salvage-') && !temporary.includes(name),
			),
			[],
			'no copy is left',
		);
	});

	it('keeps the state of every row where SQLite gives up on the chunks', async () => {
		const { states, findings } = await exportRows(damagedCopy(root('sqlite_autoindex_chunk_1')));
		assert.deepEqual(states, { waiting: 20, open: 20, dead: 20 });
		assert.match(findings[0]?.message ?? '', /page by page/);
	});

	for (const table of ['chunk', 'batch', 'batch_due', 'export', 'revision']) {
		it(`summarizes what can be read where a page of ${table} is damaged`, async () => {
			const directory = damagedCopy(root(table));
			const inspector = await openInspector({ kind: 'sqlite', directory });
			try {
				const { problems = [], exports, storeId } = await inspector.summary();
				assert.notEqual(problems.length, 0);
				assert.doesNotMatch(problems.join(' '), /\n|\*\*\*/);
				assert.notEqual(storeId, '');
				if (table !== 'export') assert.equal(exports[0]?.rows, 20);
			} finally {
				await inspector.close();
			}
		});
	}

	for (const table of ['batch', 'batch_due', 'export', 'chunk', 'meta']) {
		it(`refuses to operate it where a page of ${table} is damaged, and changes nothing`, async () => {
			const directory = damagedCopy(root(table));
			const before = hashes(directory);
			await assert.rejects(openToOperate({ kind: 'sqlite', directory }), {
				code: 'ERR_STORE_CORRUPT',
				message: /nothing was changed.*docs\/errors\.md/s,
			});
			assert.deepEqual(hashes(directory), before);
		});
	}

	it('says ERR_STORE_CORRUPT and what to do, whatever SQLite said', async () => {
		const directory = damagedCopy(1);
		const inspector = await openInspector({ kind: 'sqlite', directory });
		try {
			const expected = { code: 'ERR_STORE_CORRUPT', message: /store verify/ };
			await assert.rejects(inspector.summary(), expected);
			await assert.rejects(inspector.verify(), expected);
		} finally {
			await inspector.close();
		}
	});
});
