import assert from 'node:assert/strict';
import { aLatest } from '../../../conformance/latest-fixtures';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Connection } from '../../../../core/buffer/stores/sqlite/connection';
import { anExport, aRow, EXPORT_ID, keys } from '../../../conformance/store-fixtures';
import { StoreInThread } from '../../../support/store-in-thread';

/** One statement that ran, and how many rows it gave. */
type Step = [sql: string, rows: number];

describe('cost in a sqlite store (I18, S80)', function () {
	this.timeout(60_000);
	const directory = mkdtempSync(join(tmpdir(), 'sluice-cost-'));
	const { run, get, all } = Connection.prototype;
	let steps: Step[] = [];

	before(() => {
		Connection.prototype.run = function (sql, ...values) {
			const changes = run.call(this, sql, ...values);
			steps.push([sql, changes]);
			return changes;
		};
		Connection.prototype.get = function (sql, ...values) {
			const row = get.call(this, sql, ...values);
			steps.push([sql, row === undefined ? 0 : 1]);
			return row;
		};
		Connection.prototype.all = function (sql, ...values) {
			const rows = all.call(this, sql, ...values);
			steps.push([sql, rows.length]);
			return rows;
		};
	});
	after(() => {
		Object.assign(Connection.prototype, { run, get, all });
		rmSync(directory, { recursive: true });
	});

	/** What an append and each way of checking conditions do, when so many rows wait. */
	const costAt = async (waiting: number) => {
		const path = mkdtempSync(join(directory, `${waiting}-`));
		const store = new StoreInThread(path);
		let appends = 0;
		const append = (count: number) => {
			const rows = Array.from({ length: count }, () => aRow(store.clock, 'a row'));
			return store.append({
				receiverId: 'receiver',
				events: [{ ...keys(`${appends++}`), rows, latest: aLatest('k', 'an event') }],
			});
		};
		const conditions = { count: 1_000_000, sizeBytes: 50_000_000, timeMs: 60_000 };
		await store.call('putExport', anExport({ conditions }));
		for (let left = waiting; left > 0; left -= 1_000) await append(Math.min(1_000, left));
		const cost: Record<string, Step[]> = {};
		const claim = { exportId: EXPORT_ID, owner: 'o', leaseMs: 1_000, flush: false };
		for (const [name, f] of [
			['append', () => append(1)],
			['claim that is not due', () => store.call('claim', claim)],
			['nextDue', () => store.call('nextDue', [EXPORT_ID])],
			['counters', () => store.call('counters', undefined)],
		] as const) {
			steps = [];
			await f();
			cost[name] = shorten(steps);
		}
		const [counters] = (await store.call('counters', undefined)) as { rows: number }[];
		assert.equal(counters?.rows, waiting + 1);
		await store.call('close', undefined);
		steps = [];
		const again = new StoreInThread(path);
		cost.open = shorten(steps);
		await again.call('close', undefined);
		return { path, cost };
	};

	it('of an append, a check and an open is the same at 10 and at 100,000 waiting rows', async () => {
		const few = await costAt(10);
		const many = await costAt(100_000);
		assert.deepEqual(many.cost, few.cost);
		assert.ok((few.cost.append ?? []).length > 3, 'statements were seen');
		for (const check of ['nextDue', 'claim that is not due']) {
			// Housekeeping looks once after every group (S47).
			const asked = few.cost[check]?.filter(([sql]) => !sql.startsWith('PRAGMA'));
			assert.deepEqual(asked, [], 'counters in memory decide (S26)');
		}

		// A statement may give one row and still look at all of them.
		const database = new DatabaseSync(join(many.path, 'store.db'));
		const statements = new Set(Object.values(many.cost).flatMap((of) => of.map(([sql]) => sql)));
		for (const sql of statements) {
			// At open the exports, the schema and the marks (500 at most) are read whole.
			if (/^PRAGMA|FROM (export ORDER BY|lived_mark ORDER BY|sqlite_schema)/.test(sql)) continue;
			const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
			const scans = plan.filter(({ detail }) => /^SCAN (?!CONSTANT)/.test(detail));
			assert.deepEqual(scans, [], sql);
		}
		database.close();
	});
});

function shorten(steps: readonly Step[]): Step[] {
	return steps.map(([sql, rows]) => [sql.replace(/\s+/g, ' ').trim(), rows]);
}
