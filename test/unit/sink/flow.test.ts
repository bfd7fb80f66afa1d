import assert from 'node:assert/strict';
import { DeliveryError } from '../../../core/errors';
import { createFlowSink, settleToken, tokenState, type FlowBatch } from '../../../core/sink/flow';
import { fakeBatch } from '../../support/fake-batch';

const encode = (text: string) => new TextEncoder().encode(text);
const attempt = () => ({ number: 1, startedAt: 0, signal: new AbortController().signal });
const DEEP = `{"d":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
const mixed = fakeBatch({ payloads: ['{"n":1}', DEEP, '{"hunter2', '{"n":2}'].map(encode) });

describe('createFlowSink', () => {
	for (const doneWhen of ['sent', 'acked'] as const) {
		describe(`done when ${doneWhen}`, () => {
			let emitted: FlowBatch[] = [];
			let fault: ((batch: FlowBatch) => void) | undefined;

			beforeEach(() => {
				emitted = [];
				fault = undefined;
			});

			const sink = createFlowSink({
				doneWhen: () => doneWhen,
				emit(batch) {
					emitted.push(batch);
					fault?.(batch);
					settleToken(batch.token ?? '', { kind: 'ack' });
				},
			});

			it('puts a damaged row aside and counts what it sends', async () => {
				const outcome = await sink.deliver(mixed, attempt());
				assert(outcome.kind === 'split');
				assert.deepEqual([outcome.retry, outcome.dead], [[], [2]]);
				assert.equal(outcome.error.code, 'ERR_STORE_CORRUPT');
				assert.deepEqual([emitted[0]?.count, emitted[0]?.records.length], [3, 3]);
			});

			it('looks for the rows at fault where the host throws, and emits the rest', async () => {
				fault = (batch) => void structuredClone(JSON.stringify(batch.records));
				const outcome = await sink.deliver(mixed, attempt());
				assert(outcome.kind === 'split');
				assert.deepEqual([outcome.retry, outcome.dead], [[], [2, 1]]);
				assert.deepEqual(emitted[1]?.records, [{ n: 1 }, { n: 2 }]);
				assert.equal(emitted.length, 2);
			});

			it('retries at once, by name, where no row is at fault', async () => {
				fault = () => {
					throw new TypeError('Cannot read properties of undefined');
				};
				const outcome = await sink.deliver(fakeBatch({ payloads: [encode('1')] }), attempt());
				assert(outcome.kind === 'retry');
				assert.equal(
					outcome.error.message,
					'the flow did not take the batch: TypeError: Cannot read properties of undefined',
				);
				assert.equal(emitted.length, 1);
				assert.equal(tokenState(emitted[0]?.token ?? ''), doneWhen === 'sent' ? 'done' : 'again');
			});
		});
	}

	it('gives rows that a flow names by their place in its message their place in the batch', async () => {
		const error = new DeliveryError('ERR_BATCH_PARTIAL', 'some');
		const settle = (retry: number[], dead: number[]) =>
			createFlowSink({
				doneWhen: () => 'acked',
				emit: ({ token = '' }) => void settleToken(token, { kind: 'split', retry, dead, error }),
			}).deliver(fakeBatch({ payloads: ['{', '1', '{', '2', '3'].map(encode) }), attempt());
		assert.deepEqual(await settle([0], [2]), { kind: 'split', retry: [1, 0, 2], dead: [4], error });
		assert.deepEqual(await settle([], [1]), { kind: 'split', retry: [], dead: [3, 0, 2], error });
	});
});
