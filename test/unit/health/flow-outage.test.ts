import assert from 'node:assert/strict';
import { DeliveryError } from '../../../core/errors';
import { RETRY_PRESETS } from '../../../core/pure/retry';
import { settleToken, type SettledRequest } from '../../../core/sink/flow-token';
import { HealthWorld } from '../../support/health-world';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const OUTAGE_HOURS = 62;

/** As a receiver of Node-RED has them where nothing is changed. */
const DEFAULTS = {
	conditions: { count: 100, time: '5s', size: '5MB' },
	retry: { ...RETRY_PRESETS.standard, jitter: 0 },
} as const;

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('a weekend without the endpoint, of batches that a forward node gets from the flow', function () {
	this.timeout(60_000).slow(10_000);
	let world: HealthWorld;
	afterEach(() => world.close());

	async function outage(): Promise<void> {
		await world.push(3);
		await world.advance(10_000);
		world.endpoint.mood = 'ECONNREFUSED';
		for (let hour = 0; hour < OUTAGE_HOURS; hour++) {
			await world.push(5);
			if (hour === 20) world.endpoint.mood = 503;
			if (hour === 40) world.endpoint.mood = 'timeout';
			await world.advance(HOUR, 10 * MINUTE);
		}
		world.endpoint.mood = 200;
	}

	async function assertAll(count: number): Promise<void> {
		const { rows, openRows, deadRows, ackedTotal } = await world.counters();
		assert.deepEqual([rows, openRows, deadRows, ackedTotal], [0, 0, 0, count]);
	}

	it('ends with everything delivered, nothing dead, and no attempt used up', async () => {
		world = await new HealthWorld().open();
		await world.attach(DEFAULTS, { flow: world.forwardFlow() });
		await outage();
		const requests = world.endpoint.requests.length;
		await world.advance(HOUR, MINUTE);
		await assertAll(3 + OUTAGE_HOURS * 5);
		assert.deepEqual(
			world.taken.toSorted((a, b) => a - b),
			numbers(3 + OUTAGE_HOURS * 5),
		);
		const attempts = world.notices.flatMap((one) => (one.kind === 'attempt' ? one.number : []));
		assert.ok(Math.max(...attempts) <= 4, `attempt ${Math.max(...attempts)}`);
		assert.ok(requests < OUTAGE_HOURS * 12 + 10, `${requests} requests to nobody`);
	});

	it('ends with everything delivered in order where the buffer keeps one', async () => {
		world = await new HealthWorld().open();
		await world.attach({ ...DEFAULTS, order: 'strict' }, { flow: world.forwardFlow() });
		await outage();
		await world.advance(HOUR, MINUTE);
		await assertAll(3 + OUTAGE_HOURS * 5);
		assert.deepEqual(world.taken, numbers(3 + OUTAGE_HOURS * 5));
	});

	it('says of the buffer that its deliveries fail, and that they work again', async () => {
		world = await new HealthWorld().open();
		await world.attach(DEFAULTS, { flow: world.forwardFlow() });
		world.endpoint.mood = 503;
		await world.push();
		await world.advance(6 * MINUTE, MINUTE);
		const { breaker, lastStatus, givesUpAt } = world.health() ?? {};
		assert.deepEqual([breaker, lastStatus, givesUpAt], ['open', 503, undefined]);
		world.endpoint.mood = 200;
		await world.advance(HOUR, MINUTE);
		assert.equal(world.health()?.breaker, 'closed');
		const told = world.notices.flatMap((one) => (one.kind === 'alert' ? one.alert.kind : []));
		assert.deepEqual(told, ['failing', 'recovered']);
	});

	it('outlasts a restart: the breaker is the buffer\u2019s, not the flow\u2019s', async () => {
		world = await new HealthWorld().open();
		await world.attach(DEFAULTS, { flow: world.forwardFlow() });
		world.endpoint.mood = 'ENOTFOUND';
		await world.push();
		await world.advance(6 * MINUTE, MINUTE);
		await world.core.close();
		world.core = world.process();
		await world.attach(DEFAULTS, { flow: world.forwardFlow() });
		assert.equal(world.health()?.breaker, 'open');
	});
});

describe('a batch of the flow that comes again', () => {
	let world: HealthWorld;
	afterEach(() => world.close());

	const secondAfter = async (passedMs = 0): Promise<number> => {
		await world.push();
		await world.advance(passedMs);
		const [first] = world.notices.flatMap((one) => (one.kind === 'attempt' ? one : []));
		const { retryAt = 0, startedAt = 0, durationMs = 0 } = first ?? {};
		return retryAt - startedAt - durationMs;
	};

	it('waits a minute where its endpoint is asked too often, or does not answer in time', async () => {
		world = await new HealthWorld().open();
		await world.attach({ retry: DEFAULTS.retry }, { flow: world.forwardFlow() });
		world.endpoint.mood = 429;
		assert.equal(await secondAfter(), MINUTE);
	});

	it('waits as its schedule says where the flow was waited for already', async () => {
		world = await new HealthWorld().open();
		const flow = { doneWhen: () => 'acked' as const, emit: () => {} };
		await world.attach({ retry: DEFAULTS.retry }, { flow });
		assert.equal(await secondAfter(10 * MINUTE), 5_000);
	});
});

describe('the breaker of a buffer of the flow', () => {
	let world: HealthWorld;
	let settle: (token: string) => void;
	afterEach(() => world.close());

	const failing =
		(...requests: SettledRequest[]) =>
		(token: string) => {
			const error = new DeliveryError('ERR_SINK_UNAVAILABLE', 'no');
			settleToken(token, { kind: 'retry', error }, requests);
		};
	const open = async (): Promise<void> => {
		world = await new HealthWorld().open();
		const emit = ({ token = '' }): void => settle(token);
		await world.attach({}, { flow: { doneWhen: () => 'acked', emit } });
	};
	const fail = async (): Promise<void> => {
		await world.push(20);
		await world.advance(6 * MINUTE, MINUTE);
	};

	it('stays closed whatever fails in the flow, as long as nobody says that a destination was not reached', async () => {
		settle = failing();
		await open();
		await fail();
		assert.equal(world.health()?.breaker, 'closed');
		settle = failing({ status: 500 });
		await fail();
		assert.equal(world.health()?.breaker, 'closed');
	});

	it('opens by whoever settles, and closes when somebody was reached, whatever the answer', async () => {
		settle = failing({ unreachable: true });
		await open();
		await fail();
		assert.equal(world.health()?.breaker, 'open');
		settle = failing({ status: 500 });
		await world.advance(11 * MINUTE, MINUTE);
		assert.equal(world.health()?.breaker, 'closed');
	});
});
