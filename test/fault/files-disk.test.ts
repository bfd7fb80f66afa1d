import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSink } from '../../core/sink/create-sink';
import type { Sink } from '../../core/sink/sink';
import { fakeAttempt } from '../support/fake-attempt';
import { fakeBatch } from '../support/fake-batch';
import { fileRows } from '../support/read-files';
import { mountSmallDisk, unmountSmallDisk } from '../support/small-disk';

const WHO = { exportId: 'r/e', label: 'e' };

describe('the disk under a files sink', () => {
	let disk = '';
	let sink: Sink;

	beforeEach(async function () {
		disk = await mountSmallDisk(this, 1);
		sink = createSink({ kind: 'files', directory: 'd' }, { directories: () => disk, who: WHO });
	});
	afterEach(async () => {
		await sink.close?.();
		await unmountSmallDisk(disk);
	});

	const deliver = (key: string, text: string) =>
		sink.deliver(
			fakeBatch({ payloads: [Buffer.from(JSON.stringify({ text }))], idempotencyKey: key }),
			fakeAttempt(),
		);
	const refused = async (key: string, text: string, reason: RegExp): Promise<void> => {
		const outcome = await deliver(key, text);
		assert(outcome.kind === 'retry', outcome.kind);
		assert.equal(outcome.error.code, 'ERR_SINK_UNAVAILABLE');
		assert.match(outcome.error.message, reason);
	};
	const rows = (): string[] => fileRows(disk).map((row) => (row as { text: string }).text);

	it('is full in the middle of a batch: it comes again, and nothing of it is there before', async () => {
		assert.equal((await deliver('a', 'a')).kind, 'ack');
		const { bavail, bsize } = statfsSync(disk);
		writeFileSync(join(disk, '.filler'), Buffer.alloc((bavail - 20) * bsize));
		const large = 'b'.repeat(500_000);
		await refused('b', large, /no space is left on the disk: make room there \(ENOSPC\)/);
		await refused('b', large, /ENOSPC/);
		rmSync(join(disk, '.filler'));
		assert.equal((await deliver('b', large)).kind, 'ack');
		await sink.close?.();
		assert.deepEqual(rows(), ['a', large]);
	});

	it('becomes read-only, and goes on when it is writable', async () => {
		assert.equal((await deliver('a', 'a')).kind, 'ack');
		await sink.close?.();
		sink = createSink({ kind: 'files', directory: 'd' }, { directories: () => disk, who: WHO });
		execFileSync('mount', ['-o', 'remount,ro', disk]);
		await refused('b', 'b', /the file system is read-only.* \(EROFS\)/);
		execFileSync('mount', ['-o', 'remount,rw', disk]);
		assert.equal((await deliver('b', 'b')).kind, 'ack');
		await sink.close?.();
		assert.deepEqual(rows(), ['a', 'b']);
	});
});
