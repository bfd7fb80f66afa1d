import assert from 'node:assert/strict';
import { openStore } from '../../../core/buffer/open-store';
import type { Outcome, Store } from '../../../core/buffer/store';
import { BufferError, DeliveryError } from '../../../core/errors';
import { Flusher } from '../../../core/delivery/flusher';
import { OPEN_GATE } from '../../../core/delivery/gate';
import { parseExportConfig } from '../../../core/pipeline/parse-export';
import { silentLogger } from '../../../core/runtime/logger';
import { openPipeline, type Pipeline } from '../../../core/pipeline/open-pipeline';
import { FakeClock, settled } from '../../support/fake-clock';
import { aPush, anExportInput, HOLDER, OPEN, RecordingSink } from '../../support/pipeline-fixtures';

/** More than any test here may need, so that a loop of claims ends as a failure and not as a test that never does. */
const MAX_CLAIMS = 500;

describe('the flusher, over a store that counts what it is asked', () => {
	let clock: FakeClock;
	let store: Store;
	let pipeline: Pipeline;
	let sink: RecordingSink;
	let claims: number;
	let questions: number;
	let beforeClaim: () => void;
	/** Claims are answered behind it. */
	let answered: () => Promise<void> | undefined;

	beforeEach(async () => {
		clock = new FakeClock();
		store = await openStore({ kind: 'memory', clock });
		sink = new RecordingSink();
		claims = 0;
		beforeClaim = () => {};
		answered = () => undefined;
		const counting: Store = Object.assign(Object.create(store) as Store, {
			claim: async (...args: Parameters<Store['claim']>) => {
				claims += 1;
				if (claims > MAX_CLAIMS) throw new BufferError('ERR_STORE_UNAVAILABLE', 'enough');
				beforeClaim();
				await answered();
				return store.claim(...args);
			},
			nextDue: async (exportIds: readonly string[]) => {
				questions += 1;
				return store.nextDue(exportIds);
			},
		});
		pipeline = await openPipeline({ store: counting, clock });
	});
	afterEach(async () => {
		await pipeline.close();
		await store.close();
	});

	const attach = (config: object = {}, its = sink) =>
		pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[
				{
					config: anExportInput({ conditions: { count: 1, time: '1s', size: '1MB' }, ...config }),
					ports: { sink: its },
				},
			],
			HOLDER,
		);
	const push = async (count = 1): Promise<void> => {
		for (let i = 0; i < count; i++)
			assert.equal((await pipeline.accept('r1', aPush())).status, 200);
		await settled();
	};

	it('claims nothing while all it may have in flight is with the sink, whatever is appended', async () => {
		let end: (outcome: Outcome) => void = () => {};
		sink.next = (_batch, { signal }) =>
			new Promise((resolve) => {
				end = resolve;
				signal.addEventListener('abort', () => resolve({ kind: 'release' }));
			});
		await attach().ready;
		questions = 0;
		await push();
		claims = 0;
		await push(50);
		assert.deepEqual([claims, questions], [0, 0]);
		end({ kind: 'ack' });
		await settled();
		assert.equal(sink.batches.length, 2);
	});

	it('has no more batches with the sink than it may, and that many', async () => {
		sink.next = (_batch, { signal }) =>
			new Promise((resolve) =>
				signal.addEventListener('abort', () => resolve({ kind: 'release' })),
			);
		await attach({ maxInFlight: 3 }).ready;
		await push(5);
		assert.equal(sink.batches.length, 3);
	});

	it('claims for each batch that is done at once, so that none waits for the claim of another', async () => {
		const ends: (() => void)[] = [];
		sink.next = () => new Promise((resolve) => ends.push(() => resolve({ kind: 'ack' })));
		await attach({ maxInFlight: 3 }).ready;
		await push(6);
		let answer = (): void => {};
		const held = new Promise<void>((resolve) => (answer = resolve));
		answered = () => held;
		claims = 0;
		for (const end of ends.splice(0)) end();
		await settled();
		assert.equal(claims, 3, 'asked for before any was answered');
		answer();
		await settled();
		assert.equal(sink.batches.length, 6);
		assert.equal(claims, 3, 'none beyond those that may be in flight');
		for (const end of ends.splice(0)) end();
		await settled();
		await push(1);
		assert.equal(sink.batches.length, 7, 'and goes on when all were done');
		for (const end of ends.splice(0)) end();
	});

	it('sees to the rows that wait for their time when a claim of several gave nothing', async () => {
		const ends: (() => void)[] = [];
		sink.next = () => new Promise((resolve) => ends.push(() => resolve({ kind: 'ack' })));
		const conditions = { count: 2, time: '1s', size: '1MB' };
		await attach({ maxInFlight: 2, conditions }).ready;
		await push(7);
		let answer = (): void => {};
		const held = new Promise<void>((resolve) => (answer = resolve));
		claims = 0;
		// The second one finds less than a batch, and the first one is with the sink by then.
		answered = () => (claims === 2 ? held : undefined);
		for (const end of ends.splice(0)) end();
		await settled();
		answer();
		await settled();
		assert.equal(sink.batches.length, 3);
		await clock.advance(1_000);
		assert.equal(sink.batches.length, 4);
		for (const end of ends.splice(0)) end();
	});

	it('waits for all claims when it is removed, and gives back what they bring', async () => {
		const ends: (() => void)[] = [];
		sink.next = () => new Promise((resolve) => ends.push(() => resolve({ kind: 'ack' })));
		const attachment = attach({ maxInFlight: 2 });
		await attachment.ready;
		await push(4);
		const answers: (() => void)[] = [];
		answered = () => new Promise((resolve) => answers.push(resolve));
		for (const end of ends.splice(0)) end();
		await settled();
		assert.equal(answers.length, 2);
		let isGone = false;
		const gone = attachment.detach().then(() => (isGone = true));
		answers.shift()?.();
		await settled();
		assert.equal(isGone, false);
		answers.shift()?.();
		await gone;
		assert.deepEqual(
			(await store.counters()).map(({ openBatches }) => openBatches),
			[1],
		);
		answered = () => undefined;
		await attach({ maxInFlight: 2 }).ready;
		await settled();
		assert.deepEqual(
			sink.batches.slice(2).map(({ attempt }) => attempt.number),
			[1, 1],
		);
		for (const end of ends.splice(0)) end();
	});

	it('claims nothing for an append while a failing key holds as many rows as make a batch', async () => {
		sink.next = () => ({ kind: 'retry', error: new DeliveryError('ERR_SINK_UNAVAILABLE', 'no') });
		await attach({
			order: 'key',
			orderKeyPath: 'k',
			maxInFlight: 5,
			conditions: { count: 3, time: '10s', size: '1MB' },
			retry: { delaysMs: [3_600_000], jitter: 0 },
		}).ready;
		const pushOf = async (...keys: readonly string[]) => {
			for (const k of keys)
				await pipeline.accept('r1', aPush({ body: Buffer.from(JSON.stringify({ k })) }));
			await settled();
		};
		await pushOf('a', 'a', 'a', 'a', 'a', 'a');
		assert.equal((await store.counters())[0]?.heldRows, 3);
		sink.next = () => ({ kind: 'ack' });
		const settledBatches = sink.batches.length;
		await clock.advance(20_000);
		claims = 0;
		questions = 0;
		await pushOf('b', 'c');
		assert.deepEqual([claims, questions], [0, 0], 'two of three, and the held rows do not count');
		await clock.advance(9_999);
		assert.deepEqual([claims, sink.batches.length], [0, settledBatches]);
		await clock.advance(1);
		assert.equal(sink.batches.length, settledBatches + 1, 'by time, since the first of them came');
		claims = 0;
		await pushOf('d', 'e');
		assert.equal(claims, 0);
		await pushOf('f');
		assert.equal(sink.batches.length, settledBatches + 2, 'and by count');
		assert.deepEqual((await store.counters())[0]?.heldRows, 3);
	});

	it('delivers when nothing has come for the idle time, and asks no more than once for each of them', async () => {
		const conditions = { count: 1_000, time: '60s', size: '1MB', idle: '10s' };
		await attach({ conditions }).ready;
		claims = 0;
		for (let second = 0; second < 18; second += 3) {
			await push();
			await clock.advance(3_000);
		}
		assert.equal(sink.batches.length, 0);
		assert.ok(claims <= 1, `${claims} claims`);
		await clock.advance(6_999);
		assert.equal(sink.batches.length, 0);
		await clock.advance(1);
		assert.deepEqual(
			sink.batches.map(({ records }) => records.length),
			[6],
		);
	});

	it('asks a store that fails less and less often', async () => {
		await attach().ready;
		await push();
		beforeClaim = () => {
			throw new BufferError('ERR_STORE_UNAVAILABLE', 'no');
		};
		claims = 0;
		await push();
		await clock.advance(120_000);
		assert.ok(claims >= 5 && claims <= 12, `${claims} claims in 120 s`);
	});

	it('leaves no timer behind when it is closed, also where the store fails just then', async () => {
		let fail: (error: Error) => void = () => {};
		const failing = (): Promise<never> => new Promise((_resolve, reject) => (fail = reject));
		for (const during of ['nothing', 'claim', 'look'] as const) {
			const its = new FakeClock();
			let isFailing = false;
			const under: Store = Object.assign(Object.create(store) as Store, {
				claim: async () => (isFailing && during === 'claim' ? failing() : undefined),
				nextDue: async () =>
					isFailing && during === 'look' ? failing() : new Map([['r1/main', its.now() + 9_000]]),
			});
			const flusher = new Flusher({
				store: () => under,
				clock: its,
				logger: silentLogger,
				random: Math.random,
				owner: 'o',
				gate: OPEN_GATE,
				onAttempt: () => {},
				onRequest: () => {},
			});
			const { retry, conditions } = parseExportConfig(anExportInput());
			flusher.add('r1/main', { sink, retry, conditions, maxInFlight: 1 });
			await settled();
			assert.equal(its.pending(), 1, 'it waits for what is due');
			isFailing = true;
			if (during === 'claim') flusher.flush('r1/main');
			if (during === 'look') flusher.claimDue();
			await settled();
			const closed = flusher.close();
			fail(new BufferError('ERR_STORE_UNAVAILABLE', 'no'));
			await closed;
			await settled();
			assert.equal(its.pending(), 0, during);
		}
	});

	it('tries the rows of a split again no sooner than they ask, and no sooner than the schedule says', async () => {
		const error = new DeliveryError('ERR_BATCH_PARTIAL', 'some');
		for (const [retryInMs, dueInMs] of [
			[30_000, 30_000],
			[undefined, 1_000],
			[10, 1_000],
		] as const) {
			const before = sink.batches.length;
			sink.next = ({ attempt }) =>
				attempt > 1
					? { kind: 'ack' }
					: {
							kind: 'split',
							retry: [1],
							...(retryInMs === undefined ? {} : { retryAt: clock.now() + retryInMs }),
							dead: [],
							error,
						};
			const attachment = attach({ conditions: { count: 2, time: '1h', size: '1MB' } });
			await attachment.ready;
			await push(2);
			assert.equal(sink.batches.length, before + 1);
			await clock.advance(dueInMs - 1);
			assert.equal(sink.batches.length, before + 1, `${retryInMs}: too soon`);
			await clock.advance(1);
			assert.equal(sink.batches.length, before + 2, `${retryInMs}: too late`);
			assert.equal(sink.batches.at(-1)?.batch.count, 1);
			await attachment.detach();
		}
	});

	it('starts a new sink only when the one before it has stopped', async () => {
		let end: (outcome: Outcome) => void = () => {};
		let aborted = false;
		sink.next = (_batch, { signal }) => {
			signal.addEventListener('abort', () => (aborted = true));
			return new Promise((resolve) => (end = resolve));
		};
		await attach().ready;
		await push();
		assert.equal(sink.batches.length, 1);
		const next = new RecordingSink();
		const { ready } = attach({}, next);
		await settled();
		assert.equal(aborted, true);
		assert.equal(next.batches.length, 0, 'the batch is still with the first one');
		end({ kind: 'retry', error: new DeliveryError('ERR_SINK_UNAVAILABLE', 'stopped') });
		await ready;
		await settled();
		assert.equal(next.batches.length, 1);
		assert.equal(next.batches[0]?.attempt.number, 1, 'it was given back, not tried');
	});
});
