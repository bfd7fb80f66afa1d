import assert from 'node:assert/strict';
import type { Counters } from '../../../core/buffer/store';
import { showDue, summarizeBuffers } from '../../../core/pipeline/buffer-summary';

const counters = (given: Partial<Counters>): Counters => ({
	exportId: 'r/main',
	state: 'ACTIVE',
	rows: 0,
	bytes: 0,
	oldestAt: undefined,
	openBatches: 0,
	openRows: 0,
	retryingBatches: 0,
	retryingRows: 0,
	nextAttemptAt: undefined,
	deadBatches: 0,
	deadRows: 0,
	deadBytes: 0,
	acceptedTotal: 0,
	ackedTotal: 0,
	droppedTotal: 0,
	purgedTotal: 0,
	buriedTotal: 0,
	...given,
});

describe('summarizeBuffers: how some buffers stand', () => {
	it('counts every row once, and tells the first of the next attempts', () => {
		const summary = summarizeBuffers([
			counters({ rows: 3, openRows: 7, retryingRows: 5, nextAttemptAt: 2_000, deadRows: 1 }),
			counters({ rows: 1, openRows: 2, retryingRows: 2, nextAttemptAt: 1_000 }),
			counters({}),
		]);
		assert.deepEqual(summary, {
			waiting: 4,
			open: 2,
			retrying: 7,
			nextAttemptAt: 1_000,
			dead: 1,
			dropped: 0,
			state: 'ACTIVE',
		});
	});

	it('is empty for no buffers', () => {
		const { waiting, open, retrying, dead, state } = summarizeBuffers([]);
		assert.deepEqual([waiting, open, retrying, dead, state], [0, 0, 0, 0, 'ACTIVE']);
	});

	it('tells the state that holds up most, and what a disabled buffer has dropped', () => {
		const paused = counters({ state: 'PAUSED', droppedTotal: 9 });
		assert.equal(summarizeBuffers([paused, counters({})]).state, 'PAUSED');
		const both = summarizeBuffers([paused, counters({ state: 'USER_DISABLED', droppedTotal: 2 })]);
		assert.deepEqual([both.state, both.dropped], ['USER_DISABLED', 2]);
	});
});

describe('showDue: an instant as a status shows it', () => {
	const at = new Date(2026, 10, 30, 4, 5, 6).getTime();
	const cases: [name: string, beforeMs: number, shown: string][] = [
		['soon', 5_000, '04:05:06'],
		['within a day', 23 * 3_600_000, '04:05:06'],
		['on another day', 25 * 3_600_000, '11-30 04:05'],
	];
	for (const [name, beforeMs, shown] of cases)
		it(name, () => assert.equal(showDue(at, at - beforeMs), shown));
});
