import assert from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { systemClock } from '../../core/runtime/clock';
import {
	anExport,
	aRow,
	claimBatch,
	EXPORT_ID,
	LEASE,
	readTexts,
} from '../conformance/store-fixtures';
import { verifyStore } from './verify-store';

describe('salvage of a store in which rows are held for their keys (S51, I22)', () => {
	let directory = '';

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-key-salvage-'));
	});
	afterEach(async () => {
		await rm(directory, { recursive: true, force: true });
	});

	for (const table of ['held', 'batch', 'export']) {
		it(`gives every row, and counts right, where the page of ${table} is damaged`, async () => {
			const store = await openStore({ kind: 'sqlite', directory });
			await store.putExport(anExport({ order: 'key', maxInFlight: 9 }));
			await append(store, 'a1 b1 a2 b2 a3 c1 d1 e1 a4');
			await claimBatch(store);
			const other = await claimBatch(store);
			assert.deepEqual(await readTexts(other), ['c1', 'd1', 'e1']);
			await store.settle(other.lease, { kind: 'ack' });
			await append(store, 'f1 a5');
			await store.close();
			damage(table);
			const salvaged = await openStore({ kind: 'sqlite', directory });
			const seen: string[] = [];
			for (;;) {
				const batch = await salvaged.claim(EXPORT_ID, { ...LEASE, flush: true });
				if (batch === undefined) break;
				seen.push(...(await readTexts(batch)));
				await salvaged.settle(batch.lease, { kind: 'ack' });
			}
			assert.deepEqual(seen.toSorted(), ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'f1']);
			await salvaged.close();
			verifyStore(directory);
		});
	}

	function damage(table: string): void {
		const path = join(directory, 'store.db');
		const database = new DatabaseSync(path);
		const found = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table);
		const size = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
		database.close();
		const file = openSync(path, 'r+');
		writeSync(file, Buffer.alloc(size, 0x5a), 0, size, (Number(found?.['rootpage']) - 1) * size);
		closeSync(file);
	}
});

async function append(store: Store, texts: string): Promise<void> {
	for (const text of texts.split(' ')) {
		const row = aRow(systemClock, text, { sequenceKey: text.slice(0, 1) });
		await store.append({ receiverId: 'receiver', events: [{ rows: [row] }] });
	}
}
