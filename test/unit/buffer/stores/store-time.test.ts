import assert from 'node:assert/strict';
import {
	describeJump,
	type ClockMark,
	readTime,
	StoreTime,
} from '../../../../core/buffer/stores/store-time';
import { systemClock } from '../../../../core/runtime/clock';

const DAY_MS = 86_400_000;
const T0 = 1_000_000_000;
const past = (lastSeenAt: number, livedAt = lastSeenAt, marks: ClockMark[] = []) => ({
	lastSeenAt,
	livedAt,
	marks,
});

describe('store time (S31, I17)', () => {
	const steps = [
		{
			name: 'passes with both clocks',
			wallAt: T0 + 5,
			monotonicMs: 5,
			nowAt: T0 + 5,
			livedAt: T0 + 5,
		},
		{
			name: 'goes on by the monotonic clock when the wall clock is set back',
			wallAt: T0 - DAY_MS,
			monotonicMs: 5,
			nowAt: T0 + 5,
			livedAt: T0 + 5,
		},
		{
			name: 'follows the wall clock forward, but expires nothing early',
			wallAt: T0 + DAY_MS,
			monotonicMs: 5,
			nowAt: T0 + DAY_MS,
			livedAt: T0 + 5,
		},
	];
	for (const { name, wallAt, monotonicMs, nowAt, livedAt } of steps) {
		it(name, () => {
			const time = new StoreTime({ wallAt: T0, monotonicMs: 0 });
			time.advance({ wallAt, monotonicMs });
			assert.deepEqual([time.nowAt, time.livedAt, time.elapsedMs], [nowAt, livedAt, monotonicMs]);
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
		const time = new StoreTime({ wallAt: T0, monotonicMs: 0 }, past(T0 + DAY_MS));
		assert.equal(time.nowAt, T0 + DAY_MS);
		assert.equal(time.toWall(time.nowAt + 5), T0 + 5);
	});

	describe('ages by the time that the store has lived', () => {
		it('and not by the time for which it was closed', () => {
			const first = new StoreTime({ wallAt: T0, monotonicMs: 0 });
			first.advance({ wallAt: T0 + DAY_MS, monotonicMs: DAY_MS });
			const { nowAt, livedAt } = first;
			const marks = first.takeMarks();
			// Eight days later, or a clock that is eight days ahead.
			const again = new StoreTime(
				{ wallAt: T0 + 9 * DAY_MS, monotonicMs: 0 },
				past(nowAt, livedAt, marks),
			);
			assert.equal(again.livedAt, T0 + DAY_MS);
			// Of a row that came at the very beginning, and of one that comes now.
			assert.ok(again.bornBefore(DAY_MS) >= T0);
			assert.ok(again.bornBefore(DAY_MS + 1) < T0);
			assert.equal(again.bornBefore(0), again.nowAt);
			again.advance({ wallAt: T0 + 9 * DAY_MS + 500, monotonicMs: 500 });
			assert.ok(again.bornBefore(DAY_MS + 500) >= T0);
			assert.ok(again.bornBefore(DAY_MS + 501) < T0);
			assert.equal(again.bornBefore(500), T0 + 9 * DAY_MS);
			assert.ok(again.bornBefore(501) < T0 + 9 * DAY_MS);
		});

		it('whatever jumps there are, an age is never more than what passed', () => {
			const time = new StoreTime({ wallAt: T0, monotonicMs: 0 });
			const born: { at: number; monotonicMs: number }[] = [];
			let wallAt = T0;
			for (let step = 1; step <= 200; step++) {
				wallAt +=
					((step * 7_919) % 13) - 4 === 0 ? DAY_MS : 1_000 - (step % 5 === 0 ? 3_600_000 : 0);
				time.advance({ wallAt, monotonicMs: step * 1_000 });
				born.push({ at: time.nowAt, monotonicMs: step * 1_000 });
				for (const one of born) {
					const ageMs = step * 1_000 - one.monotonicMs;
					assert.ok(time.bornBefore(ageMs + 2_000) < one.at, 'not early');
					if (ageMs > 2_000) assert.ok(time.bornBefore(ageMs - 2_000) >= one.at, 'nor late');
				}
			}
		});

		it('and later rather than earlier where nobody wrote it down', () => {
			const time = new StoreTime({ wallAt: T0, monotonicMs: 0 }, past(T0 - DAY_MS, 0));
			assert.ok(time.bornBefore(1) < 0);
			time.advance({ wallAt: T0 + 5, monotonicMs: 5 });
			assert.ok(time.bornBefore(5) >= T0);
		});
	});

	const jumps = [
		{ name: 'forward', wallAt: T0 + 8 * DAY_MS, told: /set forward by 8 days/ },
		{ name: 'back', wallAt: T0 - 7_200_000, told: /2 h set back; .* nothing is lost/ },
		{ name: 'a little', wallAt: T0 + 59_000, told: undefined },
	];
	for (const { name, wallAt, told } of jumps) {
		it(`tells of a jump: ${name}`, () => {
			const time = new StoreTime({ wallAt: T0, monotonicMs: 0 });
			time.advance({ wallAt, monotonicMs: 5 });
			const [jump] = time.takeJumps();
			if (told === undefined) assert.equal(jump, undefined);
			else assert.match(jump ? describeJump(jump) : '', told);
			assert.deepEqual(time.takeJumps(), []);
		});
	}

	const openings = [
		{ name: 'days ahead', seenAt: T0 - 8 * DAY_MS, told: /8 days more .* closed for so long/ },
		{ name: 'behind', seenAt: T0 + DAY_MS, told: /24 h behind the time/ },
		{ name: 'an hour later', seenAt: T0 - 3_600_000, told: undefined },
		{ name: 'new', seenAt: 0, told: undefined },
	];
	for (const { name, seenAt, told } of openings) {
		it(`tells of a clock at open: ${name}`, () => {
			const time = new StoreTime({ wallAt: T0, monotonicMs: 0 }, past(seenAt));
			const [jump] = time.takeJumps();
			if (told === undefined) assert.equal(jump, undefined);
			else assert.match(jump ? describeJump(jump) : '', told);
		});
	}

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
