import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { openPipeline } from '../../core/pipeline/open-pipeline';
import { systemClock } from '../../core/runtime/clock';
import {
	anExport,
	appendTexts,
	claimBatch,
	EXPORT_ID,
	LEASE,
	readTexts,
	someError,
} from '../conformance/store-fixtures';
import { eventually } from '../support/eventually';
import { usePostgres } from '../support/postgres';

/** What goes on between two statements of the store, done by hand: another session holds what the store waits for. */
describe('a postgres store and what others do at the same instant', () => {
	const database = usePostgres();
	let schema = '';
	let stores: Store[] = [];
	let other: Client;

	const open = async (name = 'a', timeoutMs = 10_000): Promise<Store> => {
		// Another connection string is another handle on the same store, as with another password.
		const url = new URL(database.connectionString);
		url.searchParams.set('application_name', name);
		const store = await openStore({
			kind: 'postgres',
			connectionString: url.href,
			schema,
			timeoutMs,
		});
		stores.push(store);
		return store;
	};
	const table = (name: string): string => `"${schema}".${name}`;
	/** Statements that wait for a lock in this database. */
	const waiting = async (): Promise<boolean> => {
		const found = await database.query<{ n: string }>(
			`SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1`,
			[`%${schema}%`],
		);
		return Number(found[0]?.n) > 0;
	};

	beforeEach(async () => {
		schema = database.newSchema();
		stores = [];
		other = new Client({ connectionString: database.connectionString });
		await other.connect();
	});
	afterEach(async () => {
		await Promise.all(stores.map((store) => store.close()));
		await other.end();
	});

	it('an export whose first putExport failed can be put again', async () => {
		const store = await open('a', 300);
		await other.query(`BEGIN; LOCK TABLE ${table('revision')} IN EXCLUSIVE MODE`);
		await assert.rejects(store.putExport(anExport()), { code: 'ERR_STORE_UNAVAILABLE' });
		await other.query('ROLLBACK');
		assert.deepEqual(await store.putExport(anExport()), { mappingRevision: 1 });
		await appendTexts(store, systemClock, ['1', '2', '3']);
		assert.deepEqual(await readTexts(await claimBatch(store)), ['1', '2', '3']);
	});

	it('a batch that its former owner puts aside while it is claimed again is not handed out (I7)', async () => {
		const store = await open();
		await store.putExport(anExport());
		await appendTexts(store, systemClock, ['1', '2', '3']);
		const { id, lease } = await claimBatch(store);
		await store.settle(lease, { kind: 'release' });
		await other.query(`BEGIN; SELECT FROM ${table('batch')} WHERE id = ${Number(id)} FOR UPDATE`);
		const claiming = store.claim(EXPORT_ID, LEASE);
		await eventually('the claim waits for the batch', waiting);
		await other.query(
			`UPDATE ${table('batch')} SET state = 'dead', dead_at = 0 WHERE id = ${Number(id)}; COMMIT`,
		);
		assert.equal(await claiming, undefined);
		const rows = await other.query(`SELECT token, lease_until FROM ${table('batch')}`);
		assert.deepEqual(rows.rows, [{ token: 1, lease_until: null }]);
	});

	it('a flush is not forgotten because another process is just claiming (S58)', async () => {
		const store = await open();
		await store.putExport(anExport());
		await appendTexts(store, systemClock, ['1']);
		await other.query(`BEGIN; LOCK TABLE ${table('batch')} IN EXCLUSIVE MODE`);
		const first = store.claim(EXPORT_ID, { ...LEASE, flush: true });
		const second = open('b').then((b) => b.claim(EXPORT_ID, { ...LEASE, flush: true }));
		await eventually('both wait', waiting);
		await sleep(100);
		await other.query('COMMIT');
		const batches = (await Promise.all([first, second])).filter((batch) => batch !== undefined);
		assert.equal(batches.length, 1);
	});

	it('the store of a pipeline can be opened anew with another password: nothing is put aside, others are heard', async () => {
		const [older, newer, elsewhere] = [await open('a'), await open('b'), await open('c')];
		const delivered: string[] = [];
		let gate: Promise<void> = Promise.resolve();
		const sink = {
			deliver: async (batch: Parameters<typeof readTexts>[0]) => {
				await gate;
				delivered.push(...(await readTexts(batch)));
				return { kind: 'ack' } as const;
			},
		};
		const one = await openPipeline({ store: older });
		const config = {
			id: 'orders',
			receiverId: 'receiver',
			label: 'Orders',
			output: 'record',
			conditions: { count: 3, sizeBytes: 1_000, timeMs: 60_000 },
		};
		const attachment = one.attachExport(
			{ config: config as never, ports: { sink: sink as never } },
			{ key: 'k', label: 'l' },
		);
		await attachment.ready;
		let letGo: () => void = () => {};
		gate = new Promise((resolve) => (letGo = resolve));
		await appendTexts(elsewhere, systemClock, ['1', '2', '3']);
		await eventually('the batch is with the sink', async () => {
			const [counters] = await elsewhere.counters();
			return counters?.openBatches === 1;
		});
		const two = await openPipeline({ store: newer });
		await one.close();
		await older.close();
		letGo();
		await eventually('it is delivered', () => delivered.length >= 3);
		await appendTexts(elsewhere, systemClock, ['4', '5', '6']);
		await eventually('what comes from elsewhere, too', () => delivered.length >= 6);
		assert.deepEqual(delivered, ['1', '2', '3', '4', '5', '6']);
		assert.equal((await elsewhere.counters())[0]?.deadRows, 0);
		await two.close();
	});

	it('replays, purges and sweeps thousands of dead letters in parts: claims go on meanwhile', async () => {
		const store = await open();
		await store.putExport(anExport({ maxInFlight: 5 }));
		const dead = Array.from({ length: 3_000 }, (_, n) => ({
			rows: [
				{
					exportId: EXPORT_ID,
					eventId: `e${n}`,
					receivedAt: systemClock.now(),
					mappingRevision: 1,
					payload: Buffer.from(String(n)),
					sizeBytes: 1,
				},
			],
			error: someError,
		}));
		await store.append({ receiverId: 'receiver', events: [{ rows: [], dead }] });
		const replaying = store.replay({ exportId: EXPORT_ID });
		await eventually('one of them is claimed', () => store.claim(EXPORT_ID, LEASE));
		assert.deepEqual(await replaying, { batches: 3_000, rows: 3_000 });
		assert.deepEqual(await store.purge({ exportId: EXPORT_ID, what: 'all' }), { rows: 3_000 });
		const [counters] = await store.counters();
		assert.deepEqual(
			[counters?.openBatches, counters?.deadRows, counters?.purgedTotal],
			[0, 0, 3_000],
		);
	});
});
