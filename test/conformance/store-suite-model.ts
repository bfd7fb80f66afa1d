import assert from 'node:assert/strict';
import type { Batch, Counters } from '../../core/buffer/store';
import type { Fixture } from './store-suite';
import { anExport, aRow, EXPORT_ID, LEASE, readRows, someError, toText } from './store-fixtures';

/** Steps of one random run; a failing seed belongs into SEEDS. */
const STEP_COUNT = 250;
const SEEDS = [1, 2, 3, 4];

export function modelTests(current: () => Fixture): void {
	describe('random histories (S78)', () => {
		for (const seed of SEEDS) {
			it(`loses, repeats and miscounts nothing with seed ${seed}`, async () => {
				await runHistory(current(), randomFrom(seed));
			});
		}
	});
}

/** What the world outside knows: every row it was told of, and what became of it. */
interface World {
	readonly appended: string[];
	readonly acked: Set<string>;
	readonly purged: Set<string>;
	/** Row id → text: an id never changes its row. */
	readonly rowIds: Map<number, string>;
	readonly leases: Batch[];
	nextText: number;
}

async function runHistory(fixture: Fixture, random: () => number): Promise<void> {
	const { store, clock } = fixture;
	const isStrict = random() < 0.3;
	const conditions = { count: 5, sizeBytes: 200, timeMs: 60_000 };
	const config = anExport({ conditions, maxInFlight: 3, order: isStrict ? 'strict' : 'any' });
	let { mappingRevision } = await store.putExport(config);
	const world: World = {
		appended: [],
		acked: new Set(),
		purged: new Set(),
		rowIds: new Map(),
		leases: [],
		nextText: 0,
	};

	const steps: [weight: number, step: () => Promise<unknown>][] = [
		[40, () => appendSome(fixture, world, random, mappingRevision)],
		[25, () => claimOne(fixture, world, random() < 0.3)],
		[25, () => settleOne(fixture, world, random)],
		[5, async () => clock.advance(Math.floor(random() * 50_000))],
		[1, async () => clock.advance(-Math.floor(random() * 500_000))],
		[3, () => store.replay({ exportId: EXPORT_ID })],
		[
			2,
			async () => {
				const count = 1 + Math.floor(random() * 8);
				const changed = { ...config, conditions: { ...conditions, count }, label: String(count) };
				const output = random() < 0.5 ? ('cells' as const) : ('record' as const);
				({ mappingRevision } = await store.putExport({ ...changed, output }));
			},
		],
	];
	for (let step = 0; step < STEP_COUNT; step++) {
		await pick(steps, random)();
		const [counters] = await store.counters();
		assert.ok(counters);
		checkCounters(counters, world);
	}
	await drain(fixture, world);
	const rest = world.appended.filter((text) => !world.acked.has(text));
	assert.deepEqual(rest, [], 'every acknowledged row was delivered (I3)');
}

async function appendSome(
	{ store, clock }: Fixture,
	world: World,
	random: () => number,
	mappingRevision: number,
): Promise<void> {
	const events = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
		Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
			const text = `${world.nextText++}`.padEnd(1 + Math.floor(random() * 90), '.');
			return aRow(clock, text, { mappingRevision });
		}),
	);
	await Promise.all(events.map((rows) => store.append({ receiverId: 'receiver', rows })));
	world.appended.push(...events.flat().map(toText));
}

async function claimOne({ store }: Fixture, world: World, flush: boolean): Promise<void> {
	const batch = await store.claim(EXPORT_ID, { ...LEASE, flush });
	if (batch === undefined) return;
	world.leases.push(batch);
	const rows = await readRows(batch);
	assert.equal(rows.length, batch.count);
	let sizeBytes = 0;
	for (const row of rows) {
		const text = toText(row);
		sizeBytes += row.sizeBytes;
		assert.equal(world.acked.has(text), false, 'an acked row never comes again (I8)');
		assert.equal(row.mappingRevision, batch.mappingRevision);
		assert.equal(world.rowIds.get(row.rowId) ?? text, text, 'a row id stays with its row');
		world.rowIds.set(row.rowId, text);
	}
	assert.equal(sizeBytes, batch.sizeBytes);
	const ids = [...world.rowIds.keys()];
	assert.equal(Math.max(...ids), ids.length, 'row ids have no gaps');
}

async function settleOne(
	{ store, clock }: Fixture,
	world: World,
	random: () => number,
): Promise<void> {
	const index = Math.floor(random() * world.leases.length);
	const [batch] = world.leases.splice(index, 1);
	if (batch === undefined) return;
	let texts: string[];
	try {
		texts = (await readRows(batch)).map(toText);
	} catch {
		return; // settled by a later lease
	}
	const positions = texts.map((_, position) => position);
	const retry = positions.filter(() => random() < 0.4);
	const dead = positions.filter((p) => !retry.includes(p) && random() < 0.3);
	const at = clock.now() + Math.floor(random() * 20_000);
	const error = someError;
	const acts: [number, () => Promise<string[]>][] = [
		[5, async () => (await store.settle(batch.lease, { kind: 'ack' }), texts)],
		[2, async () => (await store.settle(batch.lease, { kind: 'retry', at, error }), [])],
		[1, async () => (await store.settle(batch.lease, { kind: 'dead', error }), [])],
		[1, async () => (await store.settle(batch.lease, { kind: 'release' }), [])],
		[1, async () => (await store.renew(batch.lease), world.leases.push(batch), [])],
		[
			2,
			async () => {
				await store.settle(batch.lease, { kind: 'split', retry, retryAt: at, dead, error });
				return texts.filter((_, p) => !retry.includes(p) && !dead.includes(p));
			},
		],
	];
	try {
		for (const text of await pick(acts, random)()) world.acked.add(text);
	} catch (error) {
		assert.equal((error as { code?: string }).code, 'ERR_LEASE_LOST');
	}
}

/** Everything that is left, over leases that end and retries that wait. */
async function drain(fixture: Fixture, world: World): Promise<void> {
	const { store, clock } = fixture;
	for (let round = 0; round < 1_000; round++) {
		clock.advance(LEASE.leaseMs);
		await store.replay({ exportId: EXPORT_ID });
		for (;;) {
			world.leases.length = 0;
			await claimOne(fixture, world, true);
			const [batch] = world.leases;
			if (batch === undefined) break;
			const texts = (await readRows(batch)).map(toText);
			await store.settle(batch.lease, { kind: 'ack' });
			for (const text of texts) world.acked.add(text);
		}
		const [counters] = await store.counters();
		assert.ok(counters);
		checkCounters(counters, world);
		if (counters.rows + counters.openRows + counters.deadRows === 0) return;
	}
	assert.fail('the store never became empty');
}

function checkCounters(c: Counters, world: World): void {
	assert.equal(c.acceptedTotal, world.appended.length);
	assert.equal(c.ackedTotal, world.acked.size);
	assert.equal(c.rows + c.openRows + c.deadRows + c.ackedTotal + c.purgedTotal, c.acceptedTotal);
	assert.equal(c.rows === 0, c.oldestAt === undefined);
	assert.ok(c.bytes >= c.rows);
}

function pick<T>(choices: readonly [weight: number, choice: T][], random: () => number): T {
	let left = random() * choices.reduce((sum, [weight]) => sum + weight, 0);
	for (const [weight, choice] of choices) {
		left -= weight;
		if (left < 0) return choice;
	}
	throw new Error('nothing to choose from');
}

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
