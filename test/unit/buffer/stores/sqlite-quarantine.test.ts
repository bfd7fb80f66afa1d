import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../../../core/buffer/open-store';
import type { Store } from '../../../../core/buffer/store';
import {
	anExport,
	appendEvent,
	aRow,
	claimBatch,
	FakeClock,
	readTexts,
} from '../../../conformance/store-fixtures';
import { verifyStore } from '../../../fault/verify-store';

const conditions = { count: 10, sizeBytes: 10_000, timeMs: 60_000 };

describe('a chunk of a sqlite store that is put in quarantine (S50)', function () {
	this.timeout(20_000);
	let directory = '';
	let clock = new FakeClock();
	let opened: Store[] = [];
	let warnings: string[] = [];

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-quarantine-'));
		clock = new FakeClock();
		opened = [];
		warnings = [];
	});
	afterEach(async () => {
		for (const store of opened) await store.close();
		await rm(directory, { recursive: true, force: true });
	});

	const open = async () => {
		const warn = (text: string) => warnings.push(text);
		const logger = { debug() {}, info() {}, error() {}, warn };
		const store = await openStore({ kind: 'sqlite', directory, clock, logger });
		opened.push(store);
		return store;
	};
	const append = (store: Store, texts: string[], receivedAt = clock.now()) =>
		appendEvent(store, {
			rows: texts.map((text) => aRow(clock, text, { receivedAt })),
		});
	const damage = (set: string, seq: number) => {
		const database = new DatabaseSync(join(directory, 'store.db'));
		database.prepare(`UPDATE chunk SET ${set} WHERE seq = ?`).run(seq);
		database.close();
	};
	/** Two of the four rows of the first chunk are in a batch, two wait, and then the rows of the later chunks. */
	const splitFirstChunk = async (...later: string[]) => {
		const store = await open();
		await store.putExport(anExport({ conditions }));
		await append(store, ['1', '2', '3', '4']);
		await store.putExport(anExport({ conditions: { ...conditions, count: 2 } }));
		for (const text of later) {
			clock.advance(30_000);
			await append(store, [text]);
		}
		await store.settle((await claimBatch(store)).lease, { kind: 'release' });
		await store.close();
		damage('body = zeroblob(length(body))', 1);
	};

	it('by a read no longer makes the rows that wait behind it look older than they are (I10)', async () => {
		const firstAt = clock.now();
		await splitFirstChunk('5', '6');
		const store = await open();
		assert.equal((await store.counters())[0]?.oldestAt, firstAt);
		const batch = await claimBatch(store);
		await assert.rejects(readTexts(batch), { code: 'ERR_LEASE_LOST' });
		const [counters] = await store.counters();
		assert.deepEqual([counters?.rows, counters?.oldestAt], [2, firstAt + 30_000]);
		await store.close();
		// The store would have gone on with what it had written.
		const [again] = await (await open()).counters();
		assert.equal(again?.oldestAt, firstAt + 30_000);
		await opened.at(-1)?.close();
		verifyStore(directory);
	});

	it('by a read leaves no age where nothing waits any more (I10)', async () => {
		await splitFirstChunk();
		const store = await open();
		await assert.rejects(readTexts(await claimBatch(store)), { code: 'ERR_LEASE_LOST' });
		const [counters] = await store.counters();
		assert.deepEqual([counters?.rows, counters?.oldestAt], [0, undefined]);
	});

	it('by a claim lets the claim go on with the next chunk, the last of those that wait (I10)', async () => {
		const store = await open();
		await store.putExport(anExport({ conditions }));
		for (const texts of [['1', '2'], ['3', '4', '5'], ['6']]) await append(store, texts);
		await store.close();
		// A limit falls into it, so that the claim reads it.
		damage('body = zeroblob(length(body))', 3);
		const again = await open();
		await again.putExport(anExport({ conditions: { ...conditions, count: 4 } }));
		assert.deepEqual(await readTexts(await claimBatch(again, { flush: true })), ['1', '2', '6']);
		const [counters] = await again.counters();
		assert.deepEqual([counters?.rows, counters?.oldestAt, counters?.deadRows], [0, undefined, 3]);
	});
});
