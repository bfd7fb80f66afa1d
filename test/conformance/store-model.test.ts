import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { usePostgres } from '../support/postgres';
import { Model } from './store-model';
import { JumpingClock } from './store-model-clock';
import { COMMANDS, someExportChanges } from './store-model-commands';
import { claimOne, putOne, type Real } from './store-model-real';
import { checkStore } from './store-model-check';

/**
 * Random histories on a store and on a model of the contract (S78). A failing run is shrunk and shown with its seed:
 * SLUICE_MODEL_SEED=<seed> runs it again, SLUICE_MODEL_TIMES=100 looks longer. So many histories are played however slow the
 * machine is.
 */
const TIMES = Number(process.env['SLUICE_MODEL_TIMES'] ?? (process.env['CI'] === 'true' ? 3 : 1));
/** Seeds that failed once, and what was wrong. */
const FAILED_ONCE: readonly number[] = [
	// Where rows stand that were taken live first, and were held when they were replayed.
	1062722160,
];
const GIVEN_SEED = process.env['SLUICE_MODEL_SEED'];

interface World {
	open(clock: JumpingClock): Promise<Store>;
	readonly reopen: ((store: Store, clock: JumpingClock) => Promise<Store>) | undefined;
	readonly reopenEvery: number;
	readonly endsLeases: boolean;
	readonly isByKey?: boolean;
	/** A few seconds of them where nothing else runs. */
	readonly histories: number;
}

describe('the model of the store contract (S78)', function () {
	// For a store that hangs, not for one that is slow.
	this.timeout(600_000 * TIMES);

	describe('memory', () => {
		modelTests(() => ({
			open: (clock) => openStore({ kind: 'memory', clock }),
			reopen: undefined,
			reopenEvery: 1,
			endsLeases: false,
			histories: 200,
		}));
	});

	describe('sqlite', () => {
		const directories: string[] = [];
		after(async () => {
			for (const directory of directories) await rm(directory, { recursive: true, force: true });
		});

		modelTests(() => {
			let directory = '';
			const open = (clock: JumpingClock) => openStore({ kind: 'sqlite', directory, clock });
			return {
				async open(clock) {
					directory = await mkdtemp(join(tmpdir(), 'sluice-model-'));
					directories.push(directory);
					return open(clock);
				},
				async reopen(store, clock) {
					await store.close();
					return open(clock);
				},
				reopenEvery: 6,
				endsLeases: true,
				histories: 15,
			};
		});
	});

	describe('postgres', () => {
		const database = usePostgres();

		modelTests(() => {
			let options: StoreOptions & { kind: 'postgres' };
			let handles: Store[] = [];
			let count = 0;
			return {
				async open(clock) {
					handles = [];
					const { connectionString } = database;
					options = { kind: 'postgres', connectionString, schema: database.newSchema(), clock };
					return openStore(options);
				},
				/** Another process takes over, as far as the store can tell; the former one is closed when nobody waits for it. */
				async reopen(store) {
					handles.push(store);
					const url = new URL(options.connectionString);
					// Another string is another engine: openers with the same one share theirs.
					url.searchParams.set('application_name', `model-${count++}`);
					const next = await openStore({ ...options, connectionString: url.href });
					for (const former of handles.splice(0)) await former.close();
					return next;
				},
				reopenEvery: 1,
				endsLeases: false,
				histories: 4,
			};
		});
	});
});

function modelTests(makeWorld: () => World): void {
	const seeds =
		GIVEN_SEED === undefined
			? [...FAILED_ONCE, Math.floor(Math.random() * 2 ** 31)]
			: [Number(GIVEN_SEED)];
	for (const seed of seeds) {
		it(`agrees with every history of seed ${seed}`, async () => {
			const world = makeWorld();
			const stage = new Stage(world);
			try {
				await fc.assert(
					fc.asyncProperty(
						someExportChanges,
						fc.commands(COMMANDS, { maxCommands: 80, size: 'max' }),
						(changes, commands) => stage.play(changes, commands),
					),
					{ seed, numRuns: world.histories * TIMES },
				);
			} finally {
				await stage.close();
			}
		});
	}
}

/** One store for many histories, each with exports of its own: opening is the slow part. */
class Stage {
	readonly #world: World;
	readonly #clock = new JumpingClock();
	#store: Store | undefined;
	#count = 0;

	constructor(world: World) {
		this.#world = world;
	}

	async play(
		changes: readonly Parameters<typeof putOne>[3][],
		commands: Iterable<fc.AsyncCommand<Model, Real>>,
	): Promise<void> {
		const clock = this.#clock;
		const { reopen, reopenEvery, endsLeases } = this.#world;
		const real: Real = {
			store: (this.#store ??= await this.#world.open(clock)),
			clock,
			receiverId: `run-${this.#count++}`,
			reopen: reopen && ((store) => reopen(store, clock)),
			reopenEvery,
			endsLeases,
			isByKey: this.#world.isByKey ?? true,
		};
		const model = new Model(clock.now());
		try {
			for (const [number, change] of changes.entries()) await putOne(model, real, number, change);
			await fc.asyncModelRun(async () => ({ model, real }), commands);
			await drain(model, real);
			for (const exportId of model.exports.keys()) {
				await real.store.removeExport(exportId, 'drop');
			}
			this.#store = real.store;
		} catch (error) {
			// What is left may be in the way of the next run.
			this.#store = undefined;
			await real.store.close().catch(() => {});
			throw error;
		}
	}

	async close(): Promise<void> {
		await this.#store?.close();
	}
}

/** Everything that is left is delivered at last (I3), over leases that end and retries that wait. */
async function drain(model: Model, real: Real): Promise<void> {
	for (const e of model.exports.values()) {
		await real.store.setState(e.exportId, 'ACTIVE');
		model.setState(e, 'ACTIVE');
		await real.store.replay({ exportId: e.exportId });
		model.replay(
			e,
			e.batches.filter((b) => b.state === 'dead'),
		);
	}
	real.clock.advance(120_000);
	model.passTime(120_000);
	for (const e of model.exports.values()) {
		for (;;) {
			const given = await claimOne(model, real, e, true, 30_000);
			if (given === undefined) break;
			const batch = model.batchOf(given);
			assert.ok(batch);
			await real.store.settle(given.lease, { kind: 'ack' });
			model.ack(e, batch);
		}
		const { rows, openRows, deadRows, acceptedTotal, ackedTotal, purgedTotal } =
			model.countersOf(e);
		assert.deepEqual([rows, openRows, deadRows], [0, 0, 0], 'nothing is left');
		assert.equal(ackedTotal + purgedTotal, acceptedTotal);
	}
	await checkStore(model, real.store);
}
