import assert from 'node:assert/strict';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { Connection } from '../../core/buffer/stores/sqlite/connection';
import {
	anExport,
	appendTexts,
	aRow,
	claimBatch,
	FakeClock,
	keys,
	readTexts,
} from '../conformance/store-fixtures';
import { StoreInThread } from '../support/store-in-thread';

const conditions = { count: 1_000, sizeBytes: 50_000_000, timeMs: 60_000 };

/** What people, scripts and backups do to the directory of a store that is open. */
const DEEDS: readonly { name: string; named: string; run: (directory: string) => void }[] = [
	{
		name: 'its directory is removed',
		named: 'store.db',
		run: (it) => rmSync(it, { recursive: true }),
	},
	{
		name: 'its directory is emptied',
		named: 'store.db',
		run: (it) => readdirSync(it).forEach((name) => rmSync(join(it, name), { recursive: true })),
	},
	{ name: 'its directory is moved', named: 'store.db', run: (it) => renameSync(it, `${it}-moved`) },
	{
		name: 'its directory is replaced by another one',
		named: 'store.db',
		run: (it) => {
			renameSync(it, `${it}-moved`);
			mkdirSync(it);
			for (const name of ['store.db', 'store.db-wal', 'store.wit'])
				writeFileSync(join(it, name), '');
		},
	},
	{
		name: 'its directory is replaced by a file',
		named: 'store.db',
		run: (it) => {
			rmSync(it, { recursive: true });
			writeFileSync(it, '');
		},
	},
	...['store.db', 'store.db-wal', 'store.wit'].flatMap((named) => [
		{ name: `${named} is removed`, named, run: (it: string) => rmSync(join(it, named)) },
		{
			name: `${named} is replaced by another file`,
			named,
			run: (it: string) => {
				writeFileSync(join(it, 'new'), 'of a backup');
				renameSync(join(it, 'new'), join(it, named));
			},
		},
	]),
];

describe('a sqlite store whose files go away while it is open', () => {
	const { exec } = Connection.prototype;
	let parent = '';
	let directory = '';
	let store: Store | undefined;
	let warnings: string[] = [];
	const clock = new FakeClock();

	beforeEach(() => {
		parent = mkdtempSync(join(tmpdir(), 'sluice-removed-'));
		directory = join(parent, 'store');
		warnings = [];
	});
	afterEach(async () => {
		Connection.prototype.exec = exec;
		await store?.close();
		store = undefined;
		rmSync(parent, { recursive: true });
	});

	const open = async () => {
		const warn = (text: string) => warnings.push(text);
		const logger = { debug() {}, info() {}, error() {}, warn };
		store = await openStore({ kind: 'sqlite', directory, clock, logger });
		await store.putExport(anExport({ conditions }));
		return store;
	};

	for (const { name, named, run } of DEEDS) {
		it(`takes no event once ${name}, says what to do, and gives what it has`, async () => {
			const opened = await open();
			await appendTexts(opened, clock, ['a', 'b']);
			run(directory);
			for (let times = 0; times < 50; times++) {
				await assert.rejects(appendTexts(opened, clock, [`lost ${times}`]), {
					code: 'ERR_STORE_UNAVAILABLE',
					message: new RegExp(
						`^${named} of store ${directory} was removed or replaced.*restart the host$`,
					),
					retryAfterMs: 5_000,
				});
			}
			const putting = opened.documents.put('test', 'lost', 1);
			await assert.rejects(putting, { code: 'ERR_STORE_UNAVAILABLE' });
			assert.equal(warnings.length, 1, 'told once');
			assert.deepEqual((await opened.stats()).warnings, warnings);
			const batch = await claimBatch(opened, { flush: true });
			const texts = await readTexts(batch);
			assert.deepEqual(texts.slice(0, 2), ['a', 'b']);
			await opened.settle(batch.lease, { kind: 'ack' });
			await opened.close();
			store = undefined;
		});
	}

	it('takes events again when the files are back', async () => {
		const opened = await open();
		renameSync(directory, `${directory}-moved`);
		await assert.rejects(appendTexts(opened, clock, ['a']), { code: 'ERR_STORE_UNAVAILABLE' });
		renameSync(`${directory}-moved`, directory);
		await appendTexts(opened, clock, ['b']);
		assert.deepEqual((await opened.stats()).warnings, []);
		await opened.close();
		store = undefined;
		assert.deepEqual(readdirSync(directory).sort(), ['store.db', 'store.wit']);
	});

	it('shows it also while no event comes', async () => {
		const opened = await open();
		rmSync(directory, { recursive: true });
		assert.match((await opened.stats()).warnings.join(), /was removed or replaced/);
	});

	it('does not even acknowledge the event in whose commit it happens, nor its duplicate', async () => {
		mkdirSync(directory);
		const inThread = new StoreInThread(directory);
		await inThread.call('putExport', anExport({ conditions }));
		const append = (text: string) =>
			inThread.append({
				receiverId: 'receiver',
				events: [{ ...keys('same'), rows: [aRow(inThread.clock, text)] }],
			});
		Connection.prototype.exec = function (sql) {
			if (sql === 'COMMIT') rmSync(join(directory, 'store.db'), { force: true });
			return exec.call(this, sql);
		};
		const answers = await Promise.allSettled([append('a'), append('a')]);
		for (const { status } of answers) assert.equal(status, 'rejected');
		Connection.prototype.exec = exec;
		await inThread.call('close');
	});

	it('leaves the name of the next owner alone when it closes', async () => {
		const opened = await open();
		renameSync(directory, `${directory}-moved`);
		mkdirSync(directory);
		writeFileSync(join(directory, 'owner.json'), '{"pid":1}');
		await opened.close();
		store = undefined;
		assert.ok(existsSync(join(directory, 'owner.json')));
	});
});
