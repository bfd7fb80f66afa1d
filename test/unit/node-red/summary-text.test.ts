import assert from 'node:assert/strict';
import { summaryText, type StatusNote } from '../../../node-red/runtime/summary-text';
import { translate } from '../../support/catalog';
import { anExport } from '../operate/fixtures';

const note = (fill: 'red' | 'yellow', text: string): StatusNote => ({ fill, text });

describe('summaryText: what a node with buffers shows', () => {
	const kept = anExport({ rows: 3 }, { taken: 'no' });
	const cases: [exports: ReturnType<typeof anExport>[], notes: StatusNote[], shown: string][] = [
		[[], [], 'green ring 0 waiting, 12 acked'],
		[[anExport({ rows: 3 })], [], 'green dot 3 waiting, 12 acked'],
		[[anExport({ openRows: 2 })], [], 'green dot 0 waiting, 2 open'],
		[[anExport({ openRows: 5, retryingRows: 5 })], [], 'yellow dot 0 waiting, 5 retry now'],
		[[anExport({ deadRows: 1 })], [], 'red dot 0 waiting, 1 dead'],
		[[anExport({ rows: 3 })], [note('yellow', 'not wired')], 'yellow ring not wired · 3 waiting'],
		[[kept], [note('yellow', 'not wired')], 'yellow ring not wired · 3 waiting'],
		[[kept], [], 'yellow ring 3 kept until someone takes them · 3 waiting'],
		[
			[anExport({ openRows: 5, retryingRows: 5 })],
			[note('yellow', 'not wired')],
			'yellow dot not wired · 0 waiting, 5 retry now',
		],
		[
			[anExport({ deadRows: 3 })],
			[note('yellow', 'not wired')],
			'red dot not wired · 0 waiting, 3 dead',
		],
		[
			[anExport({ openRows: 3 })],
			[note('red', 'ERR_QUOTA')],
			'red dot ERR_QUOTA · 0 waiting, 3 open',
		],
		[[anExport({ state: 'PAUSED', rows: 1 })], [], 'yellow ring paused · 1 waiting'],
		[
			[anExport({ state: 'USER_DISABLED', droppedSinceDisabled: 4 })],
			[],
			'yellow ring disabled, 4 dropped · 0 waiting',
		],
	];
	for (const [exports, notes, shown] of cases) {
		it(shown, () => {
			const done = { n: 12, as: 'acked' as const };
			const { fill, shape, text } = summaryText({ at: 0, exports }, { done, notes, translate });
			assert.equal(`${fill} ${shape} ${text}`, shown);
		});
	}
});
