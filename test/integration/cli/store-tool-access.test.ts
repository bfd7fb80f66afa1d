import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../../core/buffer/open-store';
import { skipWithout } from '../../support/skip';

const TOOL = join(__dirname, '../../../dist/cli.js');
/** `nobody` on most systems; it need not exist. */
const SOMEBODY = 65_534;
const isRoot = process.getuid?.() === 0;

describe('sluice store (S54) on what it may not or cannot read', function () {
	this.timeout(60_000);
	let parent = '';
	let directory = '';

	before(async () => {
		parent = mkdtempSync(join(tmpdir(), 'sluice-access-'));
		await (await openStore({ kind: 'sqlite', directory: join(parent, 'sound') })).close();
	});
	beforeEach(() => {
		chmodSync(parent, 0o755);
		directory = mkdtempSync(join(parent, 'store-'));
		cpSync(join(parent, 'sound'), directory, { recursive: true });
	});
	after(() => rmSync(parent, { recursive: true }));

	const run = (args: readonly string[], user?: number) => {
		const sudo = user === undefined || isRoot ? [] : ['sudo', '-n', '-u', `#${user}`];
		const [command = '', ...rest] = [...sudo, process.execPath, TOOL, 'store', ...args];
		const { status, stdout, stderr } = spawnSync(command, rest, {
			...(user === undefined || !isRoot ? {} : { uid: user, gid: user }),
			encoding: 'utf8',
		});
		return { code: status, out: stdout, err: stderr };
	};

	describe('as another user', function () {
		before(function () {
			const can = isRoot || spawnSync('sudo', ['-n', '-u', `#${SOMEBODY}`, 'true']).status === 0;
			if (!can) skipWithout(this, 'right to run the tool as another user');
		});

		for (const { name, mode, fileMode } of [
			{ name: 'a directory that only its owner may write', mode: 0o755, fileMode: 0o644 },
			{ name: "files of somebody else, in everybody's directory", mode: 0o777, fileMode: 0o644 },
			{ name: 'a directory that only its owner may enter', mode: 0o700, fileMode: 0o600 },
		]) {
			it(`says who has to run it, and leaves nothing behind: ${name}`, () => {
				for (const file of readdirSync(directory)) chmodSync(join(directory, file), fileMode);
				chmodSync(directory, mode);
				const before = readdirSync(directory);
				for (const verb of ['inspect', 'verify', 'export']) {
					const { code, out, err } = run([verb, directory], SOMEBODY);
					assert.deepEqual([code, out], [1, '']);
					assert.match(err, /^sluice: ERR_STORE_UNAVAILABLE.*as the user that runs the host/);
					assert.doesNotMatch(err, /takes no hard links|expected a directory/);
				}
				assert.deepEqual(readdirSync(directory), before);
			});
		}

		it('says who has to run it where it may not look through the directory above', () => {
			chmodSync(parent, 0o700);
			for (const args of [['inspect'], ['replay', '--batch', '1']]) {
				const [verb = '', ...rest] = args;
				const { code, err } = run([verb, directory, ...rest], SOMEBODY);
				assert.equal(code, 1);
				assert.match(err, /EACCES.*as the user that runs the host/);
			}
		});
	});

	const places: { name: string; make: (path: string) => void }[] = [
		{ name: 'an empty file', make: (path) => writeFileSync(path, '') },
		{ name: 'a directory', make: (path) => mkdirSync(path) },
		{
			name: 'a database of something else',
			make: (path) => {
				const database = new DatabaseSync(path);
				database.exec('CREATE TABLE thing (id INTEGER)');
				database.close();
			},
		},
		{
			name: 'a database of something else with a table called meta',
			make: (path) => {
				const database = new DatabaseSync(path);
				database.exec('CREATE TABLE meta (name TEXT)');
				database.close();
			},
		},
		{
			name: 'a database without tables',
			make: (path) => {
				const database = new DatabaseSync(path);
				database.exec('PRAGMA auto_vacuum=INCREMENTAL; VACUUM');
				database.close();
			},
		},
	];
	for (const { name, make } of places) {
		it(`finds no store where store.db is ${name}, and makes none`, () => {
			for (const args of [['inspect'], ['verify'], ['export'], ['replay', '--batch', '1']]) {
				const place = mkdtempSync(join(parent, 'place-'));
				const path = join(place, 'store.db');
				make(path);
				const { size } = statSync(path);
				const [verb = '', ...rest] = args;
				const { code, out, err } = run([verb, place, ...rest]);
				assert.deepEqual([code, out], [2, ''], err);
				assert.match(err, /^sluice: ERR_CONFIG_INVALID: store\.directory: expected a directory/);
				assert.deepEqual(readdirSync(place), ['store.db']);
				assert.equal(statSync(path).size, size);
			}
		});
	}

	it('takes an empty file beside a log for damage', () => {
		truncateSync(join(directory, 'store.db'));
		writeFileSync(join(directory, 'store.db-wal'), 'of a store that was');
		for (const args of [['inspect'], ['export'], ['replay', '--batch', '1']]) {
			const [verb = '', ...rest] = args;
			const { code, err } = run([verb, directory, ...rest]);
			assert.equal(code, 1);
			assert.match(err, /^sluice: ERR_STORE_CORRUPT/);
			assert.equal(statSync(join(directory, 'store.db-wal')).size, 19);
		}
	});
});
