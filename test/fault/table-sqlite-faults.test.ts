import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountMemory, unmount } from '../support/fewer-rights';
import { skipWithout } from '../support/skip';
import { assertKept, batchOf, useTables } from './table-world';

describe('faults of a SQLite file that tables are in', function () {
	this.timeout(60_000);
	const { open, deliver } = useTables();
	let directory = '';
	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-table-'));
	});
	afterEach(async () => {
		await rm(directory, { recursive: true, force: true });
	});

	it('waits for a folder that is not there', async () => {
		const file = join(directory, 'later', 'target.db');
		const sink = open({ kind: 'sqlite', file });
		const batch = batchOf(['1', 'a']);
		assertKept(await deliver(sink, batch), false, 'ERR_SINK_UNAVAILABLE');
		await mkdir(join(directory, 'later'));
		assert.equal((await deliver(sink, batch)).kind, 'ack');
	});

	it('waits where the file is none of a database, and leaves it as it is', async () => {
		const file = join(directory, 'notes.txt');
		await writeFile(file, 'hello'.repeat(500));
		assertKept(await deliver(open({ kind: 'sqlite', file })), false, 'ERR_SINK_UNAVAILABLE');
		assert.equal(await readFile(file, 'utf8'), 'hello'.repeat(500));
	});

	it('pauses before it opens a file where a store has come, and is not begun where one is', async () => {
		for (const file of [join(directory, 'store.db'), join(directory, 'beside.db')]) {
			const sink = open({ kind: 'sqlite', file });
			await writeFile(join(directory, 'store.wit'), '');
			assertKept(await deliver(sink), true, 'ERR_TABLE_MISMATCH');
			await assert.rejects(readFile(file));
			assert.throws(() => open({ kind: 'sqlite', file }), /store of Sluice/);
			await rm(join(directory, 'store.wit'));
		}
	});

	it('waits for room on a full disk, and loads all of it then', async function () {
		const place = join(directory, 'small');
		await mkdir(place);
		if (!mountMemory(place, 'size=8m')) skipWithout(this, 'right to mount a disk');
		try {
			const sink = open({ kind: 'sqlite', file: join(place, 'target.db') });
			assert.equal((await deliver(sink)).kind, 'ack');
			await writeFile(join(place, 'ballast'), Buffer.alloc(7_300_000));
			const batch = batchOf(['2', 'x'.repeat(1_000_000)]);
			assertKept(await deliver(sink, batch), false, 'ERR_SINK_UNAVAILABLE');
			await rm(join(place, 'ballast'));
			assert.equal((await deliver(sink, batch)).kind, 'ack');
			await sink.close?.();
		} finally {
			unmount(place);
		}
	});
});
