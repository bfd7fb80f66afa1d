import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Store } from '../../core/buffer/store';
import { systemClock } from '../../core/runtime/clock';
import {
	anExport,
	aRow,
	claimBatch,
	EXPORT_ID,
	readRows,
	readTexts,
	toText,
} from '../conformance/store-fixtures';
import { usePostgresWorld } from './postgres-world';

describe('appenders of a postgres store that commit out of order (I21, S57)', function () {
	this.timeout(60_000);
	this.slow(5_000);
	const world = usePostgresWorld();
	const push = (store: Store, text: string) =>
		store.append({ receiverId: 'receiver', events: [{ rows: [aRow(systemClock, text)] }] });

	/**
	 * A row whose identity is taken, and whose transaction stays open while `meanwhile` runs with another process; that one has to
	 * have another slot of the counters, or it waits for the transaction (S56), so several are tried.
	 */
	const holdAppend = async (text: string, meanwhile: (other: Store) => Promise<void>) => {
		const slow = await world.open({ throughProxy: true, timeoutMs: 10_000 });
		await slow.putExport(anExport({ maxInFlight: 9 }));
		// With the zero byte that ends it: BEGIN says COMMITTED.
		const hold = world.proxy.holdAt('COMMIT\0');
		const appending = push(slow, text);
		await hold.held;
		try {
			for (let tries = 0; ; tries++) {
				const other = await world.open({ timeoutMs: 10_000 });
				const quick = push(other, `quick ${tries}`).then(() => true as const);
				quick.catch(() => {});
				if ((await Promise.race([quick, sleep(400)])) === true) {
					await meanwhile(other);
					break;
				}
				assert.ok(tries < 8, 'an append of one process holds up those of all others');
			}
		} finally {
			hold.release();
		}
		await appending;
		return slow;
	};

	/** Everything that is left, acked. */
	const takeAll = async (store: Store) => {
		const texts: string[] = [];
		for (;;) {
			const batch = await store.claim(EXPORT_ID, { owner: 'a', leaseMs: 30_000, flush: true });
			if (batch === undefined) return texts;
			texts.push(...(await readTexts(batch)));
			await store.settle(batch.lease, { kind: 'ack' });
		}
	};

	it('gives a row that commits after rows with a larger identity were claimed', async () => {
		let early: Batch | undefined;
		const store = await holdAppend('late', async (other) => {
			early = await claimBatch(other, { flush: true });
		});
		assert.ok(early);
		assert.match((await readTexts(early)).join(), /^quick [0-9]$/);
		const rest = await takeAll(store);
		assert.ok(rest.includes('late'), 'nothing is passed over');
		await store.settle(early.lease, { kind: 'ack' });
		const seqs = await world.database.query(`SELECT seq FROM "${world.schema}".chunk`);
		assert.deepEqual(seqs, []);
		const [counters] = await store.counters();
		assert.deepEqual([counters?.rows, counters?.bytes, counters?.oldestAt], [0, 0, undefined]);
		assert.equal(counters?.ackedTotal, counters?.acceptedTotal);
	});

	it('takes the late row first when nobody has claimed yet (I11)', async () => {
		const store = await holdAppend('late', async (other) => {
			assert.match((await other.peek(EXPORT_ID)).map(toText).join(), /^quick/);
		});
		assert.equal((await store.peek(EXPORT_ID)).map(toText)[0], 'late');
	});

	it('counts right what it did not see when its batch was closed (I10)', async () => {
		const store = await holdAppend('late', async (other) => {
			const [counters] = await other.counters();
			assert.equal(counters?.rows, 1, 'what is not committed is not counted');
			const batch = await claimBatch(other, { flush: true });
			assert.deepEqual(
				(await readRows(batch)).map(({ rowId }) => rowId),
				[1],
			);
		});
		const [counters] = await store.counters();
		assert.equal(counters?.openRows, 1);
		assert.equal(counters?.rows, (await store.peek(EXPORT_ID)).length);
	});
});
