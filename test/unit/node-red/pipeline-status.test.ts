import assert from 'node:assert/strict';
import { BufferError, CoreError, ReceiveError } from '../../../core/errors';
import type { Counters } from '../../../core/buffer/store';
import { RateMeter } from '../../../core/pipeline/rates';
import type { PipelineNotice } from '../../../core/pipeline/notices';
import type { Shown } from '../../../node-red/runtime/status';
import { followPipeline, type PipelineStatusLine } from '../../../node-red/runtime/pipeline-status';
import { translate } from '../../support/catalog';
import { FakeClock, settled } from '../../support/fake-clock';

/** A status line over a pipeline whose counters and notices the test makes. */
class StatusWorld {
	readonly clock = new FakeClock();
	readonly shown: [fill: string, text: string][] = [];
	counters: Partial<Counters> = {};
	fault: string | undefined;
	store: { warnings: string[]; ephemeral?: string } = { warnings: [] };
	/** What reading the counters waits for. */
	gate: Promise<void> = Promise.resolve();
	reads = 0;
	notify: (notice: PipelineNotice) => void = () => {};
	readonly line: PipelineStatusLine;

	constructor() {
		const show = (fill: string, _shape: string, text: string): void =>
			void this.shown.push([fill, text]);
		const showLatest = (tell: () => Shown): void => {
			const { fill, shape, text } = tell();
			show(fill, shape, text);
		};
		this.line = followPipeline({ show, showLatest } as never, {
			owns: (id) => id !== 'other/main',
			done: () => 'acked',
			fault: () => this.fault,
			translate,
			clock: this.clock,
		});
	}

	receivers: object[] = [];

	follow(): void {
		this.line.follow({
			subscribe: (listener: typeof this.notify) => {
				this.notify = listener;
				return () => {};
			},
			held: () => {
				const held = { label: 'main', holder: 'node', sink: 'ready', inFlight: 0 };
				const exports = new Map([['r/main', held]]);
				return { receivers: this.receivers, exports, rates: new RateMeter() };
			},
			store: {
				counters: async () => {
					this.reads++;
					const exports = [this.#now(), { ...this.#now({ rows: 99 }), exportId: 'other/main' }];
					await this.gate;
					return exports;
				},
				stats: async () => this.store,
				listExports: async () => [],
			},
		} as never);
	}

	#now(more: Partial<Counters> = {}): Counters {
		const none = { rows: 0, openRows: 0, retryingRows: 0, deadRows: 0, droppedTotal: 0 };
		return { exportId: 'r/main', state: 'ACTIVE', ...none, ...this.counters, ...more } as Counters;
	}

	get last(): [fill: string, text: string] | undefined {
		return this.shown.at(-1);
	}

	appended(rows: number): void {
		this.counters = { ...this.counters, rows };
		this.notify({ kind: 'counters', counters: this.#now() });
	}

	attempted(count: number, outcome: 'ack' | 'retry' | 'dead'): void {
		const at = this.clock.now();
		this.notify({
			kind: 'attempt',
			exportId: 'r/main',
			batchId: 'b',
			number: 1,
			startedAt: at,
			durationMs: 1,
			count,
			reason: 'flush',
			outcome,
		});
	}
}

describe('the status of a node with buffers', () => {
	let world: StatusWorld;
	beforeEach(async () => {
		world = new StatusWorld();
	});
	afterEach(() => world.line.close());
	const follow = async (): Promise<void> => {
		world.follow();
		await settled();
	};

	it('says how many events had nothing where its receiver looks for a key or type', async () => {
		world.receivers = [
			{ id: 'r', pathMisses: { dedupe: 2, type: 1, schema: 0 } },
			{ id: 'other/main', pathMisses: { dedupe: 9, type: 9, schema: 9 } },
		];
		await follow();
		assert.deepEqual(world.last, [
			'yellow',
			'2 without a dedupe key · 1 without a type · 0 waiting',
		]);
	});

	it('shows right after a deploy what the store still has', async () => {
		const nextAttemptAt = world.clock.now() - 1;
		world.counters = { rows: 1, openRows: 4, retryingRows: 3, nextAttemptAt, deadRows: 2 };
		await follow();
		assert.deepEqual(world.last, ['red', '1 waiting, 1 open, 3 retry now, 2 dead']);
	});

	it('keeps showing dead letters and retries after a success', async () => {
		await follow();
		world.counters = { openRows: 3, retryingRows: 3, deadRows: 2 };
		world.attempted(2, 'dead');
		await world.clock.advance(1_000);
		world.attempted(1, 'ack');
		await world.clock.advance(1_000);
		assert.deepEqual(world.last, ['red', '0 waiting, 3 retry now, 2 dead']);
		world.counters = { openRows: 3, retryingRows: 3 };
		world.attempted(1, 'ack');
		await world.clock.advance(1_000);
		assert.deepEqual(world.last, ['yellow', '0 waiting, 3 retry now']);
	});

	it('is yellow where the sender was wrong, red where the event found no room or no store (S42)', async () => {
		await follow();
		const shownFor = (error: CoreError): unknown => {
			world.notify({ kind: 'refused', receiverId: 'r', error });
			return world.last;
		};
		const wrong = new ReceiveError('ERR_SIGNATURE_MISMATCH', 'wrong');
		assert.deepEqual(shownFor(wrong), ['yellow', 'refused: ERR_SIGNATURE_MISMATCH · 0 waiting']);
		for (const code of ['ERR_BUFFER_FULL', 'ERR_QUOTA', 'ERR_STORE_UNAVAILABLE'] as const) {
			const shown = shownFor(new BufferError(code, 'no'));
			assert.deepEqual(shown, ['red', `refused: ${code}: no · 0 waiting`]);
		}
	});

	it('forgets a refusal after 10 s', async () => {
		await follow();
		world.notify({ kind: 'refused', receiverId: 'r', error: new ReceiveError('ERR_METHOD', 'no') });
		await world.clock.advance(9_999);
		assert.match(world.last?.[1] ?? '', /^refused/);
		await world.clock.advance(1);
		assert.deepEqual(world.last, ['green', '0 waiting, 0 acked']);
	});

	it('shows a message that failed until one works', async () => {
		await follow();
		world.line.failed('ERR_BUFFER_FULL');
		await world.clock.advance(60_000);
		assert.deepEqual(world.last, ['red', 'ERR_BUFFER_FULL · 0 waiting']);
		world.line.worked();
		assert.deepEqual(world.last, ['green', '0 waiting, 0 acked']);
		world.line.late();
		world.line.worked();
		world.line.late();
		assert.match(world.last?.[1] ?? '', /^2 late/);
	});

	it('shows what is wrong with the wires beside the numbers', async () => {
		world.fault = 'not wired';
		await follow();
		world.appended(7);
		assert.deepEqual(world.last, ['yellow', 'not wired · 7 waiting']);
	});

	it('tells the events that wait, without those that were delivered, whatever was accepted meanwhile', async () => {
		await follow();
		world.appended(5);
		// The batch of five is with the flow now, three more are accepted.
		world.appended(3);
		world.attempted(5, 'ack');
		await world.clock.advance(1_000);
		assert.deepEqual(world.last, ['green', '3 waiting, 5 acked']);
	});

	it('tells that a batch was closed by an append, and what changed without a word', async () => {
		await follow();
		world.appended(5);
		world.counters = { openRows: 5 };
		await world.clock.advance(1_000);
		assert.deepEqual(world.last, ['green', '0 waiting, 5 open']);
		world.counters = { deadRows: 5 };
		await world.clock.advance(15_000);
		assert.deepEqual(world.last, ['red', '0 waiting, 5 dead']);
	});

	it('keeps the number of an append that came while the counters were read', async () => {
		let open: () => void = () => {};
		await follow();
		await world.clock.advance(1_000);
		world.gate = new Promise((resolve) => (open = resolve));
		world.attempted(1, 'ack');
		world.appended(7);
		open();
		await settled();
		assert.deepEqual(world.last, ['green', '7 waiting, 1 acked']);
	});

	it('does not read the counters for each of many deliveries, and is right after the last', async () => {
		await follow();
		const before = world.reads;
		world.appended(1_000);
		for (let n = 0; n < 1_000; n++) world.attempted(1, 'ack');
		world.counters = { rows: 4 };
		await world.clock.advance(1_000);
		assert.deepEqual(world.last, ['green', '4 waiting, 1000 acked']);
		assert.ok(world.reads - before <= 3, `${world.reads - before} reads`);
	});

	it('says nothing more once it is closed', async () => {
		await follow();
		world.line.close();
		const shown = world.shown.length;
		world.line.failed('ERR_QUOTA');
		await world.clock.advance(60_000);
		assert.ok(world.shown.length <= shown + 1);
	});

	it('is yellow on a store that would vanish or misses something, and says which', async () => {
		const world = new StatusWorld();
		world.store = { warnings: ['it would vanish'], ephemeral: 'it would vanish' };
		world.follow();
		await settled();
		assert.deepEqual(world.last, ['yellow', 'store on no volume · 0 waiting']);
		world.store = {
			warnings: ['it would vanish', '3 rows are missing'],
			ephemeral: 'it would vanish',
		};
		await world.clock.advance(15_000);
		await settled();
		assert.deepEqual(world.last, ['yellow', 'store: 3 rows are missing · 0 waiting']);
		world.store = { warnings: [] };
		await world.clock.advance(15_000);
		await settled();
		assert.deepEqual(world.last, ['green', '0 waiting, 0 acked']);
	});

	it('gives the reason of a store that refuses, and nothing of a push', async () => {
		const world = new StatusWorld();
		world.follow();
		await settled();
		const refused = (error: CoreError): void =>
			world.notify({ kind: 'refused', receiverId: 'r', error });
		refused(new BufferError('ERR_BUFFER_FULL', '12 MB are free'));
		assert.deepEqual(world.last, ['red', 'refused: ERR_BUFFER_FULL: 12 MB are free · 0 waiting']);
		refused(new ReceiveError('ERR_BODY_UNREADABLE', 'hush'));
		assert.deepEqual(world.last, ['yellow', 'refused: ERR_BODY_UNREADABLE · 0 waiting']);
	});
});
