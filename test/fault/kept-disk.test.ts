import assert from 'node:assert/strict';
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { keptOwner } from '../../core/config';
import { systemClock } from '../../core/runtime/clock';
import { anExport, aRow, claimBatch, EXPORT_ID, toText } from '../conformance/store-fixtures';
import { mountSmallDisk, unmountSmallDisk } from '../support/small-disk';
import { verifyStore } from './verify-store';

const MB = 1024 ** 2;
const DISK_MB = 64;
const OWNER = keptOwner('receiver');
const KEPT_ID = `${OWNER}/events`;
/** Of an event. */
const BYTES = 20_000;
/** Together more than twice the disk. */
const EVENTS = 8_000;

describe('kept events on a disk that they would fill', function () {
	this.timeout(180_000);
	let disk = '';
	let directory = '';
	let store: Store | undefined;

	beforeEach(async function () {
		disk = await mountSmallDisk(this, DISK_MB);
		directory = join(disk, 'store');
	});
	afterEach(async () => {
		await store?.close();
		store = undefined;
		await unmountSmallDisk(disk);
	});

	it('go, the oldest first, and no event is refused for them', async () => {
		store = await openStore({ kind: 'sqlite', directory });
		const kept = { ageMs: 86_400_000, bytes: 1024 * MB };
		const conditions = { count: 100, sizeBytes: 50 * MB, timeMs: 86_400_000 };
		await store.putExport({ ...anExport({ id: 'events', receiverId: OWNER, conditions }), kept });
		await store.putExport(anExport({ conditions, maxInFlight: 10 }));
		let leastFree = Number.POSITIVE_INFINITY;
		for (let n = 0; n < EVENTS; n += 10) {
			const opened = store;
			const events = Array.from({ length: 10 }, (_, i) => ({
				rows: [
					aRow(systemClock, `row ${n + i}`, { exportId: EXPORT_ID }),
					aRow(systemClock, `kept ${n + i} `.padEnd(BYTES, '.'), { exportId: KEPT_ID }),
				],
			}));
			await Promise.all(
				events.map((event) => opened.append({ receiverId: 'receiver', events: [event] })),
			);
			if (n % 100 === 90) {
				const { lease } = await claimBatch(store);
				await store.settle(lease, { kind: 'ack' });
			}
			const { bavail, bsize } = statfsSync(disk);
			leastFree = Math.min(leastFree, bavail * bsize);
		}
		const counters = await store.counters();
		const [events, main] = [KEPT_ID, EXPORT_ID].map((id) =>
			counters.find(({ exportId }) => exportId === id),
		);
		assert.equal(main?.ackedTotal, EVENTS);
		assert.ok(events && events.rows > 100, `${events?.rows} are kept`);
		assert.equal(events.rows + events.purgedTotal, EVENTS);
		const texts: string[] = [];
		for (let [after, isLast]: [string | undefined, boolean] = [undefined, false]; !isLast;) {
			const page = await store.readWaiting(KEPT_ID, { after });
			texts.push(...page.rows.map((row) => toText(row).split(' ')[1] ?? ''));
			({ end: after, isLast } = page);
		}
		const newest = Array.from({ length: events.rows }, (_, i) => String(EVENTS - events.rows + i));
		assert.deepEqual(
			texts.map(Number).toSorted((a, b) => a - b),
			newest.map(Number),
		);
		assert.ok(leastFree > 4 * MB, `${leastFree} bytes were free at least`);
		await store.close();
		await verifyStore(directory);
	});
});
