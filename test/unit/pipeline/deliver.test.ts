import assert from 'node:assert/strict';
import { appendDetached } from '../../../core/pipeline/append-detached';
import { createEvent } from '../../../core/event/create-event';
import { DeliveryError } from '../../../core/errors';
import type { PipelineNotice } from '../../../core/pipeline/notices';
import { createFlowSink, type FlowBatch, type FlowPorts } from '../../../core/sink/flow';
import { settleToken, tokenState } from '../../../core/sink/flow-token';
import { settled } from '../../support/fake-clock';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	RecordingSink,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const unavailable = () => ({
	kind: 'retry' as const,
	error: new DeliveryError('ERR_SINK_UNAVAILABLE', 'down'),
});

const overflow = (): never => overflow();

const REJECTED = new DeliveryError('ERR_SINK_REJECTED', 'no');

describe('deliver: from the store to the sink', () => {
	let world: PipelineWorld;
	let sink: RecordingSink;

	beforeEach(async () => {
		world = await pipelineWorld();
		sink = new RecordingSink();
	});
	afterEach(() => world.close());

	const attach = (config: object = {}) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[{ config: anExportInput(config), ports: { sink } }],
			HOLDER,
		);
	const push = async (count: number): Promise<void> => {
		for (let i = 0; i < count; i++)
			assert.equal((await world.pipeline.accept('r1', aPush())).status, 200);
		await settled();
	};

	it('delivers when the count is met, and no sooner', async () => {
		await attach().ready;
		await push(1);
		assert.equal(sink.batches.length, 0);
		await push(1);
		assert.equal(sink.batches.length, 1);
		assert.match(sink.batches[0]?.batch.reason ?? '', /^count threshold met/);
		assert.equal(sink.batches[0]?.records.length, 2);
	});

	it('delivers when the time since the first row is over', async () => {
		await attach().ready;
		await push(1);
		await world.clock.advance(9_000);
		assert.equal(sink.batches.length, 0);
		await world.clock.advance(1_000);
		assert.equal(sink.batches.length, 1);
		assert.match(sink.batches[0]?.batch.reason ?? '', /^time threshold met/);
	});

	it('delivers what waits when it is flushed', async () => {
		await attach().ready;
		await push(1);
		world.pipeline.flush('r1/main');
		await settled();
		assert.equal(sink.batches.length, 1);
	});

	it('retries the same rows with the same key by the schedule, then puts them aside', async () => {
		sink.next = unavailable;
		await attach().ready;
		await push(2);
		await world.clock.advance(999);
		assert.equal(sink.batches.length, 1);
		await world.clock.advance(1);
		assert.equal(sink.batches.length, 2);
		await world.clock.advance(5_000);
		assert.equal(sink.batches.length, 3);
		await world.clock.advance(60_000);
		assert.equal(sink.batches.length, 3);
		const keys = new Set(sink.batches.map(({ batch }) => batch.idempotencyKey));
		assert.equal(keys.size, 1);
		assert.deepEqual(
			sink.batches.map(({ attempt }) => attempt.number),
			[1, 2, 3],
		);
		assert.deepEqual(sink.batches[2]?.records, sink.batches[0]?.records);
		const [letter] = await world.store.deadLetters();
		assert.equal(letter?.error.code, 'ERR_DELIVERY_EXHAUSTED');
		assert.equal(letter?.count, 2);
	});

	it('does not retry sooner than Retry-After asks', async () => {
		sink.next = () => ({ ...unavailable(), at: world.clock.now() + 30_000 });
		await attach().ready;
		await push(2);
		await world.clock.advance(29_000);
		assert.equal(sink.batches.length, 1);
		await world.clock.advance(1_000);
		assert.equal(sink.batches.length, 2);
	});

	it('goes on with later batches while one waits for its retry, unless the order is strict', async () => {
		for (const [order, expected] of [
			['any', 2],
			['strict', 1],
		] as const) {
			const other = await pipelineWorld();
			const failing = new RecordingSink();
			failing.next = unavailable;
			await other.pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN },
				[{ config: anExportInput({ order }), ports: { sink: failing } }],
				HOLDER,
			).ready;
			for (let i = 0; i < 4; i++) await other.pipeline.accept('r1', aPush());
			await settled();
			assert.equal(failing.batches.length, expected, order);
			await other.close();
		}
	});

	it('takes a throw of the sink as a retry, and one that is final as dead', async () => {
		await attach().ready;
		sink.next = () => {
			throw new TypeError('a defect');
		};
		await push(2);
		sink.next = () => {
			throw new DeliveryError('ERR_SINK_REJECTED', 'no');
		};
		await world.clock.advance(1_000);
		assert.equal((await world.store.deadLetters())[0]?.error.code, 'ERR_SINK_REJECTED');
	});

	const broken: [what: string, next: () => unknown, message: RegExp][] = [
		['throws', () => assert.fail('hunter2'), /: AssertionError ERR_ASSERTION$/],
		['overflows the stack', overflow, /: RangeError: it is nested too deep$/],
		['says nothing', () => Promise.resolve(undefined), /: TypeError: settle: what became/],
		[
			'names rows that are not there',
			() => Promise.resolve({ kind: 'split', retry: [], dead: [7], error: REJECTED }),
			/: TypeError: split: position 7 is outside a batch of 2 rows$/,
		],
		[
			'names no time',
			() => Promise.resolve({ kind: 'retry', at: Number.NaN, error: new Error('x') }),
			/: TypeError: settle: the time of the next attempt is NaN$/,
		],
	];
	for (const kind of ['retry', 'dead', 'split']) {
		for (const error of [undefined, null, 'x', new Error('x'), { code: 'ERR_SINK_REJECTED' }]) {
			broken.push([
				`ends as ${kind} because of ${JSON.stringify(error)}`,
				async () => ({ kind, retry: [], dead: [0], error }),
				/: TypeError: settle: why a batch ends as \w+ is not told$/,
			]);
		}
	}
	for (const answer of [null, 'x', { status: '500' }, { status: 500, text: 'x'.repeat(20_001) }]) {
		broken.push([
			`heard ${JSON.stringify(answer).slice(0, 40)}`,
			async () => ({ kind: 'retry', error: REJECTED, answer }),
			/: TypeError: settle: what the endpoint answered has no status/,
		]);
	}
	for (const [what, next, message] of broken) {
		it(`settles at once, with the name of the error, when a sink ${what}`, async () => {
			const reports: PipelineNotice[] = [];
			world.pipeline.subscribe((notice) => reports.push(notice));
			world.pipeline.subscribe(() => {
				throw new Error('a listener that fails holds nothing up');
			});
			await attach().ready;
			sink.next = next as typeof sink.next;
			await push(2);
			const report = reports.find(({ kind }) => kind === 'attempt');
			assert(report?.kind === 'attempt');
			assert.equal(report.outcome, 'retry');
			assert.match(report.error?.message ?? '', message);
			sink.next = () => ({ kind: 'ack' });
			await world.clock.advance(1_000);
			assert.equal((await world.store.counters())[0]?.ackedTotal, 2);
		});
	}

	it('keeps the lease of a slow sink and settles in the end', async () => {
		let finish: () => void = () => {};
		sink.next = () => new Promise((resolve) => (finish = () => resolve({ kind: 'ack' })));
		await attach().ready;
		await push(2);
		await world.clock.advance(10 * 60_000);
		assert.equal(sink.batches.length, 1);
		finish();
		await settled();
		const [counters] = await world.store.counters();
		assert.equal(counters?.openBatches, 0);
		assert.equal(counters?.ackedTotal, 2);
	});

	it('releases what is with the sink on detach, without counting the attempt', async () => {
		sink.next = (_batch, { signal }) =>
			new Promise((resolve) => signal.addEventListener('abort', () => resolve(unavailable())));
		const attachment = attach();
		await attachment.ready;
		await push(2);
		await attachment.detach();
		sink.next = () => ({ kind: 'ack' });
		await attach().ready;
		await settled();
		assert.equal(sink.batches.length, 2);
		assert.equal(sink.batches[1]?.attempt.number, 1);
	});

	it('keeps on detach what was taken, and counts no attempt of the rest', async () => {
		const error = new DeliveryError('ERR_BATCH_PARTIAL', 'broken off');
		sink.next = (_batch, { signal }) =>
			new Promise((resolve) =>
				signal.addEventListener('abort', () =>
					resolve({ kind: 'split', retry: [1], retryAt: 9e15, hold: [2], dead: [], error }),
				),
			);
		const attachment = attach({ conditions: { count: 3 } });
		await attachment.ready;
		await push(3);
		await attachment.detach();
		assert.equal((await world.store.counters())[0]?.ackedTotal, 1);
		sink.next = () => ({ kind: 'ack' });
		await attach().ready;
		await settled();
		assert.deepEqual(
			sink.batches.slice(1).map(({ batch, attempt }) => [batch.count, attempt.number]),
			[[2, 1]],
		);
	});

	it('tries a flow that was late again by the schedule alone, which gives an endpoint a minute', async () => {
		const flow: FlowPorts = { doneWhen: () => 'acked', emit: () => {} };
		const retry = { delaysMs: [1_000], jitter: 0, busyDelayMs: 60_000 };
		await world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[
				{
					config: anExportInput({ retry, conditions: { count: 1 } }),
					sink: { kind: 'flow', ackTimeoutMs: 1_000 },
					ports: { flow },
				},
			],
			HOLDER,
		).ready;
		await push(1);
		await world.clock.advance(1_000);
		const [late] = await world.store.counters();
		assert.equal(late?.nextAttemptAt, world.clock.now() + 1_000);
	});

	it('refuses a sink that could write none of the rows', () => {
		const csv = { kind: 'http', url: 'https://example.com/', format: 'csv' } as const;
		assert.throws(
			() =>
				world.pipeline.attachReceiver(
					{ id: 'r1', auth: OPEN },
					[{ config: anExportInput(), sink: csv }],
					HOLDER,
				),
			{ code: 'ERR_CONFIG_INVALID' },
		);
	});

	it('waits no longer than 5 s for a sink that ignores the abort', async () => {
		sink.next = () => new Promise(() => {});
		const attachment = attach();
		await attachment.ready;
		await push(2);
		let detached = false;
		const detaching = attachment.detach().then(() => (detached = true));
		await world.clock.advance(4_999);
		assert.equal(detached, false);
		await world.clock.advance(1);
		await detaching;
		// Its lease is over: the next holder gets the batch at once, as the same attempt.
		const next = new RecordingSink();
		const config = anExportInput();
		const receiver = { id: 'r1', auth: OPEN };
		await world.pipeline.attachReceiver(receiver, [{ config, ports: { sink: next } }], HOLDER)
			.ready;
		await settled();
		assert.equal(next.batches.length, 1);
		assert.equal(next.batches[0]?.attempt.number, 1);
	});

	it('has no more batches with the sink than maxInFlight', async () => {
		sink.next = (_batch, { signal }) =>
			new Promise((resolve) => signal.addEventListener('abort', () => resolve(unavailable())));
		await attach({ maxInFlight: 2 }).ready;
		await push(8);
		assert.equal(sink.batches.length, 2);
	});

	it('delivers what an earlier process left behind', async () => {
		const attachment = attach();
		await attachment.ready;
		await push(1);
		await attachment.detach();
		await attach().ready;
		await world.clock.advance(10_000);
		assert.equal(sink.batches.length, 1);
	});

	it('takes no item of the flow that is nested beyond the bound, nor the items beside it', async () => {
		world.pipeline.attachExport(
			{
				config: anExportInput({ receiverId: 'items:n1' }),
				ports: { sink: new RecordingSink() },
			},
			HOLDER,
		);
		const deep = `${'['.repeat(501)}${']'.repeat(501)}`;
		const items = [createEvent({ body: { good: 1 } }), createEvent({ body: deep })];
		const refused = { code: 'ERR_BODY_UNREADABLE', message: /500 levels/ };
		await assert.rejects(world.pipeline.add('items:n1/main', items), refused);
		await assert.rejects(appendDetached(world.pipeline, 'items:n1/main', items), refused);
		assert.deepEqual(await world.store.peek('items:n1/main'), []);
	});

	it('counts items of the flow like pushed events', async () => {
		const config = anExportInput({ receiverId: 'items:n1' });
		await world.pipeline.attachExport({ config, ports: { sink } }, HOLDER).ready;
		await world.pipeline.add('items:n1/main', [
			createEvent({ body: { n: 1 } }),
			createEvent({ body: { n: 2 } }),
		]);
		await settled();
		assert.deepEqual(sink.batches[0]?.records, [{ n: 1 }, { n: 2 }]);
		await assert.rejects(world.pipeline.add('items:n2/main', []), { code: 'ERR_EXPORT_UNKNOWN' });
	});
});

describe('deliver into a flow', () => {
	let world: PipelineWorld;
	let emitted: FlowBatch[];

	beforeEach(async () => {
		world = await pipelineWorld();
		emitted = [];
	});
	afterEach(() => world.close());

	const start = async (doneWhen: 'sent' | 'acked'): Promise<void> => {
		const sink = createFlowSink({
			emit: (batch) => void emitted.push(batch),
			doneWhen: () => doneWhen,
			ackTimeoutMs: 20_000,
			clock: world.clock,
		});
		await world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[{ config: anExportInput(), ports: { sink } }],
			HOLDER,
		).ready;
		for (let i = 0; i < 2; i++) await world.pipeline.accept('r1', aPush());
		await settled();
	};

	it('is done when sent, and then carries no token', async () => {
		await start('sent');
		assert.equal(emitted.length, 1);
		assert.equal(emitted[0]?.token, undefined);
		assert.equal((await world.store.counters())[0]?.ackedTotal, 2);
	});

	it('is done when its token is settled, once', async () => {
		await start('acked');
		const token = emitted[0]?.token ?? '';
		assert.equal((await world.store.counters())[0]?.openBatches, 1);
		assert.equal(settleToken(token, { kind: 'ack' }), true);
		assert.equal(settleToken(token, { kind: 'ack' }), false);
		await settled();
		assert.equal((await world.store.counters())[0]?.ackedTotal, 2);
	});

	it('comes again when the token is not settled in time (R52)', async () => {
		await start('acked');
		await world.clock.advance(20_000 + 1_000);
		assert.equal(emitted.length, 2);
		assert.equal(emitted[1]?.attempt, 2);
		assert.notEqual(emitted[1]?.token, emitted[0]?.token);
		assert.equal(emitted[1]?.idempotencyKey, emitted[0]?.idempotencyKey);
		assert.equal(settleToken(emitted[0]?.token ?? '', { kind: 'ack' }), false);
	});

	it('says of a token whether its batch still waits for it, is done, or comes again', async () => {
		await start('acked');
		const [first] = emitted;
		assert.equal(tokenState(first?.token ?? ''), 'open');
		await world.clock.advance(20_000 + 1_000);
		assert.equal(tokenState(first?.token ?? ''), 'again');
		const second = emitted[1]?.token ?? '';
		settleToken(second, unavailable());
		assert.equal(tokenState(second), 'again');
		await world.clock.advance(6_000);
		const third = emitted[2]?.token ?? '';
		settleToken(third, { kind: 'ack' });
		assert.equal(tokenState(third), 'done');
	});

	it('takes a token that nobody remembers for done, so that its message is rather taken twice than lost', () => {
		assert.equal(tokenState('of a former process'), 'done');
	});
});
