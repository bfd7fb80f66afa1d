import assert from 'node:assert/strict';
import {
	cpSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInspector } from '../../core/buffer/inspect/open-inspector';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { setLogAside } from '../../core/buffer/stores/sqlite/salvage/salvage-store';
import {
	anExport,
	appendTexts,
	claimBatch,
	FakeClock,
	readTexts,
} from '../conformance/store-fixtures';
import { startChild } from './child';
import { verifyStore } from './verify-store';

const conditions = { count: 1_000, sizeBytes: 50_000_000, timeMs: 60_000 };
const ROWS = Array.from({ length: 50 }, (_, index) => `row ${index}`);

describe('the log of a sqlite store without its database (S51)', function () {
	this.timeout(120_000);
	let parent = '';
	/** As a crash leaves it: everything is in the log. */
	let crashed = '';
	let directory = '';
	let store: Store | undefined;
	let warnings: string[] = [];
	const clock = new FakeClock();

	const open = async () => {
		warnings = [];
		const warn = (text: string) => warnings.push(text);
		const logger = { debug() {}, info() {}, error() {}, warn };
		store = await openStore({ kind: 'sqlite', directory, clock, logger });
		return store;
	};
	const close = async () => {
		await store?.close();
		store = undefined;
	};
	const texts = async (opened: Store) => {
		const batch = await claimBatch(opened, { flush: true });
		return readTexts(batch);
	};

	before(async () => {
		parent = mkdtempSync(join(tmpdir(), 'sluice-headless-'));
		crashed = join(parent, 'crashed');
		directory = join(parent, 'live');
		const opened = await open();
		await opened.putExport(anExport({ conditions }));
		for (const row of ROWS) await appendTexts(opened, clock, [row]);
		cpSync(directory, crashed, { recursive: true });
		await close();
	});
	beforeEach(() => {
		directory = mkdtempSync(join(parent, 'store-'));
		cpSync(crashed, directory, { recursive: true });
	});
	afterEach(close);
	after(() => rmSync(parent, { recursive: true }));

	const deeds = [
		{ name: 'empty', run: () => truncateSync(join(directory, 'store.db')) },
		{ name: 'gone', run: () => rmSync(join(directory, 'store.db')) },
	];
	for (const { name, run } of deeds) {
		it(`gives its rows where store.db is ${name}, and is kept`, async () => {
			const log = readFileSync(join(directory, 'store.db-wal'));
			run();
			const opened = await open();
			assert.match(warnings.join('\n'), /made anew: 50 rows were saved.*and 0 are missing/);
			const kept = readdirSync(join(directory, 'quarantine')).find((one) => one.endsWith('-wal'));
			assertSame(join(directory, 'quarantine', kept ?? ''), log);
			assert.deepEqual(await texts(opened), ROWS);
			await close();
			verifyStore(directory);
		});

		it(`is shown and exported by the store tool where store.db is ${name}, and left as it is`, async () => {
			run();
			const before = readdirSync(directory);
			const inspector = await openInspector({ kind: 'sqlite', directory });
			let rows = 0;
			for await (const slice of inspector.rows(['waiting'], () => {})) rows += slice.length;
			await inspector.close();
			assert.equal(rows, 50);
			assert.deepEqual(readdirSync(directory), before);
		});

		it(`is kept where nothing of a store is in it and store.db is ${name}, and a new store is made`, async () => {
			run();
			writeFileSync(join(directory, 'store.db-wal'), 'somebody else wrote this');
			const opened = await open();
			assert.match(
				warnings.join('\n'),
				/nothing of a store was found in its log, which is quarantine/,
			);
			assert.match(warnings.join('\n'), /up to 50 rows it had taken are missing/);
			const kept = /quarantine\/(\S+-wal)/.exec(warnings.join('\n'))?.[1] ?? '';
			const bytes = readFileSync(join(directory, 'quarantine', kept), 'utf8');
			assert.equal(bytes, 'somebody else wrote this');
			assert.equal((await opened.stats()).missingRows, 50);
			assert.equal(statSync(join(directory, 'quarantine', kept)).size, 24);
		});
	}

	it('is not taken from an owner whose file was emptied under it', async () => {
		const owner = startChild('owner.ts', [directory]);
		try {
			await owner.waitFor('owned');
			truncateSync(join(directory, 'store.db'));
			const log = readFileSync(join(directory, 'store.db-wal'));
			await assert.rejects(open(), { code: 'ERR_STORE_OWNED' });
			assertSame(join(directory, 'store.db-wal'), log);
		} finally {
			owner.process.kill('SIGKILL');
			await owner.ended;
		}
	});

	it('is kept as it was found before SQLite writes over one that is damaged', async () => {
		const path = join(directory, 'store.db-wal');
		const bytes = readFileSync(path);
		bytes.fill(0x55, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 64);
		writeFileSync(path, bytes);
		const opened = await open();
		const kept = /the log as it was found is quarantine\/(\S+)$/.exec(warnings.join('\n'))?.[1];
		assertSame(join(directory, 'quarantine', kept ?? ''), bytes);
		assert.ok((await opened.stats()).missingRows > 0);
	});

	it('is never set aside under a name that is taken', () => {
		const names = [0, 1].map(() => {
			writeFileSync(join(directory, 'store.db-wal'), 'a log');
			return setLogAside(directory, clock.now());
		});
		assert.notEqual(names[0], names[1]);
	});

	for (const found of ['is gone', 'is empty', 'is damaged']) {
		it(`is missed by a young store whose witness ${found}, too`, async () => {
			rmSync(join(directory, 'store.db-wal'));
			const witness = join(directory, 'store.wit');
			if (found === 'is gone') rmSync(witness);
			else writeFileSync(witness, found === 'is empty' ? '' : 'x'.repeat(64));
			await open();
			assert.match(
				warnings.join('\n'),
				/it cannot be checked whether acknowledged rows are missing/,
			);
		});
	}

	it('is missed by a young store, whose witness counts the rows', async () => {
		rmSync(join(directory, 'store.db-wal'));
		const opened = await open();
		assert.match(warnings.join('\n'), /^50 acknowledged rows are missing/);
		assert.equal((await opened.stats()).missingRows, 50);
	});
});

/** Not `deepEqual`: what it makes of two logs that differ takes all memory. */
function assertSame(path: string, bytes: Buffer): void {
	assert.ok(readFileSync(path).equals(bytes), `${path} is not as it was`);
}
