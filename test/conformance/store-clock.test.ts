import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { silentLogger } from '../../core/runtime/logger';
import { usePostgres } from '../support/postgres';
import {
	anExport,
	appendEvent,
	appendTexts,
	claimBatch,
	dueAt,
	EXPORT_ID,
	FakeClock,
	keys,
	LEASE,
	readTexts,
	someError,
} from './store-fixtures';

const DAY_MS = 86_400_000;

type Options = Exclude<StoreOptions, { kind: 'memory' }>;

/** What becomes of a store whose clock is another one when it is opened again (I17). */
describe('a store that is opened with another clock', function () {
	this.slow(1_000);
	const opened: Store[] = [];
	const directories: string[] = [];
	afterEach(async () => {
		for (const store of opened.splice(0)) await store.close();
		for (const path of directories.splice(0)) await rm(path, { recursive: true, force: true });
	});
	const open = async (options: Options, warnings: string[] = []) => {
		const logger = { ...silentLogger, warn: (text: string) => void warnings.push(text) };
		const store = await openStore({ ...options, logger });
		opened.push(store);
		return store;
	};

	describe('sqlite', () => {
		clockTests(async () => {
			const directory = await mkdtemp(join(tmpdir(), 'sluice-clock-'));
			directories.push(directory);
			return { kind: 'sqlite', directory };
		});
	});

	describe('postgres', () => {
		const database = usePostgres();
		const place = async () => {
			const { connectionString } = database;
			return { kind: 'postgres', connectionString, schema: database.newSchema() } as const;
		};
		clockTests(place);

		/** A batch that is tried again in 5 s, another that is leased, a row that waits, and a key; by the server's own clock. */
		const fill = async (store: Store) => {
			const now = { now: () => Date.now(), after: () => () => {} };
			await store.putExport(anExport({ maxInFlight: 9 }));
			await appendTexts(store, now, 'abcdef'.split(''));
			const { lease } = await claimBatch(store);
			await claimBatch(store);
			const at = Date.now() + 5_000;
			await store.settle(lease, { kind: 'retry', at, error: someError });
			await appendTexts(store, now, ['w']);
		};

		it('by a server whose clock was 8 days ahead until then, waits for nothing longer than its delay', async () => {
			const options = await place();
			const before = await open(options);
			await fill(before);
			await before.close();
			const { schema } = options;
			const ahead = 8 * DAY_MS;
			await database.query(`UPDATE "${schema}".batch SET next_at = next_at + ${ahead},
				lease_until = lease_until + ${ahead}, arrived_at = arrived_at + ${ahead}`);
			await database.query(`UPDATE "${schema}".chunk SET arrived_at = arrived_at + ${ahead}`);
			await database.query(
				`UPDATE "${schema}".meta SET last_seen_at = extract(epoch from now()) * 1000 + ${ahead}`,
			);
			const warnings: string[] = [];
			const store = await open(options, warnings);
			assert.match(warnings.join(), /8 days behind the time at which the store was last written/);
			const [counters] = await store.counters();
			const waitMs = (counters?.nextAttemptAt ?? Infinity) - Date.now();
			assert.ok(waitMs <= 5_000, `${waitMs} ms`);
			const dueMs = ((await dueAt(store)) ?? Infinity) - Date.now();
			assert.ok(dueMs <= 5_000, `${dueMs} ms`);
			assert.match((await store.stats()).warnings.join(), /8 days behind/);
		});

		it('notices that the clock of the server is set back while it is open', async () => {
			const options = await place();
			const { schema } = options;
			// In front of the server's own function, for this store alone.
			const fake = database.newSchema();
			await database.query(`CREATE SCHEMA "${fake}"`);
			await database.query(`CREATE TABLE "${fake}".jump AS SELECT interval '0' AS by`);
			await database.query(
				`CREATE FUNCTION "${fake}".clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
				$$ SELECT pg_catalog.clock_timestamp() + by FROM "${fake}".jump $$`,
			);
			const url = new URL(options.connectionString);
			url.searchParams.set('options', `-c search_path=${fake},pg_catalog`);
			const warnings: string[] = [];
			const store = await open({ ...options, connectionString: url.href }, warnings);
			await fill(store);
			const jump = (by: string) =>
				database.query(`UPDATE "${fake}".jump SET by = interval '${by}'`);
			await jump('-8 days');
			const [counters] = await store.counters();
			const waitMs = (counters?.nextAttemptAt ?? Infinity) - Date.now();
			assert.ok(waitMs <= 5_000, `${waitMs} ms`);
			assert.equal(counters?.retryingBatches, 1, 'the lease goes on');
			assert.match(warnings.join(), /8 days set back/);
			const dueMs = ((await dueAt(store)) ?? Infinity) - Date.now();
			assert.ok(dueMs <= LEASE.leaseMs, `${dueMs} ms`);
			// A second process finds the same time.
			const other = await open({
				...options,
				connectionString: `${url.href}&application_name=other`,
			});
			const [seen] = await other.counters();
			assert.ok(Math.abs((seen?.nextAttemptAt ?? 0) - (counters?.nextAttemptAt ?? 0)) < 2_000);
			await jump('9 days');
			assert.deepEqual((await store.counters())[0]?.rows, 1, 'nothing is lost by a jump forward');
			assert.match(warnings.join(), /set forward by 17 days/);
			const [offset] = await database.query<{ days: number }>(
				`SELECT round(clock_offset_ms / ${DAY_MS})::int AS days FROM "${schema}".meta`,
			);
			assert.equal(offset?.days, 8);
		});
	});

	function clockTests(makeOptions: () => Promise<Options>): void {
		const prepare = async () => {
			const clock = new FakeClock();
			const options = { ...(await makeOptions()), clock };
			const store = await open(options);
			await store.putExport(anExport({ maxInFlight: 9 }));
			await appendTexts(store, clock, 'abcdef'.split(''));
			await store.settle((await claimBatch(store)).lease, { kind: 'dead', error: someError });
			const at = clock.now() + 3_600_000;
			const { lease } = await claimBatch(store);
			await store.settle(lease, { kind: 'retry', at, error: someError });
			await appendTexts(store, clock, ['w']);
			const key = { ...keys('k'), rows: [] };
			assert.equal((await appendEvent(store, key)).duplicate, false);
			await sweep(store, clock);
			return { clock, options, store, key };
		};
		/** The store's own sweep; calls are answered in order, and a sweep may be several of them. */
		const sweep = async (store: Store, clock: FakeClock) => {
			clock.advance(60_000);
			for (let calls = 0; calls < 6; calls++) await store.counters();
		};
		const look = async (store: Store) => {
			const [c] = await store.counters();
			return [c?.rows, c?.retryingRows, c?.deadRows];
		};

		it('8 days ahead: says so, and neither puts rows aside nor removes dead letters nor forgets keys', async () => {
			const { clock, options, store, key } = await prepare();
			await store.close();
			clock.advance(8 * DAY_MS);
			const warnings: string[] = [];
			const again = await open(options, warnings);
			await sweep(again, clock);
			assert.deepEqual(await look(again), [1, 3, 3]);
			assert.equal((await appendEvent(again, key)).duplicate, true, 'a key is kept for its window');
			assert.match(warnings.join(), /the clock shows 8 days more/);
			assert.match((await again.stats()).warnings.join(), /the clock shows 8 days more/);
			// It ages by the time that it lives, before and after.
			clock.advance(6 * DAY_MS);
			await sweep(again, clock);
			assert.deepEqual(await look(again), [1, 3, 3]);
			clock.advance(DAY_MS);
			await sweep(again, clock);
			assert.deepEqual(await look(again), [0, 0, 4]);
			assert.equal((await appendEvent(again, key)).duplicate, false, 'and no longer');
		});

		it('right again after it was ahead: no retry, time condition or lease waits longer than its delay', async () => {
			const { clock, options, store } = await prepare();
			await store.close();
			clock.advance(8 * DAY_MS);
			const ahead = await open(options);
			const retried = await claimBatch(ahead);
			const at = clock.now() + 7_000;
			await ahead.settle(retried.lease, { kind: 'retry', at, error: someError });
			await appendTexts(ahead, clock, ['late']);
			const waiting = await claimBatch(ahead, { flush: true });
			assert.deepEqual(await readTexts(waiting), ['w', 'late']);
			await ahead.settle(waiting.lease, { kind: 'ack' });
			await appendTexts(ahead, clock, ['x']);
			await ahead.close();
			clock.advance(-8 * DAY_MS);
			const warnings: string[] = [];
			const again = await open(options, warnings);
			await again.counters();
			assert.match(warnings.join(), /8 days behind the time/);
			assert.ok(((await dueAt(again)) ?? Infinity) <= clock.now() + 7_000);
			clock.advance(7_000);
			assert.deepEqual(await readTexts(await claimBatch(again)), ['d', 'e', 'f']);
			clock.advance(60_000);
			assert.deepEqual(await readTexts((await again.claim(EXPORT_ID, LEASE)) ?? waiting), [
				'd',
				'e',
				'f',
			]);
			assert.deepEqual(await readTexts(await claimBatch(again)), ['x']);
		});
	}
});
