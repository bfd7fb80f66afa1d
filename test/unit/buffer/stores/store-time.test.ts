import assert from 'node:assert/strict';
import { readTime, StoreTime } from '../../../../core/buffer/stores/store-time';
import { systemClock } from '../../../../core/runtime/clock';

const DAY_MS = 86_400_000;
const T0 = 1_000_000_000;

describe('store time (S31, I17)', () => {
	const steps = [
		{
			name: 'passes with both clocks',
			wallAt: T0 + 5,
			monotonicMs: 5,
			nowAt: T0 + 5,
			expiryAt: T0 + 5,
		},
		{
			name: 'goes on by the monotonic clock when the wall clock is set back',
			wallAt: T0 - DAY_MS,
			monotonicMs: 5,
			nowAt: T0 + 5,
			expiryAt: T0 + 5,
		},
		{
			name: 'follows the wall clock forward, but expires nothing early',
			wallAt: T0 + DAY_MS,
			monotonicMs: 5,
			nowAt: T0 + DAY_MS,
			expiryAt: T0 + 5,
		},
	];
	for (const { name, wallAt, monotonicMs, nowAt, expiryAt } of steps) {
		it(name, () => {
			const time = new StoreTime({ wallAt: T0, monotonicMs: 0 });
			time.advance({ wallAt, monotonicMs });
			assert.deepEqual([time.nowAt, time.expiryAt, time.elapsedMs], [nowAt, expiryAt, monotonicMs]);
			assert.equal(time.toWall(time.nowAt), wallAt);
			assert.equal(time.fromWall(wallAt + 7), nowAt + 7);
		});
	}

	it('never goes back and never stands still while the wall clock jumps', () => {
		const time = new StoreTime({ wallAt: T0, monotonicMs: 0 });
		let before = time.nowAt;
		for (const [step, jumpMs] of [0, DAY_MS, -DAY_MS, 5, -9_000, 0].entries()) {
			time.advance({ wallAt: T0 + step * 10 + jumpMs, monotonicMs: (step + 1) * 10 });
			assert.ok(time.nowAt > before);
			before = time.nowAt;
		}
	});

	it('does not creep ahead of a wall clock that runs well', () => {
		const time = new StoreTime({ wallAt: T0, monotonicMs: 0.7 });
		for (let step = 1; step <= 10_000; step++) {
			time.advance({ wallAt: Math.floor(T0 + step * 0.37), monotonicMs: 0.7 + step * 0.37 });
		}
		assert.ok(time.nowAt - Math.floor(T0 + 3_700) <= 1);
	});

	it('begins with the last time seen', () => {
		const time = new StoreTime({ wallAt: T0, monotonicMs: 0 }, T0 + DAY_MS);
		assert.equal(time.nowAt, T0 + DAY_MS);
		assert.equal(time.toWall(time.nowAt + 5), T0 + 5);
	});

	it('lets no row arrive in the future', () => {
		const time = new StoreTime({ wallAt: T0, monotonicMs: 0 });
		assert.equal(time.arrivedAt(T0 + DAY_MS), T0);
		assert.equal(time.arrivedAt(T0 - 5), T0 - 5);
	});

	it('takes the monotonic clock of the machine, and of an injected clock none', () => {
		assert.equal(typeof readTime(systemClock).monotonicMs, 'number');
		assert.deepEqual(readTime({ now: () => 7, after: () => () => {} }), { wallAt: 7 });
	});
});
