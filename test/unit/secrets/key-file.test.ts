import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFileOf, makeKeyFile, readKeyFile } from '../../../core/secrets/key-file';

describe('a key file', () => {
	let above: string;
	let directory: string;
	let path: string;
	beforeEach(async () => {
		above = await mkdtemp(join(tmpdir(), 'sluice-key-'));
		directory = join(above, 'store');
		mkdirSync(directory);
		path = keyFileOf(directory);
	});
	afterEach(() => rm(above, { recursive: true }));

	const write = (text: string, mode = 0o600) => {
		writeFileSync(path, text);
		chmodSync(path, mode);
	};
	const refuses = (message: RegExp) =>
		assert.throws(() => readKeyFile(path), { code: 'ERR_SECRET_KEY', message });

	it('is made once, outside the directory of the store, for the user alone', () => {
		assert.equal(readKeyFile(path), undefined);
		const [key] = makeKeyFile(path, directory);
		assert.equal(readKeyFile(path)?.[0].id, key.id);
		assert.equal(makeKeyFile(path, directory)[0].id, key.id);
		assert.deepEqual(readdirSync(above).sort(), ['store', 'store.secret-key']);
		assert.deepEqual(readdirSync(directory), []);
		if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
	});

	it('is made of a key that is known', () => {
		const [key] = makeKeyFile(path, directory);
		const other = keyFileOf(join(above, 'other'));
		assert.equal(makeKeyFile(other, directory, key.text)[0].id, key.id);
	});

	it('is refused where it holds no key, and says nothing of what it holds', () => {
		for (const text of ['', 'hunter2', 'ab'.repeat(31), 'x'.repeat(5_000)]) {
			write(text);
			refuses(/^the key file (?!.*(hunter2|abab))/);
		}
	});

	it('is refused where it is no file', () => {
		symlinkSync(join(above, 'elsewhere'), path);
		refuses(/is a symbolic link/);
	});

	it('is refused where it is a pipe, without waiting for a writer', function () {
		if (process.platform === 'win32') this.skip();
		execFileSync('mkfifo', [path]);
		refuses(/is no file/);
	});

	it('is refused where others may read or change it', function () {
		if (process.platform === 'win32') this.skip();
		for (const mode of [0o640, 0o604, 0o620, 0o666]) {
			write('ab'.repeat(32), mode);
			refuses(/by others \(mode 6\d\d\): chmod 600 it/);
		}
		write('ab'.repeat(32), 0o400);
		assert.equal(readKeyFile(path)?.length, 1);
	});

	it('is refused where it belongs to another user', function () {
		if (process.geteuid === undefined) this.skip();
		write('ab'.repeat(32));
		const { geteuid } = process;
		process.geteuid = () => geteuid.call(process) + 1;
		try {
			refuses(/belongs to the user/);
		} finally {
			process.geteuid = geteuid;
		}
	});

	it('says what to do where it cannot be made', () => {
		const nowhere = join(above, 'missing', 'store');
		assert.throws(() => makeKeyFile(keyFileOf(nowhere), nowhere), {
			code: 'ERR_SECRET_KEY',
			message: /cannot be made .*ENOENT.*set SLUICE_SECRET_KEY/,
		});
	});

	it('is not made on another disk than that of the store', function () {
		const disk = '/dev/shm';
		let isOther = false;
		try {
			isOther = statSync(disk).dev !== statSync(above).dev;
		} catch {
			// There is none on this system.
		}
		if (!isOther) this.skip();
		assert.throws(() => makeKeyFile(path, disk), {
			code: 'ERR_SECRET_KEY',
			message: /disk of its own/,
		});
	});
});
