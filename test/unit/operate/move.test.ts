import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Column } from '../../../core/mapping/column';
import { openStore, type StoreOptions } from '../../../core/buffer/open-store';
import type { Row, Store, StoredRow } from '../../../core/buffer/store';
import { BufferError } from '../../../core/errors';
import { move, type Moved } from '../../../core/operate/move/move';
import type { Operable } from '../../../core/operate/operable';
import { systemClock } from '../../../core/runtime/clock';
import {
	anExport,
	appendTexts,
	aRow,
	claimBatch,
	EXPORT_ID,
	keys,
	readRows,
	someError,
	toText,
} from '../../conformance/store-fixtures';
import { aLatest } from '../../conformance/latest-fixtures';
import { OperateWorld } from './world';

const OLD: Column[] = [{ type: 'path', name: 'a', path: 'a' }];
const NEW: Column[] = [{ type: 'path', name: 'b', path: 'b' }];

for (const [kind, other] of [
	['memory', 'sqlite'],
	['sqlite', 'memory'],
	['sqlite', 'sqlite'],
] as const) {
	describe(`move: all of a ${kind} store into a ${other} store`, () => {
		let directory = '';
		let from: Store;
		let to: Store;
		const opened: Store[] = [];

		beforeEach(async () => {
			directory = await mkdtemp(path.join(tmpdir(), 'sluice-move-'));
			from = await open(kind, 'from');
			to = await open(other, 'to');
		});
		afterEach(async () => {
			await Promise.all(opened.splice(0).map((store) => store.close()));
			await rm(directory, { recursive: true, force: true });
		});

		async function open(of: 'memory' | 'sqlite', name: string): Promise<Store> {
			const options: StoreOptions =
				of === 'memory'
					? { kind: of }
					: {
							kind: of,
							directory: path.join(directory, name),
							limits: { ballastBytes: 0, minFreeBytes: 0 },
						};
			const store = await openStore(options);
			opened.push(store);
			return store;
		}

		async function moveAll(source: Store = from, target: Store = to): Promise<Moved> {
			const moved = await move({ store: source }, async () => ({ store: target }), {
				confirm: 'all',
			});
			assert.ok(!('done' in moved), 'confirmed');
			return moved;
		}

		const append = (text: string, row: Partial<Row> = {}) =>
			appendTexts(from, systemClock, [text], row);

		/** Rows as they are delivered, batch by batch. */
		async function deliver(store: Store, exportId = EXPORT_ID): Promise<string[][]> {
			const batches: string[][] = [];
			// One that is being removed goes with its last row.
			while (await store.getExport(exportId)) {
				const o = { owner: 'test', leaseMs: 30_000, flush: true };
				const batch = await store.claim(exportId, o);
				if (!batch) break;
				const rows = await readRows(batch);
				const names = batch.columns?.map(({ name }) => name).join() ?? batch.output;
				batches.push(rows.map((row) => `${row.rowId} ${names} ${toText(row)}`));
				await store.settle(batch.lease, { kind: 'ack' });
			}
			return batches;
		}

		it('brings rows in order, as they are laid out, with sequence key, operation and ids behind those they had', async () => {
			await from.putExport(anExport({ columns: OLD }));
			await append('delivered');
			await from.settle((await claimBatch(from, { flush: true })).lease, { kind: 'ack' });
			await append('failed');
			const failed = await claimBatch(from, { flush: true });
			const at = Date.now() + 3_600_000;
			await from.settle(failed.lease, { kind: 'retry', at, error: someError });
			await append('old', { sequenceKey: 'k', receivedAt: 1_000 });
			await from.putExport(anExport({ columns: NEW }));
			for (const text of ['n1', 'n2', 'n3', 'n4'])
				await append(text, { mappingRevision: 2, operation: 'delete' });
			await from.setState(EXPORT_ID, 'PAUSED');

			const moved = await moveAll();
			assert.deepEqual(moved.exports, [
				{ exportId: EXPORT_ID, rows: 6, deadLetters: 0, deadRows: 0, left: 0 },
			]);
			assert.deepEqual([moved.rows, moved.left], [6, { rows: 0, documents: 0 }]);
			assert.deepEqual(await from.listExports(), []);
			const there = await to.getExport(EXPORT_ID);
			assert.deepEqual([there?.state, there?.columns], ['PAUSED', NEW]);
			const [, second, third] = await to.peek(EXPORT_ID);
			assert.deepEqual(
				[second?.sequenceKey, second?.receivedAt, second?.operation, second?.eventId],
				['k', 1_000, undefined, 'event-old'],
			);
			assert.equal(third?.operation, 'delete');
			await to.setState(EXPORT_ID, 'ACTIVE');
			assert.deepEqual(await deliver(to), [
				['3 a failed', '4 a old'],
				['5 b n1', '6 b n2', '7 b n3'],
				['8 b n4'],
			]);
		});

		it('brings dead letters whole, with error, attempts and layout, also into an export that is disabled', async () => {
			await from.putExport(anExport({ columns: OLD }));
			for (const text of ['d1', 'd2']) await append(text);
			for (const kind_ of ['retry', 'dead'] as const) {
				const { lease } = await claimBatch(from, { flush: true });
				await from.settle(lease, { kind: kind_, error: someError });
			}
			const unmapped = { rows: [aRow(systemClock, 'u', { mappingRevision: 0 })], error: someError };
			await from.append({ receiverId: 'receiver', events: [{ rows: [], dead: [unmapped] }] });
			await from.putExport(anExport({ columns: NEW }));
			await from.setState(EXPORT_ID, 'USER_DISABLED');

			const { deadLetters, deadRows, rows } = await moveAll();
			assert.deepEqual([rows, deadLetters, deadRows], [0, 2, 3]);
			assert.equal((await to.getExport(EXPORT_ID))?.state, 'USER_DISABLED');
			const letters = await to.deadLetters();
			const shown = letters.map(({ count, attempts, columns, output, error }) => [
				count,
				attempts,
				columns ?? output,
				error.code,
				error.message,
			]);
			assert.deepEqual(shown, [
				[2, 2, OLD, someError.code, someError.message],
				[1, 0, 'event', someError.code, someError.message],
			]);
		});

		it('leaves an export that is there as it is, and puts the rows behind its own', async () => {
			for (const store of [from, to]) await store.putExport(anExport({ columns: OLD }));
			await to.putExport(anExport({ columns: NEW, label: 'there' }));
			await append('moved');
			await appendTexts(to, systemClock, ['own'], { mappingRevision: 2 });
			await moveAll();
			const there = await to.getExport(EXPORT_ID);
			assert.deepEqual([there?.label, there?.columns, there?.state], ['there', NEW, 'ACTIVE']);
			assert.deepEqual(await deliver(to), [['1 b own'], ['2 a moved']]);
		});

		it('brings rows of more layouts than a store keeps unused', async () => {
			const columns = (n: number): Column[] => [{ type: 'path', name: `c${n}`, path: 'a' }];
			for (let n = 1; n <= 12; n++) {
				await from.putExport(anExport({ columns: columns(n) }));
				await append(`row ${n}`, { mappingRevision: n });
			}
			assert.equal((await moveAll()).rows, 12);
			assert.deepEqual((await to.getExport(EXPORT_ID))?.columns, columns(12));
			const delivered = (await deliver(to)).flat();
			assert.deepEqual(
				delivered,
				Array.from({ length: 12 }, (_, n) => `${n + 1} c${n + 1} row ${n + 1}`),
			);
		});

		it('leaves the export there with its own mapping where an older one was the last that could be put', async () => {
			await from.putExport(anExport({ columns: OLD }));
			await append('old');
			await from.putExport(anExport({ columns: NEW }));
			let isDue = false;
			const target = instead(to, {
				putExport: async (e) => {
					if (isDue) {
						isDue = false;
						throw new Error('not now');
					}
					isDue = JSON.stringify(e.columns) === JSON.stringify(OLD);
					return to.putExport(e);
				},
			});
			await assert.rejects(moveAll(from, target), /not now/);
			assert.deepEqual((await to.getExport(EXPORT_ID))?.columns, NEW);
			assert.equal((await moveAll()).rows, 1);
		});

		it('leaves a dead letter whose rows cannot be read, and says so', async () => {
			await from.putExport(anExport());
			for (const text of ['1', '2', '3', '4']) await append(text);
			for (let n = 0; n < 2; n++) {
				const { lease } = await claimBatch(from, { flush: true });
				await from.settle(lease, { kind: 'dead', error: someError });
			}
			const source = instead(from, {
				deadLetters: async (o) =>
					(await from.deadLetters(o)).map((letter) =>
						letter.count === 1 ? letter : { ...letter, rows: () => unreadable() },
					),
			});
			const moved = await moveAll(source);
			assert.deepEqual([moved.deadLetters, moved.left.rows], [1, 3]);
			assert.equal((await from.deadLetters())[0]?.count, 3);
			assert.equal((await to.deadLetters())[0]?.count, 1);
		});

		it('keeps what is being removed going, and order strict', async () => {
			const conditions = { count: 1, sizeBytes: 999, timeMs: 1_000 };
			await from.putExport(anExport({ order: 'strict', conditions }));
			for (const text of ['1', '2', '3']) await append(text);
			await from.removeExport(EXPORT_ID, 'drain');
			await moveAll();
			assert.equal((await to.getExport(EXPORT_ID))?.isDraining, true);
			assert.deepEqual(await deliver(to), [['1 record 1'], ['2 record 2'], ['3 record 3']]);
			assert.equal(await to.getExport(EXPORT_ID), undefined);
		});

		it('brings latest events and known keys, so that what is pushed again is known there', async () => {
			await from.putExport(anExport());
			const latest = aLatest('device', 'newer', { at: 2 });
			await from.append({
				receiverId: 'receiver',
				events: [{ ...keys('once'), rows: [], latest }],
			});
			const there = aLatest('device', 'older', { at: 1 });
			await to.append({ receiverId: 'receiver', events: [{ rows: [], latest: there }] });
			const moved = await moveAll();
			assert.deepEqual([moved.latest, moved.keys], [1, 1]);
			const { events } = await to.latest('receiver');
			assert.deepEqual(
				events.map(({ at }) => at),
				[2],
			);
			assert.equal((await from.latest('receiver')).events.length, 0);
			const again = await to.append({
				receiverId: 'receiver',
				events: [{ ...keys('once'), rows: [] }],
			});
			assert.deepEqual(again.duplicates, [true]);
		});

		it('brings documents, names those that are others there, and leaves both as they are', async () => {
			const put = (store: Store, id: string, value: unknown, collection = 'definitions.exports') =>
				store.documents.put(collection, id, value);
			await put(from, 'new', { a: 1 });
			await put(from, 'same', { a: 1, b: 2 });
			await put(to, 'same', { b: 2, a: 1 });
			await put(from, 'other', 'here');
			await put(to, 'other', 'there');
			await put(from, 'x', { at: 1 }, 'definitions.attached');
			await put(to, 'x', { at: 2 }, 'definitions.attached');
			await put(from, 'x', 'sooner', 'health');
			await put(to, 'x', 'later', 'health');
			const { documents, conflicts, left } = await moveAll();
			assert.deepEqual([documents, left], [4, { rows: 0, documents: 1 }]);
			assert.deepEqual(conflicts, [{ collection: 'definitions.exports', id: 'other' }]);
			const value = async (store: Store, id: string) =>
				(await store.documents.get('definitions.exports', id))?.value;
			assert.deepEqual(await value(to, 'new'), { a: 1 });
			assert.deepEqual([await value(from, 'other'), await value(to, 'other')], ['here', 'there']);
			assert.deepEqual(await from.documents.collections(), ['definitions.exports']);
			assert.deepEqual((await to.documents.get('definitions.attached', 'x'))?.value, { at: 2 });
			assert.equal((await to.documents.get('health', 'x'))?.value, 'later');
		});

		it('says how many rows it would move, and does nothing, until they are confirmed', async () => {
			await from.putExport(anExport());
			for (const text of ['1', '2']) await append(text);
			for (const confirm of [undefined, 1]) {
				const answer = await move({ store: from }, () => assert.fail('opened'), { confirm });
				assert.deepEqual('done' in answer && [answer.done, answer.rows], [false, 2]);
				assert.match(
					'question' in answer ? answer.question : '',
					/1 exports and 0 documents.*2 rows/,
				);
			}
		});

		it('says what is left where a batch is with somebody, and goes on when it has come back', async () => {
			await from.putExport(anExport({ maxInFlight: 2 }));
			for (const text of ['1', '2', '3', '4']) await append(text);
			const out = await claimBatch(from);
			const first = await moveAll();
			assert.deepEqual([first.rows, first.left.rows], [1, 3]);
			await from.settle(out.lease, { kind: 'release' });
			const second = await moveAll();
			assert.deepEqual([second.rows, second.left.rows], [3, 0]);
			assert.deepEqual((await deliver(to)).flat().length, 4);
		});

		it('refuses a store that somebody uses, and the same store', async () => {
			const world = await OperateWorld.open('memory');
			try {
				const { exportId } = await world.attach('held');
				const isHeld = (error: Error & { code: string }) =>
					error.code === 'ERR_CONFIG_INVALID' && /"node held"/.test(error.message);
				const target = async (): Promise<Operable> => ({ store: to });
				await assert.rejects(move(world.pipeline, target, { confirm: 'all' }), isHeld);
				const known = await world.store.getExport(exportId);
				assert.ok(known);
				await from.putExport(known);
				await assert.rejects(
					move({ store: from }, async () => world.pipeline, { confirm: 'all' }),
					isHeld,
				);
			} finally {
				await world.close();
			}
			await assert.rejects(moveAll(from, from), /the same one, or a copy of it/);
		});

		it('killed at any step, it goes on and doubles nothing, also into one that is disabled', async () => {
			await from.putExport(anExport({ columns: OLD }));
			for (const text of ['d1', 'd2', 'o1', 'o2', 'o3', 'o4']) await append(text);
			const dead = await claimBatch(from);
			await from.settle(dead.lease, { kind: 'dead', error: someError });
			await from.putExport(anExport({ columns: NEW }));
			for (const text of ['n1', 'n2']) await append(text, { mappingRevision: 2 });
			await to.putExport(anExport({ columns: NEW }));
			await to.setState(EXPORT_ID, 'USER_DISABLED');
			await from.documents.put('c', 'i', 1);
			const latest = aLatest('k', 'l', { at: 1 });
			await from.append({ receiverId: 'receiver', events: [{ rows: [], latest }] });
			// Each change that it makes, in both stores, is once the last one.
			let steps = 0;
			for (let isKilled = true; isKilled; steps++) {
				const budget = { left: steps, isSpent: false };
				const source = mortal(from, budget);
				const target = mortal(to, budget);
				await moveAll(source, target).then(
					({ left }) => assert.equal(left.rows, 0),
					(error: Error) => assert.equal(error.message, 'killed'),
				);
				isKilled = budget.isSpent;
			}
			assert.ok(steps > 10, `${steps} steps`);
			// Disabled there it would drop what has come.
			assert.equal((await to.getExport(EXPORT_ID))?.state, 'PAUSED');
			assert.deepEqual((await to.getExport(EXPORT_ID))?.columns, NEW);
			assert.deepEqual(await to.documents.collections(), ['c']);
			const letters = await to.deadLetters();
			assert.deepEqual(
				await Promise.all(letters.map(async (one) => (await readRows(one)).map(toText))),
				[['d1', 'd2', 'o1']],
			);
			await to.setState(EXPORT_ID, 'ACTIVE');
			const rows = (await deliver(to)).flat().map((text) => text.replace(/^\d+ /, ''));
			assert.deepEqual(rows, ['a o2', 'a o3', 'a o4', 'b n1', 'b n2']);
		});

		/** The store with some methods of its own. */
		function instead(store: Store, methods: Partial<Store>): Store {
			return new Proxy(store, {
				get(target, name) {
					const own: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name);
					return typeof own === 'function' ? (own.bind(target) as unknown) : own;
				},
			});
		}

		async function* unreadable(): AsyncGenerator<StoredRow[]> {
			throw new BufferError('ERR_STORE_CORRUPT', 'rows are lost');
		}

		const CHANGES = ['putExport', 'setState', 'removeExport', 'append', 'settle', 'purge'];
		const MORE = ['forgetLatest', 'nextRowId', 'claim', 'retryNow', 'put', 'remove'];

		/** After so many changes every one is refused, some only after it was made, as if the answer had been lost. */
		function mortal<T extends object>(of: T, budget: { left: number; isSpent: boolean }): T {
			return new Proxy(of, {
				get(target, name) {
					const own: unknown = Reflect.get(target, name);
					if (name === 'documents') return mortal(own as object, budget);
					if (typeof own !== 'function') return own;
					if (![...CHANGES, ...MORE].includes(String(name))) return own.bind(target) as unknown;
					return async (...args: unknown[]) => {
						// A lease of the killed one would end by itself.
						const isRelease = (args[1] as { kind?: string } | undefined)?.kind === 'release';
						if (budget.left-- > 0 || isRelease) return own.apply(target, args) as unknown;
						if (!budget.isSpent && name !== 'claim') await (own.apply(target, args) as unknown);
						budget.isSpent = true;
						throw new Error('killed');
					};
				},
			});
		}
	});
}
