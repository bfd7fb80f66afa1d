import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TableDatabaseConfig } from '../../core/sink/table/open-database';
import { usePostgres } from '../support/postgres';
import { type Child, startChild } from './child';
import { faultRounds, seededChance } from './rounds';
import { type LoaderOptions, ROWS } from './table-loader';

const ROUNDS = faultRounds({ desk: 6, ci: 30 });

interface Target {
	readonly database: TableDatabaseConfig;
	readonly table: string;
	/** How often each id is there. */
	count(): Promise<{ id: number; n: number }[]>;
}

describe('kill -9 of a process that loads tables', function () {
	this.timeout(90_000 + ROUNDS * 10_000);
	this.slow(ROUNDS * 2_000);
	let child: Child | undefined;
	let directory = '';

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-table-'));
	});
	afterEach(async () => {
		child?.process.kill('SIGKILL');
		await child?.ended;
		await rm(directory, { recursive: true, force: true });
	});

	const load = (options: LoaderOptions): Child =>
		(child = startChild('table-loader.ts', [JSON.stringify(options)]));

	async function killAndCount({ database, table, count }: Target): Promise<void> {
		const chance = seededChance('kill -9 of a load');
		let from = 0;
		let repeated = 0;
		for (let round = 0; round < ROUNDS; round++) {
			const running = load({ database, table, from });
			await running.waitFor('ack');
			// The one place where time is the point: the kill has to fall between any two steps.
			await new Promise((resolve) => setTimeout(resolve, chance() * 120));
			running.process.kill('SIGKILL');
			await running.ended;
			assert.deepEqual(
				running.lines.filter((line) => /^(dead|split|release)/.test(line)),
				[],
			);
			// A line may have been cut short.
			const acked = running.lines
				.flatMap((line) => /^ack (\d+)$/.exec(line)?.[1] ?? [])
				.map(Number);
			const known = new Set((await count()).map(({ id }) => Math.floor(id / ROWS)));
			// Half of the rounds deliver again what was acked, as after a store that lost the settlement.
			from = Math.max(from, (acked.at(-1) ?? from) + (round % 2));
			if (known.has(from)) repeated += 1;
		}
		const last = load({ database, table, from, to: from + 1 });
		await last.ended;
		assert.deepEqual(last.lines, [`ack ${from}`, `ack ${from + 1}`]);
		const found = await count();
		const expected = Array.from({ length: (from + 2) * ROWS }, (_, id) => ({ id, n: 1 }));
		assert.deepEqual(found, expected);
		assert.ok(repeated > 0, 'a batch that was loaded was delivered again');
		console.log(`      ${from + 2} batches, ${repeated} that were loaded came again`);
	}

	it(`SQLite: no row twice, none lost, in ${ROUNDS} rounds`, async () => {
		const file = join(directory, 'target.db');
		await killAndCount({
			database: { kind: 'sqlite', file },
			table: 'events',
			async count() {
				const database = new DatabaseSync(file);
				const rows = database
					.prepare('SELECT id, count(*) AS n FROM events GROUP BY id ORDER BY id')
					.all();
				database.close();
				return rows.map(({ id, n }) => ({ id: Number(id), n: Number(n) }));
			},
		});
	});

	describe('with a PostgreSQL', () => {
		const server = usePostgres();

		it(`no row twice, none lost, in ${ROUNDS} rounds`, async () => {
			const schema = server.newSchema();
			const { connectionString } = server;
			await killAndCount({
				database: { kind: 'postgres', connectionString, schemas: [schema] },
				table: `${schema}.events`,
				async count() {
					const sql = `SELECT id::int AS id, count(*)::int AS n FROM "${schema}".events GROUP BY id ORDER BY id`;
					return (await server.query<{ id: number; n: number }>(sql)).map(({ id, n }) => ({
						id,
						n,
					}));
				},
			});
		});
	});
});
