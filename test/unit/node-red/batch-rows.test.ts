import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { settlementOfFailure } from '../../../core/sink/flow-failure';
import { BufferError, MappingError } from '../../../core/errors';
import { createFlowSink, type FlowBatch } from '../../../core/sink/flow';
import { settleToken } from '../../../core/sink/flow-token';
import type { Outcome } from '../../../core/buffer/store';
import { batchMessage, type BatchMessage } from '../../../node-red/runtime/batch-message';
import { rowsText, workRows, withoutUnwritable } from '../../../node-red/runtime/batch-rows';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';
import { settled } from '../../support/fake-clock';

const nested = (levels: number): unknown => {
	let value: unknown = 1;
	for (let level = 0; level < levels; level++) value = [value];
	return value;
};
const circular: Record<string, unknown> = {};
circular['self'] = circular;

/** What a function node can put in the place of a row. */
const POISON: [what: string, row: unknown][] = [
	['a BigInt', { n: 1n }],
	['a circular value', circular],
	['9,000 levels', nested(9_000)],
	['a function', () => 1],
	['a function inside', { f: () => 1 }],
	['an Error', new Error('x')],
	['an Error of a function node', { e: runInNewContext('new Error("x")') as unknown }],
	['nothing', undefined],
	[
		'a toJSON that throws',
		{
			toJSON() {
				throw new Error('secret');
			},
		},
	],
	[
		'a getter that throws',
		{
			get a(): never {
				throw new Error('secret');
			},
		},
	],
];

describe('rows of a batch in the flow, one of which cannot be written', () => {
	let message: BatchMessage;
	let outcome: Promise<Outcome>;
	let abort: AbortController;

	// Modules of n8n, which other tests load, teach all BigInts of the process to be written as text.
	let taught: PropertyDescriptor | undefined;
	before(() => {
		taught = Object.getOwnPropertyDescriptor(BigInt.prototype, 'toJSON');
		Reflect.deleteProperty(BigInt.prototype, 'toJSON');
	});
	after(() => {
		if (taught) Object.defineProperty(BigInt.prototype, 'toJSON', taught);
	});

	beforeEach(async () => {
		abort = new AbortController();
		let emitted: FlowBatch | undefined;
		const sink = createFlowSink({
			emit: (batch) => void (emitted = batch),
			doneWhen: () => 'acked',
		});
		const payloads = ['{"n":0}', '{"n":1}', '{"n":2}'].map((text) => Buffer.from(text));
		const attempt = fakeAttempt({ signal: abort.signal });
		outcome = sink.deliver(fakeBatch({ payloads }), attempt);
		await settled();
		assert.ok(emitted);
		message = batchMessage('r', 'main', emitted);
	});
	afterEach(() => abort.abort());
	const token = (): string => message.sluice?.token ?? '';
	const rows = (): unknown[] => message.payload as unknown[];
	const ack = async (): Promise<Outcome> => {
		assert.equal(settleToken(token(), { kind: 'ack' }), true);
		return outcome;
	};

	for (const [what, row] of POISON) {
		it(`puts ${what} aside alone, by its name`, async () => {
			rows()[1] = row;
			assert.equal(rowsText(message, false), '[{"n":0},{"n":2}]');
			assert.deepEqual(message.payload, [{ n: 0 }, { n: 2 }]);
			const settled = await ack();
			assert.ok(settled.kind === 'split');
			assert.deepEqual([settled.retry, settled.dead], [[], [1]]);
			assert.match(settled.error.code, /^ERR_(BODY_UNREADABLE|COLUMN_VALUE)$/);
			assert.doesNotMatch(settled.error.message, /secret/);
		});
	}

	it('leaves the batch as it is where all can be written', async () => {
		assert.equal(withoutUnwritable(message) instanceof Array, true);
		assert.equal(message.sluice?.positions, undefined);
		assert.deepEqual(await ack(), { kind: 'ack' });
	});

	it('throws where no row is left, and such a batch is put aside', () => {
		message.payload = [1n, 1n, 1n];
		assert.throws(() => rowsText(message, false), { code: 'ERR_BODY_UNREADABLE' });
	});

	it('remembers where rows were, however many nodes take some out', async () => {
		const without = (n: number) => (row: unknown) => {
			if ((row as { n: number }).n === n) throw new MappingError('ERR_COLUMN_VALUE', 'no');
			return row;
		};
		message.payload = workRows(message, without(0))?.values;
		message.payload = workRows(message, without(2))?.values;
		assert.deepEqual(message.payload, [{ n: 1 }]);
		assert.equal(message.sluice?.count, 1);
		const settled = await ack();
		assert.ok(settled.kind === 'split');
		assert.deepEqual(settled.dead, [0, 2]);
	});

	it('keeps the whole batch for its next attempt where the rest failed', async () => {
		rows()[1] = 1n;
		rowsText(message, false);
		const error = new BufferError('ERR_BUFFER_FULL', 'full');
		settleToken(token(), { kind: 'retry', error });
		assert.equal((await outcome).kind, 'retry');
	});

	it('knows no rows in a payload that is something else, or of a batch that is settled', async () => {
		const whole = message.payload;
		for (const payload of ['text', [1], { a: 1 }]) {
			message.payload = payload;
			assert.equal(rowsText(message, false), undefined);
			assert.equal(withoutUnwritable(message), payload);
		}
		message.payload = whole;
		await ack();
		assert.equal(rowsText(message, false), undefined);
	});
});

describe('settlementOfFailure: what becomes of a batch whose message failed in a node', () => {
	const cases: [error: unknown, kind: string, code: string, isUnreached?: true][] = [
		[new MappingError('ERR_COLUMN_VALUE', 'no'), 'dead', 'ERR_COLUMN_VALUE'],
		[new BufferError('ERR_BUFFER_FULL', 'no'), 'retry', 'ERR_BUFFER_FULL', true],
		[new BufferError('ERR_STORE_CORRUPT', 'no'), 'retry', 'ERR_STORE_CORRUPT'],
		[new BufferError('ERR_EXPORT_UNKNOWN', 'no'), 'retry', 'ERR_EXPORT_UNKNOWN'],
		[new TypeError('of "secret"'), 'retry', 'ERR_SINK_UNAVAILABLE'],
		['thrown', 'retry', 'ERR_SINK_UNAVAILABLE'],
	];
	for (const [error, kind, code, isUnreached] of cases) {
		it(`${String(error)}: ${kind}${isUnreached ? ', and nobody was reached' : ''}`, () => {
			const { outcome, requests } = settlementOfFailure(error);
			assert.deepEqual(requests, isUnreached ? [{ unreachable: true }] : []);
			assert.equal(outcome.kind, kind);
			assert.ok('error' in outcome);
			assert.equal(outcome.error.code, code);
			assert.doesNotMatch(outcome.error.message, /secret/);
		});
	}
});
