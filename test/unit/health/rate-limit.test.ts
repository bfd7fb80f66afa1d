import assert from 'node:assert/strict';
import { RateLimit } from '../../../core/health/rate-limit';

const NOW = 1_700_000_000_000;

/** When so many requests leave that all want to at once, milliseconds from the beginning. */
function departures(limit: RateLimit, count: number): number[] {
	const all: number[] = [];
	for (let now = NOW; all.length < count; now = limit.nextAt(now)) {
		if (limit.nextAt(now) > now) continue;
		limit.take(now);
		all.push(now - NOW);
	}
	return all;
}

describe('a rate', () => {
	it('lets its burst go at once, and then one after the other', () => {
		const limit = new RateLimit({ perSecond: 4, burst: 3 }, NOW);
		assert.deepEqual(departures(limit, 7), [0, 0, 0, 250, 500, 750, 1_000]);
	});

	it('holds per second and per minute at the same time', () => {
		const limit = new RateLimit({ perSecond: 10, perMinute: 60, burst: 2 }, NOW);
		assert.deepEqual(departures(limit, 5), [0, 0, 1_000, 2_000, 3_000]);
	});

	it('saves up no more than its burst', () => {
		const limit = new RateLimit({ perMinute: 60, burst: 2 }, NOW - 3_600_000);
		assert.deepEqual(departures(limit, 4), [0, 0, 1_000, 2_000]);
	});

	it('gives nothing and takes nothing when the clock is put back', () => {
		const limit = new RateLimit({ perSecond: 1, burst: 1 }, NOW);
		limit.take(NOW);
		assert.equal(limit.nextAt(NOW - 60_000), NOW - 60_000 + 1_000);
		assert.equal(limit.nextAt(NOW - 59_000), NOW - 59_000);
	});

	it('is exact over an hour at an odd rate', () => {
		const limit = new RateLimit({ perMinute: 7, burst: 1 }, NOW);
		const last = departures(limit, 421).at(-1) ?? 0;
		assert.ok(last >= 3_600_000 && last <= 3_600_500, `${last}`);
	});
});
