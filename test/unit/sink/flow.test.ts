import assert from 'node:assert/strict';
import { DeliveryError } from '../../../core/errors';
import { createFlowSink, type FlowBatch } from '../../../core/sink/flow';
import { settleToken, tokenState } from '../../../core/sink/flow-token';
import type { RequestReport } from '../../../core/sink/sink';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';

const encode = (text: string) => new TextEncoder().encode(text);
const attempt = fakeAttempt;
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
				assert.deepEqual([outcome.retry, outcome.dead], [[], [1, 2]]);
				assert.equal(outcome.error.code, 'ERR_COLUMN_VALUE');
				assert.deepEqual([emitted[0]?.count, emitted[0]?.records.length], [2, 2]);
			});

			it('says how many of its records are of a replay', async () => {
				const payloads = ['{"n":1}', '{"hunter2', '{"n":2}', '{"n":3}'].map(encode);
				await sink.deliver(fakeBatch({ payloads, replayed: [1, 2, 3] }), attempt());
				await sink.deliver(fakeBatch({ payloads }), attempt());
				assert.deepEqual(
					emitted.map(({ replayed }) => replayed),
					[2, undefined],
				);
			});

			it('tells of a batch as one request, and of none that it was not given the time for', async () => {
				const told: unknown[] = [];
				const onRequest = ({ ok, status }: RequestReport) => told.push([ok, status]);
				await sink.deliver(mixed, attempt({ onRequest }));
				fault = () => {
					throw new Error('no');
				};
				await sink.deliver(mixed, attempt({ onRequest }));
				fault = ({ token }) => settleToken(token ?? '', { kind: 'release' });
				await sink.deliver(mixed, attempt({ onRequest }));
				const third = doneWhen === 'sent' ? [[true, undefined]] : [];
				assert.deepEqual(told, [[true, undefined], [false, undefined], ...third]);
			});

			it('puts a row aside that is deeper than hosts can copy, before any of them does', async () => {
				const levels = (n: number) => encode('['.repeat(n) + ']'.repeat(n));
				const outcome = await sink.deliver(
					fakeBatch({ payloads: [levels(500), levels(501)] }),
					attempt(),
				);
				assert(outcome.kind === 'split');
				assert.deepEqual([outcome.dead, outcome.error.code], [[1], 'ERR_COLUMN_VALUE']);
				assert.equal(emitted[0]?.count, 1);
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

	it('believes a flow that settles its batch and then throws', async () => {
		const sink = createFlowSink({
			doneWhen: () => 'acked',
			emit({ token = '' }) {
				settleToken(token, { kind: 'ack' });
				throw new Error('later');
			},
		});
		assert.deepEqual(await sink.deliver(fakeBatch({ payloads: [encode('1')] }), attempt()), {
			kind: 'ack',
		});
	});

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
