import assert from 'node:assert/strict';
import {
	cpSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../core/buffer/open-store';
import { DeliveryError } from '../../core/errors';
import type { Store } from '../../core/buffer/store';
import {
	anExport,
	appendTexts,
	claimBatch,
	EXPORT_ID,
	FakeClock,
	LEASE,
	readRows,
	toText,
} from '../conformance/store-fixtures';
import { verifyStore } from './verify-store';

const ROW_COUNT = 40;
const conditions = { count: 1_000, sizeBytes: 50_000_000, timeMs: 60_000 };

describe('a damaged sqlite store (S76)', function () {
	this.timeout(120_000);
	let directory = '';
	let damaged = '';
	let clock = new FakeClock();
	let opened: Store[] = [];

	const open = async (path: string, warnings: string[] = []) => {
		const logger = {
			debug() {},
			info() {},
			error() {},
			warn: (text: string) => warnings.push(text),
		};
		const store = await openStore({ kind: 'sqlite', directory: path, clock, logger });
		opened.push(store);
		return store;
	};
	const texts = (from: number, count: number) =>
		Array.from({ length: count }, (_, index) => `row ${from + index} `.padEnd(500, '.'));

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-damage-'));
		damaged = join(directory, 'copy');
		clock = new FakeClock();
		opened = [];
	});
	afterEach(async () => {
		for (const store of opened) await store.close();
		await rm(directory, { recursive: true, force: true });
	});

	describe('whose WAL lost commits', () => {
		/** 40 appends of one row each, all in the WAL, copied while the store is open: as a crash leaves it. */
		const copyWithWal = async () => {
			const store = await open(join(directory, 'live'));
			await store.putExport(anExport({ conditions }));
			for (const text of texts(0, ROW_COUNT)) await appendTexts(store, clock, [text]);
			copyLive(join(directory, 'live'), damaged);
			await store.close();
		};
		const wal = () => join(damaged, 'store.db-wal');

		it('has every row and no warning when the WAL is whole', async () => {
			await copyWithWal();
			const warnings: string[] = [];
			const store = await open(damaged, warnings);
			assert.equal((await store.counters())[0]?.rows, ROW_COUNT);
			assert.deepEqual([(await store.stats()).missingRows, warnings], [0, []]);
		});

		it('reports every row missing when the WAL was deleted', async () => {
			await copyWithWal();
			rmSync(wal());
			const warnings: string[] = [];
			const store = await open(damaged, warnings);
			const stats = await store.stats();
			assert.equal(stats.missingRows, ROW_COUNT);
			assert.match(warnings[0] ?? '', /^40 acknowledged rows are missing/);
			assert.deepEqual(stats.warnings, warnings);
		});

		for (const share of [0.3, 0.6, 0.9]) {
			it(`reports exactly the rows that are gone when the WAL is cut at ${share * 100} %`, async () => {
				await copyWithWal();
				truncateSync(wal(), Math.floor(statSync(wal()).size * share));
				const store = await open(damaged);
				const left = (await store.counters())[0]?.rows ?? 0;
				assert.ok(left > 0 && left < ROW_COUNT, `${left} rows are left`);
				assert.equal((await store.stats()).missingRows, ROW_COUNT - left);
			});

			it(`reports exactly the rows that are gone when bytes flip at ${share * 100} %`, async () => {
				await copyWithWal();
				flipBytes(wal(), Math.floor(statSync(wal()).size * share), 64);
				const store = await open(damaged);
				const left = (await store.counters())[0]?.rows ?? 0;
				assert.ok(left < ROW_COUNT);
				assert.equal((await store.stats()).missingRows, ROW_COUNT - left);
			});
		}

		it('reports once, remembers, and gives no id twice (I20)', async () => {
			const store = await open(join(directory, 'live'));
			await store.putExport(anExport({ conditions, maxInFlight: 9 }));
			await appendTexts(store, clock, texts(0, 5));
			await store.close();
			const again = await open(join(directory, 'live'));
			await appendTexts(again, clock, texts(5, 5));
			const lost = await claimBatch(again, { flush: true });
			const lostIds = (await readRows(lost)).map((row) => row.rowId);
			copyLive(join(directory, 'live'), damaged);
			await again.close();
			rmSync(wal());

			await (await open(damaged)).close();
			const warnings: string[] = [];
			const third = await open(damaged, warnings);
			assert.deepEqual(warnings, []);
			assert.equal((await third.stats()).missingRows, 5);
			const batch = await claimBatch(third, { flush: true });
			assert.notEqual(batch.idempotencyKey, lost.idempotencyKey);
			const rows = await readRows(batch);
			assert.deepEqual(rows.map(toText), texts(0, 5));
			assert.ok(rows.every((row) => !lostIds.includes(row.rowId)));
		});

		it('says that it cannot be checked when the witness is gone or broken too', async () => {
			await copyWithWal();
			rmSync(join(damaged, 'store.wit'));
			const warnings: string[] = [];
			await (await open(damaged, warnings)).close();
			assert.match(warnings[0] ?? '', /cannot be checked/);
			flipBytes(join(damaged, 'store.wit'), 10, 4);
			const again: string[] = [];
			await open(damaged, again);
			assert.match(again[0] ?? '', /damaged.*cannot be checked/);
		});

		it('says so when the database itself is gone', async () => {
			await copyWithWal();
			rmSync(join(damaged, 'store.db'));
			rmSync(wal());
			const store = await open(damaged);
			assert.equal((await store.stats()).missingRows, ROW_COUNT);
		});
	});

	describe('with a damaged chunk (S50)', () => {
		/** Three chunks of 30 KB in the database file; the middle one is damaged. */
		const prepare = async (count = conditions.count, damage = damageText) => {
			const path = join(directory, 'live');
			const store = await open(path);
			const limits = { ...conditions, count };
			await store.putExport(anExport({ conditions: limits, maxInFlight: 5 }));
			for (const part of [0, 1, 2]) {
				await Promise.all(texts(part * 60, 60).map((text) => appendTexts(store, clock, [text])));
			}
			await store.close();
			damage(join(path, 'store.db'), 'row 100 ');
			return path;
		};
		const intact = [...texts(0, 60), ...texts(120, 60)];

		it('delivers the others, puts the damaged one in quarantine and a dead letter in its place', async () => {
			const path = await prepare();
			const warnings: string[] = [];
			const store = await open(path, warnings);
			const batch = await claimBatch(store, { flush: true });
			const rows = await readRows(batch);
			assert.deepEqual(rows.map(toText), intact);
			assert.deepEqual(
				rows.map((row) => row.rowId),
				[...range(1, 60), ...range(121, 180)],
			);
			assert.equal((await store.stats()).quarantinedRows, 60);
			assert.match(warnings[0] ?? '', /^60 rows of export receiver\/orders \(sequence 61 to 120/);
			const [letter] = await store.deadLetters();
			assert.deepEqual([letter?.count, letter?.error.code], [60, 'ERR_STORE_CORRUPT']);
			assert.ok(letter);
			await assert.rejects(readRows(letter), { code: 'ERR_STORE_CORRUPT' });
			await assert.rejects(store.replay({ batchId: letter.batchId }), {
				code: 'ERR_STORE_CORRUPT',
			});
			const files = readdirSync(join(path, 'quarantine')).sort();
			assert.deepEqual(files, ['export-1-61.bin', 'export-1-61.json']);
			await store.settle(batch.lease, { kind: 'ack' });
			const [c] = await store.counters();
			assert.deepEqual([c?.ackedTotal, c?.deadRows, c?.openRows, c?.rows], [120, 60, 0, 0]);
			await store.close();
			verifyStore(path);
		});

		it('gives a batch whose first rows SQLite cannot read, and makes the database anew behind it (S51)', async () => {
			const path = await prepare(conditions.count, damageChain);
			const warnings: string[] = [];
			const store = await open(path, warnings);
			const batch = await claimBatch(store, { flush: true });
			assert.equal(batch.count, 180, 'it was claimed before, and is given');
			// Not only when somebody reads them: the claim has brought the damage to light.
			await store.counters();
			const [found = '', anew = ''] = warnings;
			assert.match(found, /^the store is damaged: .*store verify/);
			assert.match(anew, /^the database of the store was damaged and was made anew: 180 rows/);
			const rows = await readRows(batch);
			assert.deepEqual(rows.map(toText), intact);
			assert.deepEqual(
				rows.map((row) => row.rowId),
				[...range(1, 60), ...range(121, 180)],
			);
			await store.settle(await store.renew(batch.lease), { kind: 'ack' });
			const [c] = await store.counters();
			assert.deepEqual([c?.ackedTotal, c?.deadRows, c?.openRows, c?.rows], [120, 60, 0, 0]);
			const { quarantinedRows, missingRows } = await store.stats();
			assert.deepEqual([quarantinedRows, missingRows], [60, 0]);
			await appendTexts(store, clock, ['after']);
			assert.deepEqual((await readRows(await claimBatch(store, { flush: true }))).map(toText), [
				'after',
			]);
			await store.close();
			verifyStore(path);
		});

		it('keeps positions of a split in step with what was read', async () => {
			const path = await prepare();
			const store = await open(path);
			const batch = await claimBatch(store, { flush: true });
			const read = (await readRows(batch)).map(toText);
			const error = new DeliveryError('ERR_BATCH_PARTIAL', 'two');
			await store.settle(batch.lease, { kind: 'split', retry: [59, 60], dead: [], error });
			const again = await claimBatch(store);
			assert.deepEqual((await readRows(again)).map(toText), [read[59], read[60]]);
			await store.close();
			verifyStore(path);
		});

		it('also when a limit falls into it while it waits', async () => {
			const path = await prepare();
			const store = await open(path);
			await store.putExport(anExport({ conditions: { ...conditions, count: 50 }, maxInFlight: 9 }));
			const seen: string[] = [];
			for (;;) {
				const batch = await store.claim(EXPORT_ID, { ...LEASE, flush: true });
				if (batch === undefined) break;
				seen.push(...(await readRows(batch)).map(toText));
				await store.settle(batch.lease, { kind: 'ack' });
			}
			assert.deepEqual(seen, intact);
			const [c] = await store.counters();
			assert.deepEqual([c?.rows, c?.bytes, c?.deadRows, c?.ackedTotal], [0, 0, 60, 120]);
			await store.close();
			verifyStore(path);
		});
	});
});

/** Reads the files of a store that is open. Only in a test: it drops the locks of this process (S14). */
function copyLive(from: string, to: string): void {
	cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('owner.json') });
}

function flipBytes(path: string, at: number, count: number): void {
	const bytes = readFileSync(path);
	for (let index = at; index < at + count && index < bytes.length; index++) {
		bytes[index] = (bytes[index] ?? 0) ^ 0xff;
	}
	writeFileSync(path, bytes);
}

function damageText(path: string, text: string): void {
	const bytes = readFileSync(path);
	const at = bytes.indexOf(text);
	assert.ok(at > 0, `${text} is in the file`);
	flipBytes(path, at, 4);
}

/** Of the page that has the text the number of the one behind it: SQLite cannot read what goes on there. */
function damageChain(path: string, text: string): void {
	const bytes = readFileSync(path);
	const at = bytes.indexOf(text);
	assert.ok(at > 0, `${text} is in the file`);
	flipBytes(path, at - (at % bytes.readUInt16BE(16)), 4);
}

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
