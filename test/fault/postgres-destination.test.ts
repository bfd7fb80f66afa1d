import assert from 'node:assert/strict';
import { enable, pause, resume } from '../../core/operate/verbs/states';
import { disable } from '../../core/operate/verbs/disable';
import { eventually } from '../support/eventually';
import { usePostgres } from '../support/postgres';
import { type Forwarder, Forwarders, ID } from './forwarders';
import { verifyPostgres } from './postgres-verify';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What is under way ends between steps. */
const STEP_MS = 15_000;
/** What each hears of the others, at the latest: their look at the store, and what is written behind. */
const HEARD_MS = 20_000;

describe('two processes that share the state of a destination in PostgreSQL', function () {
	this.timeout(180_000);
	this.slow(20_000);
	const database = usePostgres();
	const world = new Forwarders(database);
	let a: Forwarder;
	let b: Forwarder;

	beforeEach(() => world.open());
	afterEach(() => world.close());

	const start = async (config: Parameters<Forwarders['start']>[1] = {}): Promise<void> => {
		[a, b] = await Promise.all([world.start('a', config), world.start('b', config)]);
	};
	const both = async <T>(of: (view: Awaited<ReturnType<Forwarder['look']>>) => T): Promise<T[]> =>
		Promise.all([a, b].map(async (one) => of(await one.look())));
	const breakers = () => both(({ health }) => health?.breaker);
	const on = () => ({ store: world.store });
	const count = (log: readonly string[], what: RegExp): number =>
		log.filter((line) => what.test(line)).length;

	it('go on by what one of them has seen: a dead endpoint costs a probe, not one of each', async () => {
		await start({ maxInFlight: 4 });
		world.mood = 503;
		await world.push(a, 12);
		await world.advance(HEARD_MS, STEP_MS);
		assert.deepEqual(await breakers(), ['open', 'open']);
		const [mine, theirs] = await both(({ health }) => health);
		assert.equal(mine?.nextProbeAt, theirs?.nextProbeAt);
		const before = world.requests();
		// Each counts its own for ten seconds, and has some under way.
		assert.ok(before <= 2 * (10 + 4), `${before} requests until both knew`);
		await world.push(b, 20);
		assert.equal(world.requests(), before, 'a queue of time-outs is what nobody waits for');
		await world.advance(10 * MINUTE, STEP_MS);
		// After 30, 90, 210 and 450 s, whoever makes them.
		assert.equal(world.requests() - before, 4, 'probes are not doubled');
		const { deadRows, openRows, rows } = await world.counters();
		assert.deepEqual([deadRows, openRows + rows], [0, 32]);

		world.mood = 200;
		await world.advance(6 * MINUTE, STEP_MS);
		assert.deepEqual(await breakers(), ['closed', 'closed']);
		assert.deepEqual(
			world.sorted(),
			Array.from({ length: 32 }, (_, n) => n + 1),
		);
		assert.equal((await world.counters()).ackedTotal, 32);
		await verifyPostgres(database, world.schema);
	});

	it('lose no probe with the one that was killed while it made it', async () => {
		await start();
		world.mood = 503;
		await world.push(a, 10);
		await world.advance(HEARD_MS, STEP_MS);
		assert.deepEqual(await breakers(), ['open', 'open']);
		const before = world.requests();
		// Whoever is first makes it, and gets no answer.
		world.held = 'all';
		await world.advance(HEARD_MS, STEP_MS);
		assert.equal(world.requests(), before + 1);
		const isOfA = world.requests(a) > 0 && world.endpoint.requests.at(-1)?.url === '/a';
		await (isOfA ? a : b).kill();
		// The killed one's batch is with a sink until its lease ends: nobody waits for that here.
		world.held = 'nobody';
		world.mood = 200;
		for (let steps = 0; world.taken.length < 10 && steps < 40; steps++)
			await world.advance(STEP_MS);
		assert.deepEqual(world.sorted(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
		assert.equal((await (isOfA ? b : a).look()).health?.breaker, 'closed');
	});

	it('both stop when a third one pauses it, keep its rows, and both go on when it is resumed', async () => {
		await start();
		await world.push(a, 2);
		assert.equal(world.taken.length, 2);
		await pause(on(), ID);
		await world.push(a, 5);
		await world.push(b, 5);
		await world.advance(2 * MINUTE, MINUTE);
		assert.equal(world.taken.length, 2);
		assert.equal((await world.counters()).rows, 10);
		await resume(on(), ID);
		await world.advance(HEARD_MS, STEP_MS);
		assert.equal(world.taken.length, 12);
		assert.ok(world.requests(a) > 0 && world.requests(b) >= 0);
	});

	it('both drop what comes while it is disabled, and the one that had a batch settles nothing (D53, D54)', async () => {
		await start();
		world.held = 'a';
		await world.push(a, 1);
		// The one that hears of it first has it, and waits for its answer.
		if (world.requests(a) === 0) assert.equal(world.taken.length, 1);
		const open = (await world.counters()).openRows;
		const answer = await disable(on(), ID, { confirm: 'all' });
		assert.ok('dropped' in answer);
		assert.equal(answer.dropped, open);
		world.held = undefined;
		await world.push(a, 3);
		await world.push(b, 4);
		await world.advance(2 * MINUTE, 10_000);
		const dropped = await world.counters();
		assert.deepEqual([dropped.rows, dropped.openRows, dropped.droppedTotal], [0, 0, 7]);
		assert.equal(dropped.droppedSinceDisabled, 7 + open);
		await enable(on(), ID);
		const taken = world.taken.length;
		await world.push(b, 2);
		await world.advance(HEARD_MS, STEP_MS);
		assert.equal(world.taken.length, taken + 2);
		assert.equal((await world.counters()).droppedSinceDisabled, 0);
		await verifyPostgres(database, world.schema);
	});

	for (const action of ['pause', 'disable'] as const) {
		it(`give it up once, both know it, and begin anew when it is set active (${action}; D52, D54)`, async () => {
			const giveUp = { afterMs: HOUR, action };
			await start({ health: { giveUp } });
			world.mood = 500;
			await world.push(a, 2);
			await world.push(b, 2);
			await world.advance(HOUR + 10 * MINUTE, 5 * MINUTE);
			const state = action === 'pause' ? 'PAUSED' : 'SYSTEM_DISABLED';
			const counters = await world.counters();
			assert.equal(counters.state, state);
			const left = action === 'pause' ? 4 : 0;
			assert.deepEqual([counters.rows + counters.openRows, counters.deadRows], [left, 0]);
			assert.equal(counters.droppedSinceDisabled, 4 - left);
			assert.deepEqual(await both(({ health }) => health?.givenUp?.because), [
				'failing',
				'failing',
			]);
			const told = (
				await both(({ log }) => count(log, /nothing but failures for too long/))
			).sort();
			assert.deepEqual(told, [0, 1], 'one has given it up');
			const requests = world.requests();
			await world.advance(10 * MINUTE, 5 * MINUTE);
			assert.equal(world.requests(), requests);

			world.mood = 200;
			await (action === 'pause' ? resume : enable)(on(), ID);
			await world.push(b, 1);
			await world.advance(HEARD_MS, STEP_MS);
			assert.equal(world.taken.length, left + 1);
			assert.deepEqual(await both(({ health }) => health?.givenUp), [undefined, undefined]);
			assert.deepEqual(await both(({ health }) => health?.failingSince), [undefined, undefined]);
		});
	}

	it('stop together at a 410 of one of them, and lose nothing', async () => {
		await start({ maxInFlight: 4 });
		world.mood = 410;
		await world.push(a, 3);
		await eventually('it is paused', async () => (await world.counters()).state === 'PAUSED');
		await world.push(b, 3);
		await world.advance(HEARD_MS, STEP_MS);
		const { rows, openRows, deadRows } = await world.counters();
		assert.deepEqual([rows + openRows, deadRows], [6, 0]);
		world.mood = 200;
		await resume(on(), ID);
		await world.advance(HEARD_MS, STEP_MS);
		assert.deepEqual(world.sorted(), [1, 2, 3, 4, 5, 6]);
		assert.deepEqual(await both(({ health }) => health?.givenUp), [undefined, undefined]);
	});
});
