import assert from 'node:assert/strict';
import { HealthWorld } from '../../support/health-world';

const HOUR = 3_600_000;
const OUTAGE_HOURS = 62;

describe('a weekend without the endpoint', function () {
	this.timeout(120_000).slow(20_000);
	let world: HealthWorld;
	afterEach(() => world.close());

	/** @returns requests that were made while nothing was taken */
	async function outage(o: {
		readonly rowsPerHour: number;
		readonly stepMs: number;
	}): Promise<number> {
		await world.push(3);
		assert.deepEqual(world.taken, [1, 2, 3]);
		world.endpoint.mood = 'ENOTFOUND';
		for (let hour = 0; hour < OUTAGE_HOURS; hour++) {
			await world.push(o.rowsPerHour);
			if (hour === 20) world.endpoint.mood = 503;
			if (hour === 40) world.endpoint.mood = 'timeout';
			await world.advance(HOUR, o.stepMs);
		}
		const requests = world.endpoint.requests.length;
		world.endpoint.mood = 200;
		await world.advance(3 * HOUR, o.stepMs);
		return requests;
	}

	async function assertAll(count: number): Promise<void> {
		const { rows, openRows, deadRows, ackedTotal } = await world.counters();
		assert.deepEqual([rows, openRows, deadRows, ackedTotal], [0, 0, 0, count]);
		assert.deepEqual(await world.store.deadLetters(), []);
	}

	for (const kind of ['memory', 'sqlite'] as const) {
		it(`ends with everything delivered, in order, nothing dead (${kind})`, async () => {
			world = await new HealthWorld().open(kind);
			await world.attach({ order: 'strict' });
			const requests = await outage({ rowsPerHour: 5, stepMs: 600_000 });
			await assertAll(3 + OUTAGE_HOURS * 5);
			assert.deepEqual(
				world.taken,
				Array.from({ length: 3 + OUTAGE_HOURS * 5 }, (_, i) => i + 1),
			);
			assert.ok(requests < 200, `${requests} requests to nobody`);
		});
	}

	it('costs a probe now and then, whatever waits, also without an order', async () => {
		world = await new HealthWorld().open();
		await world.attach({ maxInFlight: 10 });
		const requests = await outage({ rowsPerHour: 30, stepMs: HOUR });
		await assertAll(3 + OUTAGE_HOURS * 30);
		assert.deepEqual(
			world.taken.toSorted((a, b) => a - b),
			Array.from({ length: 3 + OUTAGE_HOURS * 30 }, (_, i) => i + 1),
		);
		// A probe every five minutes, and what was out when it began.
		assert.ok(requests <= OUTAGE_HOURS * 12 + 40, `${requests} requests to nobody`);
	});

	it('loses nothing of what is sent row by row, and keeps its order', async () => {
		world = await new HealthWorld().open();
		const conditions = { count: 10, time: '10s', size: '1MB' };
		await world.attach({ order: 'strict', conditions }, { send: 'row' });
		await world.push(4);
		await world.advance(20_000);
		world.endpoint.mood = 'ECONNREFUSED';
		for (let hour = 0; hour < OUTAGE_HOURS; hour++) {
			await world.push(7);
			await world.advance(HOUR);
		}
		const attempts = world.notices.flatMap((one) => (one.kind === 'attempt' ? one.number : []));
		assert.ok(Math.max(...attempts) <= 3, `attempt ${Math.max(...attempts)}`);
		world.endpoint.mood = 200;
		await world.advance(3 * HOUR);
		await assertAll(4 + OUTAGE_HOURS * 7);
		assert.deepEqual(
			world.taken,
			Array.from({ length: 4 + OUTAGE_HOURS * 7 }, (_, i) => i + 1),
		);
	});

	it('does not outlast the age of rows: after seven days they are put aside', async () => {
		world = await new HealthWorld().open();
		await world.attach();
		world.endpoint.mood = 'ECONNREFUSED';
		await world.push(2);
		await world.advance(6 * 24 * HOUR, HOUR);
		assert.equal((await world.counters()).deadRows, 0);
		await world.advance(25 * HOUR, HOUR);
		assert.equal((await world.counters()).deadRows, 2);
	});
});
