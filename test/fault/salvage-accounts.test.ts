import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { Connection } from '../../core/buffer/stores/sqlite/connection';
import { withSalvageLock } from '../../core/buffer/stores/sqlite/salvage/salvage-lock';
import { salvageStore } from '../../core/buffer/stores/sqlite/salvage/salvage-store';
import {
	anExport,
	appendTexts,
	EXPORT_ID,
	FakeClock,
	LEASE,
	readRows,
	toText,
} from '../conformance/store-fixtures';
import { verifyStore } from './verify-store';

describe('what a salvage counts and keeps (S51)', function () {
	this.timeout(120_000);
	let directory = '';
	let clock = new FakeClock();
	let opened: Store[] = [];

	const open = async (path: string, warnings: string[] = []) => {
		const logger = {
			debug() {},
			info() {},
			error() {},
			warn: (text: string) => warnings.push(text),
		};
		const limits = { ballastBytes: 0 };
		const store = await openStore({ kind: 'sqlite', directory: path, clock, logger, limits });
		opened.push(store);
		return store;
	};
	const live = () => join(directory, 'live');
	const copy = () => join(directory, 'copy');

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-accounts-'));
		clock = new FakeClock();
		opened = [];
	});
	afterEach(async () => {
		for (const store of opened) await store.close();
		await rm(directory, { recursive: true, force: true });
	});

	/** Three rows, then commits of a row each, as a crash leaves them: all in the WAL. */
	const crash = async (commits: number) => {
		const store = await open(live());
		await store.putExport(anExport());
		await appendTexts(store, clock, ['a', 'b', 'c']);
		const walBytes = statSync(join(live(), 'store.db-wal')).size;
		for (let commit = 0; commit < commits; commit++) {
			await appendTexts(store, clock, [`lost ${commit}`]);
		}
		// Only in a test: reading the files of an open store drops its locks (S14).
		cpSync(live(), copy(), { recursive: true });
		await store.close();
		return { walBytes };
	};

	for (const lost of [0, 1, 2]) {
		it(`says that ${lost} acknowledged rows are missing when the WAL lost its last ${lost} commits (I13, S52)`, async () => {
			const { walBytes } = await crash(lost);
			truncateSync(join(copy(), 'store.db-wal'), walBytes);
			salvageStore(copy(), clock.now());
			const warnings: string[] = [];
			const store = await open(copy(), warnings);
			assert.equal((await store.stats()).missingRows, lost);
			assert.equal(warnings.length, lost === 0 ? 0 : 1);
			assert.equal((await store.counters())[0]?.rows, 3);
			await store.close();
			verifyStore(copy());
		});
	}

	const bounds = [
		{
			name: 'rows',
			conditions: { count: 3, sizeBytes: 50_000, timeMs: 60_000 },
			sizes: [3, 3, 3, 2],
		},
		{
			name: 'bytes',
			conditions: { count: 100, sizeBytes: 1_000, timeMs: 60_000 },
			sizes: [2, 2, 2, 1, 2, 2],
		},
	];
	for (const { name, conditions, sizes } of bounds) {
		it(`makes batches of no more ${name} than a limit allows of rows whose batch is gone (I12)`, async () => {
			const store = await open(live());
			// Batches are larger first, and chunks with them: the bounds fall inside of chunks.
			await store.putExport(
				anExport({ conditions: { ...conditions, count: 5, sizeBytes: 50_000 }, maxInFlight: 9 }),
			);
			const texts = Array.from({ length: 11 }, (_, index) =>
				`row ${index} `.padEnd(index === 6 ? 5_000 : 400, '.'),
			);
			await Promise.all(texts.map((text) => appendTexts(store, clock, [text])));
			for (let batch = 0; batch < 3; batch++)
				await store.claim(EXPORT_ID, { ...LEASE, flush: true });
			await store.putExport(anExport({ conditions, maxInFlight: 9 }));
			await store.close();
			// As if the pages of the batches were damaged.
			const database = new DatabaseSync(join(live(), 'store.db'));
			database.exec('DELETE FROM batch');
			database.close();
			salvageStore(live(), clock.now());
			verifyStore(live());
			const salvaged = await open(live());
			const batches: string[][] = [];
			for (;;) {
				const batch = await salvaged.claim(EXPORT_ID, LEASE);
				if (batch === undefined) break;
				batches.push((await readRows(batch)).map(toText));
			}
			assert.deepEqual(batches.flat(), texts);
			assert.deepEqual(
				batches.map(({ length }) => length),
				sizes,
			);
		});
	}

	const damages = [
		{ name: 'a whole WAL', damage: () => {} },
		{
			name: 'a WAL that is damaged in its middle',
			damage: (wal: string) => {
				const bytes = readFileSync(wal);
				bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 64);
				writeFileSync(wal, bytes);
			},
		},
	];
	for (const { name, damage } of damages) {
		it(`leaves the file and its WAL byte by byte as they were when it fails, with ${name}`, async () => {
			await crash(5);
			const [file, wal] = [join(copy(), 'store.db'), join(copy(), 'store.db-wal')];
			damage(wal);
			const before = [readFileSync(file), readFileSync(wal)];
			const fail = () => {
				const other = new Connection(file);
				other.exec('PRAGMA busy_timeout=0');
				assert.throws(() => other.get('SELECT count(*) FROM sqlite_schema'), { errcode: 5 });
				other.close();
				throw new Error('the disk is full');
			};
			assert.throws(() => withSalvageLock(copy(), fail), /the disk is full/);
			assert.deepEqual([readFileSync(file), readFileSync(wal)], before);
			assert.deepEqual(readdirSync(join(copy(), 'quarantine')), ['salvage.lock']);
			const left = readdirSync(copy()).sort();
			assert.deepEqual(left, ['owner.json', 'quarantine', 'store.db', 'store.db-wal', 'store.wit']);
		});
	}
});
