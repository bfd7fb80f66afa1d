import assert from 'node:assert/strict';
import type { Outcome, Store } from '../../../core/buffer/store';
import { CoreError, DeliveryError } from '../../../core/errors';
import { LiveFirst } from '../../../core/delivery/live-first';
import { openStore } from '../../../core/buffer/open-store';
import { createEvent } from '../../../core/event/create-event';
import { openPipeline, type Pipeline } from '../../../core/pipeline/open-pipeline';
import { parseExportConfig, type ExportInput } from '../../../core/pipeline/parse-export';
import { LIVE_BEYOND_MS } from '../../../core/pure/bounds';
import type { Attempt, Sink } from '../../../core/sink/sink';
import { FakeClock, settled } from '../../support/fake-clock';
import { anExportInput, HOLDER } from '../../support/pipeline-fixtures';
import { readRecords } from '../../support/read-records';

/** A sink that ends its batches when it is told to. */
class HeldSink implements Sink {
	/** Rows of each batch, as it came, and whether it went ahead. */
	readonly came: { rows: string; isLive: boolean }[] = [];
	readonly #open = new Map<string, (outcome: Outcome) => void>();
	onBatch: (rows: string) => void = () => {};

	async deliver(batch: Parameters<Sink['deliver']>[0], attempt: Attempt): Promise<Outcome> {
		const records = (await readRecords(batch)) as { n: number }[];
		const rows = records.map((one) => one.n).join();
		this.came.push({ rows, isLive: attempt.isLive === true });
		return new Promise((resolve) => {
			this.#open.set(rows, resolve);
			attempt.signal.addEventListener('abort', () => resolve({ kind: 'release' }));
			this.onBatch(rows);
		});
	}

	get open(): string[] {
		return [...this.#open.keys()];
	}

	async end(rows: string, outcome: Outcome = { kind: 'ack' }): Promise<void> {
		const end = this.#open.get(rows);
		assert.ok(end, `${rows} is not with the sink, but ${this.open.join(' and ')}`);
		this.#open.delete(rows);
		end(outcome);
		await settled();
	}
}

describe('live first', () => {
	let clock: FakeClock;
	let store: Store;
	let pipeline: Pipeline;
	let sink: HeldSink;
	let claims: number;
	let n: number;
	beforeEach(async () => {
		clock = new FakeClock();
		store = await openStore({ kind: 'memory', clock });
		sink = new HeldSink();
		claims = 0;
		n = 0;
		const counting: Store = Object.assign(Object.create(store) as Store, {
			claim: async (...args: Parameters<Store['claim']>) => {
				claims += 1;
				return store.claim(...args);
			},
		});
		pipeline = await openPipeline({ store: counting, clock });
	});
	afterEach(async () => {
		await pipeline.close();
		await store.close();
	});

	const attach = async (o: Partial<ExportInput> & { sink?: HeldSink | undefined } = {}) => {
		const { sink: its = sink, ...overrides } = o;
		const config = anExportInput({
			receiverId: 'items:1',
			conditions: { count: 2, time: '10s', size: '1MB' },
			liveFirst: true,
			...overrides,
		});
		const attached = pipeline.attachExport({ config, ports: { sink: its } }, HOLDER);
		await attached.ready;
		await settled();
		return attached;
	};
	const push = async (count: number) => {
		const events = Array.from({ length: count }, () =>
			createEvent({ receivedAt: clock.now(), body: { n: ++n } }),
		);
		await pipeline.add('items:1/main', events);
		await settled();
	};
	/** Rows that wait since long, and nobody has claimed. */
	const backlogOf = async (count: number, o: Partial<ExportInput> = {}) => {
		const config = anExportInput({ receiverId: 'items:1', liveFirst: true, ...o });
		const attached = pipeline.attachExport({ config }, HOLDER);
		await attached.ready;
		await push(count);
		await attached.detach();
		await clock.advance(3_600_000);
	};

	it('new rows go beside the backlog, by the conditions as if they were alone, and it keeps its order', async () => {
		await backlogOf(6);
		await attach();
		assert.deepEqual(sink.open, ['1,2']);
		await push(1);
		await clock.advance(9_999);
		assert.deepEqual(sink.open, ['1,2'], 'not yet');
		await clock.advance(1);
		assert.deepEqual(sink.open, ['1,2', '7'], 'its time is over');
		await sink.end('7');
		await push(1);
		await push(1);
		assert.deepEqual(sink.open, ['1,2', '8,9'], 'there are two of them');
		await sink.end('1,2');
		assert.deepEqual(sink.open, ['8,9', '3,4']);
		await sink.end('3,4');
		await sink.end('8,9');
		await sink.end('5,6');
		assert.deepEqual(
			sink.came.map(({ rows, isLive }) => [rows, isLive]),
			[
				['1,2', false],
				['7', true],
				['8,9', true],
				['3,4', false],
				['5,6', false],
			],
		);
		const [counters] = await store.counters();
		assert.deepEqual([counters?.rows, counters?.openRows, counters?.ackedTotal], [0, 0, 9]);
	});

	it('without it they wait behind', async () => {
		await backlogOf(2, { liveFirst: false });
		await attach({ liveFirst: false });
		await push(2);
		await clock.advance(60_000);
		assert.deepEqual(sink.open, ['1,2']);
		await sink.end('1,2');
		assert.deepEqual(sink.open, ['3,4']);
	});

	it('where there is no backlog rows go in their order, and no more at once than may be', async () => {
		await attach();
		await push(6);
		assert.deepEqual(sink.open, ['1,2']);
		await clock.advance(10_000);
		await sink.end('1,2');
		await sink.end('3,4');
		await sink.end('5,6');
		assert.deepEqual(
			sink.came.map(({ rows }) => rows),
			['1,2', '3,4', '5,6'],
		);
	});

	it('what has not left within its time and a minute more is backlog', async () => {
		await backlogOf(2);
		await attach();
		await push(2);
		await push(2);
		assert.deepEqual(sink.open, ['1,2', '3,4'], 'one more batch is with the sink');
		await clock.advance(10_000 + LIVE_BEYOND_MS + 1);
		await sink.end('3,4');
		assert.deepEqual(sink.open, ['1,2']);
		await sink.end('1,2');
		assert.deepEqual(sink.open, ['5,6']);
		assert.deepEqual(sink.came.at(-1), { rows: '5,6', isLive: false });
	});

	it('a batch that comes again waits with the backlog, and new rows do not wait for it', async () => {
		await backlogOf(4);
		await attach({ retry: { delaysMs: [1_000], jitter: 0 } });
		const error = new DeliveryError('ERR_SINK_UNAVAILABLE', 'no');
		await push(2);
		await sink.end('5,6', { kind: 'retry', error });
		await sink.end('1,2');
		assert.deepEqual(sink.open, ['3,4']);
		await clock.advance(1_000);
		await push(2);
		assert.deepEqual(sink.open, ['3,4', '7,8']);
		await sink.end('3,4');
		assert.deepEqual(sink.came.at(-1), { rows: '5,6', isLive: false });
	});

	it('the backlog goes on however much comes', async () => {
		await backlogOf(20);
		sink.onBatch = (rows) => {
			void (async () => {
				if (n < 400) await push(2);
				await sink.end(rows);
			})();
		};
		await attach();
		for (let turn = 0; turn < 200; turn++) await settled();
		const came = sink.came.map(({ rows, isLive }) => (isLive ? 'live' : rows));
		const lastOfBacklog = came.indexOf('19,20');
		assert.ok(lastOfBacklog > 10, 'new rows went ahead');
		assert.ok(lastOfBacklog < 80, `it was the ${lastOfBacklog}th batch`);
		const backlog = came.filter((one) => one !== 'live').slice(0, 10);
		assert.equal(backlog.join(), Array.from({ length: 20 }, (_, i) => i + 1).join());
	});

	it('claims nothing while nothing can be claimed, and has no timer for it', async () => {
		await backlogOf(6);
		await attach();
		await clock.advance(10_000);
		claims = 0;
		await clock.advance(3_600_000);
		assert.equal(claims, 0);
		await push(2);
		assert.deepEqual(sink.open, ['1,2', '7,8']);
		claims = 0;
		const before = clock.pending();
		await push(50);
		await clock.advance(3_600_000);
		assert.equal(claims, 0, 'all that may be out is out');
		assert.ok(clock.pending() <= before, `${clock.pending()} timers, ${before} before`);
	});

	it('asks for new rows hardly oftener than their conditions say', async () => {
		await backlogOf(6);
		await attach({ conditions: { count: 100, time: '100s', size: '1MB' }, maxInFlight: 1 });
		assert.deepEqual(sink.open, ['1,2,3,4,5,6']);
		await push(1);
		await clock.advance(100_000);
		await sink.end('7');
		claims = 0;
		for (let i = 0; i < 50; i++) await push(1);
		assert.equal(claims, 0);
		await clock.advance(99_000);
		assert.equal(claims, 0);
		await clock.advance(1_000);
		assert.deepEqual([claims, sink.came.at(-1)?.isLive], [1, true]);
		claims = 0;
		await clock.advance(3_600_000);
		assert.equal(claims, 0, 'all that may be out is out');
	});

	it('rows that were new when it was attached go ahead, too', async () => {
		const config = anExportInput({ receiverId: 'items:1', liveFirst: true });
		const { ready, detach } = pipeline.attachExport({ config }, HOLDER);
		await ready;
		await push(4);
		await clock.advance(3_600_000);
		await push(1);
		await detach();
		await attach();
		assert.deepEqual(sink.open, ['1,2']);
		await clock.advance(10_000);
		assert.deepEqual(sink.open, ['1,2', '5']);
	});

	it('a flush takes what is new and all of the backlog', async () => {
		await backlogOf(3);
		await attach();
		await push(1);
		pipeline.flush('items:1/main');
		await settled();
		assert.deepEqual(sink.open, ['1,2', '4']);
		await sink.end('1,2');
		assert.deepEqual(sink.open, ['4', '3']);
	});

	it('ends with what is under way given back', async () => {
		await backlogOf(4);
		const attached = await attach();
		await push(2);
		assert.deepEqual(sink.open, ['1,2', '5,6']);
		await attached.detach();
		const [counters] = await store.counters();
		assert.deepEqual([counters?.openRows, counters?.retryingRows, counters?.rows], [4, 4, 2]);
	});

	it('is over, and nothing stands still, where another process has given the export an order', async () => {
		await backlogOf(4);
		await attach();
		const known = await store.getExport('items:1/main');
		assert.ok(known);
		await store.putExport({ ...known, order: 'strict', liveFirst: false });
		await push(2);
		await sink.end('1,2');
		await sink.end('3,4');
		await sink.end('5,6');
		assert.ok(sink.came.every(({ isLive }) => !isLive));
	});

	describe('is refused', () => {
		const refused: [what: string, input: Partial<ExportInput>][] = [
			['with order strict', { order: 'strict' }],
			['with order key', { order: 'key', orderKeyPath: 'id' }],
			['with id columns', { columns: [{ type: 'id', name: 'id' }] }],
			['as a text', { liveFirst: 'yes' as never }],
		];
		for (const [what, input] of refused) {
			it(what, () => {
				assert.throws(
					() => parseExportConfig(anExportInput({ liveFirst: true, ...input })),
					(error) =>
						error instanceof CoreError &&
						error.code === 'ERR_CONFIG_INVALID' &&
						error.details['path'] === 'liveFirst',
				);
			});
		}

		it('nowhere else, and is no part of a configuration that does not name it', () => {
			const columns = [{ type: 'body', name: 'b' }] as const;
			assert.equal(parseExportConfig(anExportInput({ liveFirst: true, columns })).liveFirst, true);
			assert.ok(!('liveFirst' in parseExportConfig(anExportInput())));
		});
	});
});

describe('whose turn it is with live first', () => {
	const conditions = { count: 10, sizeBytes: 1_000, timeMs: 5_000 };
	const counters = (acceptedTotal: number, rows = 100, bytes = 100) =>
		({ acceptedTotal, rows, bytes }) as Parameters<LiveFirst['appended']>[0];

	it('is that of the backlog at every fifth batch', () => {
		const first = new LiveFirst(conditions, 0);
		const shares = Array.from({ length: 11 }, () => {
			const [share = 'live'] = first.turns();
			first.asked(share, { attempt: 1, firstAt: 0 }, 0);
			return share;
		});
		assert.deepEqual(shares.map((share) => share[0]).join(''), 'llllbllllbl');
	});

	it('knows of a backlog by what it is given of it', () => {
		const first = new LiveFirst(conditions, 0);
		const now = 1_000_000;
		const given = (attempt: number, ageMs: number) => {
			first.asked('backlog', { attempt, firstAt: now - ageMs }, now);
			return first.hasBacklog;
		};
		assert.equal(first.hasBacklog, false);
		assert.equal(given(1, first.liveMs), false);
		assert.equal(given(1, first.liveMs + 1), true);
		first.asked('live', { attempt: 1, firstAt: now }, now);
		assert.equal(first.hasBacklog, true);
		assert.equal(given(1, 0), false);
		assert.equal(given(2, 0), true, 'it comes again');
		first.asked('backlog', undefined, now);
		assert.equal(first.hasBacklog, false);
	});

	it('comes with the idle time, which is shorter than the time', () => {
		const first = new LiveFirst({ ...conditions, idleMs: 2_000 }, 0);
		assert.equal(first.dueAt, 2_000);
		first.asked('live', undefined, 5_000);
		first.appended(counters(101), 6_000);
		first.asked('live', undefined, 6_000);
		assert.equal(first.appended(counters(102), 7_000), 8_000);
		first.asked('live', undefined, 8_000);
		assert.equal(first.dueAt, 9_000, 'another one has begun it anew');
	});

	it('comes with the count, with the guessed size, or with the time of new rows', () => {
		const first = new LiveFirst(conditions, 0);
		assert.equal(first.dueAt, 5_000, 'rows may wait already');
		first.asked('live', undefined, 5_000);
		assert.equal(first.dueAt, undefined, 'none waited');
		assert.equal(first.appended(counters(101), 6_000), 6_000, 'how many there are is not known');
		first.asked('live', undefined, 6_000);
		assert.equal(first.appended(counters(109), 7_000), 11_000);
		assert.equal(first.appended(counters(110), 8_000), 8_000, 'ten have come');
		first.asked('live', { attempt: 1, firstAt: 0 }, 8_000);
		assert.equal(first.dueAt, 8_000, 'more may wait');
		first.asked('live', undefined, 8_000);
		assert.equal(first.dueAt, 9_000, 'and be younger than their time');
		assert.equal(first.appended(counters(112, 100, 50_000), 8_500), 8_500, '500 bytes each');
		first.asked('live', undefined, 8_500);
		assert.equal(first.dueAt, 9_000);
		for (const at of [9_000, 10_000, 11_000, 12_000, 13_000]) {
			assert.equal(first.dueAt, at);
			first.asked('live', undefined, at);
		}
		first.asked('live', undefined, 14_000);
		assert.equal(first.dueAt, undefined, 'whatever came has been old enough');
	});
});
