import assert from 'node:assert/strict';
import { DeliveryError, MappingError } from '../../../core/errors';
import type { RequestOutcome } from '../../../core/sink/http/answer';
import { settleRows } from '../../../core/sink/http/settle-rows';

const down = new DeliveryError('ERR_SINK_UNAVAILABLE', 'down');
const ack: RequestOutcome = { kind: 'ack', answer: { status: 200 } };
const again: RequestOutcome = { kind: 'retry', at: 7_000, error: down };
const dead: RequestOutcome = { kind: 'dead', error: down };
const ERROR = new MappingError('ERR_COLUMN_VALUE', 'deep');

const tried = (...outcomes: RequestOutcome[]) =>
	outcomes.map((outcome, position) => ({ position, outcome }));
const unreadable = (...positions: number[]) =>
	positions.map((position) => ({ position, error: ERROR }));

interface Split {
	readonly retry?: number[];
	readonly hold?: number[];
	readonly dead?: number[];
	readonly retryAt?: number;
	readonly code?: string;
}

describe('settleRows', () => {
	const cases: [name: string, o: Parameters<typeof settleRows>, expected: string | Split][] = [
		['all are taken', [tried(ack, ack), { count: 2, unreadable: [] }], 'ack'],
		['nothing was tried', [[], { count: 2, unreadable: [], stoppedBy: 'aborted' }], 'release'],
		[
			'nothing may be tried yet',
			[[], { count: 2, unreadable: unreadable(1), stoppedBy: { notBefore: 5 } }],
			'release',
		],
		['the only one comes again', [tried(again), { count: 1, unreadable: [] }], 'retry'],
		['all are refused', [tried(dead, dead), { count: 2, unreadable: [] }], 'dead'],
		['none can be sent', [[], { count: 1, unreadable: unreadable(0) }], 'dead'],
		[
			'one comes again: what is behind it is held, also what cannot be sent',
			[tried(ack, dead, again), { count: 5, unreadable: unreadable(4) }],
			{ retry: [2], hold: [3, 4], dead: [1], retryAt: 7_000 },
		],
		[
			'the last comes again: what cannot be sent waits for it',
			[tried(ack, again), { count: 3, unreadable: unreadable(2) }],
			{ retry: [1], hold: [2], retryAt: 7_000 },
		],
		[
			'the rest has to wait',
			[tried(ack, dead), { count: 4, unreadable: [], stoppedBy: { notBefore: 9 } }],
			{ hold: [2, 3], dead: [1], retryAt: 9 },
		],
		[
			'it was broken off',
			[tried(ack), { count: 3, unreadable: [], stoppedBy: 'aborted' }],
			{ hold: [1, 2] },
		],
		[
			'several come again: at the latest instant that one was told, in the order of the batch',
			[
				[
					{ position: 3, outcome: { kind: 'retry', at: 9_000, error: down } },
					{ position: 0, outcome: ack },
					{ position: 1, outcome: again },
					{ position: 2, outcome: dead },
				],
				{ count: 6, unreadable: unreadable(5), stoppedBy: { notBefore: 8_000 } },
			],
			{ retry: [1, 3], hold: [4, 5], dead: [2], retryAt: 9_000 },
		],
		[
			'the gate is closed for longer than a row has to wait',
			[tried(again), { count: 2, unreadable: [], stoppedBy: { notBefore: 8_000 } }],
			{ retry: [0], hold: [1], retryAt: 8_000 },
		],
		[
			'all but what cannot be sent were taken',
			[tried(ack), { count: 2, unreadable: unreadable(1) }],
			{ dead: [1], code: 'ERR_COLUMN_VALUE' },
		],
	];
	for (const [name, o, expected] of cases) {
		it(name, () => {
			const outcome = settleRows(...o);
			if (typeof expected === 'string') return assert.equal(outcome.kind, expected);
			assert(outcome.kind === 'split', outcome.kind);
			const { error, answer: _answer, ...rest } = outcome;
			const { code = 'ERR_BATCH_PARTIAL', ...split } = expected;
			assert.deepEqual(rest, { kind: 'split', retry: [], dead: [], ...split });
			assert.equal(error.code, code);
		});
	}

	it('says of what comes again why, whatever was refused after it', () => {
		const busy = { ...again, answer: { status: 429 } };
		const refused: RequestOutcome = { ...dead, answer: { status: 400 } };
		const outcome = settleRows(tried(busy, refused), { count: 3, unreadable: [] });
		assert('answer' in outcome);
		assert.equal(outcome.answer?.status, 429);
	});

	it('is one retry where all come again, at the latest instant', () => {
		const later: RequestOutcome = { ...again, at: 9_000 };
		const outcome = settleRows(tried(later, again), { count: 2, unreadable: [] });
		assert(outcome.kind === 'retry');
		assert.equal(outcome.at, 9_000);
	});

	it('says how many of each, and carries what the endpoint answered', () => {
		const outcome = settleRows(tried(ack, { ...again, answer: { status: 503 } }), {
			count: 4,
			unreadable: [],
		});
		assert('error' in outcome && 'answer' in outcome);
		assert.deepEqual(outcome.error.details, { retry: 1, hold: 2, dead: 0 });
		assert.equal(outcome.error.cause, down);
		assert.deepEqual(outcome.answer, { status: 503 });
		const taken = settleRows(tried(ack), { count: 2, unreadable: [], stoppedBy: 'aborted' });
		assert.deepEqual('answer' in taken && taken.answer, { status: 200 });
	});
});
