import assert from 'node:assert/strict';
import type { BufferSummary } from '../../../core/pipeline/buffer-summary';
import { summaryText, type StatusNote } from '../../../node-red/runtime/summary-text';
import { translate } from '../../support/catalog';

const NOW = new Date(2026, 10, 29, 12, 0, 0).getTime();
const due = new Date(2026, 10, 29, 14, 5, 10).getTime();
const quiet: BufferSummary = {
	waiting: 0,
	open: 0,
	retrying: 0,
	dead: 0,
	dropped: 0,
	state: 'ACTIVE',
};
const note = (fill: 'red' | 'yellow', text: string): StatusNote => ({ fill, text });

describe('summaryText: what a node with buffers shows', () => {
	const cases: [summary: Partial<BufferSummary>, notes: StatusNote[], shown: string][] = [
		[{}, [], 'green ring 0 waiting, 12 acked'],
		[{ waiting: 3 }, [], 'green dot 3 waiting, 12 acked'],
		[{ open: 2 }, [], 'green dot 0 waiting, 2 open'],
		[{ retrying: 5, nextAttemptAt: due }, [], 'yellow dot 0 waiting, 5 retry 14:05:10'],
		[{ retrying: 5, nextAttemptAt: NOW }, [], 'yellow dot 0 waiting, 5 retry now'],
		[{ retrying: 5 }, [], 'yellow dot 0 waiting, 5 retry now'],
		[{ dead: 1 }, [], 'red dot 0 waiting, 1 dead'],
		[
			{ waiting: 3, open: 2, retrying: 5, nextAttemptAt: due, dead: 1 },
			[],
			'red dot 3 waiting, 2 open, 5 retry 14:05:10, 1 dead',
		],
		[{ waiting: 3 }, [note('yellow', 'not wired')], 'yellow ring not wired · 3 waiting'],
		[{ dead: 3 }, [note('yellow', 'not wired')], 'red dot not wired · 0 waiting, 3 dead'],
		[{ open: 3 }, [note('red', 'ERR_QUOTA')], 'red dot ERR_QUOTA · 0 waiting, 3 open'],
		[{ waiting: 1, state: 'PAUSED' }, [], 'yellow ring paused · 1 waiting'],
		[{ state: 'USER_DISABLED', dropped: 4 }, [], 'yellow ring disabled, 4 dropped · 0 waiting'],
	];
	for (const [summary, notes, shown] of cases) {
		it(shown, () => {
			const done = { n: 12, as: 'acked' as const };
			const { fill, shape, text } = summaryText(
				{ ...quiet, ...summary },
				{ done, notes, now: NOW, translate },
			);
			assert.equal(`${fill} ${shape} ${text}`, shown);
		});
	}
});
