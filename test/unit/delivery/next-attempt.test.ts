import assert from 'node:assert/strict';
import type { Outcome } from '../../../core/buffer/store';
import { planNextAttempt } from '../../../core/delivery/next-attempt';
import { DeliveryError } from '../../../core/errors';

const NOW = 1_700_000_000_000;
const error = new DeliveryError('ERR_SINK_UNAVAILABLE', 'down');
const RETRY = { delaysMs: [1_000, 5_000], jitter: 0 };
const plan = (outcome: Outcome, attempt = 1) =>
	planNextAttempt(outcome, { attempt }, { retry: RETRY, now: NOW, random: 0.5 });
const split = (o: Partial<Extract<Outcome, { kind: 'split' }>>): Outcome => ({
	kind: 'split',
	retry: [],
	dead: [],
	error,
	...o,
});

describe('planNextAttempt', () => {
	const cases: [name: string, outcome: Outcome, attempt: number, at: number | undefined][] = [
		['waits as the schedule says', { kind: 'retry', error }, 2, NOW + 5_000],
		['not before the sink asks for', { kind: 'retry', error, at: NOW + 9_000 }, 1, NOW + 9_000],
		['nor before the schedule', { kind: 'retry', error, at: NOW + 9 }, 1, NOW + 1_000],
		['for rows that come again', split({ retry: [1], hold: [2] }), 1, NOW + 1_000],
		['for rows that were only held', split({ hold: [1] }), 1, NOW + 1_000],
		['for held rows whose schedule is used up', split({ hold: [1] }), 3, NOW + 5_000],
		['for held rows as the gate said', split({ hold: [1], retryAt: NOW + 7 }), 1, NOW + 7],
		['for none where nothing is left', split({ dead: [1] }), 1, undefined],
		[
			'for held rows behind one that is given up, as the endpoint said',
			split({ retry: [0], hold: [1], retryAt: NOW + 7 }),
			3,
			NOW + 7,
		],
	];
	for (const [name, outcome, attempt, at] of cases) {
		it(name, () => {
			const planned = plan(outcome, attempt);
			const plannedAt =
				planned.kind === 'retry' ? planned.at : planned.kind === 'split' && planned.retryAt;
			assert.equal(plannedAt || undefined, at);
		});
	}

	it('counts no attempt of held rows: they outlive the one before them', () => {
		const planned = plan(split({ retry: [0], hold: [1, 2] }), 3);
		assert(planned.kind === 'split');
		assert.deepEqual([planned.retry, planned.hold, planned.dead], [[], [1, 2], [0]]);
		assert.equal(planned.error.code, 'ERR_DELIVERY_EXHAUSTED');
	});

	it('plans nothing for what is done, dead or given back', () => {
		for (const one of [{ kind: 'ack' }, { kind: 'dead', error }, { kind: 'release' }] as const)
			assert.equal(plan(one), one);
	});
});
