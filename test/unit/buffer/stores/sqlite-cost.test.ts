import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AppendRequest } from '../../../../core/buffer/stores/append-request';
import { checkLimits } from '../../../../core/buffer/stores/sqlite/check-options';
import { Connection } from '../../../../core/buffer/stores/sqlite/connection';
import { GroupRunner } from '../../../../core/buffer/stores/sqlite/group-runner';
import { encodeAppend } from '../../../../core/buffer/stores/sqlite/packed-appends';
import { packCalls } from '../../../../core/buffer/stores/sqlite/packed-calls';
import type { Answer, Call, OperationCall } from '../../../../core/buffer/stores/sqlite/protocol';
import { anExport, aRow, EXPORT_ID, FakeClock } from '../../../conformance/store-fixtures';

/** One statement that ran, and how many rows it gave. */
type Step = [sql: string, rows: number];

/**
 * A sqlite store without its thread, so that its statements can be watched. Not timed: a machine that is busy proves nothing.
 */
class Watched {
	readonly #runner: GroupRunner;
	readonly #clock = new FakeClock();
	readonly #answers = new Map<number, (answer: Answer) => void>();
	#lastId = 0;
	steps: Step[] = [];

	constructor(directory: string) {
		const limits = checkLimits({ ballastBytes: 0 });
		const reading = { wallAt: this.#clock.now() };
		const options = { directory, limits, durability: 'normal', reading, notices: [] } as const;
		this.#runner = new GroupRunner(options, (message) => {
			if (message.kind !== 'answers') return;
			for (const answer of message.answers) this.#answers.get(answer.id)?.(answer);
			for (const id of message.stored) this.#answers.get(id)?.({ id, value: false });
		});
	}

	async call(op: OperationCall['op'], args: unknown): Promise<unknown> {
		return this.#send((id) => ({ op, id, args }) as OperationCall);
	}

	async append(count: number): Promise<void> {
		const rows = Array.from({ length: count }, () =>
			aRow(this.#clock, 'a row', { latestKey: 'k' }),
		);
		const request: AppendRequest = { receiverId: 'receiver', dedupeKey: `${this.#lastId}`, rows };
		await this.#send((id) => encodeAppend(id, request));
	}

	async #send(toCall: (id: number) => Call): Promise<unknown> {
		const id = ++this.#lastId;
		const answer = new Promise<Answer>((resolve) => this.#answers.set(id, resolve));
		const reading = { wallAt: this.#clock.now() };
		this.#runner.enqueue({ ...packCalls([toCall(id)]), reading });
		const settled = await answer;
		assert.ok('value' in settled, JSON.stringify(settled));
		return settled.value;
	}
}

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
		const store = new Watched(path);
		const conditions = { count: 1_000_000, sizeBytes: 50_000_000, timeMs: 60_000 };
		await store.call('putExport', anExport({ conditions }));
		for (let left = waiting; left > 0; left -= 1_000) await store.append(Math.min(1_000, left));
		const cost: Record<string, Step[]> = {};
		const claim = { exportId: EXPORT_ID, owner: 'o', leaseMs: 1_000, flush: false };
		for (const [name, f] of [
			['append', () => store.append(1)],
			['claim that is not due', () => store.call('claim', claim)],
			['nextDueAt', () => store.call('nextDueAt', undefined)],
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
		const again = new Watched(path);
		cost.open = shorten(steps);
		await again.call('close', undefined);
		return { path, cost };
	};

	it('of an append, a check and an open is the same at 10 and at 100,000 waiting rows', async () => {
		const few = await costAt(10);
		const many = await costAt(100_000);
		assert.deepEqual(many.cost, few.cost);
		assert.ok((few.cost.append ?? []).length > 3, 'statements were seen');
		for (const check of ['nextDueAt', 'claim that is not due']) {
			// Housekeeping looks once after every group (S47).
			const asked = few.cost[check]?.filter(([sql]) => !sql.startsWith('PRAGMA'));
			assert.deepEqual(asked, [], 'counters in memory decide (S26)');
		}

		// A statement may give one row and still look at all of them.
		const database = new DatabaseSync(join(many.path, 'store.db'));
		const statements = new Set(Object.values(many.cost).flatMap((of) => of.map(([sql]) => sql)));
		for (const sql of statements) {
			// At open the exports and the schema are read whole.
			if (/^PRAGMA|FROM (export ORDER BY|sqlite_schema)/.test(sql)) continue;
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
