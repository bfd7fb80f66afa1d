import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import type { Counters } from '../../core/buffer/store';
import { EXPORT_ID } from '../conformance/store-fixtures';
import { eventually } from '../support/eventually';
import { usePostgres } from '../support/postgres';
import { type Child, startChild } from './child';
import type { DisablerOptions } from './disabler';
import { connectionsGone, verifyPostgres } from './postgres-verify';
import { faultRounds, seededChance } from './rounds';

const ROWS = 2_000;
const ROUNDS = faultRounds({ desk: 4, ci: 10 });

/** All of it, or nothing: a state without its rows having gone, or rows that are gone without the state, would be a lie to somebody. */
function isWhole({ state, rows, openRows, purgedTotal, droppedSinceDisabled }: Counters): boolean {
	const found = [rows + openRows, purgedTotal, droppedSinceDisabled];
	assert.deepEqual(found, state === 'ACTIVE' ? [ROWS, 0, 0] : [0, ROWS, ROWS], state);
	return state !== 'ACTIVE';
}

describe('kill -9 while an export is disabled (D53)', function () {
	this.timeout(60_000 + ROUNDS * 10_000);

	async function countersOf(options: StoreOptions): Promise<Counters> {
		const store = await openStore(options);
		const found = (await store.counters()).find(({ exportId }) => exportId === EXPORT_ID);
		await store.close();
		assert.ok(found);
		return found;
	}

	let living: Child | undefined;
	let blocker: Client | undefined;

	afterEach(async () => {
		await blocker?.end();
		living?.process.kill('SIGKILL');
		await living?.ended;
		[living, blocker] = [undefined, undefined];
	});

	function start(options: DisablerOptions): Child {
		return (living = startChild('disabler.ts', [JSON.stringify(options)]));
	}

	it(`leaves an embedded store with all of its rows or with none, in ${ROUNDS} rounds`, async () => {
		const chance = seededChance('disable');
		for (let round = 0; round < ROUNDS; round++) {
			const directory = await mkdtemp(path.join(tmpdir(), 'sluice-disable-'));
			const store: StoreOptions = { kind: 'sqlite', directory };
			const child = start({ store, rows: ROWS, openBatches: 5 });
			await child.waitFor('filled');
			child.process.kill('SIGUSR2');
			await child.waitFor('disabling');
			// The one place where time is the point: the kill has to fall anywhere in it.
			await new Promise((resolve) => setTimeout(resolve, chance() * 12));
			child.process.kill('SIGKILL');
			await child.ended;
			const isDisabled = isWhole(await countersOf(store));
			if (child.lines.includes('disabled')) assert.equal(isDisabled, true, 'what was said holds');
			await rm(directory, { recursive: true });
		}
	});

	describe('in PostgreSQL', () => {
		const database = usePostgres();

		it('leaves all of its rows where it comes between their removal and the end of the transaction', async () => {
			const schema = database.newSchema();
			const { connectionString } = database;
			const store: StoreOptions = { kind: 'postgres', connectionString, schema };
			const child = start({ store, rows: ROWS, openBatches: 5 });
			await child.waitFor('filled');
			blocker = new Client({ connectionString });
			await blocker.connect();
			// What waits is deleted first; of the open batches one cannot be: there it is killed.
			await blocker.query('BEGIN');
			await blocker.query(`SELECT id FROM "${schema}".batch FOR UPDATE`);
			child.process.kill('SIGUSR2');
			await eventually('it is in the middle', async () => {
				const waits = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%old AS%"${schema}"%'`;
				return (await database.query(waits)).length > 0;
			});
			child.process.kill('SIGKILL');
			await child.ended;
			await blocker.query('ROLLBACK');
			await eventually('the server has ended its session', () => connectionsGone(database, schema));
			const isDisabled = isWhole(await countersOf(store));
			assert.equal(isDisabled, false);
			await verifyPostgres(database, schema);
		});
	});
});
