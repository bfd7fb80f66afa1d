import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { systemClock } from '../../core/runtime/clock';
import {
	anExport,
	appendTexts,
	claimBatch,
	EXPORT_ID,
	readTexts,
} from '../conformance/store-fixtures';

/** Damage that leaves a record which SQLite reads, and JSON that is JSON (S51). */
describe('a sqlite store with a damaged record', function () {
	this.timeout(60_000);
	let directory = '';
	let store: Store | undefined;

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-record-'));
	});
	afterEach(async () => {
		await store?.close();
		store = undefined;
		await rm(directory, { recursive: true, force: true });
	});

	for (const [what, sql] of [
		['an export', `UPDATE export SET config = replace(config, '"receiverId"', '"receiverIe"')`],
		['the store itself', 'UPDATE meta SET format = 0'],
	] as const) {
		it(`has every row when it is that of ${what}`, async () => {
			store = await openStore({ kind: 'sqlite', directory });
			await store.putExport(anExport());
			await appendTexts(store, systemClock, ['a', 'b', 'c']);
			await store.close();
			const database = new DatabaseSync(join(directory, 'store.db'));
			assert.equal(database.prepare(sql).run().changes, 1);
			database.close();
			store = await openStore({ kind: 'sqlite', directory });
			assert.equal((await store.listExports())[0]?.receiverId, 'receiver');
			assert.equal((await store.counters())[0]?.exportId, EXPORT_ID);
			assert.deepEqual(await readTexts(await claimBatch(store)), ['a', 'b', 'c']);
			assert.match((await store.stats()).warnings.join('\n'), /was made anew/);
		});
	}
});
