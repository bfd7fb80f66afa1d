import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aLatest, appendLatest, latestTexts } from './latest-fixtures';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import {
	anExport,
	appendEvent,
	appendTexts,
	aRow,
	claimBatch,
	dueAt,
	EXPORT_ID,
	FakeClock,
	keys,
	readRows,
	readTexts,
	someError,
	toText,
} from './store-fixtures';

describe('openStore', () => {
	let directory = '';
	let clock = new FakeClock();
	let opened: Store[] = [];
	const open = async (path = directory) => {
		const store = await openStore({ kind: 'sqlite', directory: path, clock });
		opened.push(store);
		return store;
	};

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-reopen-'));
		clock = new FakeClock();
		opened = [];
	});
	afterEach(async () => {
		for (const store of opened) await store.close();
		await rm(directory, { recursive: true, force: true });
	});

	describe('options', () => {
		const wrong = [
			{ name: 'an unknown kind', options: { kind: 'redis' }, path: 'store.kind' },
			{ name: 'no options', options: undefined, path: 'store.kind' },
			{
				name: 'a connection string that is none',
				options: { kind: 'postgres', connectionString: 'x' },
				path: 'store.connectionString',
			},
			{ name: 'an empty name', options: { kind: 'memory', name: '' }, path: 'store.name' },
			{ name: 'no directory', options: { kind: 'sqlite' }, path: 'store.directory' },
			{
				name: 'an unknown durability',
				options: { kind: 'sqlite', directory: '/tmp/x', durability: 'off' },
				path: 'store.durability',
			},
			{
				name: 'a limit out of its bounds',
				options: { kind: 'sqlite', directory: '/tmp/x', limits: { maxGroupRows: 0 } },
				path: 'store.limits.maxGroupRows',
			},
			{
				name: 'a limit that does not exist',
				options: { kind: 'sqlite', directory: '/tmp/x', limits: { rows: 1 } },
				path: 'store.limits.rows',
			},
			{
				name: 'a directory that cannot be made',
				options: { kind: 'sqlite', directory: '/dev/null/x' },
				path: 'store.directory',
			},
		];
		for (const { name, options, path } of wrong) {
			it(`refuses ${name}, naming ${path}`, async () => {
				await assert.rejects(
					openStore(options as Parameters<typeof openStore>[0]),
					(error: { code?: string; details?: { path?: string } }) =>
						error.code === 'ERR_CONFIG_INVALID' && error.details?.path === path,
				);
			});
		}
	});

	describe('sharing', () => {
		it('gives each memory store without a name its own rows', async () => {
			const [a, b] = [await openStore({ kind: 'memory' }), await openStore({ kind: 'memory' })];
			await a.putExport(anExport());
			assert.deepEqual(await b.listExports(), []);
			await a.close();
			await b.close();
		});

		it('shares a memory store by name until its last handle is closed', async () => {
			const options = { kind: 'memory', name: 'shared' } as const;
			const a = await openStore(options);
			const b = await openStore(options);
			await a.putExport(anExport());
			await a.close();
			await a.close();
			assert.equal((await b.listExports()).length, 1);
			await b.close();
			const c = await openStore(options);
			assert.deepEqual(await c.listExports(), []);
			await c.close();
		});

		it('shares a sqlite store by the real path of its directory', async () => {
			await mkdir(join(directory, 'real'));
			await symlink(join(directory, 'real'), join(directory, 'link'));
			const a = await open(join(directory, 'real'));
			const b = await open(join(directory, 'link', '..', 'real'));
			const c = await open(join(directory, 'link'));
			assert.equal(a.id, b.id);
			await a.putExport(anExport());
			assert.equal((await c.listExports()).length, 1);
			await a.close();
			await assert.rejects(a.listExports(), { code: 'ERR_STORE_UNAVAILABLE' });
			assert.equal((await b.listExports()).length, 1);
		});

		it('gives nobody a weaker durability who did not name it', async () => {
			const weak = await openStore({ kind: 'sqlite', directory, durability: 'normal', clock });
			opened.push(weak);
			await assert.rejects(open(), { code: 'ERR_CONFIG_INVALID' });
			assert.deepEqual(await weak.listExports(), []);
		});

		it('opens one store for openers that come at the same time', async () => {
			const stores = await Promise.all([open(), open(), open()]);
			assert.equal(new Set(stores.map(({ id }) => id)).size, 1);
		});

		it('waits for a close that is running', async () => {
			const first = await open();
			const closing = first.close();
			const second = await open();
			await closing;
			assert.equal(second.id, first.id);
			assert.deepEqual(await second.listExports(), []);
		});

		it('can be opened after an open that failed', async () => {
			await writeFile(
				join(directory, 'store.db'),
				'this is no database, but long enough'.repeat(99),
			);
			await assert.rejects(open(), { code: 'ERR_STORE_CORRUPT' });
			await rm(join(directory, 'store.db'));
			assert.deepEqual(await (await open()).listExports(), []);
		});
	});

	describe('a sqlite store that is opened again', () => {
		const reopen = async () => {
			for (const store of opened) await store.close();
			return open();
		};

		it('leaves database and witness alone behind after close (S18)', async () => {
			await (await open()).close();
			assert.deepEqual((await readdir(directory)).sort(), ['store.db', 'store.wit']);
		});

		it('has its exports, states, revisions, rows and counters', async () => {
			const store = await open();
			await store.putExport(anExport());
			await store.putExport(anExport({ output: 'cells' }));
			await appendTexts(store, clock, ['a', 'b']);
			await store.setState(EXPORT_ID, 'PAUSED');
			const before = { exports: await store.listExports(), counters: await store.counters() };
			const again = await reopen();
			assert.equal(again.id, store.id);
			const after = { exports: await again.listExports(), counters: await again.counters() };
			assert.deepEqual(after, before);
			await appendTexts(again, clock, ['c'], { mappingRevision: 2 });
			assert.deepEqual((await again.peek(EXPORT_ID)).map(toText), ['a', 'b', 'c']);
		});

		it('ends the leases of its former owner and keeps batch, key and row ids (S30, I4)', async () => {
			const store = await open();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a', 'b', 'c']);
			const first = await claimBatch(store);
			const rows = await readRows(first);
			const again = await reopen();
			await assert.rejects(again.settle(first.lease, { kind: 'ack' }), { code: 'ERR_LEASE_LOST' });
			const second = await claimBatch(again);
			assert.deepEqual(
				[second.id, second.idempotencyKey, second.attempt, second.lease.token],
				[first.id, first.idempotencyKey, 2, 2],
			);
			assert.deepEqual(await readRows(second), rows);
		});

		it('keeps retries, dead letters, keys and latest events', async () => {
			const store = await open();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a', 'b', 'c']);
			await appendLatest(store, aLatest('k', 'first'), aLatest('k', 'last'));
			const dead = await claimBatch(store);
			await store.settle(dead.lease, { kind: 'dead', error: someError });
			await appendTexts(store, clock, ['d', 'e', 'f']);
			const retried = await claimBatch(store);
			const at = clock.now() + 5_000;
			await store.settle(retried.lease, { kind: 'retry', at, error: someError });
			const push = { ...keys('once'), rows: [aRow(clock, 'g')] };
			await appendEvent(store, push);
			const again = await reopen();
			assert.equal(await dueAt(again), at);
			assert.equal((await appendEvent(again, push)).duplicate, true);
			assert.deepEqual(await latestTexts(again), ['k last']);
			const [letter] = await again.deadLetters();
			assert.deepEqual(letter && (await readTexts(letter)), ['a', 'b', 'c']);
			assert.equal(letter?.error.code, 'ERR_SINK_UNAVAILABLE');
			clock.advance(5_000);
			assert.deepEqual(await readTexts(await claimBatch(again)), ['d', 'e', 'f']);
		});

		it('fires a time condition that passed while it was closed (S26)', async () => {
			const store = await open();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a']);
			await store.close();
			clock.advance(60_000);
			assert.deepEqual(await readTexts(await claimBatch(await open())), ['a']);
		});

		it('goes on in time when the clock was set back meanwhile (I17)', async () => {
			const store = await open();
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a']);
			await store.close();
			clock.advance(-3_600_000);
			const again = await open();
			assert.equal(await again.claim(EXPORT_ID, { owner: 'a', leaseMs: 1_000 }), undefined);
			clock.advance(60_000);
			assert.deepEqual(await readTexts(await claimBatch(again)), ['a']);
		});

		it('tells what it is', async () => {
			const store = await open();
			const { diskBytes, freeBytes, minFreeBytes, ...stats } = await store.stats();
			assert.ok(diskBytes > 4_096);
			assert.ok(Number(freeBytes) > 0);
			assert.ok(Number(minFreeBytes) > 0);
			assert.deepEqual(stats, {
				kind: 'sqlite',
				storeId: store.id,
				durable: true,
				exports: 0,
				engine: `SQLite ${process.versions.sqlite}`,
				missingRows: 0,
				quarantinedRows: 0,
				warnings: [],
			});
		});

		it('says that it is not durable when durability normal was asked for', async () => {
			const store = await openStore({ kind: 'sqlite', directory, durability: 'normal', clock });
			opened.push(store);
			assert.equal((await store.stats()).durable, false);
		});
	});
});
