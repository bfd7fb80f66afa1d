import assert from 'node:assert/strict';
import {
	afterRequest,
	givesUpAt,
	mergeHealth,
	restarted,
	warningDue,
	type HealthRequest,
	type HealthState,
} from '../../../core/health/health-state';
import { resolveHealth, validateHealth } from '../../../core/health/resolve-health';
import { ConfigError } from '../../../core/errors';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const DAY = 86_400_000;
const health = resolveHealth({ origin: 'host' }, { isEndpoint: true });

function after(requests: readonly HealthRequest[], state: HealthState = {}, by = 'a'): HealthState {
	return requests.reduce(
		(one, request) => afterRequest(one, request, { health, by, isProbe: false }),
		state,
	);
}

const failure = (at: number, o: Partial<HealthRequest> = {}): HealthRequest => ({
	ok: false,
	at,
	...o,
});
const success = (at: number): HealthRequest => ({ ok: true, at });

describe('the health of a destination', () => {
	it('counts the time to giving up from the first failure after the last success (D52)', () => {
		const state = after([success(NOW), failure(NOW + 1_000), failure(NOW + DAY)]);
		assert.equal(givesUpAt(state, health), NOW + 1_000 + 5 * DAY);
		const begun = after([success(NOW + 4 * DAY), failure(NOW + 4 * DAY + 1)], state);
		assert.equal(givesUpAt(begun, health), NOW + 9 * DAY + 1, 'one success sets it back');
		assert.equal(givesUpAt(after([success(NOW + 5 * DAY)], begun), health), undefined);
	});

	it('warns at 50, 70 and 90 %, once each', () => {
		let state = after([failure(NOW)]);
		const said: number[] = [];
		for (let hours = 0; hours <= 120; hours++) {
			const percent = warningDue(state, health, NOW + hours * 3_600_000);
			if (percent === undefined) continue;
			said.push(percent, hours);
			state = { ...state, warned: percent };
		}
		assert.deepEqual(said, [50, 60, 70, 84, 90, 108]);
	});

	it('begins anew when it is set active (D54)', () => {
		const state = restarted(after([failure(NOW)]));
		assert.equal(givesUpAt(state, health), undefined);
		const later = after([failure(NOW + 2 * DAY)], state);
		assert.equal(givesUpAt(later, health), NOW + 7 * DAY);
	});

	it('opens the breaker for a destination with few rows that nobody reached for a minute', () => {
		const unreachable = { unreachable: true };
		const three = [NOW, NOW + 5_000, NOW + 60_000].map((at) => failure(at, unreachable));
		assert.equal(after(three.slice(0, 2)).breaker, undefined);
		assert.equal(after(three).breaker?.openedAt, NOW + 60_000);
		assert.equal(after(three.map(({ at }) => failure(at, { status: 500 }))).breaker, undefined);
		assert.equal(
			after([...three.slice(0, 2), success(NOW + 6_000), ...three.slice(2)]).breaker,
			undefined,
		);
	});

	it('opens the breaker by all of its window, however long that is and whatever was taken meanwhile', () => {
		const breaker = { windowMs: 3_600_000, minRequests: 8, failurePercent: 70 };
		const long = resolveHealth({ origin: 'host', health: { breaker } }, { isEndpoint: true });
		let state: HealthState = {};
		for (let nth = 1; nth <= 8; nth++) {
			const request = nth % 4 === 0 ? success : failure;
			assert.equal(state.breaker, undefined, `after ${nth - 1} requests`);
			const at = NOW + nth * 360_000;
			state = afterRequest(state, request(at), { health: long, by: 'a', isProbe: false });
		}
		const ninth = failure(NOW + 9 * 360_000, { status: 500 });
		state = afterRequest(state, ninth, { health: long, by: 'a', isProbe: false });
		assert.notEqual(state.breaker, undefined, 'seven of nine');
	});

	it('works again with what is taken, also by a clock that was put back', () => {
		const state = after([failure(NOW + DAY), success(NOW)]);
		assert.equal(state.failingSince, undefined);
		assert.equal(
			mergeHealth(state, after([failure(NOW + DAY)], {}, 'b'), NOW).failingSince,
			undefined,
		);
	});

	describe('of two processes', () => {
		it('is neither failing nor given up where one of them has success', () => {
			const mine = after([failure(NOW), failure(NOW + DAY)]);
			const theirs = after([success(NOW + 2 * DAY)], {}, 'b');
			const merged = mergeHealth(mine, theirs, NOW + 2 * DAY);
			assert.equal(merged.failingSince, undefined);
			const late = after([failure(NOW + 3 * DAY)], mine);
			const again = mergeHealth(late, theirs, NOW + 3 * DAY);
			assert.equal(again.failingSince, NOW + 3 * DAY);
		});

		it('opens the breaker by the requests of both', () => {
			const five = [1, 2, 3, 4, 5].map((i) => failure(NOW + i));
			const theirs = after(five, {}, 'b');
			assert.equal(theirs.breaker, undefined);
			const merged = mergeHealth(after(five.slice(0, 4)), theirs, NOW + 10);
			assert.equal(merged.breaker, undefined);
			assert.ok(after([failure(NOW + 11)], merged).breaker);
		});

		it('is the same whoever merges, and merging again changes nothing', () => {
			const mine = after([1, 2, 3].map((i) => failure(NOW + i, { status: 503 })));
			const theirs = after(
				Array.from({ length: 10 }, (_, i) => failure(NOW + 100 + i)),
				{},
				'b',
			);
			const one = mergeHealth(mine, theirs, NOW + 200);
			assert.deepEqual(mergeHealth(theirs, mine, NOW + 200), one);
			assert.deepEqual(mergeHealth(one, theirs, NOW + 200), one);
			assert.deepEqual(mergeHealth(one, one, NOW + 200), one);
			assert.ok(one.breaker);
			assert.equal(one.failingSince, NOW + 1);
		});

		it('leaves the next probe to whoever has written first that it makes it', () => {
			const open = after(Array.from({ length: 10 }, (_, i) => failure(NOW + i)));
			const claim = (prober: string, nextProbeAt: number): HealthState => ({
				...open,
				prober,
				...(open.breaker ? { breaker: { ...open.breaker, nextProbeAt } } : {}),
			});
			const now = NOW + 31_000;
			const [mine, theirs] = [claim('a', now + 30_500), claim('b', now + 30_000)];
			assert.equal(mergeHealth(mine, theirs, now).prober, 'b');
			assert.equal(mergeHealth(mine, theirs, now + 30_001).prober, 'a', 'it was never made');
			assert.equal(mergeHealth(mine, open, now).prober, 'a');
			assert.equal(mergeHealth(open, theirs, now).breaker?.nextProbeAt, now + 30_000);
		});

		it('has its breaker closed by whoever closed it last', () => {
			const open = after(Array.from({ length: 10 }, (_, i) => failure(NOW + i)));
			const closed = after([success(NOW + 60_000)], open, 'b');
			assert.ok(open.breaker && !closed.breaker);
			assert.equal(mergeHealth(open, closed, NOW + 60_001).breaker, undefined);
			assert.equal(mergeHealth(closed, open, NOW + 60_001).breaker, undefined);
		});
	});
});

describe('the configuration of health', () => {
	it('pauses what a node has made, disables what an API has, and gives no flow up', () => {
		const of = (origin: 'host' | 'api', isEndpoint: boolean) =>
			resolveHealth({ origin }, { isEndpoint });
		assert.deepEqual(of('host', true).giveUp, { afterMs: 5 * DAY, action: 'pause' });
		assert.equal(of('api', true).giveUp.action, 'disable');
		const trip = { failurePercent: 70, minRequests: 10 };
		assert.deepEqual(of('api', true).breaker, { trip, windowMs: 300_000 });
		// There only what reaches nobody opens it.
		assert.deepEqual(of('api', false).breaker, { windowMs: 300_000 });
		assert.equal(of('api', false).giveUp.action, 'nothing');
	});

	it('takes a burst of a second, of a minute where that is all that is said, and of 100 at most', () => {
		const burst = (rate: object) =>
			resolveHealth({ origin: 'host', health: { rate } }, { isEndpoint: true }).rate?.burst;
		assert.deepEqual(
			[
				{ perSecond: 5, perMinute: 60 },
				{ perMinute: 30 },
				{ perSecond: 500 },
				{ perSecond: 5, burst: 50 },
			].map(burst),
			[5, 30, 100, 50],
		);
	});

	for (const [given, path] of [
		[null, 'health'],
		[{ braker: {} }, 'health.braker'],
		[{ breaker: true }, 'health.breaker'],
		[{ breaker: { failurePercent: 0 } }, 'health.breaker.failurePercent'],
		[{ breaker: { minRequests: 1.5 } }, 'health.breaker.minRequests'],
		[{ breaker: { windowMs: 1 } }, 'health.breaker.windowMs'],
		[{ rate: {} }, 'health.rate'],
		[{ rate: { perSecond: '5' } }, 'health.rate.perSecond'],
		[{ rate: { perMinute: 600_001 } }, 'health.rate.perMinute'],
		[{ rate: { perMinute: 1, burst: 0 } }, 'health.rate.burst'],
		[{ giveUp: { afterMs: 1_000 } }, 'health.giveUp.afterMs'],
		[{ giveUp: { action: 'drop' } }, 'health.giveUp.action'],
	] as const) {
		it(`names ${path} in ${JSON.stringify(given)}`, () => {
			assert.throws(
				() => validateHealth(given),
				(error) => error instanceof ConfigError && error.details['path'] === path,
			);
		});
	}
});
