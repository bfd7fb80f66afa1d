import assert from 'node:assert/strict';
import { disable } from '../../../core/operate/verbs/disable';
import { enable, pause, resume } from '../../../core/operate/verbs/states';
import { HealthWorld, ID } from '../../support/health-world';

/** Rows that are sent in requests of their own, of a batch that is on its way. */
describe('an export that is stopped while rows of it are sent', () => {
	let world: HealthWorld;
	beforeEach(async () => (world = await new HealthWorld().open()));
	afterEach(() => world.close());

	const conditions = { count: 20, time: '1s', size: '1MB' };
	const on = () => ({ store: world.store, claimDue: () => world.core.claimDue() });
	const requests = (): number => world.endpoint.requests.length;
	/** Does something while the fifth request is under way. */
	const atTheFifth = (what: () => Promise<unknown>): void => {
		world.endpoint.before = async () => {
			if (requests() !== 5) return;
			await what();
			await world.settle();
		};
	};

	it('sends no more where it is paused, and goes on at once where it is resumed', async () => {
		await world.attach({ conditions }, { send: 'row' });
		atTheFifth(() => pause(on(), ID));
		await world.push(20);
		await world.settle();
		assert.equal(requests(), 5, 'the one that was under way ends');
		const { openRows, rows, ackedTotal } = await world.counters();
		assert.deepEqual([openRows + rows, ackedTotal], [15, 5]);
		await resume(on(), ID);
		await world.settle();
		assert.deepEqual(
			world.taken,
			Array.from({ length: 20 }, (_, at) => at + 1),
		);
	});

	it('sends nothing more of what it has dropped where it is disabled (D53)', async () => {
		await world.attach({ conditions }, { send: 'row' });
		atTheFifth(() => disable(on(), ID, { confirm: 'all' }));
		await world.push(20);
		await world.advance(60_000);
		assert.equal(requests(), 5);
		const { openRows, rows, droppedSinceDisabled } = await world.counters();
		assert.deepEqual([openRows + rows, droppedSinceDisabled], [0, 20]);
		await enable(on(), ID);
		await world.push(20);
		assert.equal(requests(), 25, 'what comes now is sent');
	});

	it('sends no more where it is given up by itself (410)', async () => {
		await world.attach(
			{ conditions: { ...conditions, count: 10 }, maxInFlight: 2 },
			{ send: 'row' },
		);
		world.endpoint.before = () => void (world.endpoint.mood = requests() === 5 ? 410 : 200);
		await world.push(20);
		await world.advance(60_000);
		assert.equal((await world.counters()).state, 'PAUSED');
		assert.ok(requests() <= 6, `${requests()} requests, two at once`);
		const { openRows, rows, ackedTotal } = await world.counters();
		assert.equal(openRows + rows + ackedTotal, 20);
	});

	it('sends no more of a batch that another one has brought to its end', async () => {
		const o = { conditions: { ...conditions, count: 2 }, maxInFlight: 2 };
		await world.attach(o, { send: 'row' });
		const begun: (() => void)[] = [];
		world.endpoint.before = async () => {
			const nth = requests();
			if (nth === 1) return;
			await new Promise<void>((resolve) => begun.push(resolve));
			world.endpoint.mood = nth === 2 ? 410 : 200;
		};
		await world.push(4);
		const [ofTheFirst, ofTheSecond] = begun;
		ofTheFirst?.();
		await world.settle();
		assert.equal((await world.counters()).state, 'PAUSED');
		ofTheSecond?.();
		await world.settle();
		assert.equal(requests(), 3);
		assert.equal((await world.counters()).ackedTotal, 2);
	});

	it('sends no more of a batch when another one has shown that nothing was taken for too long', async () => {
		const giveUp = { afterMs: 3_600_000, action: 'pause' } as const;
		await world.attach(
			{
				conditions,
				maxInFlight: 2,
				retry: { delaysMs: [3_660_000], jitter: 0 },
				health: { breaker: false, giveUp },
			},
			{ send: 'row' },
		);
		world.endpoint.mood = 500;
		await world.push(1);
		world.core.flush(ID);
		await world.settle();
		const begun: (() => void)[] = [];
		world.endpoint.before = () => new Promise<void>((resolve) => void begun.push(resolve));
		await world.advance(3_660_000);
		await world.push(20);
		assert.equal(requests(), 3, 'the second attempt, and the first of the new rows');
		begun[0]?.();
		await world.settle();
		assert.equal((await world.counters()).state, 'PAUSED');
		world.endpoint.mood = 200;
		for (const answer of begun) answer();
		await world.settle();
		assert.equal(requests(), 4, 'those that were under way');
	});

	it('sends nothing of a batch whose claim is answered after the pause', async () => {
		await world.attach({ conditions }, { send: 'row' });
		const { claim } = world.store;
		world.store.claim = async (...asked) => {
			const batch = await claim.apply(world.store, asked);
			world.store.claim = claim;
			await pause(on(), ID);
			await world.settle();
			return batch;
		};
		await world.push(20);
		await world.settle();
		assert.equal(requests(), 0);
		await resume(on(), ID);
		await world.settle();
		assert.equal(requests(), 20);
	});

	it('stops also where another process does it', async () => {
		await world.attach({ conditions }, { send: 'row' });
		atTheFifth(async () => {
			await world.store.setState(ID, 'PAUSED');
			// As the store tells it (`Store.watch`).
			world.core.claimDue();
		});
		await world.push(20);
		await world.advance(60_000);
		assert.equal(requests(), 5);
	});

	it('asks the store nothing for it while it sends nothing', async () => {
		await world.attach({ conditions });
		await world.push(1);
		let asked = 0;
		const { getExport } = world.store;
		world.store.getExport = (id) => {
			asked += 1;
			return getExport.call(world.store, id);
		};
		world.core.claimDue();
		await world.settle();
		assert.equal(asked, 0);
	});
});
