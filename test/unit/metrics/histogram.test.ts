import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addTo, bucketOf, mergeInto, quantile } from '../../../core/metrics/histogram';

function of(durations: readonly number[]): Record<string, number> {
	const histogram: Record<string, number> = {};
	for (const ms of durations) addTo(histogram, bucketOf(ms));
	return histogram;
}

/** Nearest rank, exactly. */
function exact(durations: readonly number[], share: number): number {
	const sorted = durations.toSorted((a, b) => a - b);
	return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? Number.NaN;
}

const durations = fc.array(fc.double({ min: 0.01, max: 86_400_000, noNaN: true }), {
	minLength: 1,
	maxLength: 300,
});

describe('a histogram of durations', () => {
	it('is off by at most 2 % in any quantile', () => {
		fc.assert(
			fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
				const expected = exact(all, share);
				const got = quantile(of(all), share) ?? Number.NaN;
				assert.ok(Math.abs(got - expected) <= 0.02 * expected, `${got}, not ${expected}`);
			}),
		);
	});

	it('adds up: of two it is that of both together', () => {
		fc.assert(
			fc.property(durations, durations, (some, others) => {
				const merged = of(some);
				mergeInto(merged, of(others));
				assert.deepEqual(merged, of([...some, ...others]));
			}),
		);
	});

	it('has few buckets, whatever comes', () => {
		const all = Array.from({ length: 20_000 }, (_, i) => 0.001 * 1.002 ** i);
		const odd = [0, -1, Number.NaN, Number.POSITIVE_INFINITY];
		assert.ok(Object.keys(of([...all, ...odd])).length < 1_200);
	});

	it('has no quantile where there is nothing', () => {
		assert.equal(quantile({}, 0.99), undefined);
	});
});
