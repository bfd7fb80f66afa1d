import assert from 'node:assert/strict';
import { decideDone } from '../../../node-red/runtime/done-rule';

const reach = (settling: string[], notRunning: string[] = [], isReceived = true) => ({
	settling,
	notRunning,
	isReceived,
});

describe('decideDone: when batches of an output are done', () => {
	const cases: [
		name: string,
		reached: ReturnType<typeof reach>,
		auto: object,
		acked: object,
		sent: object,
	][] = [
		[
			'nothing is wired',
			reach([], [], false),
			{ when: 'kept', fault: 'unwired' },
			{ when: 'kept', fault: 'unwired' },
			{ when: 'sent', fault: 'lost' },
		],
		[
			'the settling node is off and nobody else listens',
			reach([], ['a'], false),
			{ when: 'kept', fault: 'notRunning' },
			{ when: 'kept', fault: 'notRunning' },
			{ when: 'sent', fault: 'lost' },
		],
		[
			'the settling node is off and somebody else listens',
			reach([], ['a']),
			{ when: 'kept', fault: 'notRunning' },
			{ when: 'kept', fault: 'notRunning' },
			{ when: 'sent' },
		],
		[
			'nothing settles',
			reach([]),
			{ when: 'sent' },
			{ when: 'acked', fault: 'unsettled' },
			{ when: 'sent' },
		],
		['one node settles', reach(['a']), { when: 'acked' }, { when: 'acked' }, { when: 'sent' }],
		[
			'one of two settling nodes is off',
			reach(['a'], ['b']),
			{ when: 'acked' },
			{ when: 'acked' },
			{ when: 'sent' },
		],
		[
			'two nodes settle',
			reach(['a', 'b']),
			{ when: 'acked', fault: 'several' },
			{ when: 'acked', fault: 'several' },
			{ when: 'sent' },
		],
	];
	for (const [name, reached, auto, acked, sent] of cases) {
		it(`where ${name}`, () => {
			assert.deepEqual(decideDone('auto', reached), auto, 'auto');
			assert.deepEqual(decideDone('acked', reached), acked, 'when acked');
			assert.deepEqual(decideDone('sent', reached), sent, 'when sent');
		});
	}
});
