import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSink } from '../../../core/sink/create-sink';
import { createFlowSink, type FlowBatch } from '../../../core/sink/flow';
import { putAside, settleToken, tokenState } from '../../../core/sink/flow-token';
import { settleBySink, type GivenBatch } from '../../../core/sink/settle-by-sink';
import type { RequestReport, Sink } from '../../../core/sink/sink';
import { MappingError } from '../../../core/errors';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';

const COLUMNS = [{ type: 'path', name: 'n' }] as const;

describe('settleBySink: a batch of the flow that is delivered to a sink', () => {
	let directory: string;
	let sink: Sink;
	const signal = new AbortController().signal;

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-settle-'));
		const database = { kind: 'sqlite', file: join(directory, 't.db') } as const;
		const columns = [{ name: 'n', type: 'number' }] as const;
		sink = createSink(
			{ kind: 'table', database: 'db', table: 't', columns },
			{ databases: () => database },
		);
	});
	afterEach(async () => {
		await sink.close?.();
		await rm(directory, { recursive: true });
	});

	const loaded = (): unknown[] => {
		const db = new DatabaseSync(join(directory, 't.db'), { readOnly: true });
		try {
			return db
				.prepare('SELECT n FROM t')
				.all()
				.map((row) => row['n']);
		} finally {
			db.close();
		}
	};
	const given = (rows: readonly unknown[], more: Partial<GivenBatch> = {}): GivenBatch => ({
		...{ id: 'b', exportId: 'items:n/batches', attempt: 2, firstAt: 1, lastAt: 2, reason: 'flush' },
		...{ idempotencyKey: 'store/r/e/7-x', columns: COLUMNS, isPart: false },
		rows: rows.map((row) => JSON.stringify(row)),
		...more,
	});
	/** What becomes of a batch of as many rows, the token of which `work` is given. */
	async function ended(rows: number, work: (token: string) => Promise<unknown>) {
		const requests: RequestReport[] = [];
		let working: Promise<unknown> | undefined;
		const emit = ({ token = '' }: FlowBatch): void => void (working = work(token));
		const flow = createFlowSink({ doneWhen: () => 'acked', emit });
		const payloads = Array.from({ length: rows }, () => Buffer.from('{}'));
		const attempt = fakeAttempt({ onRequest: (one) => requests.push(one) });
		const outcome = await flow.deliver(fakeBatch({ payloads }), attempt);
		await working;
		return { outcome, requests };
	}
	const load = (token: string, batch: GivenBatch) => settleBySink(sink, token, batch, { signal });

	it('is done when its rows are there, and there once however often it comes', async () => {
		const first = await ended(2, (token) => load(token, given([{ n: 1 }, { n: 2 }])));
		assert.equal(first.outcome.kind, 'ack');
		assert.deepEqual(
			first.requests.map(({ ok, rows }) => [ok, rows]),
			[[true, 2]],
		);
		// Its acknowledgement was lost, and the flow has made something else of it.
		const again = await ended(2, (token) => load(token, given([{ n: 8 }, { n: 9 }])));
		assert.equal(again.outcome.kind, 'ack');
		assert.deepEqual(loaded(), [1, 2]);
	});

	it('knows a part by its rows', async () => {
		const [one, other] = [given([{ n: 1 }], { isPart: true }), given([{ n: 2 }], { isPart: true })];
		for (const part of [one, other, one]) await ended(2, (token) => load(token, part));
		assert.deepEqual(loaded(), [1, 2]);
	});

	it('names a row that the table does not take as the batch of the flow has it', async () => {
		const { outcome } = await ended(4, async (token) => {
			putAside(token, [{ position: 0, error: new MappingError('ERR_COLUMN_VALUE', 'no') }]);
			const rows = given([{ n: 1 }, { n: 'x' }, { n: 3 }], { positions: [1, 2, 3] });
			await load(token, rows);
		});
		assert(outcome.kind === 'split');
		assert.deepEqual([outcome.retry, outcome.dead.toSorted()], [[], [0, 2]]);
		assert.deepEqual(loaded(), [1, 3]);
	});

	it('says so where somebody else has settled it', async () => {
		let isSettled: boolean | undefined;
		await ended(1, async (token) => {
			settleToken(token, { kind: 'ack' });
			({ isSettled } = await load(token, given([{ n: 1 }])));
			assert.equal(tokenState(token), 'done');
		});
		assert.equal(isSettled, false);
	});

	it('gives it back where it was broken off', async () => {
		const { outcome } = await ended(1, (token) =>
			settleBySink(sink, token, given([{ n: 1 }]), { signal: AbortSignal.abort() }),
		);
		assert.equal(outcome.kind, 'release');
	});

	it('hands over a batch that is larger than a store gives at once, in slices', async () => {
		const slices: number[] = [];
		const counting: Pick<Sink, 'deliver'> = {
			async deliver(batch) {
				for await (const slice of batch.rows()) slices.push(slice.length);
				return { kind: 'ack' };
			},
		};
		const rows = Array.from({ length: 5 }, (_, n) => ({ n, x: 'x'.repeat(400_000) }));
		await ended(5, (token) => settleBySink(counting, token, given(rows), { signal }));
		assert.deepEqual(slices, [2, 2, 1]);
	});
});
