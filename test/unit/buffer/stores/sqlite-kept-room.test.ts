import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../../../core/buffer/open-store';
import type { Store, StoredExport } from '../../../../core/buffer/store';
import { keptOwner } from '../../../../core/config';
import { silentLogger } from '../../../../core/runtime/logger';
import { anExport, aRow, EXPORT_ID, toText } from '../../../conformance/store-fixtures';
import { systemClock } from '../../../../core/runtime/clock';

const OWNER = keptOwner('receiver');
const KEPT_ID = `${OWNER}/events`;
const TB = 1024 ** 4;
const ROW_BYTES = 100_000;

describe('room that kept events make in a sqlite store', () => {
	let directory = '';
	let store: Store;
	const warnings: string[] = [];
	const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
	const open = async (limits: { minFreeBytes?: number; maxStoreBytes?: number }) => {
		const all = { minFreeBytes: 0, ballastBytes: 0, ...limits };
		store = await openStore({ kind: 'sqlite', directory, limits: all, logger });
	};
	const aKept: StoredExport = {
		...anExport({ id: 'events', receiverId: OWNER, output: 'event' }),
		kept: { ageMs: 86_400_000, bytes: TB },
	};
	const append = (exportId: string, text: string) =>
		store.append({
			receiverId: 'receiver',
			events: [{ rows: [aRow(systemClock, text.padEnd(ROW_BYTES, '.'), { exportId })] }],
		});
	const countersOf = async (exportId: string) =>
		(await store.counters()).find((one) => one.exportId === exportId) ?? assert.fail();
	const keptTexts = async () => {
		const texts: string[] = [];
		for (let [after, isLast]: [string | undefined, boolean] = [undefined, false]; !isLast;) {
			const page = await store.readWaiting(KEPT_ID, { after });
			texts.push(...page.rows.map((row) => toText(row).replace(/\.+$/, '')));
			({ end: after, isLast } = page);
		}
		return texts;
	};

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-room-'));
		warnings.length = 0;
		await open({});
		await store.putExport(aKept);
		await store.putExport({ ...anExport(), quota: { bytes: TB } });
	});
	afterEach(async () => {
		await store.close();
		await rm(directory, { recursive: true, force: true });
	});

	it('takes new events on a disk that is nearly full for as long as older ones are kept, and refuses then', async () => {
		for (let i = 0; i < 20; i++) await append(KEPT_ID, `k${i}`);
		await store.close();
		await open({ minFreeBytes: TB });
		let taken = 0;
		for (; taken < 100; taken++) {
			const error = await append(EXPORT_ID, `n${taken}`).then(
				() => undefined,
				(thrown: unknown) => thrown,
			);
			if (error === undefined) continue;
			assert.equal(Object(error).code, 'ERR_BUFFER_FULL');
			break;
		}
		assert.ok(taken >= 3 && taken < 100, `${taken} were taken`);
		const { rows, purgedTotal } = await countersOf(KEPT_ID);
		assert.deepEqual([rows, purgedTotal], [0, 20], 'all that was kept went first');
		assert.equal((await countersOf(EXPORT_ID)).rows, taken);
		assert.ok(warnings.some((one) => /oldest kept events are dropped/.test(one)));
	});

	it('drops the oldest, and no more than is needed', async () => {
		for (let i = 0; i < 40; i++) await append(KEPT_ID, `k${i}`);
		await store.close();
		await open({ minFreeBytes: TB });
		await append(EXPORT_ID, 'new');
		const left = await keptTexts();
		assert.ok(left.length >= 30 && left.length < 40, `${left.length} are left`);
		assert.equal(left.at(-1), 'k39');
	});

	it('says how many kept events cannot be read, and lets go of them like the others', async () => {
		for (let i = 0; i < 3; i++) await append(KEPT_ID, `k${i}`);
		await store.close();
		const database = new DatabaseSync(join(directory, 'store.db'));
		database.exec('UPDATE chunk SET body = zeroblob(length(body)) WHERE seq = 2');
		database.close();
		await open({});
		const { damaged } = await store.readWaiting(KEPT_ID);
		assert.deepEqual([await keptTexts(), damaged], [['k0', 'k2'], 1]);
		await store.putExport({ ...aKept, kept: { ageMs: 86_400_000, bytes: ROW_BYTES } });
		await append(KEPT_ID, 'k3');
		assert.deepEqual(await keptTexts(), ['k3']);
	});

	it('keeps the whole store within its bound by what is kept, and refuses nothing for it', async () => {
		await store.close();
		await open({ maxStoreBytes: 10 * ROW_BYTES });
		for (let i = 0; i < 9; i++) await append(KEPT_ID, `k${i}`);
		for (let i = 0; i < 4; i++) await append(EXPORT_ID, `n${i}`);
		assert.deepEqual(await keptTexts(), ['k3', 'k4', 'k5', 'k6', 'k7', 'k8']);
		// In one group: each of them would be too much with what is kept.
		await Promise.all([4, 5, 6, 7, 8, 9, 10].map((i) => append(EXPORT_ID, `n${i}`)));
		assert.deepEqual(await keptTexts(), []);
		await assert.rejects(append(EXPORT_ID, 'one more'), { code: 'ERR_BUFFER_FULL' });
	});
});
