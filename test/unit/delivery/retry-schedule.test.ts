import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DISRUPTIVE_RETRY, nextDelayMs } from '../../../core/delivery/retry-schedule';

describe('nextDelayMs', () => {
	it('gives each delay of the schedule once', () => {
		const retry = { delaysMs: [1000, 2000], jitter: 0 };
		assert.deepEqual(
			[1, 2, 3].map((attempt) => nextDelayMs(retry, attempt, 0.9)),
			[1000, 2000, undefined],
		);
	});

	it('never retries on an empty schedule', () => {
		assert.equal(nextDelayMs({ delaysMs: [], jitter: 0.2 }, 1, 0.5), undefined);
	});

	it('stays within the jitter', () => {
		const retry = { delaysMs: [300_000], jitter: 0.2 };
		assert.deepEqual(
			[0, 0.5, 1].map((random) => nextDelayMs(retry, 1, random)),
			[240_000, 300_000, 360_000],
		);
	});

	it('has the disruptive preset of the cases', () => {
		const { retry } = JSON.parse(
			readFileSync(new URL('../../cases/disruptive.json', import.meta.url), 'utf8'),
		) as { retry: { id: string; expect: { retries: { delaySeconds: number }[] } }[] };
		const preset = retry.find(({ id }) => id === 'disruptive-preset') ?? assert.fail();
		assert.deepEqual(
			DISRUPTIVE_RETRY.delaysMs,
			preset.expect.retries.map(({ delaySeconds }) => delaySeconds * 1000),
		);
	});
});
