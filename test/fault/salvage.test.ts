import assert from 'node:assert/strict';
import { aLatest, latestTexts } from '../conformance/latest-fixtures';
import {
	cpSync,
	mkdirSync,
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
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { withSalvageLock } from '../../core/buffer/stores/sqlite/salvage/salvage-lock';
import {
	anExport,
	appendEvent,
	appendTexts,
	aRow,
	claimBatch,
	FakeClock,
	keys,
	LEASE,
	readTexts,
	someError,
} from '../conformance/store-fixtures';
import { startChild } from './child';
import { faultRounds, isLongRun, seededChance } from './rounds';
import { verifyStore } from './verify-store';

const PAGE = 4_096;
/** A page takes a second or more, for it needs three workers. Every page in CI, every third on a desk, another third each time. */
const PAGE_STEP =
	process.env.CI === 'true' || process.env.SLUICE_FAULT_ROUNDS !== undefined ? 1 : 3;
const FIRST_PAGE = Math.floor(Math.random() * PAGE_STEP);
const FLIPS = faultRounds({ desk: 3, ci: 20 });
const OTHER_ID = 'receiver/other';
const conditions = { count: 20, sizeBytes: 50_000_000, timeMs: 60_000 };

/** Rows by what became of them before the damage. */
interface World {
	readonly acked: string[];
	readonly dead: string[];
	readonly open: string[];
	readonly waiting: string[];
}

describe('salvage of a damaged database file (S51)', function () {
	this.timeout(240_000);
	let directory = '';
	let live = '';
	let clock = new FakeClock();
	let all: string[] = [];
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
	const texts = (name: string, count: number, length = 300) =>
		Array.from({ length: count }, (_, index) => `${name} ${index} `.padEnd(length, '.'));

	before(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-salvage-'));
		live = join(directory, 'live');
		clock = new FakeClock();
		const world = await build();
		all = [...world.dead, ...world.open, ...world.waiting, ...texts('other', 5)];
	});
	afterEach(async () => {
		for (const store of opened) await store.close();
		opened = [];
	});
	after(async () => {
		await rm(directory, { recursive: true, force: true });
	});

	/** Rows in every state, a chunk with overflow pages, free pages that still hold acked rows, and two exports. */
	const build = async (): Promise<World> => {
		const store = await open(live);
		await store.putExport(anExport({ conditions, maxInFlight: 50 }));
		await store.putExport(anExport({ id: 'other', conditions }));
		const acked = texts('acked', 60, 900);
		const dead = texts('dead', 20);
		const open_ = texts('open', 40);
		const waiting = [...texts('waiting', 15), ...texts('large', 3, 9_000)];
		for (const text of [...acked, ...dead, ...open_]) {
			// Not the text: tests look for the page of a row by it.
			const latest = aLatest(text.slice(0, 6), 'x');
			await appendEvent(store, { rows: [aRow(clock, text)], latest });
		}
		for (let batch = 0; batch < 3; batch++) {
			await store.settle((await claimBatch(store)).lease, { kind: 'ack' });
		}
		// Longer than a page.
		const answer = { status: 400, text: 'no. '.repeat(2_500) };
		await store.settle((await claimBatch(store)).lease, { kind: 'dead', error: someError, answer });
		for (let batch = 0; batch < 2; batch++) {
			const at = clock.now() + 1_000;
			const { lease } = await claimBatch(store);
			await store.settle(lease, { kind: 'retry', at, error: someError });
		}
		for (const text of waiting) await appendTexts(store, clock, [text]);
		await appendTexts(store, clock, texts('other', 5), { exportId: OTHER_ID });
		await appendEvent(store, { ...keys('once'), rows: [] });
		const kept = { rows: [aRow(clock, 'unmapped')], error: someError };
		await store.append({ receiverId: 'receiver', events: [{ rows: [], dead: [kept] }] });
		await store.close();
		opened = [];
		return { acked, dead: [...dead, 'unmapped'], open: open_, waiting };
	};

	/** Everything a store still gives, of both exports: dead letters are replayed. */
	const drain = async (store: Store, seen: string[]): Promise<void> => {
		clock.advance(31_000); // behind retries, and behind the lease of a batch that could not be read
		const known = await store.listExports();
		for (const { receiverId, id, state } of known) {
			const exportId = `${receiverId}/${id}`;
			if (state !== 'ACTIVE') await store.setState(exportId, 'ACTIVE');
			await store.replay({ exportId });
			for (;;) {
				const batch = await store.claim(exportId, { ...LEASE, flush: true });
				if (batch === undefined) break;
				seen.push(...(await readTexts(batch)));
				await store.settle(batch.lease, { kind: 'ack' });
			}
		}
	};
	/** Until it works: a group that meets the damage fails, and the next one finds the store salvaged. */
	const patiently = async (f: () => Promise<unknown>): Promise<void> => {
		for (let tries = 0; ; tries++) {
			try {
				await f();
				return;
			} catch (error) {
				const { code } = error as { code?: string };
				// A batch of which no row is left when it is read is gone.
				const isExpected = code === 'ERR_STORE_CORRUPT' || code === 'ERR_LEASE_LOST';
				if (!isExpected || tries === 5) throw error;
			}
		}
	};
	const drainPatiently = async (store: Store): Promise<string[]> => {
		const seen: string[] = [];
		await patiently(() => drain(store, seen));
		return seen;
	};

	it('gives every intact row, whatever page of the file is damaged', async () => {
		const sound = readFileSync(join(live, 'store.db'));
		const pages = sound.length / PAGE;
		const found = { pages, salvaged: 0, quarantined: 0, lost: 0 };
		for (let page = FIRST_PAGE; page < pages; page += PAGE_STEP) {
			const copy = join(directory, `page-${page}`);
			cpSync(live, copy, { recursive: true });
			flip(join(copy, 'store.db'), page * PAGE, PAGE);
			const where = `page ${page + 1}`;
			const warnings: string[] = [];
			const store = await open(copy, warnings);
			const seen = await drainPatiently(store);
			for (const text of seen) assert.ok(all.includes(text), `${where}: ${text.slice(0, 20)} came`);
			const lost = all.filter((text) => !seen.includes(text));
			// A row lies in the damaged page or it is there; its chunk goes with it.
			const intact = lost.filter((text) => !isIn(sound, page, text) && !text.startsWith('large'));
			const stats = await store.stats();
			const reported = stats.quarantinedRows + stats.missingRows;
			assert.ok(
				lost.length <= reported,
				`${where}: ${lost.length} rows lost, ${reported} reported`,
			);
			assert.ok(intact.length === 0, `${where}: intact rows are lost: ${intact.length}`);
			const isSalvaged = warnings.some((text) => text.includes('was made anew'));
			if (isSalvaged) {
				found.salvaged++;
				const kept = readdirSync(join(copy, 'quarantine')).find((name) => name.endsWith('.db'));
				assert.ok(kept !== undefined);
			}
			if (stats.quarantinedRows > 0) found.quarantined++;
			found.lost += lost.length;
			// It takes rows again, and is whole.
			await patiently(() => store.putExport(anExport({ conditions, maxInFlight: 50 })));
			await patiently(() => appendTexts(store, clock, ['after']));
			assert.deepEqual(await drainPatiently(store), ['after'], where);
			await store.close();
			opened = [];
			// A page that nothing has read yet is still damaged.
			if (isSalvaged) verifyStore(copy);
			rmSync(copy, { recursive: true });
		}
		console.log(`      ${JSON.stringify(found)}`);
		assert.ok(found.salvaged > 3, 'many of the pages are of the kind that needs it');
	});

	it(`gives no wrong row and comes back after ${FLIPS} damages of some bytes`, async () => {
		const chance = seededChance('flipped bytes', isLongRun ? undefined : 1);
		const found = { salvaged: 0, lost: 0, unreported: 0 };
		for (let round = 0; round < FLIPS; round++) {
			const copy = join(directory, `flip-${round}`);
			cpSync(live, copy, { recursive: true });
			const path = join(copy, 'store.db');
			for (let times = 0; times < 3; times++) {
				flip(path, Math.floor(chance() * statSync(path).size), 1 + Math.floor(chance() * 64));
			}
			const warnings: string[] = [];
			const store = await open(copy, warnings);
			const seen = await drainPatiently(store);
			const wrong = seen.filter((text) => !all.includes(text));
			assert.deepEqual(wrong, [], 'a row came that was not to come');
			const lost = all.filter((text) => !seen.includes(text)).length;
			const stats = await store.stats();
			if (warnings.some((text) => text.includes('was made anew'))) found.salvaged++;
			found.lost += lost;
			found.unreported += Math.max(0, lost - stats.quarantinedRows);
			await store.close();
			opened = [];
			rmSync(copy, { recursive: true });
		}
		console.log(`      ${JSON.stringify(found)}`);
		// Records of exports and batches have no checksum: what leaves them plausible is not seen. The long run only counts it.
		if (!isLongRun) assert.equal(found.unreported, 0);
	});

	/** A copy whose first page is damaged, so that no SQLite reads it. */
	const damagedCopy = (name: string) => {
		const copy = join(directory, name);
		cpSync(live, copy, { recursive: true });
		flip(join(copy, 'store.db'), 0, PAGE);
		return copy;
	};

	it('reads the commits that are in the WAL alone', async () => {
		const copy = join(directory, 'wal');
		cpSync(live, copy, { recursive: true });
		const store = await open(copy);
		await appendTexts(store, clock, texts('late', 10));
		const crashed = join(directory, 'crashed');
		// As a crash leaves it. Only in a test: reading the file drops the locks of this process (S14).
		cpSync(copy, crashed, { recursive: true });
		await store.close();
		// Not the first page: the WAL has a copy of that.
		const inFile = readFileSync(join(crashed, 'store.db'));
		const at = Math.floor(inFile.indexOf('open 3 ') / PAGE) * PAGE;
		flip(join(crashed, 'store.db'), at, PAGE);
		const warnings: string[] = [];
		const damaged = await open(crashed, warnings);
		const seen = await drainPatiently(damaged);
		assert.ok(warnings.some((text) => text.includes('was made anew')));
		for (const text of texts('late', 10)) assert.ok(seen.includes(text));
		const stats = await damaged.stats();
		assert.equal(stats.missingRows, 0);
		assert.equal(stats.quarantinedRows, all.filter((text) => !seen.includes(text)).length);
		// Whether SQLite has moved the WAL into the file by then or not, nothing of it is gone.
		const names = readdirSync(join(crashed, 'quarantine')).filter((name) => name.includes('.db'));
		const kept = names.map((name) => readFileSync(join(crashed, 'quarantine', name), 'latin1'));
		for (const text of texts('late', 10)) assert.ok(kept.some((bytes) => bytes.includes(text)));
	});

	it('keeps the damaged file as it was, and says what it did', async () => {
		const copy = damagedCopy('kept');
		const damaged = readFileSync(join(copy, 'store.db'));
		const warnings: string[] = [];
		const store = await open(copy, warnings);
		const name = /quarantine\/(store-.*\.db)$/.exec(warnings[0] ?? '')?.[1] ?? '';
		assert.deepEqual(readFileSync(join(copy, 'quarantine', name)), damaged);
		const about = JSON.parse(readFileSync(join(copy, 'quarantine', `${name}.json`), 'utf8'));
		assert.deepEqual(
			about.exports.map((e: { exportId: string; missing: number }) => [e.exportId, e.missing]),
			[
				['receiver/orders', 0],
				[OTHER_ID, 0],
			],
		);
		assert.deepEqual((await store.stats()).warnings, warnings);
		await store.close();
		const left = readdirSync(copy).sort();
		assert.deepEqual(left, ['quarantine', 'store.db', 'store.wit']);
	});

	it('keeps ids, counters, keys and dead letters', async () => {
		const sound = await open(live);
		const look = async (store: Store) => ({
			id: store.id,
			exports: await store.listExports(),
			counters: await store.counters(),
			dead: (await store.deadLetters()).map(({ batchId, count, error }) => ({
				batchId,
				count,
				error,
			})),
			latest: (await latestTexts(store)).length,
		});
		const before = await look(sound);
		await sound.close();
		const store = await open(damagedCopy('ids'));
		assert.deepEqual(await look(store), before);
		assert.equal((await appendEvent(store, { ...keys('once'), rows: [] })).duplicate, true);
	});

	it('goes on where a crash interrupted it', async () => {
		const copy = damagedCopy('crash');
		await (await open(copy)).close();
		// As behind its third step: the new file is complete, the damaged one and its WAL are still in their place.
		const salvaged = readFileSync(join(copy, 'store.db'));
		writeFileSync(join(copy, 'store.db.salvaged'), salvaged);
		writeFileSync(join(copy, 'store.db.part'), 'half');
		cpSync(join(live, 'store.db'), join(copy, 'store.db'));
		flip(join(copy, 'store.db'), 0, PAGE);
		writeFileSync(join(copy, 'store.db-wal'), 'frames of the damaged file');
		const seen = await drainPatiently(await open(copy));
		assert.deepEqual(new Set(seen), new Set(all));
	});

	it('is done by one of the processes that open the store at the same time, and only that one has it', async () => {
		const copy = damagedCopy('race');
		const owners = [0, 1, 2].map(() => startChild('owner.ts', [copy]));
		try {
			await Promise.allSettled(owners.map((owner) => owner.waitFor('owned')));
			const said = owners.map(({ lines }) => lines[0]?.replace(/\d+/, ''));
			const refused = 'refused ERR_STORE_OWNED';
			assert.deepEqual(said.sort(), ['owned ', refused, refused]);
		} finally {
			for (const owner of owners) owner.process.kill('SIGKILL');
			await Promise.all(owners.map(({ ended }) => ended));
		}
		const files = readdirSync(join(copy, 'quarantine')).filter((name) => name.endsWith('.db'));
		assert.equal(files.length, 1, 'it was salvaged once');
		const seen = await drainPatiently(await open(copy));
		assert.deepEqual(new Set(seen), new Set(all));
	});

	it('is not done twice at a time', () => {
		const copy = damagedCopy('lock');
		withSalvageLock(copy, () => {
			for (let times = 0; times < 2; times++) {
				assert.throws(() => withSalvageLock(copy, assert.fail), { errcode: 5 });
			}
		});
		assert.equal(
			withSalvageLock(copy, () => 'free'),
			'free',
		);
	});

	it('saves what a file that was cut still has', async () => {
		const copy = join(directory, 'cut');
		cpSync(live, copy, { recursive: true });
		const path = join(copy, 'store.db');
		// The first half are the roots of tables and indexes.
		truncateSync(path, Math.floor((statSync(path).size / PAGE) * 0.75) * PAGE + 100);
		const store = await open(copy);
		const seen = await drainPatiently(store);
		const lost = all.filter((text) => !seen.includes(text)).length;
		assert.ok(seen.length > 0 && lost > 0);
		assert.ok((await store.stats()).quarantinedRows >= lost);
	});

	it('finds the tables of a file that was vacuumed, where they begin at other pages', async () => {
		const copy = join(directory, 'vacuumed');
		cpSync(live, copy, { recursive: true });
		const path = join(copy, 'store.db');
		const database = new DatabaseSync(path);
		database.exec('PRAGMA journal_mode=DELETE; PRAGMA auto_vacuum=NONE; VACUUM;');
		database.exec('PRAGMA auto_vacuum=INCREMENTAL; VACUUM;');
		database.close();
		const bytes = readFileSync(path);
		flip(path, Math.floor(bytes.indexOf('open 3 ') / PAGE) * PAGE, PAGE);
		const store = await open(copy);
		const known = (await latestTexts(store)).length;
		const seen = await drainPatiently(store);
		const lost = all.filter((text) => !seen.includes(text));
		assert.ok(lost.length < 30 && lost.every((text) => text.startsWith('open')), lost.join());
		assert.equal((await store.stats()).quarantinedRows, lost.length);
		assert.equal((await appendEvent(store, { ...keys('once'), rows: [] })).duplicate, true);
		assert.equal((await latestTexts(store)).length, known);
	});

	it('leaves a file alone in which nothing of a store is', async () => {
		const copy = join(directory, 'foreign');
		mkdirSync(copy);
		const bytes = Buffer.alloc(10 * PAGE, 'somebody else wrote this ');
		writeFileSync(join(copy, 'store.db'), bytes);
		await assert.rejects(open(copy), { code: 'ERR_STORE_CORRUPT' });
		assert.deepEqual(readFileSync(join(copy, 'store.db')), bytes);
		assert.deepEqual(readdirSync(copy).sort(), ['quarantine', 'store.db']);
		assert.deepEqual(readdirSync(join(copy, 'quarantine')), ['salvage.lock']);
	});
});

function isIn(file: Buffer, page: number, text: string): boolean {
	return file.subarray(page * PAGE, (page + 1) * PAGE).includes(text.slice(0, 20));
}

function flip(path: string, at: number, count: number): void {
	const bytes = readFileSync(path);
	for (let index = at; index < at + count && index < bytes.length; index++) {
		bytes[index] = (bytes[index] ?? 0) ^ 0xff;
	}
	writeFileSync(path, bytes);
}
