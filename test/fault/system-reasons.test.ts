import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statfsSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../core/buffer/open-store';
import { openFailed } from '../../core/buffer/stores/sqlite/open-failed';
import { MAX_DIRECTORY_BYTES } from '../../core/buffer/stores/sqlite/check-options';
import { systemReason } from '../../core/runtime/system-reason';
import { mountMemory, runWithoutPrivileges, unmount } from '../support/fewer-rights';
import { skipWithout } from '../support/skip';
import { withSalvageLock } from '../../core/buffer/stores/sqlite/salvage/salvage-lock';

describe('a sqlite store that cannot be opened says why', function () {
	this.timeout(120_000);
	let parent = '';
	const directory = (...names: string[]) => join(parent, ...names);
	const opening = async (path: string) => {
		const store = await openStore({ kind: 'sqlite', directory: path });
		await store.close();
	};

	beforeEach(() => {
		parent = mkdtempSync(join(tmpdir(), 'sluice-reasons-'));
	});
	afterEach(() => {
		unmount(directory('disk'));
		rmSync(parent, { recursive: true });
	});

	const wrong: readonly { name: string; make: () => string; code: string; says: RegExp }[] = [
		{
			name: 'a file in the place of the directory',
			make: () => {
				writeFileSync(directory('file'), '');
				return directory('file');
			},
			code: 'ERR_CONFIG_INVALID',
			says: /a file of that name, not a directory \(EEXIST\)/,
		},
		{
			name: 'a file in the place of a directory above',
			make: () => {
				writeFileSync(directory('file'), '');
				return directory('file', 'store');
			},
			code: 'ERR_CONFIG_INVALID',
			says: /a part of the path is a file, not a directory \(ENOTDIR\)/,
		},
		{
			name: 'a name that no file system takes',
			make: () => directory('x'.repeat(300)),
			code: 'ERR_CONFIG_INVALID',
			says: /the path is too long: choose a shorter one \(ENAMETOOLONG\)/,
		},
		{
			name: 'a link to itself',
			make: () => {
				symlinkSync(directory('loop'), directory('loop'));
				return directory('loop', 'store');
			},
			code: 'ERR_CONFIG_INVALID',
			says: /symbolic links/,
		},
		{
			name: 'a path that is too long for SQLite',
			make: () => directory('x'.repeat(200), 'y'.repeat(200), 'z'.repeat(200)),
			code: 'ERR_CONFIG_INVALID',
			says: /a path of at most 470 bytes: this one is too long, with \d+/,
		},
		...['store.db', 'store.wit'].map((name) => ({
			name: `a directory in the place of ${name}`,
			make: () => {
				mkdirSync(directory('store', name), { recursive: true });
				return directory('store');
			},
			code: 'ERR_STORE_UNAVAILABLE',
			says: /cannot be opened/,
		})),
	];
	for (const { name, make, code, says } of wrong) {
		it(`of ${name}`, async () => {
			await assert.rejects(opening(make()), { code, message: says });
		});
	}

	it('and opens, salvages and closes in the longest path that it takes', async () => {
		const fill = (length: number) => 'x'.repeat(Math.floor((length - 1) / 2));
		const left = MAX_DIRECTORY_BYTES - Buffer.byteLength(parent) - 1;
		const half = fill(left);
		const path = join(parent, half, 'y'.repeat(left - half.length - 1));
		assert.equal(Buffer.byteLength(path), MAX_DIRECTORY_BYTES);
		await opening(path);
		assert.equal(
			withSalvageLock(path, () => 'locked'),
			'locked',
		);
		await assert.rejects(opening(`${path}z`), { code: 'ERR_CONFIG_INVALID' });
	});

	const rights = [
		{ name: 'a directory above that may not be written', place: 'closed/store', mode: 0o500 },
		{ name: 'a directory above that may not be entered', place: 'closed/store', mode: 0o000 },
		{ name: 'a directory that may not be written', place: 'closed', mode: 0o500 },
	];
	for (const { name, place, mode } of rights) {
		it(`of ${name}`, () => {
			mkdirSync(directory('closed'));
			chmodSync(directory('closed'), mode);
			const path = directory(...place.split('/'));
			const said = JSON.parse(runWithoutPrivileges('open-store-once.ts', [path]));
			chmodSync(directory('closed'), 0o700);
			assert.match(said.message, /permission denied: the user that runs the host must be able/);
			assert.ok(said.message.includes(path), said.message);
			assert.deepEqual(readdirSync(directory('closed')), []);
		});
	}

	it('of files that may not be written', async () => {
		await opening(directory('store'));
		chmodSync(directory('store', 'store.db'), 0o400);
		const said = JSON.parse(runWithoutPrivileges('open-store-once.ts', [directory('store')]));
		assert.equal(said.code, 'ERR_STORE_UNAVAILABLE');
		assert.match(said.message, /permission denied/);
	});

	it('of a file system that is read-only, with a store on it or without', async function () {
		mkdirSync(directory('disk'));
		if (!mountMemory(directory('disk'), 'size=16m')) skipWithout(this, 'right to mount a disk');
		await opening(directory('disk', 'store'));
		mkdirSync(directory('disk', 'empty'));
		execFileSync('mount', ['-o', 'remount,ro', directory('disk')]);
		for (const name of ['store', 'empty', 'absent']) {
			await assert.rejects(opening(directory('disk', name)), {
				message: /the file system is read-only: choose a directory that can be written \(EROFS\)/,
			});
		}
	});

	it('of a disk without space', async function () {
		mkdirSync(directory('disk'));
		if (!mountMemory(directory('disk'), 'size=64k')) skipWithout(this, 'right to mount a disk');
		const { bavail, bsize } = statfsSync(directory('disk'));
		writeFileSync(directory('disk', 'filler'), Buffer.alloc(bavail * bsize));
		await assert.rejects(opening(directory('disk', 'store')), {
			code: 'ERR_STORE_UNAVAILABLE',
			message: /no space is left on the disk/,
		});
	});

	it('of a process with too many open files', () => {
		const error = Object.assign(new Error('EMFILE: open'), { code: 'EMFILE', syscall: 'open' });
		assert.match(systemReason(error) ?? '', /too many open files: raise the limit.*\(EMFILE\)/);
		assert.match(openFailed('/x', undefined, error).message, /too many open files/);
	});

	it('and leaves nothing behind where it only looked for the reason', async () => {
		mkdirSync(directory('store'));
		openFailed(directory('store'), 14, new Error('unable to open database file'));
		assert.deepEqual(readdirSync(directory('store')), []);
		assert.equal(existsSync(directory('store')), true);
	});
});
