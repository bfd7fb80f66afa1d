import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInspector } from '../../core/buffer/inspect/open-inspector';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import type { Batch, Store } from '../../core/buffer/store';
import { usePostgres } from '../support/postgres';
import {
	anExport,
	appendTexts,
	claimBatch,
	EXPORT_ID,
	FakeClock,
	readTexts,
	someError,
} from './store-fixtures';

type Options = Exclude<StoreOptions, { kind: 'memory' }>;

interface Place {
	/** Of the original, closed when it is copied. */
	readonly original: Options;
	/** @returns the copy of it, as a backup that is restored */
	copy(): Promise<Options>;
}

/** A backup that is restored, or a copy that runs beside its original: the same store id, the same numbers (S36, I20). */
describe('a restored or copied store', function () {
	this.slow(1_000);
	const opened: Store[] = [];
	const undo: (() => Promise<unknown>)[] = [];
	afterEach(async () => {
		for (const store of opened.splice(0)) await store.close();
		for (const f of undo.splice(0).reverse()) await f();
	});

	describe('sqlite', () => {
		copyTests(async () => {
			const root = await mkdtemp(join(tmpdir(), 'sluice-copies-'));
			undo.push(() => rm(root, { recursive: true, force: true }));
			const [from, to] = [join(root, 'original'), join(root, 'copy')];
			return {
				original: { kind: 'sqlite', directory: from },
				async copy() {
					await cp(from, to, { recursive: true });
					return { kind: 'sqlite', directory: to };
				},
			};
		});
	});

	describe('sqlite, from a backup that was made while it ran', () => {
		copyTests(async () => {
			const root = await mkdtemp(join(tmpdir(), 'sluice-copies-'));
			undo.push(() => rm(root, { recursive: true, force: true }));
			const original = { kind: 'sqlite', directory: join(root, 'original') } as const;
			return {
				original,
				async copy() {
					const store = await openStore(original);
					opened.push(store);
					const { directory } = await store.backup(join(root, 'backup'));
					return { kind: 'sqlite', directory };
				},
			};
		});
	});

	describe('postgres', () => {
		const database = usePostgres();

		copyTests(async () => {
			const name = `sluice_copies_${randomBytes(6).toString('hex')}`;
			const make = async (one: string, how = '') => {
				await database.query(`CREATE DATABASE ${one} ${how}`);
				undo.push(() => database.query(`DROP DATABASE IF EXISTS ${one} WITH (FORCE)`));
				const url = new URL(database.connectionString);
				url.pathname = `/${one}`;
				return { kind: 'postgres', connectionString: url.href } as const;
			};
			return {
				original: await make(`${name}_a`, 'TEMPLATE template0'),
				copy: () => make(`${name}_b`, `TEMPLATE ${name}_a`),
			};
		});
	});

	function copyTests(makePlace: () => Promise<Place>): void {
		const clock = new FakeClock();
		const open = async (options: Options) => {
			const store = await openStore({ ...options, clock });
			opened.push(store);
			return store;
		};
		const keyOf = ({ idempotencyKey }: Batch) => idempotencyKey;

		it('never gives a key to other rows, and keeps those that rows had', async () => {
			const place = await makePlace();
			const before = await open(place.original);
			await before.putExport(anExport({ maxInFlight: 9 }));
			await appendTexts(before, clock, 'abcdef'.split(''));
			const retried = await claimBatch(before);
			await before.settle(retried.lease, { kind: 'retry', at: clock.now(), error: someError });
			const split = await claimBatch(before);
			assert.equal(keyOf(split), keyOf(retried), 'the same over attempts');
			await before.settle(split.lease, { kind: 'split', retry: [1], dead: [2], error: someError });
			await appendTexts(before, clock, ['w', 'x']);
			await before.close();

			const restored = await open(await place.copy());
			const original = await open(place.original);
			assert.equal(restored.id, original.id);
			const seen = new Map<string, string>();
			const note = async (batch: Batch, texts: string[]) => {
				assert.deepEqual(await readTexts(batch), texts);
				const known = seen.get(keyOf(batch));
				assert.ok(
					known === undefined || known === texts.join(),
					'a key is that of one set of rows',
				);
				seen.set(keyOf(batch), texts.join());
				return keyOf(batch);
			};
			for (const [store, own] of [
				[original, 'original'],
				[restored, 'restored'],
			] as const) {
				// Made by the split and not claimed before the copy: the same rows, the same key.
				const left = await note(await claimBatch(store), ['b']);
				await note(await claimBatch(store), ['d', 'e', 'f']);
				await appendTexts(store, clock, [own]);
				await note(await claimBatch(store, { flush: true }), ['w', 'x', own]);
				await store.replay({ exportId: EXPORT_ID });
				const again = await claimBatch(store);
				assert.notEqual(await note(again, ['c']), left, 'a replay has a new key');
				await store.settle(again.lease, { kind: 'retry', error: someError });
				assert.equal(keyOf(await claimBatch(store)), keyOf(again));
			}
			// Each copy closed def, replayed c and made a batch of its own; b is the one batch that both had.
			assert.equal(seen.size, 7);
		});

		it('shows the key of a batch to who looks from outside', async () => {
			const { original } = await makePlace();
			const store = await open(original);
			await store.putExport(anExport());
			await appendTexts(store, clock, ['a', 'b', 'c']);
			const batch = await claimBatch(store);
			await store.close();
			const inspector = await openInspector(original);
			try {
				const [shown] = (await inspector.summary()).exports[0]?.batches ?? [];
				assert.equal(shown?.idempotencyKey, keyOf(batch));
			} finally {
				await inspector.close();
			}
		});
	}
});
