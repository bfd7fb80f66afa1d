import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLimits } from '../../core/buffer/stores/sqlite/check-options';
import { SqliteStore } from '../../core/buffer/stores/sqlite/sqlite-store';
import { WorkerClient } from '../../core/buffer/stores/sqlite/worker-client';
import { systemClock } from '../../core/runtime/clock';
import { anExport, appendTexts } from '../conformance/store-fixtures';

describe('a sqlite store whose worker is in a call that does not return', function () {
	if (process.platform === 'win32') return;
	let directory = '';
	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), 'sluice-deadline-'));
	});
	afterEach(() => {
		rmSync(directory, { recursive: true });
	});

	it('is closed when its time is up, and says so', async () => {
		const warnings: string[] = [];
		const client = await WorkerClient.start({
			directory,
			limits: checkLimits({ minFreeBytes: 0 }),
			durability: 'normal',
			clock: systemClock,
			warn: (text) => warnings.push(text),
			closeDeadlineMs: 500,
		});
		const store = new SqliteStore(client, { directory, clock: systemClock });
		await store.putExport(anExport());
		// As a disk that hangs: who opens a pipe for writing waits for its reader. The ballast is written when all else is done.
		const pipe = join(directory, 'ballast.bin');
		execFileSync('mkfifo', [pipe]);
		await appendTexts(store, systemClock, ['x'.repeat(2 * 1024 ** 2)]);
		await store.close();
		assert.match(warnings.join('\n'), /the store did not close within 500 ms/);
		// Lets the thread end; what it writes is read.
		const reader = createReadStream(pipe).resume();
		await new Promise<void>((resolve) => reader.once('close', resolve));
	});
});
