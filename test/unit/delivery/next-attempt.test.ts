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

const atOf = (one: Outcome): number | undefined =>
	one.kind === 'retry' ? one.at : one.kind === 'split' ? one.retryAt : undefined;

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
			assert.equal(atOf(planned), at);
		});
	}

	it('uses no schedule up by an attempt that does not count', () => {
		const uncounted = { kind: 'retry', counts: false, error } as const;
		assert.deepEqual(plan(uncounted, 9), { ...uncounted, at: NOW + 5_000 });
		assert.deepEqual(plan({ ...uncounted, at: NOW + 3 }, 9), { ...uncounted, at: NOW + 3 });
	});

	describe('where an endpoint is busy', () => {
		const timeout = new DeliveryError('ERR_SINK_TIMEOUT', 'late');
		const busy: [name: string, outcome: Outcome, waitMs: number][] = [
			['after a time-out', { kind: 'retry', error: timeout }, 60_000],
			[
				'after the time-out of one of several requests',
				split({
					retry: [0],
					error: new DeliveryError('ERR_BATCH_PARTIAL', 'a', { cause: timeout }),
				}),
				60_000,
			],
			['after a 429', { kind: 'retry', error, answer: { status: 429 } }, 60_000],
			[
				'after a 429 with Retry-After',
				{ kind: 'retry', at: NOW + 7_000, error, answer: { status: 429 } },
				7_000,
			],
			[
				'after a 429 of the token endpoint',
				{
					kind: 'retry',
					error: new DeliveryError('ERR_SINK_TOKEN', 'a', { details: { status: 429 } }),
				},
				60_000,
			],
			['after a 503', { kind: 'retry', error, answer: { status: 503 } }, 1_000],
		];
		for (const [name, outcome, waitMs] of busy) {
			it(`waits ${waitMs} ms ${name}, where the schedule asks for a minute then`, () => {
				const o = { now: NOW, random: 0.5 };
				const asked = planNextAttempt(
					outcome,
					{ attempt: 1 },
					{ ...o, retry: { ...RETRY, busyDelayMs: 60_000 } },
				);
				assert.equal(atOf(asked), NOW + waitMs);
				if (waitMs === 60_000) assert.equal(atOf(plan(outcome)), NOW + 1_000);
			});
		}
	});

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
