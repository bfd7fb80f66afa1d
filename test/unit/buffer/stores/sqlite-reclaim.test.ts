import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '../../../../core/buffer/stores/sqlite/connection';
import type { Engine } from '../../../../core/buffer/stores/sqlite/engine';
import { Housekeeper } from '../../../../core/buffer/stores/sqlite/housekeeper';
import { readPragma } from '../../../../core/buffer/stores/sqlite/pragmas';

const MB = 1024 ** 2;

describe('free pages of a sqlite store (S47)', () => {
	let directory: string;
	let connection: Connection;
	let engine: Engine;
	let freeBytes: number;
	let keeper: Housekeeper;

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-reclaim-'));
		connection = new Connection(join(directory, 'store.db'));
		connection.exec('PRAGMA auto_vacuum=INCREMENTAL; CREATE TABLE t (body BLOB)');
		for (let i = 0; i < 24; i++) connection.run('INSERT INTO t VALUES (zeroblob(?))', MB);
		engine = { connection } as Engine;
		freeBytes = 900 * MB;
		const limits = { minFreeBytes: 100 * MB, ballastBytes: 0 } as never;
		const measure = () => ({ freeBytes, totalBytes: 1_000 * MB });
		keeper = new Housekeeper({ directory, limits }, () => {}, measure);
	});
	afterEach(async () => {
		connection.close();
		await rm(directory, { recursive: true });
	});

	const free = (): number => Number(readPragma(connection, 'freelist_count'));

	it('stay for the rows to come while there is little of them', () => {
		connection.exec('DELETE FROM t WHERE rowid <= 12');
		assert.equal(keeper.step(engine, 1_000_000), undefined);
		assert.ok(free() > 0);
	});

	it('are given back once nothing has happened for a while', () => {
		connection.exec('DELETE FROM t');
		keeper.noteGroup(10_000);
		assert.equal(keeper.step(engine, 10_050), 0, 'the first step waits for nothing');
		const before = free();
		keeper.noteGroup(10_100);
		assert.equal(keeper.step(engine, 10_150), 150);
		assert.equal(free(), before);
		assert.equal(keeper.step(engine, 10_300), 0);
		assert.ok(free() < before);
	});

	it('are given back a step in two seconds while rows come and go', () => {
		connection.exec('DELETE FROM t');
		const steps: number[] = [];
		for (let now = 10_000; now < 13_000; now += 10) {
			keeper.noteGroup(now);
			if (keeper.step(engine, now) === 0) steps.push(now);
		}
		assert.deepEqual(steps, [10_000, 12_000]);
	});

	it('are given back at once where the disk is nearly full', () => {
		connection.exec('DELETE FROM t WHERE rowid <= 2');
		freeBytes = 10 * MB;
		keeper.measure();
		const before = free();
		keeper.noteGroup(10_000);
		assert.equal(keeper.step(engine, 10_000), 0);
		assert.ok(free() < before);
	});
});
