import assert from 'node:assert/strict';
import { aLatest } from '../conformance/latest-fixtures';
import type { Counters, Lease, Store } from '../../core/buffer/store';
import { systemClock } from '../../core/runtime/clock';
import { eventually } from '../support/eventually';
import {
	anExport,
	appendTexts,
	aRow,
	claimBatch,
	EXPORT_ID,
	keys,
	LEASE,
	someError,
} from '../conformance/store-fixtures';
import { usePostgresWorld } from './postgres-world';
import { verifyPostgres } from './postgres-verify';

/** A verb on a store that has 3 rows waiting, one batch of 2 leased, and one dead letter of 1. */
interface Verb {
	readonly name: string;
	readonly run: (store: Store, lease: Lease) => Promise<unknown>;
}

const error = someError;
const VERBS: readonly Verb[] = [
	{
		name: 'append',
		run: (store) =>
			store.append({
				receiverId: 'receiver',
				events: [
					{ ...keys(String(Math.random())), rows: [aRow(systemClock, 'w')] },
					{
						...keys(String(Math.random()), String(Math.random())),
						rows: [aRow(systemClock, 'x'), aRow(systemClock, 'y')],
						latest: aLatest('k', 'y'),
						dead: [{ rows: [aRow(systemClock, 'z')], error }],
					},
				],
			}),
	},
	{ name: 'claim', run: (store) => store.claim(EXPORT_ID, { ...LEASE, flush: true }) },
	{ name: 'ack', run: (store, lease) => store.settle(lease, { kind: 'ack' }) },
	{ name: 'retry', run: (store, lease) => store.settle(lease, { kind: 'retry', error }) },
	{ name: 'dead', run: (store, lease) => store.settle(lease, { kind: 'dead', error }) },
	{
		name: 'split',
		run: (store, lease) => store.settle(lease, { kind: 'split', retry: [0], dead: [1], error }),
	},
	{ name: 'replay', run: (store) => store.replay({ exportId: EXPORT_ID }) },
	{ name: 'purge', run: (store) => store.purge({ exportId: EXPORT_ID, what: 'all' }) },
	{
		name: 'putExport',
		run: (store) => store.putExport(anExport({ label: String(Math.random()) })),
	},
];

/** More pieces than any verb sends. */
const MAX_PIECES = 60;

describe('a postgres store that is cut off between any two statements (S79, I2, I8, I16)', function () {
	this.timeout(120_000);
	this.slow(20_000);
	const world = usePostgresWorld();

	/** The same beginning each time, by a process that has no trouble. */
	const prepare = async (direct: Store): Promise<Lease> => {
		await direct.purge({ exportId: EXPORT_ID, what: 'all' });
		await appendTexts(direct, systemClock, ['dead']);
		const dead = await claimBatch(direct, { flush: true });
		await direct.settle(dead.lease, { kind: 'dead', error });
		await appendTexts(direct, systemClock, ['a', 'b']);
		const { lease } = await claimBatch(direct, { flush: true });
		await appendTexts(direct, systemClock, ['c', 'd', 'e']);
		return lease;
	};

	for (const { name, run } of VERBS) {
		it(`does ${name} wholly or not at all`, async () => {
			const direct = await world.open({ timeoutMs: 10_000 });
			await direct.putExport(anExport({ maxInFlight: 9 }));
			const shaky = await world.open({ throughProxy: true, timeoutMs: 10_000 });
			await run(shaky, await prepare(direct));
			const show = async () => shapeOf((await direct.counters())[0]);
			await prepare(direct);
			const before = await show();
			let after: Shape | undefined;
			let cuts = 0;
			for (let piece = 1; piece < MAX_PIECES; piece++) {
				let isOver = false;
				for (const when of ['before', 'answered'] as const) {
					const lease = await prepare(direct);
					await allConnectionsWork(shaky);
					const cut = world.proxy.cutAtPiece(piece, when);
					const isDone = await run(shaky, lease).then(
						() => true,
						(reason: { code?: string }) => {
							assert.equal(reason.code, 'ERR_STORE_UNAVAILABLE');
							return false;
						},
					);
					isOver = cut.disarm();
					await world.proxy.heal();
					await eventually('sessions end', async () => (await busySessions()) === 0);
					await verifyPostgres(world.database, world.schema);
					const shape = await show();
					if (isDone) after ??= shape;
					else cuts++;
					if (isDone) assert.deepEqual(shape, after, `${when} piece ${piece}`);
					else if (!isEqual(shape, before)) {
						assert.equal(when, 'answered', 'not done before the server has the COMMIT');
						after ??= shape;
						assert.deepEqual(shape, after, `${when} piece ${piece}`);
					}
				}
				if (isOver) break;
			}
			// BEGIN, the clock, at least one change, the counters, COMMIT; each before and after.
			assert.ok(cuts >= 8, `cut off ${cuts} times`);
		});
	}

	/** Appends, what the flusher does, and what people do have connections of their own. */
	const allConnectionsWork = async (store: Store) => {
		await eventually('work', () => store.claim('receiver/none', LEASE).catch(isUnknown));
		await eventually('admin', () => store.counters().catch(() => undefined));
		await eventually('append', () =>
			store.append({ receiverId: 'receiver', events: [{ rows: [] }] }).catch(() => undefined),
		);
	};

	/** The server may still be rolling back what it was cut off from. */
	const busySessions = async () => {
		const [row] = await world.database.query<{ count: string }>(
			`SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sluice' AND state <> 'idle' AND query LIKE $1`,
			[`%"${world.schema}"%`],
		);
		return Number(row?.count);
	};
});

/** What a working connection says of an export that is not there. */
function isUnknown(reason: { code?: string }): true | undefined {
	return reason.code === 'ERR_EXPORT_UNKNOWN' ? true : undefined;
}

type Shape = ReturnType<typeof shapeOf>;

/** What is where; totals go on from round to round. */
function shapeOf(counters: Counters | undefined) {
	assert.ok(counters);
	const { rows, openBatches, openRows, deadBatches, deadRows } = counters;
	return { rows, openBatches, openRows, deadBatches, deadRows };
}

function isEqual(a: Shape, b: Shape): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}
