import assert from 'node:assert/strict';
import type { Outcome } from '../../../core/buffer/store';
import type { Verdict } from '../../../core/delivery/gate';
import { uncounted } from '../../../core/delivery/uncounted';
import { DeliveryError } from '../../../core/errors';

const NOW = 1_000_000;
const error = new DeliveryError('ERR_SINK_UNAVAILABLE', 'request failed: ENOTFOUND');
const retry: Outcome = { kind: 'retry', error };
const split: Outcome = { kind: 'split', retry: [1], hold: [2], dead: [0], error };

describe('an attempt that is not to be counted', () => {
	const cases: [name: string, Outcome, attempt: number, Verdict, expected: object | undefined][] = [
		['a probe', retry, 1, 'probe', { kind: 'retry', at: NOW + 5_000, counts: false }],
		[
			'asked to wait',
			{ ...retry, at: NOW + 9_000 },
			1,
			'probe',
			{ at: NOW + 9_000, counts: false },
		],
		['a late probe', retry, 7, 'probe', { kind: 'retry', at: NOW + 60_000, counts: false }],
		['the last one', retry, 3, 'unreachable', { at: NOW + 60_000, counts: false }],
		['not the last one', retry, 2, 'unreachable', undefined],
		['answered', retry, 3, 'counts', undefined],
		['in rows', split, 1, 'probe', { retry: [], hold: [1, 2], dead: [0], retryAt: NOW + 5_000 }],
		['refused rows', { ...split, retry: [] }, 1, 'probe', undefined],
		['kept', { kind: 'dead', error }, 3, 'kept', { kind: 'retry', at: NOW, counts: false }],
		['kept rows', split, 1, 'kept', { retry: [], hold: [1, 2, 0], dead: [], retryAt: NOW }],
		['taken', { kind: 'ack' }, 1, 'kept', undefined],
		['given back', { kind: 'release' }, 1, 'probe', undefined],
	];
	for (const [name, outcome, attempt, verdict, expected] of cases) {
		it(`${name}: attempt ${attempt}, ${verdict}`, () => {
			const o = { retry: { delaysMs: [5_000, 60_000], jitter: 0 }, now: NOW, random: 0.5 };
			const got = uncounted(outcome, { attempt }, verdict, o);
			if (!expected) return assert.equal(got, undefined);
			assert.deepEqual({ ...got }, { ...outcome, ...expected });
		});
	}

	it('is counted where no second one is wanted', () => {
		const o = { retry: { delaysMs: [], jitter: 0 }, now: NOW, random: 0.5 };
		assert.equal(uncounted(retry, { attempt: 1 }, 'probe', o), undefined);
	});
});
