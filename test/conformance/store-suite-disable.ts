import assert from 'node:assert/strict';
import type { Counters } from '../../core/buffer/store';
import {
	anExport,
	appendEvent,
	appendTexts,
	aRow,
	claimBatch,
	dueAt,
	EXPORT_ID,
	readTexts,
	someError,
	type Fixture,
} from './store-fixtures';

const CONDITIONS = { count: 2, sizeBytes: 999, timeMs: 1_000 };

/** Disabling drops what waits and what is open with the state, voids leases, and says how many for as long as it lasts (D53, D54). */
export function disableTests(current: () => Fixture): void {
	describe('an export that is disabled (D53)', () => {
		async function countersOf(): Promise<Counters> {
			const counters = (await current().store.counters()).find(
				({ exportId }) => exportId === EXPORT_ID,
			);
			assert.ok(counters);
			return counters;
		}

		/** A dead letter of two rows, a batch of two that comes again, one of two with the sink, and a waiting row. */
		async function fill() {
			const { store, clock } = current();
			await store.putExport(anExport({ conditions: CONDITIONS, maxInFlight: 9 }));
			await store.putExport(anExport({ id: 'other' }));
			await appendTexts(store, clock, ['d1', 'd2', 'r1', 'r2', 'o1', 'o2', 'w1']);
			await appendEvent(store, { rows: [aRow(clock, 'x', { exportId: 'receiver/other' })] });
			const [dead, retried, open] = [
				await claimBatch(store),
				await claimBatch(store),
				await claimBatch(store),
			];
			await store.settle(dead.lease, { kind: 'dead', error: someError });
			const at = clock.now() + 60_000;
			await store.settle(retried.lease, { kind: 'retry', at, error: someError });
			return open;
		}

		for (const state of ['USER_DISABLED', 'SYSTEM_DISABLED'] as const) {
			it(`as ${state} has dropped what waits and what is open, counted, and keeps its dead letters`, async () => {
				const { store, clock } = current();
				await fill();
				assert.deepEqual(await store.setState(EXPORT_ID, state), { was: 'ACTIVE', dropped: 5 });
				const counters = await countersOf();
				const { rows, bytes, openBatches, openRows, retryingRows, deadRows } = counters;
				assert.deepEqual([rows, bytes, openBatches, openRows, retryingRows], [0, 0, 0, 0, 0]);
				assert.equal(deadRows, 2);
				assert.equal(counters.oldestAt, undefined);
				assert.deepEqual(
					[counters.acceptedTotal, counters.purgedTotal, counters.droppedTotal],
					[7, 5, 0],
				);
				assert.equal(counters.state, state);
				assert.deepEqual(await store.peek(EXPORT_ID), []);
				assert.equal(await dueAt(store), undefined);
				clock.advance(120_000);
				for (const o of [{ flush: true }, { flush: true, regardless: true }])
					assert.equal(
						await store.claim(EXPORT_ID, { owner: 'a', leaseMs: 1_000, ...o }),
						undefined,
					);
				const other = (await store.counters()).find(({ exportId }) => exportId !== EXPORT_ID);
				assert.deepEqual([other?.rows, other?.state], [1, 'ACTIVE'], 'of another export nothing');
			});
		}

		it('has voided its leases: nothing of them is settled or renewed, also not after it is enabled (I6)', async () => {
			const { store, clock } = current();
			const open = await fill();
			await store.setState(EXPORT_ID, 'USER_DISABLED');
			const lost = { code: 'ERR_LEASE_LOST' };
			await assert.rejects(store.renew(open.lease), lost);
			await store.setState(EXPORT_ID, 'ACTIVE');
			await appendTexts(store, clock, ['n1', 'n2']);
			const split = { kind: 'split', retry: [0], dead: [], error: someError } as const;
			for (const outcome of [
				{ kind: 'ack' },
				{ kind: 'release' },
				{ kind: 'retry', error: someError },
				{ kind: 'dead', error: someError },
				split,
			] as const)
				await assert.rejects(store.settle(open.lease, outcome), lost);
			// What has come with the claim may still be read.
			await readTexts(open).catch(() => []);
			await assert.rejects(readTexts(open), lost);
			assert.deepEqual(await readTexts(await claimBatch(store)), ['n1', 'n2']);
			assert.equal((await countersOf()).ackedTotal, 0);
		});

		it('says how many it has cost for as long as it lasts: those that waited and those that came', async () => {
			const { store, clock } = current();
			await fill();
			const costs: number[] = [];
			const look = async () => costs.push((await countersOf()).droppedSinceDisabled);
			await look();
			await store.setState(EXPORT_ID, 'SYSTEM_DISABLED');
			await look();
			const { duplicate, counters } = await appendEvent(store, {
				rows: [aRow(clock, 'a'), aRow(clock, 'b')],
				dead: [{ rows: [aRow(clock, 'c')], error: someError }],
			});
			assert.equal(duplicate, false);
			assert.deepEqual([counters[0]?.droppedTotal, counters[0]?.acceptedTotal], [3, 7]);
			await look();
			await store.setState(EXPORT_ID, 'USER_DISABLED');
			await store.putExport(anExport({ label: 'deployed again' }));
			await look();
			await store.setState(EXPORT_ID, 'ACTIVE');
			await look();
			await store.setState(EXPORT_ID, 'USER_DISABLED');
			await look();
			assert.deepEqual(costs, [0, 5, 8, 8, 0, 0]);
			const { droppedTotal, purgedTotal } = await countersOf();
			assert.deepEqual([droppedTotal, purgedTotal], [3, 5], 'the totals stay');
		});

		it('drops what a replay has made open since, when it is disabled once more', async () => {
			const { store } = current();
			await fill();
			await store.setState(EXPORT_ID, 'USER_DISABLED');
			await store.replay({ exportId: EXPORT_ID });
			assert.equal((await countersOf()).openRows, 2);
			const again = await store.setState(EXPORT_ID, 'USER_DISABLED');
			assert.deepEqual(again, { was: 'USER_DISABLED', dropped: 2 });
			assert.equal((await countersOf()).droppedSinceDisabled, 7);
		});

		it('is set only from the state that was named: what was paused meanwhile keeps its rows', async () => {
			const { store } = current();
			await fill();
			await store.setState(EXPORT_ID, 'PAUSED');
			const refused = await store.setState(EXPORT_ID, 'SYSTEM_DISABLED', { from: 'ACTIVE' });
			assert.deepEqual(refused, { was: 'PAUSED', dropped: 0 });
			const { state, rows, openRows } = await countersOf();
			assert.deepEqual([state, rows, openRows], ['PAUSED', 1, 4]);
			const set = await store.setState(EXPORT_ID, 'SYSTEM_DISABLED', { from: 'PAUSED' });
			assert.deepEqual(set, { was: 'PAUSED', dropped: 5 });
		});

		it('goes with the last of its rows, where it is being removed', async () => {
			const { store } = current();
			await store.putExport(anExport());
			await appendTexts(store, current().clock, ['a']);
			await store.removeExport(EXPORT_ID, 'drain');
			await store.setState(EXPORT_ID, 'USER_DISABLED');
			assert.equal(await store.getExport(EXPORT_ID), undefined);
		});

		it('drops many batches and chunks in one', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ conditions: CONDITIONS, maxInFlight: 100 }));
			for (let n = 0; n < 60; n++) await appendTexts(store, clock, [`a${n}`, `b${n}`]);
			for (let n = 0; n < 20; n++) await claimBatch(store);
			const { dropped } = await store.setState(EXPORT_ID, 'USER_DISABLED');
			assert.equal(dropped, 120);
			const { rows, openRows, openBatches } = await countersOf();
			assert.deepEqual([rows, openRows, openBatches], [0, 0, 0]);
		});
	});
}
