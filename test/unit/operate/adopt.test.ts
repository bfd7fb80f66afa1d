import assert from 'node:assert/strict';
import { adopt } from '../../../core/operate/verbs/adopt';
import type { Lease, Store } from '../../../core/buffer/store';
import { eventually } from '../../support/eventually';
import { OperateWorld } from './world';

for (const kind of ['memory', 'sqlite'] as const) {
	describe(`adopt: rows of a buffer that is gone, in a ${kind} store`, () => {
		let world: OperateWorld;
		beforeEach(async () => (world = await OperateWorld.open(kind)));
		afterEach(() => world.close());

		const isConfigError = (message: RegExp) => (error: Error & { code: string }) => {
			assert.equal(error.code, 'ERR_CONFIG_INVALID');
			assert.match(error.message, message);
			return true;
		};

		/** Two dead rows, two that failed once, two that wait; paused, and held by nobody. */
		async function anOrphan() {
			const old = await world.attach('old');
			await world.fail(old, 'dead', 'd1', 'd2');
			await world.fail(old, 'retry', 'r1', 'r2');
			await world.add(old.exportId, 'w1', 'w2');
			await world.store.setState(old.exportId, 'PAUSED');
			await old.detach();
			return old.exportId;
		}

		it('brings what waits, what failed and what is dead, and removes what is empty', async () => {
			const from = await anOrphan();
			const { exportId: to, sink } = await world.attach('new');
			await world.add(to, 'n1');
			const ids: number[] = [];
			sink.next = async (batch) => {
				for await (const slice of batch.rows()) ids.push(...slice.map(({ rowId }) => rowId));
				return { kind: 'ack' };
			};
			assert.deepEqual(await adopt(world.pipeline, from, to), {
				exportId: from,
				to,
				rows: 4,
				deadRows: 2,
				left: 0,
			});
			assert.equal(await world.store.getExport(from), undefined);
			const { rows, deadRows } = await world.counters(to);
			assert.deepEqual([rows, deadRows], [5, 2]);
			world.pipeline.flush(to);
			await eventually('all of them', () => sink.batches[0]?.records.length === 5);
			const [batch] = sink.batches;
			assert.deepEqual(batch?.records, ['n1', 'r1', 'r2', 'w1', 'w2']);
			assert.equal(batch?.batch.attempt, 1);
			await eventually('their ids', () => new Set(ids).size === 5);
			const letters = await world.store.deadLetters({ exportId: to });
			assert.deepEqual(
				letters.map(({ count, attempts, error }) => [count, attempts, error.code, error.message]),
				[[2, 1, 'ERR_SINK_REJECTED', 'no thanks']],
			);
		});

		it('is refused into a buffer that is disabled, which would drop them', async () => {
			const from = await anOrphan();
			const { exportId: to } = await world.attach('new');
			await world.store.setState(to, 'SYSTEM_DISABLED');
			const refused = adopt(world.pipeline, from, to);
			await assert.rejects(refused, isConfigError(/is SYSTEM_DISABLED; enable it first/));
			const { rows, openRows, deadRows } = await world.counters(from);
			assert.deepEqual([rows + openRows, deadRows], [4, 2]);
		});

		it('killed after a batch has arrived and before it is gone, it goes on and doubles nothing', async () => {
			const from = await anOrphan();
			const { exportId: to } = await world.attach('new');
			for (const method of ['settle', 'purge'] as const) {
				let isKilled = false;
				const killed = () => Promise.reject(new Error('killed'));
				const store = instead(
					method === 'settle'
						? {
								// The lease of the killed one would end by itself.
								settle: async (lease: Lease) => {
									isKilled = true;
									await world.store.settle(lease, { kind: 'release' });
									return killed();
								},
							}
						: {
								purge: () => {
									isKilled = true;
									return killed();
								},
							},
				);
				await assert.rejects(adopt({ store }, from, to), /killed/);
				assert.ok(isKilled, method);
				// All that waited has arrived before the first dead letter is purged.
				if (method === 'settle') await adoptWithoutDead(from, to);
			}
			const { rows, deadRows, left } = await adopt(world.pipeline, from, to);
			assert.deepEqual([rows, deadRows, left], [0, 2, 0]);
			const now = await world.counters(to);
			assert.deepEqual([now.rows, now.deadRows], [4, 2]);
		});

		async function adoptWithoutDead(from: string, to: string): Promise<void> {
			const store = instead({ deadLetters: () => Promise.reject(new Error('not now')) });
			await assert.rejects(adopt({ store }, from, to), /not now/);
			assert.equal((await world.counters(from)).state, 'PAUSED');
		}

		/** The store with some methods of its own. */
		function instead(methods: Partial<Store>): Store {
			return new Proxy(world.store, {
				get(target, name) {
					const own: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name);
					return typeof own === 'function' ? (own.bind(target) as unknown) : own;
				},
			});
		}

		it('says what is left where a batch is with somebody', async () => {
			const old = await world.attach('old');
			await world.add(old.exportId, 1, 2);
			await old.detach();
			const options = { owner: 'other', leaseMs: 60_000, flush: true };
			const batch = await world.store.claim(old.exportId, options);
			const { exportId: to } = await world.attach('new');
			assert.equal((await adopt(world.pipeline, old.exportId, to)).left, 2);
			if (batch) await world.store.settle(batch.lease, { kind: 'release' });
			const { rows, left } = await adopt(world.pipeline, old.exportId, to);
			assert.deepEqual([rows, left], [2, 0]);
		});

		it('refuses a buffer that is held, itself, and one with other columns, and leaves all as it was', async () => {
			const from = await anOrphan();
			const held = await world.attach('held');
			const { exportId: other } = await world.attach('other', {
				output: 'record',
				columns: [{ type: 'path', name: 'a', path: 'a' }],
			});
			await assert.rejects(
				adopt(world.pipeline, held.exportId, from),
				isConfigError(/"node held"/),
			);
			await assert.rejects(adopt(world.pipeline, from, from), isConfigError(/^to: /));
			await assert.rejects(
				adopt(world.pipeline, from, other),
				isConfigError(/same fields or columns/),
			);
			const { state, rows, openRows, deadRows } = await world.counters(from);
			assert.deepEqual([state, rows, openRows, deadRows], ['PAUSED', 2, 2, 2]);
		});
	});
}
