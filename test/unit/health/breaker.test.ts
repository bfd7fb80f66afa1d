import assert from 'node:assert/strict';
import {
	afterFailedProbe,
	countRequest,
	inWindow,
	isTripped,
	openBreaker,
	PROBE_PAUSE,
	type Slice,
} from '../../../core/health/breaker';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const WINDOW_MS = 300_000;
const RULE = { failurePercent: 70, minRequests: 10 };

/** So many of each, one second apart. */
function count(taken: number, failed: number): Slice[] {
	let slices: Slice[] = [];
	for (let i = 0; i < taken + failed; i++)
		slices = countRequest(slices, { ok: i < taken, at: NOW + i * 1_000 }, WINDOW_MS);
	return slices;
}

describe('the breaker', () => {
	for (const [taken, failed, expected] of [
		[0, 9, false],
		[0, 10, true],
		[3, 7, true],
		[4, 6, false],
		[31, 69, false],
		[30, 70, true],
	] as const) {
		it(`${expected ? 'opens' : 'stays closed'} at ${failed} failures of ${taken + failed} requests`, () => {
			assert.equal(isTripped(count(taken, failed), RULE), expected);
		});
	}

	it('forgets what is older than five minutes', () => {
		const slices = count(0, 9);
		const at = NOW + WINDOW_MS + 20_000;
		assert.equal(isTripped(countRequest(slices, { ok: false, at }, WINDOW_MS), RULE), false);
		const sooner = NOW + WINDOW_MS - 20_000;
		assert.equal(isTripped(countRequest(slices, { ok: false, at: sooner }, WINDOW_MS), RULE), true);
	});

	it('counts in at most 31 slices, and takes none of a clock that was put back', () => {
		let slices: Slice[] = [];
		for (let i = 0; i < 2_000; i++)
			slices = countRequest(slices, { ok: true, at: NOW + i * 1_000 }, WINDOW_MS);
		assert.ok(slices.length <= 31, `${slices.length}`);
		assert.deepEqual(inWindow(slices, NOW - 3_600_000, WINDOW_MS), []);
	});

	it('probes after 30 s, then at pauses that double up to five minutes', () => {
		let breaker = openBreaker(NOW);
		const pauses = [breaker.nextProbeAt - NOW];
		for (let now = breaker.nextProbeAt; pauses.length < 7; now = breaker.nextProbeAt) {
			breaker = afterFailedProbe(breaker, now);
			pauses.push(breaker.nextProbeAt - now);
		}
		assert.deepEqual(
			pauses,
			[30, 60, 120, 240, 300, 300, 300].map((seconds) => seconds * 1_000),
		);
		assert.equal(breaker.openedAt, NOW);
		assert.equal(PROBE_PAUSE.maxMs, 300_000);
	});
});
