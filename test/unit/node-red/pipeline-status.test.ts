import assert from 'node:assert/strict';
import { BufferError, CoreError, ReceiveError } from '../../../core/errors';
import type { PipelineNotice } from '../../../core/pipeline/pipeline';
import { followPipeline, type PipelineStatusLine } from '../../../node-red/runtime/pipeline-status';
import { eventually } from '../../support/eventually';
import { settled } from '../../support/fake-clock';

/** A status line over a pipeline whose counters and notices the test makes. */
class StatusWorld {
	readonly shown: [fill: string, text: string][] = [];
	rows = 0;
	/** What reading the counters waits for. */
	gate: Promise<void> = Promise.resolve();
	reads = 0;
	hear: (notice: PipelineNotice) => void = () => {};
	readonly line: PipelineStatusLine;

	constructor() {
		const show = (fill: string, _shape: string, text: string): void =>
			void this.shown.push([fill, text]);
		this.line = followPipeline({ show } as never, {
			owns: () => true,
			note: () => 'note',
			warning: () => undefined,
		});
		this.line.follow({
			subscribe: (listener: typeof this.hear) => {
				this.hear = listener;
				return () => {};
			},
			status: async () => {
				this.reads++;
				const exports = [{ exportId: 'r/main', rows: this.rows }];
				await this.gate;
				return { exports };
			},
		} as never);
	}

	/** The counters are read twice a second. */
	shows(text: string): Promise<unknown> {
		return eventually(`status "${text}"`, () => this.shown.at(-1)?.[1] === text, 5_000);
	}

	appended(rows: number): void {
		this.rows = rows;
		this.hear({ kind: 'counters', counters: { exportId: 'r/main', rows } } as never);
	}

	delivered(count: number): void {
		this.hear({
			kind: 'attempt',
			exportId: 'r/main',
			batchId: 'b',
			number: 1,
			startedAt: 0,
			durationMs: 1,
			count,
			outcome: 'ack',
		});
	}
}

describe('the status of a receiver node', () => {
	let world: StatusWorld;
	beforeEach(async () => {
		world = new StatusWorld();
		await settled();
	});
	afterEach(() => world.line.close());

	it('is yellow where the sender was wrong, red where the event found no room or no store (S42)', () => {
		const shownFor = (error: CoreError): unknown => {
			world.hear({ kind: 'refused', receiverId: 'r', error });
			return world.shown.at(-1);
		};
		const wrong = new ReceiveError('ERR_SIGNATURE_MISMATCH', 'wrong');
		assert.deepEqual(shownFor(wrong), ['yellow', 'refused: ERR_SIGNATURE_MISMATCH']);
		for (const code of ['ERR_BUFFER_FULL', 'ERR_QUOTA', 'ERR_STORE_UNAVAILABLE'] as const) {
			assert.deepEqual(shownFor(new BufferError(code, 'no')), ['red', `refused: ${code}`]);
		}
	});

	it('tells the events that wait, without those that were delivered, whatever was accepted meanwhile', async () => {
		world.appended(5);
		// The batch of five is with the flow now, three more are accepted.
		world.appended(3);
		world.delivered(5);
		await world.shows('3 waiting, 5 delivered · note');
	});

	it('tells that nothing waits when all of it was delivered', async () => {
		world.appended(5);
		world.rows = 0;
		world.delivered(5);
		await world.shows('0 waiting, 5 delivered · note');
	});

	it('keeps the number of an append that came while the counters were read', async () => {
		let open: () => void = () => {};
		world.gate = new Promise((resolve) => (open = resolve));
		world.delivered(1);
		world.appended(7);
		open();
		await world.shows('7 waiting, 1 delivered · note');
	});

	it('does not read the counters for each of many deliveries, and is right after the last', async () => {
		const before = world.reads;
		world.appended(1_000);
		for (let n = 0; n < 1_000; n++) world.delivered(1);
		world.rows = 4;
		await eventually('the last number', () =>
			world.shown.at(-1)?.[1].startsWith('4 waiting, 1000'),
		);
		assert.ok(world.reads - before <= 3, `${world.reads - before} reads`);
	});
});
