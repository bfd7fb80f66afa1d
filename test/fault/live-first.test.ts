import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { createEvent } from '../../core/event/create-event';
import { openPipeline, type Pipeline } from '../../core/pipeline/open-pipeline';
import type { SinkConfig } from '../../core/sink/create-sink';
import { eventually } from '../support/eventually';
import { FakeClock } from '../support/fake-clock';
import { anExportInput, HOLDER } from '../support/pipeline-fixtures';
import { startSinkServer, type SinkServer } from '../support/sink-server';

const ID = 'items:1/main';
const BACKLOG = 2_000;
const LIVE = 50;

describe('live first, after an outage of a real endpoint', () => {
	let clock: FakeClock;
	let directory: string;
	let store: Store;
	let pipeline: Pipeline;
	let server: SinkServer;
	let n: number;
	/** Rows that the endpoint has taken, in their order. */
	let taken: number[];

	beforeEach(async () => {
		clock = new FakeClock();
		n = 0;
		taken = [];
		server = await startSinkServer();
		server.answer = (_request, response) => response.writeHead(503).end();
		directory = await mkdtemp(join(tmpdir(), 'sluice-live-'));
		store = await openStore({ kind: 'sqlite', directory, clock });
		pipeline = await openPipeline({ store, clock });
	});
	afterEach(async () => {
		await pipeline.close();
		await store.close();
		await server.close();
		await rm(directory, { recursive: true });
	});

	const push = (count: number): Promise<void> => {
		const events = Array.from({ length: count }, () =>
			createEvent({ receivedAt: clock.now(), body: { n: ++n } }),
		);
		return pipeline.add(ID, events);
	};
	const attach = async (sink: Omit<SinkConfig<'http'>, 'kind' | 'url'>): Promise<void> => {
		const config = anExportInput({
			receiverId: 'items:1',
			conditions: { count: LIVE, time: '1s', size: '1MB' },
			retry: { delaysMs: [5_000, 300_000], jitter: 0 },
			liveFirst: true,
		});
		const to = { kind: 'http', url: server.url, ...sink } as const;
		await pipeline.attachExport({ config, sink: to }, HOLDER).ready;
	};
	const counters = async () => {
		const found = (await store.counters()).find(({ exportId }) => exportId === ID);
		assert.ok(found);
		return found;
	};
	const inFlight = () => pipeline.held().exports.get(ID)?.inFlight ?? 0;
	const isOpen = () => pipeline.held().exports.get(ID)?.health?.breaker === 'open';

	/** The endpoint is down until the breaker is open; rows that come after that wait for an hour. */
	async function outage(): Promise<number> {
		await push(5);
		await eventually('the breaker opens', async () => {
			await clock.advance(5_000);
			return isOpen();
		});
		const tried = n;
		for (let left = BACKLOG; left > 0; left -= 500) await push(500);
		await clock.advance(3_600_000);
		return tried;
	}

	/** Takes all; `first` is called once, before so many are answered. */
	function recover(at: number, first: () => Promise<void>): void {
		const rowsOf = (json: unknown) => [json].flat() as { n: number }[];
		let isCalled = false;
		server.answer = ({ json }, response) => {
			const answer = (): void => {
				taken.push(...rowsOf(json).map((row) => row.n));
				response.writeHead(200).end();
			};
			if (isCalled || taken.length < at) return answer();
			isCalled = true;
			void first().then(answer);
		};
	}
	const allTaken = () =>
		eventually('all has arrived, and is settled', async () => {
			if (taken.length < n) await clock.advance(1_000);
			const { rows, openRows } = await counters();
			return rows + openRows === 0;
		});

	for (const [what, sink, mostBetween] of [
		// Of five requests one is of the backlog.
		['row by row', { send: 'row' }, Math.ceil(LIVE / 4)],
		['several rows at once', { send: 'row', concurrency: 4 }, Math.ceil(LIVE / 4) + 4],
		// One is under way; of the next two one is of the new rows.
		['batch by batch', {}, 2 * LIVE],
	] as const) {
		it(`${what}, new rows do not wait for the backlog, which comes in its order, and nothing is lost or doubled`, async () => {
			await attach(sink);
			const tried = await outage();
			let newFrom = 0;
			let takenBefore = 0;
			recover(300, async () => {
				newFrom = n + 1;
				await push(LIVE);
				takenBefore = taken.length;
				const isThere = () => inFlight() > 1 || taken.includes(newFrom);
				await eventually('they are with the sink', isThere, 10_000);
			});
			await allTaken();

			assert.deepEqual(
				taken.toSorted((a, b) => a - b),
				Array.from({ length: n }, (_, i) => i + 1),
				'each once',
			);
			const lastNew = taken.findLastIndex((row) => row >= newFrom);
			const between = taken.slice(takenBefore, lastNew).filter((row) => row < newFrom).length;
			assert.ok(
				between <= mostBetween,
				`${between} rows of the backlog went before the last new one`,
			);
			const backlog = taken.filter((row) => row > tried && row < newFrom);
			assert.equal(backlog.length, BACKLOG);
			if (!('concurrency' in sink)) {
				assert.deepEqual(
					backlog,
					backlog.toSorted((a, b) => a - b),
				);
			} else {
				// Requests that are under way together arrive in any order.
				for (const [i, row] of backlog.entries()) assert.ok(Math.abs(row - (tried + 1 + i)) < 8);
			}
		});
	}
});
