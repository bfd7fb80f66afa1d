import assert from 'node:assert/strict';
import { HEALTH_COLLECTION } from '../../../core/health/health-state';
import { enable, resume } from '../../../core/operate/verbs/states';
import type { ExportInput } from '../../../core/pipeline/parse-export';
import { settled } from '../../support/fake-clock';
import { HealthWorld, ID } from '../../support/health-world';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('a destination that fails', () => {
	let world: HealthWorld;
	beforeEach(async () => (world = await new HealthWorld().open()));
	afterEach(() => world.close());

	const requests = (): number => world.endpoint.requests.length;
	/** Ten rows, each a request that fails. */
	const open = async (mood: typeof world.endpoint.mood = 500): Promise<void> => {
		world.endpoint.mood = mood;
		await world.push(10);
		assert.equal(world.health()?.breaker, 'open');
	};

	it('opens the breaker at the tenth failure, and then costs one request per probe however much waits', async () => {
		await world.attach({ maxInFlight: 5 });
		world.endpoint.mood = 500;
		await world.push(9);
		assert.equal(world.health()?.breaker, 'closed');
		await world.push(30);
		const before = requests();
		assert.ok(before <= 9 + 5, 'those that were out already');
		assert.deepEqual(
			[world.health()?.breaker, (world.health()?.nextProbeAt ?? 0) - world.clock.now()],
			['open', 30_000],
		);
		await world.advance(29_999);
		assert.equal(requests(), before);
		await world.advance(1);
		assert.equal(requests(), before + 1);
		await world.advance(59_999);
		assert.equal(requests(), before + 1);
		await world.advance(1);
		assert.equal(requests(), before + 2);
	});

	it('closes it with the first request that is taken, and everything leaves', async () => {
		await world.attach({ maxInFlight: 5 });
		await open();
		await world.push(20);
		world.endpoint.mood = 200;
		await world.advance(30_000);
		assert.equal(world.health()?.breaker, 'closed');
		await world.advance(5 * MINUTE);
		assert.equal(world.taken.length, 30);
		assert.equal(world.health()?.failingSince, undefined);
	});

	it('sends one row of a batch as the probe, not all of them', async () => {
		const conditions = { count: 50, time: '1s', size: '1MB' };
		await world.attach({ conditions, maxInFlight: 3 }, { send: 'row' });
		world.endpoint.mood = 503;
		for (let i = 0; i < 10; i++) {
			await world.push(1);
			await world.advance(1_000);
		}
		assert.equal(world.health()?.breaker, 'open');
		await world.push(200);
		const before = requests();
		await world.advance(35_000);
		assert.equal(requests(), before + 1);
		world.endpoint.mood = 200;
		await world.advance(10 * MINUTE);
		assert.equal(world.taken.length, 210);
	});

	it('never brings an attempt before its schedule', async () => {
		await world.attach({ retry: { delaysMs: [HOUR, HOUR], jitter: 0 } });
		await open();
		world.endpoint.mood = 200;
		await world.advance(HOUR - 1);
		assert.equal(requests(), 10, 'nothing is due, so there is no probe');
		await world.advance(1);
		assert.equal(world.taken.length, 10);
	});

	it('counts no attempt for a probe that reaches nobody, and keeps its key', async () => {
		await world.attach({ order: 'strict', retry: { delaysMs: [1_000, 1_000], jitter: 0 } });
		world.endpoint.mood = 'ECONNREFUSED';
		await world.push(1);
		await world.advance(DAY, MINUTE);
		const attempts = world.notices.flatMap((one) => (one.kind === 'attempt' ? one.number : []));
		assert.equal(Math.max(...attempts), 3);
		const keys = new Set(world.endpoint.requests.map(({ headers }) => headers['Idempotency-Key']));
		assert.equal(keys.size, 1);
		assert.ok(requests() < 310, `${requests()} requests in a day`);
		world.endpoint.mood = 200;
		await world.advance(5 * MINUTE);
		assert.deepEqual(world.taken, [1]);
	});

	it('that answers counts its attempts also as a probe: rows that it does not want are put aside', async () => {
		await world.attach({ retry: { delaysMs: [1_000, 1_000], jitter: 0 } });
		await open();
		await world.advance(4 * HOUR, MINUTE);
		assert.equal((await world.counters()).deadRows, 10);
	});

	it('gives no second attempt where none is wanted, also when nobody is reached', async () => {
		await world.attach({ retry: { delaysMs: [], jitter: 0 } });
		world.endpoint.mood = 'ECONNREFUSED';
		await world.push(1);
		assert.equal((await world.counters()).deadRows, 1);
	});

	it('has no breaker where that is said', async () => {
		await world.attach({ health: { breaker: false } });
		world.endpoint.mood = 500;
		await world.push(30);
		assert.equal(requests(), 30);
		assert.equal(world.health()?.breaker, 'off');
	});

	it('has the same state after a redeploy and a restart', async () => {
		await world.attach();
		await open();
		const before = world.health();
		await world.detach();
		await world.attach();
		assert.deepEqual(world.health(), before);
		await world.core.close();
		world.core = world.process();
		await world.attach();
		assert.deepEqual(world.health(), before);
		await world.advance(29_999);
		assert.equal(requests(), 10);
		await world.advance(1);
		assert.equal(requests(), 11);
	});

	it('that works is written down every ten minutes, not at each request', async () => {
		await world.attach();
		const { documents } = world.store;
		const { put } = documents;
		let writes = 0;
		documents.put = (...args) => {
			if (args[0] === HEALTH_COLLECTION) writes++;
			return put.apply(documents, args);
		};
		for (let minute = 0; minute < 25; minute++) {
			await world.push(3);
			await world.advance(MINUTE);
		}
		assert.equal(world.taken.length, 75);
		assert.equal(writes, 3);
	});

	it('is held up by no store that keeps nothing of it', async () => {
		const { documents } = world.store;
		const { get, put } = documents;
		const refuse = (collection: string): void => {
			if (collection === HEALTH_COLLECTION) throw new Error('no documents');
		};
		documents.get = async (...args) => (refuse(args[0]), get.apply(documents, args));
		documents.put = async (...args) => (refuse(args[0]), put.apply(documents, args));
		await world.attach();
		await open();
		world.endpoint.mood = 200;
		await world.advance(10 * MINUTE);
		assert.equal(world.taken.length, 10);
		assert.ok(world.log.filter((line) => line.includes('no documents')).length <= 2);
	});

	describe('for five days (D52)', () => {
		/** A request that fails, now and then. */
		const failFor = async (ms: number): Promise<void> => {
			world.endpoint.mood = 500;
			for (let passed = 0; passed < ms; passed += 4 * HOUR) {
				await world.push(1);
				await world.advance(4 * HOUR, HOUR);
			}
		};
		const changes = (): string[] =>
			world.notices.flatMap((one) =>
				one.kind === 'health' && one.change.kind.includes('iv') ? one.change.kind : [],
			);

		it('is paused: its rows are kept, also that of the last attempt, and leave when it is resumed', async () => {
			await world.attach({ retry: { delaysMs: Array(100).fill(6 * HOUR), jitter: 0 } });
			await failFor(6 * DAY);
			const counters = await world.counters();
			assert.equal(counters.state, 'PAUSED');
			assert.deepEqual([counters.deadRows, counters.purgedTotal], [0, 0]);
			assert.deepEqual(changes(), ['willGiveUp', 'willGiveUp', 'willGiveUp', 'givenUp']);
			assert.equal(world.health()?.givenUp?.because, 'failing');
			world.endpoint.mood = 200;
			const on = { store: world.store, claimDue: () => world.core.claimDue() };
			await resume(on, ID);
			await world.advance(6 * HOUR);
			assert.equal(world.taken.length, 36);
			assert.equal(world.health()?.givenUp, undefined);
		});

		it('begins anew also where the store alone was told that it is active', async () => {
			await world.attach({ retry: { delaysMs: Array(100).fill(6 * HOUR), jitter: 0 } });
			await failFor(6 * DAY);
			assert.ok(world.health()?.givenUp);
			await world.store.setState(ID, 'ACTIVE');
			world.core.claimDue();
			await world.settle();
			assert.equal(world.health()?.givenUp, undefined);
			await failFor(4 * DAY);
			assert.equal((await world.counters()).state, 'ACTIVE');
		});

		it('of an API is disabled: what waits is dropped and counted (D53)', async () => {
			await world.attach({
				origin: 'api',
				retry: { delaysMs: Array(100).fill(6 * HOUR), jitter: 0 },
			});
			await failFor(6 * DAY);
			const counters = await world.counters();
			assert.equal(counters.state, 'SYSTEM_DISABLED');
			assert.deepEqual([counters.rows, counters.openRows], [0, 0]);
			assert.equal(counters.purgedTotal + counters.droppedTotal, 36);
		});

		it('is left alone where that is said, and where one request was taken meanwhile', async () => {
			await world.attach({ health: { giveUp: { action: 'nothing' } } });
			await failFor(6 * DAY);
			assert.equal((await world.counters()).state, 'ACTIVE');
			assert.deepEqual(changes(), []);
			await world.detach();
			await world.attach();
			world.endpoint.mood = 200;
			await world.push(1);
			await world.advance(HOUR);
			await failFor(4 * DAY);
			assert.equal((await world.counters()).state, 'ACTIVE');
		});

		it('has its clock set back when it is set active (D54)', async () => {
			await world.attach({ retry: { delaysMs: Array(100).fill(6 * HOUR), jitter: 0 } });
			await failFor(4 * DAY);
			const on = { store: world.store, claimDue: () => world.core.claimDue() };
			await world.store.setState(ID, 'USER_DISABLED');
			await enable(on, ID);
			await settled();
			assert.equal(world.health()?.failingSince, world.clock.now(), 'of what was due at once');
			await failFor(4 * DAY);
			assert.equal((await world.counters()).state, 'ACTIVE');
			await failFor(2 * DAY);
			assert.equal((await world.counters()).state, 'PAUSED');
		});
	});

	describe('while somebody sets the clock', () => {
		it('is probed no later where that goes back, also in the store and after a restart', async () => {
			await world.attach();
			await open(503);
			await world.advance(2 * MINUTE);
			const before = requests();
			world.clock.jump(-DAY);
			world.endpoint.mood = 200;
			await world.advance(6 * MINUTE, MINUTE);
			assert.ok(requests() > before, 'one is made within the longest pause');
			assert.equal(world.health()?.breaker, 'closed');
			world.endpoint.mood = 503;
			await world.push(50);
			assert.equal(world.health()?.breaker, 'open');
			await world.detach();
			world.clock.jump(-DAY);
			await world.attach();
			world.endpoint.mood = 200;
			await world.advance(6 * MINUTE, MINUTE);
			assert.equal(world.health()?.breaker, 'closed');
		});

		it('is not given up for time that never passed (D52)', async () => {
			await world.attach({ origin: 'api' });
			world.clock.jump(-50 * 365 * DAY);
			world.endpoint.mood = 'ENOTFOUND';
			await world.push(3);
			await world.advance(MINUTE);
			world.clock.jump(50 * 365 * DAY);
			await world.push(3);
			await world.advance(10 * MINUTE, MINUTE);
			assert.equal((await world.counters()).state, 'ACTIVE');
			const { failingSince = 0 } = world.health() ?? {};
			assert.equal(world.clock.now() - failingSince, 11 * MINUTE);
		});

		it('is not given up for time in which nobody was there', async () => {
			await world.attach({ origin: 'api', health: { breaker: false } });
			world.endpoint.mood = 'ENOTFOUND';
			await world.push(1);
			await world.advance(2 * HOUR, MINUTE);
			await world.core.close();
			world.clock.jump(6 * DAY);
			world.core = world.process();
			await world.attach({ origin: 'api', health: { breaker: false } });
			// What is read again has it, too.
			world.core.claimDue();
			await world.push(1);
			await world.advance(10 * MINUTE, MINUTE);
			assert.equal((await world.counters()).state, 'ACTIVE');
			const { failingSince = 0 } = world.health() ?? {};
			assert.equal(world.clock.now() - failingSince, 2 * HOUR + 10 * MINUTE);
		});

		it('keeps a rate of one request a minute, and waits no longer for it', async () => {
			const conditions = { count: 5, time: '1s', size: '1MB' };
			const health = { rate: { perMinute: 1, burst: 1 } };
			await world.attach({ conditions, health }, { send: 'row' });
			await world.push(5);
			await world.advance(90_000);
			assert.equal(world.taken.length, 2);
			world.clock.jump(-DAY);
			await world.advance(5 * MINUTE, MINUTE);
			assert.equal(world.taken.length, 5);
		});
	});

	describe('that says that it is gone (410)', () => {
		it('is paused, and nothing is lost', async () => {
			await world.attach({ maxInFlight: 3 });
			world.endpoint.mood = 410;
			await world.push(5);
			const { state, deadRows, openRows, rows } = await world.counters();
			assert.deepEqual([state, deadRows, openRows + rows], ['PAUSED', 0, 5]);
			assert.equal(world.health()?.givenUp?.because, 'gone');
			world.endpoint.mood = 200;
			await resume({ store: world.store, claimDue: () => world.core.claimDue() }, ID);
			await world.settle();
			assert.deepEqual(world.taken.toSorted(), [1, 2, 3, 4, 5]);
		});

		it('is disabled where an API has made it', async () => {
			await world.attach({ origin: 'api' });
			world.endpoint.mood = 410;
			await world.push(5);
			const { state, openRows, rows } = await world.counters();
			assert.deepEqual([state, openRows, rows], ['SYSTEM_DISABLED', 0, 0]);
		});
	});

	describe('that takes nothing until somebody changes something there', () => {
		const sink = {
			kind: 'opendatasoft',
			domain: 'https://endpoint.test',
			dataset: 'ds',
			pushKey: { secretRef: 'key' },
		} as const;
		const config = { order: 'strict', conditions: { count: 2, time: '10s', size: '1MB' } } as const;
		const closed = async (given: Partial<ExportInput>): Promise<void> => {
			await world.attach({ ...config, ...given }, { sink });
			world.endpoint.mood = 403;
			await world.push(4);
		};

		for (const giveUp of [
			{ action: 'nothing', afterMs: HOUR },
			{ action: 'disable', afterMs: HOUR },
		] as const)
			it(`is paused, whatever is configured (${giveUp.action}), until it is resumed`, async () => {
				await closed({ health: { giveUp }, retry: { delaysMs: [] } });
				await world.advance(DAY);
				const { state, deadRows, openRows, rows } = await world.counters();
				assert.deepEqual([state, deadRows, openRows + rows, requests()], ['PAUSED', 0, 4, 1]);
				assert.deepEqual(world.health()?.givenUp?.because, 'refused');
				assert.match(
					world.log.join('\n'),
					/paused, its rows are kept: the dataset takes no records/,
				);
				const { because, action } = world.health()?.givenUp ?? assert.fail();
				assert.deepEqual([because, action], ['refused', 'pause']);
				world.endpoint.mood = 200;
				world.endpoint.answer = '{"status":"OK"}';
				await resume({ store: world.store, claimDue: () => world.core.claimDue() }, ID);
				await world.settle();
				assert.deepEqual(world.taken, [1, 2, 3, 4]);
				assert.equal(world.health()?.givenUp, undefined);
			});

		it('is paused again where nothing was changed', async () => {
			await closed({});
			await resume({ store: world.store, claimDue: () => world.core.claimDue() }, ID);
			await world.advance(DAY);
			const { state, deadRows, openRows, rows } = await world.counters();
			assert.deepEqual([state, deadRows, openRows + rows], ['PAUSED', 0, 4]);
			assert(requests() <= 3, String(requests()));
		});
	});

	describe('that is stopped while a request is on its way', () => {
		/** Push one row to an endpoint that says 410, and do this before it has said it. */
		const meanwhile = async (f: () => Promise<unknown>): Promise<void> => {
			world.endpoint.mood = 410;
			world.endpoint.before = async () => void (await f());
			await world.push(1);
			await world.settle();
		};

		for (const origin of ['host', 'api'] as const) {
			it(`is not given up where a person has paused it: its rows are kept (made by ${origin})`, async () => {
				await world.attach({ origin });
				await meanwhile(() => world.store.setState(ID, 'PAUSED'));
				const { state, purgedTotal, rows, openRows, deadRows } = await world.counters();
				assert.deepEqual([state, purgedTotal], ['PAUSED', 0]);
				assert.equal(rows + openRows + deadRows, 1);
				assert.equal(world.health()?.givenUp, undefined);
			});
		}

		it('loses its lease where it is disabled: nothing of it is settled, and what comes next is dropped', async () => {
			await world.attach();
			await meanwhile(() => world.store.setState(ID, 'USER_DISABLED'));
			const counters = await world.counters();
			assert.deepEqual(
				[counters.state, counters.openRows, counters.deadRows, counters.ackedTotal],
				['USER_DISABLED', 0, 0, 0],
			);
			assert.equal(counters.droppedSinceDisabled, 1);
			assert.match(world.log.join('\n'), /was purged meanwhile, or another process has it/);
		});
	});

	describe('of which two processes know', () => {
		it('is known to fail at the first failure, where the other one knows', async () => {
			await world.attach();
			const other = world.process();
			await world.attach({}, { core: other });
			await open();
			const before = requests();
			await world.push(5, other);
			assert.equal(requests() - before, 1);
			assert.equal(world.health(other)?.breaker, 'open');
			assert.equal(world.health(other)?.nextProbeAt, world.health()?.nextProbeAt);
			await other.close();
		});

		it('is probed once where both want to at the same instant, and the answer takes its time', async () => {
			await world.attach({ maxInFlight: 20 });
			const other = world.process();
			await world.attach({ maxInFlight: 20 }, { core: other });
			await open();
			await world.push(5, other);
			await world.advance(10_000);
			const before = requests();
			let answer = (): void => {};
			const held = new Promise<void>((resolve) => (answer = resolve));
			world.endpoint.before = () => held;
			await world.advance(35_000);
			assert.equal(requests() - before, 1);
			answer();
			await world.settle();
			assert.equal(world.health()?.breaker, 'open');
			await other.close();
		});

		it('stays given up where the other one had claimed a batch before', async () => {
			const retry = { delaysMs: Array(100).fill(6 * HOUR), jitter: 0 };
			await world.attach({ retry, maxInFlight: 5 });
			const other = world.process();
			await world.attach({ retry, maxInFlight: 5 }, { core: other });
			world.endpoint.mood = 500;
			await world.push(1, other);
			const claim = world.store.claim.bind(world.store);
			// The other one's claim ends before the export is given up, and is heard of after it.
			world.store.claim = async (...args) => {
				const batch = await claim(...args);
				if (!batch) return undefined;
				world.store.claim = claim;
				world.endpoint.mood = 410;
				await world.push(1);
				assert.equal(world.health()?.givenUp?.because, 'gone');
				other.claimDue();
				await settled();
				world.endpoint.mood = 500;
				return batch;
			};
			await world.push(1, other);
			await world.advance(20_000);
			assert.equal((await world.counters()).state, 'PAUSED');
			assert.equal(world.health()?.givenUp?.because, 'gone');
			assert.equal(world.health(other)?.givenUp?.because, 'gone');
			await other.close();
		});

		it('is probed by one of them at a time, and delivered by both once it is back', async () => {
			await world.attach({ maxInFlight: 20 });
			const other = world.process();
			await world.attach({ maxInFlight: 20 }, { core: other });
			await open();
			await world.push(5, other);
			await world.advance(10_000);
			assert.equal(world.health(other)?.breaker, 'open');
			const before = requests();
			await world.advance(10 * MINUTE, 1_000);
			// After 35, 95, 215 and 455 s, whoever makes them.
			assert.equal(requests() - before, 4);
			assert.equal(world.health(other)?.nextProbeAt, world.health()?.nextProbeAt);
			world.endpoint.mood = 200;
			await world.advance(10 * MINUTE);
			assert.equal(world.taken.length, 15);
			assert.equal(world.health()?.breaker, 'closed');
			assert.equal(world.health(other)?.breaker, 'closed');
			await other.close();
		});
	});
});

describe('the rate of an export', () => {
	let world: HealthWorld;
	beforeEach(async () => (world = await new HealthWorld().open()));
	afterEach(() => world.close());

	for (const send of ['batch', 'row'] as const) {
		it(`holds while a backlog drains, and after a redeploy (${send})`, async () => {
			const conditions = { count: send === 'row' ? 20 : 1, time: '1s', size: '1MB' };
			const config = { conditions, health: { rate: { perSecond: 2, burst: 4 } }, maxInFlight: 5 };
			await world.attach(config, { send });
			await world.store.setState(ID, 'PAUSED');
			await world.push(40);
			const begun = world.clock.now();
			const at: number[] = [];
			world.endpoint.before = () => void at.push(world.clock.now() - begun);
			await world.store.setState(ID, 'ACTIVE');
			world.core.claimDue();
			await world.settle();
			assert.equal(at.length, 4, 'the burst');
			assert.equal(world.health()?.slowedUntil, world.clock.now() + 500);
			await world.detach();
			await world.attach(config, { send });
			await world.advance(30_000);
			assert.equal(world.taken.length >= 40, true);
			assert.equal(world.health()?.slowedUntil, undefined);
			for (const [i, one] of at.entries())
				assert.ok(one >= (i - 3) * 500, `request ${i + 1} after ${one} ms`);
			assert.ok((at[39] ?? Infinity) <= 21_000, `the 40th after ${at[39]} ms`);
		});
	}

	it('holds where several requests end at once', async () => {
		await world.attach({ health: { rate: { perMinute: 1, burst: 5 } }, maxInFlight: 4 });
		let answer = (): void => {};
		const held = new Promise<void>((resolve) => (answer = resolve));
		world.endpoint.before = () => held;
		await world.push(20);
		assert.equal(world.endpoint.requests.length, 4);
		answer();
		await world.settle();
		assert.equal(world.endpoint.requests.length, 5);
	});

	it('goes to new rows first while a backlog drains, and leaves the backlog every fifth request', async () => {
		const conditions = { count: 8, time: '1s', size: '1MB' };
		const health = { rate: { perSecond: 1, burst: 1 } };
		const config = { conditions, health, liveFirst: true };
		await world.attach({ ...config, maxInFlight: 3 }, { send: 'row' });
		await world.store.setState(ID, 'PAUSED');
		await world.push(40);
		await world.advance(HOUR);
		await world.store.setState(ID, 'ACTIVE');
		world.core.claimDue();
		await world.advance(10_000, 500);
		const before = world.taken.length;
		assert.ok(before >= 9 && before <= 12, `${before} of the backlog`);
		await world.push(8);
		await world.advance(14_000, 500);
		const since = world.taken.slice(before);
		const live = since.filter((n) => n > 40);
		assert.deepEqual(live, [41, 42, 43, 44, 45, 46, 47, 48]);
		const last = since.indexOf(48);
		assert.ok(last <= 8 + 2 + 3, `the last new one was the ${last + 1}th: ${since.join()}`);
		await world.advance(60_000, 500);
		const backlog = world.taken.filter((n) => n <= 40);
		assert.deepEqual(
			backlog.toSorted((a, b) => a - b),
			Array.from({ length: 40 }, (_, i) => i + 1),
		);
	});

	it('of one row a minute settles what was sent in between, counts no attempt and keeps everything', async () => {
		const conditions = { count: 30, time: '1s', size: '1MB' };
		const retry = { delaysMs: [1_000], jitter: 0 };
		await world.attach({ conditions, retry, health: { rate: { perMinute: 1 } } }, { send: 'row' });
		await world.push(30);
		await world.advance(5 * MINUTE);
		assert.ok((await world.counters()).ackedTotal >= 3);
		await world.advance(26 * MINUTE, MINUTE);
		assert.deepEqual(
			world.taken,
			Array.from({ length: 30 }, (_, i) => i + 1),
		);
		assert.equal((await world.counters()).deadRows, 0);
	});
});

describe('1,000 idle destinations', () => {
	it('cause no timer and no write', async () => {
		const world = await new HealthWorld().open();
		const timers = world.clock.pending();
		for (let i = 0; i < 1_000; i++) await world.attach({}, { id: `export ${i}` });
		const added = world.clock.pending() - timers;
		assert.ok(added <= 5, `${added} timers`);
		let writes = 0;
		const { put } = world.store.documents;
		world.store.documents.put = (...args) => {
			writes++;
			return put.apply(world.store.documents, args);
		};
		await world.advance(HOUR);
		assert.equal(writes, 0);
		assert.deepEqual((await world.store.documents.list(HEALTH_COLLECTION)).documents, []);
		await world.close();
	}).timeout(60_000);
});
