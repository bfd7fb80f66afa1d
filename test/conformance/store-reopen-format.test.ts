import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { FORMAT } from '../../core/buffer/stores/sqlite/schema';
import { encodedLength, encodeRow } from '../../core/buffer/stores/row-codec';
import { verifyStore } from '../fault/verify-store';
import {
	anExport,
	appendTexts,
	aRow,
	claimBatch,
	EXPORT_ID,
	FakeClock,
	readTexts,
	toText,
} from './store-fixtures';

/**
 * Format 1 as release 0.1.0 wrote it. A fixture, not the code: what was released does not change. To add a format: another
 * fixture.
 */
const FORMAT_1 = `
PRAGMA auto_vacuum=INCREMENTAL;
PRAGMA journal_mode=WAL;
CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), store_id TEXT NOT NULL, created_at INTEGER NOT NULL,
	format INTEGER NOT NULL, commit_number INTEGER NOT NULL, appended_rows INTEGER NOT NULL, next_batch INTEGER NOT NULL,
	last_seen_at INTEGER NOT NULL, missing_rows INTEGER NOT NULL, quarantined_rows INTEGER NOT NULL);
CREATE TABLE export (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, config TEXT NOT NULL, state TEXT NOT NULL,
	is_draining INTEGER NOT NULL, is_removed INTEGER NOT NULL, fingerprint TEXT NOT NULL, revision INTEGER NOT NULL,
	next_seq INTEGER NOT NULL, claim_seq INTEGER NOT NULL, next_row_id INTEGER NOT NULL, oldest_at REAL, arrived_at REAL,
	tally TEXT NOT NULL);
CREATE TABLE revision (export INTEGER NOT NULL, number INTEGER NOT NULL, output TEXT NOT NULL, columns TEXT,
	PRIMARY KEY (export, number)) WITHOUT ROWID;
CREATE TABLE chunk (export INTEGER NOT NULL, seq INTEGER NOT NULL, n INTEGER NOT NULL, bytes INTEGER NOT NULL, at REAL NOT NULL,
	last_at REAL NOT NULL, arrived_at REAL NOT NULL, revision INTEGER NOT NULL, crc INTEGER NOT NULL, left_rows INTEGER NOT NULL,
	body BLOB NOT NULL, PRIMARY KEY (export, seq));
CREATE TABLE batch (id INTEGER PRIMARY KEY, export INTEGER NOT NULL, revision INTEGER NOT NULL, parts TEXT NOT NULL,
	n INTEGER NOT NULL, bytes INTEGER NOT NULL, first_at REAL NOT NULL, last_at REAL NOT NULL, arrived_at REAL NOT NULL,
	state TEXT NOT NULL, reason TEXT NOT NULL, token INTEGER NOT NULL, owner TEXT, attempts INTEGER NOT NULL,
	next_at REAL NOT NULL, dead_at REAL NOT NULL, error_code TEXT, error_message TEXT, origin INTEGER);
CREATE INDEX batch_due ON batch (export, state, next_at, id);
CREATE INDEX batch_dead ON batch (dead_at, id) WHERE state = 'dead';
CREATE TABLE dedupe (receiver TEXT NOT NULL, key TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (receiver, key)) WITHOUT ROWID;
CREATE INDEX dedupe_until ON dedupe (until);
CREATE TABLE latest (export INTEGER NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, order_key TEXT, row BLOB NOT NULL,
	PRIMARY KEY (export, key));
`;
const STORE_ID = '01234567-89ab-cdef-0123-456789abcdef';

describe('a store of an older format (S17)', () => {
	let directory = '';
	let clock = new FakeClock();
	let store: Store | undefined;

	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), 'sluice-format-'));
		clock = new FakeClock();
	});
	afterEach(async () => {
		await store?.close();
		store = undefined;
		rmSync(directory, { recursive: true });
	});

	const open = async (warnings: string[] = []) => {
		const logger = {
			debug() {},
			info() {},
			error() {},
			warn: (text: string) => warnings.push(text),
		};
		store = await openStore({ kind: 'sqlite', directory, clock, logger });
		return store;
	};

	/** Two rows that wait, and one latest row per key. */
	const writeFormat1 = (keys: readonly string[]) => {
		const database = new DatabaseSync(join(directory, 'store.db'));
		database.exec(FORMAT_1);
		const now = clock.now();
		const run = (sql: string, ...values: (string | number | null | Uint8Array)[]) =>
			database.prepare(sql).run(...values);
		run('INSERT INTO meta VALUES (1, ?, ?, 1, 3, 2, 10, ?, 0, 0)', STORE_ID, now, now);
		const tally = JSON.stringify({
			...{ rows: 2, bytes: 4, acceptedTotal: 3, deadBatches: 1, deadRows: 1, buriedTotal: 1 },
		});
		run(
			`INSERT INTO batch VALUES (9, 1, 0, '[]', 1, 7, ?, ?, ?, 'dead', 'damaged', 0, NULL, 0, 0, ?, 'ERR_X', 'gone', NULL)`,
			...[now, now, now, now],
		);
		const config = JSON.stringify(
			anExport({ conditions: { count: 2, sizeBytes: 100, timeMs: 1_000 } }),
		);
		run(
			`INSERT INTO export VALUES (1, ?, ?, 'ACTIVE', 0, 0, '{"output":"record"}', 1, 3, 1, 1, ?, ?, ?)`,
			EXPORT_ID,
			config,
			now,
			now,
			tally,
		);
		run(`INSERT INTO revision VALUES (1, 1, 'record', NULL)`);
		const encode = (text: string, latestKey?: string) => {
			const row = aRow(clock, text, latestKey === undefined ? {} : { latestKey });
			const bytes = Buffer.alloc(encodedLength(row));
			encodeRow(row, bytes, 0);
			return bytes;
		};
		const body = Buffer.concat([encode('r1'), encode('r2')]);
		run(
			`INSERT INTO chunk VALUES (1, 1, 2, 4, ?, ?, ?, 1, ?, 2, ?)`,
			now,
			now,
			now,
			crc32(body),
			body,
		);
		for (const key of keys) {
			run(`INSERT INTO latest VALUES (1, ?, 1, NULL, ?)`, key, encode(`latest ${key}`, key));
		}
		database.close();
	};
	const sql = <T>(text: string): T[] => {
		const database = new DatabaseSync(join(directory, 'store.db'));
		try {
			return database.prepare(text).all() as T[];
		} finally {
			database.close();
		}
	};

	it('becomes one of this format with everything that is in it', async () => {
		const keys = Array.from({ length: 30 }, (_, index) => `key ${String(index).padStart(2, '0')}`);
		writeFormat1(keys);
		const opened = await open();
		assert.equal(opened.id, STORE_ID);
		assert.deepEqual(
			(await opened.latest(EXPORT_ID)).map(toText),
			keys.map((key) => `latest ${key}`),
		);
		assert.equal((await opened.counters())[0]?.deadBytes, 7, 'dead letters count for the quota');
		assert.deepEqual(await readTexts(await claimBatch(opened)), ['r1', 'r2']);
		await opened.close();
		assert.deepEqual(sql<{ format: number }>('SELECT format FROM meta')[0]?.format, FORMAT);
		assert.equal(sql('SELECT * FROM spare').length, 1);
		verifyStore(directory);
	});

	it('stays as it was when it cannot become one', async () => {
		writeFormat1(['a']);
		// What the migration needs is in its way: the whole transaction goes.
		const database = new DatabaseSync(join(directory, 'store.db'));
		database.exec('CREATE TABLE spare (x)');
		database.close();
		await assert.rejects(open(), { code: 'ERR_STORE_UNAVAILABLE' });
		assert.deepEqual(sql<{ format: number }>('SELECT format FROM meta')[0]?.format, 1);
		assert.ok(
			!sql<{ name: string }>('PRAGMA table_info(latest)').some(({ name }) => name === 'crc'),
		);
		assert.equal(sql('SELECT * FROM latest').length, 1);
	});

	it('can be looked at without being changed', () => {
		writeFormat1(['a']);
		assert.throws(() => verifyStore(directory), /no checksums before store format 2/);
		assert.deepEqual(sql<{ format: number }>('SELECT format FROM meta')[0]?.format, 1);
	});
});

describe('latest rows of a sqlite store', () => {
	it('that are damaged are reported once, kept aside and left out', async () => {
		const directory = mkdtempSync(join(tmpdir(), 'sluice-latest-'));
		const clock = new FakeClock();
		const warnings: string[] = [];
		const logger = {
			debug() {},
			info() {},
			error() {},
			warn: (text: string) => warnings.push(text),
		};
		const open = () => openStore({ kind: 'sqlite', directory, clock, logger });
		let store = await open();
		try {
			await store.putExport(anExport());
			for (const key of ['a', 'b', 'c']) {
				await appendTexts(store, clock, [`latest of ${key}`], { latestKey: key });
			}
			await store.close();
			const database = new DatabaseSync(join(directory, 'store.db'));
			database.exec(
				`UPDATE latest SET row = substr(row, 1, length(row) - 1) || x'78' WHERE key = 'b'`,
			);
			database.close();
			assert.throws(() => verifyStore(directory), /the latest row of a key is damaged/);
			store = await open();
			for (let times = 0; times < 2; times++) {
				assert.deepEqual((await store.latest(EXPORT_ID)).map(toText), [
					'latest of a',
					'latest of c',
				]);
			}
			assert.equal(warnings.length, 1);
			assert.match(warnings[0] ?? '', /latest row of a key of export receiver\/orders is damaged/);
			assert.equal(readdirSync(join(directory, 'quarantine')).length, 1);
			await appendTexts(store, clock, ['b again'], { latestKey: 'b' });
			assert.equal((await store.latest(EXPORT_ID)).length, 3);
			await store.close();
			verifyStore(directory);
		} finally {
			await store.close();
			rmSync(directory, { recursive: true });
		}
	});
});
