import assert from 'node:assert/strict';
import { parseRetry } from '../../../core/delivery/parse-retry';
import { resolveRetry, type RetryInput } from '../../../core/delivery/resolve-retry';
import { nextDelayMs } from '../../../core/delivery/retry-schedule';
import { CoreError } from '../../../core/errors';
import { RETRY_PRESETS } from '../../../core/pure/retry';

const { standard, disruptive, exponential } = RETRY_PRESETS;
const DAY = 86_400_000;

describe('nextDelayMs', () => {
	it('gives each delay of the schedule once (D47)', () => {
		const retry = { delaysMs: [1000, 2000], jitter: 0 };
		assert.deepEqual(
			[1, 2, 3].map((attempt) => nextDelayMs(retry, attempt, 0.9)),
			[1000, 2000, undefined],
		);
	});

	it('never retries on an empty schedule, also not where its last delay is repeated', () => {
		assert.equal(nextDelayMs({ delaysMs: [], jitter: 0.2 }, 1, 0.5), undefined);
		assert.equal(nextDelayMs({ delaysMs: [], jitter: 0, repeatLast: true }, 1, 0.5), undefined);
	});

	it('repeats the last delay where it is told to', () => {
		const retry = { delaysMs: [1000, 2000], jitter: 0, repeatLast: true };
		assert.deepEqual(
			[1, 2, 3, 1_000].map((attempt) => nextDelayMs(retry, attempt, 0.5)),
			[1000, 2000, 2000, 2000],
		);
	});

	it('stays within the jitter (D48)', () => {
		const retry = { delaysMs: [300_000], jitter: 0.2 };
		assert.deepEqual(
			[0, 0.5, 1].map((random) => nextDelayMs(retry, 1, random)),
			[240_000, 300_000, 360_000],
		);
	});
});

describe('resolveRetry', () => {
	it('gives the standard schedule where nothing is said (D47), presets by name, and what replaces parts of them', () => {
		assert.deepEqual(resolveRetry({}, 'retry'), standard);
		assert.deepEqual(resolveRetry({ preset: 'disruptive' }, 'retry'), disruptive);
		const jitterless = resolveRetry({ preset: 'disruptive', jitter: 0, maxAgeMs: DAY }, 'retry');
		assert.deepEqual(jitterless, { ...disruptive, jitter: 0, maxAgeMs: DAY });
		const own = { delaysMs: [1, 2], jitter: 0.5 };
		assert.deepEqual(resolveRetry(own, 'retry'), own);
	});

	it('is at peace with what it has given itself', () => {
		for (const one of Object.values(RETRY_PRESETS)) {
			assert.deepEqual(resolveRetry(one, 'retry'), one);
		}
	});

	it('doubles up to a cap and repeats it', () => {
		const retry = resolveRetry({ exponential: { firstMs: 10_000, capMs: 60_000 } }, 'retry');
		assert.deepEqual(retry.delaysMs, [10_000, 20_000, 40_000, 60_000]);
		assert.deepEqual([retry.repeatLast, retry.maxAgeMs], [true, 7 * DAY]);
		assert.equal(exponential.delaysMs.at(-1), 3_600_000);
	});

	const refused: [path: string, input: object][] = [
		['retry', { preset: 'standard', delaysMs: [] }],
		['retry.preset', { preset: 'fibonacci' }],
		['retry.preset', { preset: '__proto__' }],
		['retry.exponential.firstMs', { exponential: { firstMs: 999, capMs: 2_000 } }],
		['retry.exponential.capMs', { exponential: { firstMs: 2_000, capMs: 1_000 } }],
		['retry.exponential.capMs', { exponential: { firstMs: 2_000, capMs: DAY + 1 } }],
		['retry.exponential.firstMs', { exponential: {} }],
		['retry.delaysMs', { delaysMs: Array(101).fill(1) }],
		['retry.delaysMs', { delaysMs: '5s' }],
		['retry.delaysMs[1]', { delaysMs: [1, -1] }],
		['retry.delaysMs[0]', { delaysMs: [30 * DAY + 1] }],
		['retry.jitter', { jitter: 1.1 }],
		['retry.jitter', { jitter: Number.NaN }],
		['retry.repeatLast', { delaysMs: [1_000], repeatLast: 'yes' }],
		['retry.repeatLast', { delaysMs: [999], repeatLast: true }],
		['retry.maxAgeMs', { maxAgeMs: 59_999 }],
		['retry.maxAgeMs', { maxAgeMs: 30 * DAY + 1 }],
		['retry.busyDelayMs', { busyDelayMs: DAY + 1 }],
	];
	for (const [path, input] of refused) {
		it(`refuses ${path} of ${JSON.stringify(input).slice(0, 80)}`, () => {
			assert.throws(
				() => resolveRetry(input as RetryInput, 'retry'),
				(error) => error instanceof CoreError && error.details['path'] === path,
			);
		});
	}
});

describe('parseRetry', () => {
	it('reads names, rules and delays', () => {
		assert.equal(parseRetry(undefined, 'a'), standard);
		assert.equal(parseRetry(' ', 'a'), standard);
		assert.equal(parseRetry('disruptive', 'a'), disruptive);
		assert.equal(parseRetry('exponential', 'a'), exponential);
		assert.deepEqual(parseRetry('exponential 30s, 1m', 'a').delaysMs, [30_000, 60_000]);
		assert.deepEqual(parseRetry('1s, 2m 3h', 'a'), {
			delaysMs: [1_000, 120_000, 10_800_000],
			jitter: 0.2,
		});
	});

	it('takes the delays of the standard schedule for it', () => {
		assert.equal(parseRetry('5s 5m 30m 2h 5h 10h 10h', 'a'), standard);
		assert.equal(parseRetry('5s, 5m, 30m, 2h, 5h, 10h', 'a').busyDelayMs, undefined);
	});

	for (const text of [
		'soon',
		'standard 5s',
		'exponential 5s',
		'exponential 2h 1h',
		'exponential 1s 2s 3s',
		'5 s',
		'721h',
		'1s '.repeat(101),
		'-1s',
	])
		it(`refuses ${text}`, () => {
			assert.throws(() => parseRetry(text, 'retry'), { code: 'ERR_CONFIG_INVALID' });
		});
});
