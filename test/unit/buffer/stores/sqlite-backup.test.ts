import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { pbkdf2 } from 'node:crypto';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	realpathSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../../../core/buffer/open-store';
import type { Store } from '../../../../core/buffer/store';
import type { CopiedFrom } from '../../../../core/buffer/stores/sqlite/backup/copied-from';
import {
	finishBackup,
	UNVERIFIED,
} from '../../../../core/buffer/stores/sqlite/backup/finish-backup';
import { SyncBehind } from '../../../../core/buffer/stores/sqlite/backup/sync-behind';
import { Connection } from '../../../../core/buffer/stores/sqlite/connection';
import { aLatest, appendLatest } from '../../../conformance/latest-fixtures';
import {
	anExport,
	appendTexts,
	aRow,
	claimBatch,
	EXPORT_ID,
	FakeClock,
	keys,
	readTexts,
	someError,
} from '../../../conformance/store-fixtures';
import { verifyStore } from '../../../fault/verify-store';
import { mountMemory, unmount } from '../../../support/fewer-rights';
import { skipWithout } from '../../../support/skip';
import { StoreInThread } from '../../../support/store-in-thread';

const clock = new FakeClock();
const conditions = { count: 100, sizeBytes: 50_000_000, timeMs: 86_400_000 };

describe('a backup of a sqlite store (S53)', function () {
	this.timeout(30_000);
	this.slow(3_000);
	let root = '';
	let directory = '';
	let opened: Store[] = [];

	beforeEach(() => {
		root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-backup-')));
		directory = join(root, 'store');
		opened = [];
	});
	afterEach(async () => {
		for (const store of opened) await store.close();
		rmSync(root, { recursive: true, force: true });
	});

	const open = async (path = directory, limits: { minFreeBytes?: number } = {}) => {
		const warnings: string[] = [];
		const logger = {
			debug() {},
			info() {},
			error() {},
			warn: (text: string) => void warnings.push(text),
		};
		const store = await openStore({ kind: 'sqlite', directory: path, clock, logger, limits });
		opened.push(store);
		return Object.assign(store, { warnings });
	};
	const fill = async (store: Store) => {
		await store.putExport(anExport({ conditions, maxInFlight: 9 }));
		await appendTexts(store, clock, ['dead']);
		const dead = await claimBatch(store, { flush: true });
		await store.settle(dead.lease, { kind: 'dead', error: someError });
		await appendTexts(store, clock, ['open 1', 'open 2']);
		const batch = await claimBatch(store, { flush: true });
		await store.append({
			receiverId: 'receiver',
			events: [{ ...keys('seen'), rows: [aRow(clock, 'waits')] }],
		});
		await store.documents.put('some', 'thing', { is: 'kept' });
		await appendLatest(store, aLatest('a key', 'a latest event'));
		return batch;
	};
	const failed = (why: RegExp) => (error: { code?: string; message: string }) => {
		assert.match(error.message, why);
		return error.code === 'ERR_BACKUP_FAILED';
	};
	const nothingBeside = (...names: string[]) =>
		assert.deepEqual(readdirSync(root).sort(), ['store', ...names].sort());

	it('is a store of its own with all that the store has, and says what is in it', async () => {
		const store = await open();
		const batch = await fill(store);
		const target = join(root, 'a backup? 100% #1 ü');
		const made = await store.backup(target);
		assert.equal(made.directory, target);
		assert.equal(made.at, clock.now());
		assert.equal(made.rows, 4);
		const { exports, rows, batches, documents, latest } = made.verified;
		assert.deepEqual(
			{ exports, rows, batches, documents, latest },
			{
				exports: 1,
				rows: 4,
				batches: 2,
				documents: 1,
				latest: 1,
			},
		);
		assert.deepEqual(readdirSync(target).sort(), ['store.db', 'store.wit']);
		const sizes = readdirSync(target).map((name) => statSync(join(target, name)).size);
		assert.equal(
			made.bytes,
			sizes.reduce((sum, size) => sum + size),
		);
		if (process.platform !== 'win32') {
			const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
			assert.equal(modeOf(target), '700');
			assert.deepEqual(
				readdirSync(target).map((name) => modeOf(join(target, name))),
				['600', '600'],
			);
		}
		nothingBeside(basename(target));
		verifyStore(target);

		const copy = await open(target);
		assert.deepEqual([copy.warnings, copy.id], [[], store.id]);
		assert.deepEqual(
			await copy.documents.get('some', 'thing'),
			await store.documents.get('some', 'thing'),
		);
		assert.deepEqual(await copy.latest('receiver'), await store.latest('receiver'));
		const [letter] = await copy.deadLetters();
		assert.deepEqual(letter && (await readTexts(letter)), ['dead']);
		const again = await claimBatch(copy);
		assert.deepEqual(await readTexts(again), ['open 1', 'open 2']);
		assert.equal(again.idempotencyKey, batch.idempotencyKey);
		const [waiting] = await copy.peek(EXPORT_ID);
		assert.equal(waiting?.eventId, 'event-waits');
		const repeated = { ...keys('seen'), rows: [aRow(clock, 'waits')] };
		assert.deepEqual(
			(await copy.append({ receiverId: 'receiver', events: [repeated] })).duplicates,
			[true],
		);
		// The original has lost nothing by it.
		await appendTexts(store, clock, ['after']);
		assert.equal((await store.counters())[0]?.rows, 2);
	});

	it('goes into an empty directory, also by way of a symbolic link, and needs no private umask', async () => {
		const umask = process.umask(0);
		try {
			const store = await open();
			await fill(store);
			mkdirSync(join(root, 'real'));
			mkdirSync(join(root, 'real', 'empty'));
			symlinkSync(join(root, 'real'), join(root, 'link'));
			const made = await store.backup(join(root, 'link', 'empty/'));
			assert.equal(made.directory, join(root, 'real', 'empty'));
			assert.equal(statSync(made.directory).mode & 0o777, 0o700);
			verifyStore(made.directory);
		} finally {
			process.umask(umask);
		}
	});

	it('is refused, with nothing left, where there may be none', async () => {
		const store = await open();
		mkdirSync(join(root, 'full'));
		writeFileSync(join(root, 'full', 'precious'), 'x');
		writeFileSync(join(root, 'file'), 'x');
		symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
		symlinkSync(directory, join(root, 'way-in'));
		const cases: [target: unknown, message: RegExp][] = [
			['relative', /absolute path/],
			['', /absolute path/],
			[undefined, /absolute path/],
			[7, /absolute path/],
			[join(root, 'a\0b'), /absolute path/],
			['/', /not there yet, or is empty/],
			[join(root, 'full'), /not there yet, or is empty/],
			[join(root, 'file'), /not there yet, or is empty/],
			[join(root, 'dangling'), /not there yet, or is empty/],
			[join(root, 'file', 'below'), /a file, not a directory/],
			[join(root, 'missing', 'below'), /in one that is there: make that first/],
			[join(root, 'x'.repeat(300)), /too long/],
			[directory, /not there yet, or is empty/],
			[join(directory, 'inside'), /outside that of the store/],
			[join(root, 'way-in', 'inside'), /outside that of the store/],
			[join(directory, 'quarantine', '..', 'inside'), /outside that of the store/],
		];
		for (const [target, message] of cases)
			await assert.rejects(
				store.backup(target as string),
				(error: { code?: string; message: string }) => {
					assert.match(error.message, message, String(target));
					return error.code === 'ERR_CONFIG_INVALID' && error.message.startsWith('directory: ');
				},
			);
		nothingBeside('full', 'file', 'dangling', 'way-in');
		assert.deepEqual(readdirSync(join(root, 'full')), ['precious']);
		assert.ok(!readdirSync(directory).some((name) => name.includes('inside')));
	});

	it('is refused where a disk is mounted, and where what is free is to stay free', async function () {
		const place = join(root, 'disk');
		mkdirSync(place);
		if (!mountMemory(place, 'size=1m')) return skipWithout(this, 'small disk that can be mounted');
		try {
			const store = await open();
			await assert.rejects(store.backup(place), /on which a disk is mounted/);
			await store.putExport(anExport({ conditions }));
			await appendTexts(store, clock, ['x'.repeat(2_000_000)]);
			await assert.rejects(
				store.backup(join(place, 'b')),
				failed(/needs 2\.\d MB more, 1\.0 MB are free/),
			);
			assert.deepEqual(readdirSync(place), []);
		} finally {
			unmount(place);
		}
		const keen = await open(join(root, 'keen'), { minFreeBytes: 1024 ** 4 });
		await assert.rejects(
			keen.backup(join(root, 'b')),
			failed(/1048576 MB must stay free for the store/),
		);
		nothingBeside('disk', 'keen');
	});

	it('is not made of a store that is damaged: what is wrong is named', async () => {
		const store = await open();
		await fill(store);
		await store.close();
		const behind = new DatabaseSync(join(directory, 'store.db'));
		behind.exec('UPDATE chunk SET crc = crc + 1 WHERE seq = 2');
		behind.close();
		const again = await open();
		await assert.rejects(
			again.backup(join(root, 'b')),
			failed(/the copy was verified and is damaged \(.*rows are damaged.*stop the host and copy/),
		);
		nothingBeside();
		await appendTexts(again, clock, ['goes on']);
	});

	it('is one at a time, and ends with nothing when the store is closed', async () => {
		const store = await open();
		await fill(store);
		const both = await Promise.allSettled([
			store.backup(join(root, 'first')),
			store.backup(join(root, 'second')),
		]);
		assert.deepEqual(
			both.map(({ status }) => status),
			['fulfilled', 'rejected'],
		);
		assert.match(String((both[1] as PromiseRejectedResult).reason), /another one of this store/);
		nothingBeside('first');
		await store.close();
		await assert.rejects(store.backup(join(root, 'third')), /is closed/);
	});

	it('removes what killed processes left of it, and nothing else', async () => {
		const store = await open();
		const dead = spawnSync(process.execPath, ['--version']).pid;
		const left = [`b.part-${dead}-0123abcd`, `b.part-${process.pid}-0123abcd`];
		const others = [
			`b.part-${process.ppid}-0123abcd`,
			`c.part-${dead}-0123abcd`,
			`b.part-${dead}-mine`,
			'b.part',
		];
		for (const name of [...left, ...others]) mkdirSync(join(root, name));
		await store.backup(join(root, 'b'));
		nothingBeside('b', ...others);
	});

	describe('while it is copied', () => {
		const { copyInto, exec } = Connection.prototype;
		let store: StoreInThread;
		afterEach(() => {
			Object.assign(Connection.prototype, { copyInto, exec });
		});

		const told = (why: RegExp) => (error: Error) =>
			error.message.includes('ERR_BACKUP_FAILED') && why.test(error.message);
		/** Starts a copying page by page; `onPiece` is called after the first ones. */
		const copy = async (onPiece: (piece: number) => void, path = join(root, 'copy')) => {
			mkdirSync(directory);
			store = new StoreInThread(directory);
			await store.call('putExport', anExport({ conditions }));
			for (let at = 0; at < 20; at++) await append(`row ${at} `.padEnd(5_000, '.'));
			let piece = 0;
			Connection.prototype.copyInto = function (file, _pages, heard) {
				return copyInto.call(this, file, 1, (progress) => {
					heard(progress);
					onPiece(++piece);
				});
			};
			return store.call('copyDatabase', path) as Promise<unknown>;
		};
		const append = (text: string) =>
			store.append({ receiverId: 'receiver', events: [{ rows: [aRow(store.clock, text)] }] });

		it('gives up and goes on without it when a commit fails', async () => {
			let refused: Promise<unknown> | undefined;
			const copying = copy((piece) => {
				if (piece !== 2) return;
				Connection.prototype.exec = function (sql) {
					if (!sql.startsWith('COMMIT')) return exec.call(this, sql);
					Connection.prototype.exec = exec;
					throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
				};
				refused = assert.rejects(append('lost'), /disk I\/O error/);
			});
			await assert.rejects(copying, told(/the store failed meanwhile/));
			await refused;
			await append('goes on');
			await store.call('copyDatabase', join(root, 'next'));
			await store.call('close');
			verifyStore(directory);
		});

		it('begins between two groups, not within one', async () => {
			await copy(() => {});
			Connection.prototype.exec = function (sql) {
				// With its transaction open, for as long as a busy pool of threads needs to come to the first piece.
				if (sql.startsWith('COMMIT'))
					Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
				return exec.call(this, sql);
			};
			for (let busy = 0; busy < 8; busy++) pbkdf2('a', 'b', 30_000, 32, 'sha256', () => {});
			const both = [store.call('copyDatabase', join(root, 'next')), append('meanwhile')];
			await Promise.all(both);
			await store.call('close');
		});

		it('is asked for all that the store had when it was begun', async () => {
			const part = join(root, 'part');
			mkdirSync(part);
			const from = (await copy(() => {}, join(part, UNVERIFIED))) as CopiedFrom;
			await store.call('close');
			const target = join(root, 'backup');
			const finish = (more: Partial<CopiedFrom>) =>
				finishBackup({ part, directory: target, from: { ...from, ...more }, nowAt: clock.now() });
			for (const more of [
				{ commitNumber: from.commitNumber + 1 },
				{ appendedRows: from.appendedRows + 1 },
				{ storeId: 'another' },
			]) {
				assert.throws(() => finish(more), failed(/does not have all that the store had/));
				nothingBeside('part');
			}
			assert.equal(finish({}).rows, 20);
			nothingBeside('backup');
		});

		it('is synced all the while, and what that meets ends it', async function () {
			// Linux cannot sync this one.
			if (!existsSync('/dev/full')) return skipWithout(this, '/dev/full');
			const behind = new SyncBehind('/dev/full');
			behind.follow(1024 ** 2);
			behind.follow(2 * 1024 ** 2);
			behind.follow(8 * 1024 ** 2);
			await behind.close();
			assert.throws(() => behind.follow(9 * 1024 ** 2), { code: 'EINVAL' });
		});

		it('is stopped by a close, which finds the database free', async () => {
			let closed: Promise<unknown> | undefined;
			const copying = copy((piece) => {
				if (piece === 2) closed = store.call('close');
			});
			await assert.rejects(copying, told(/the store was closed meanwhile/));
			await closed;
			verifyStore(directory);
		});

		it('fails when its disk is filled, and the store does not', async function () {
			const place = join(root, 'disk');
			mkdirSync(place);
			if (!mountMemory(place, 'size=4m'))
				return skipWithout(this, 'small disk that can be mounted');
			try {
				const copying = copy(
					(piece) => {
						if (piece === 2) writeFileSync(join(place, 'filler'), Buffer.alloc(4_100_000));
					},
					join(place, 'copy'),
				);
				await assert.rejects(copying, told(/needs .* more, .* are free there/));
				await append('goes on');
				await store.call('close');
			} finally {
				unmount(place);
			}
		});
	});
});
