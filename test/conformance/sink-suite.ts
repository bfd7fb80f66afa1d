import assert from 'node:assert/strict';
import type { Outcome } from '../../core/buffer/store';
import type { Attempt, Sink } from '../../core/sink/sink';
import { fakeAttempt } from '../support/fake-attempt';
import { fakeBatch } from '../support/fake-batch';

/** A sink together with what stands at its other end. */
export interface SinkFixture {
	readonly sink: Sink;
	/** Records that arrived, in order. */
	taken(): readonly unknown[];
	/** From now on the other end refuses for good, is down for a while, or does not answer at all. */
	behave(how: 'refuse' | 'fail' | 'hang'): void;
	/** There is nothing that its other end could refuse for good. */
	readonly neverRefuses?: true;
	close(): Promise<void>;
}

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const records = [{ n: 1 }, { n: 2, text: 'ä"\n' }, { n: null }];
const batch = fakeBatch({ payloads: records.map(encode) });
const attempt = (signal = new AbortController().signal) => fakeAttempt({ signal });

/** Rows that cannot be sent whatever the other end says. JSON.parse reads any depth; most of what comes after it does not. */
const unwritable: readonly [what: string, payload: Uint8Array, code: string][] = [
	['a damaged row', new TextEncoder().encode('{"hunter2'), 'ERR_STORE_CORRUPT'],
	[
		'a row that is nested too deep',
		new TextEncoder().encode(`{"d":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
		'ERR_COLUMN_VALUE',
	],
];

/**
 * What every sink owes to the flusher: an outcome for everything that can happen.
 *
 * @param start makes a fresh sink; its timeouts should be short
 */
export function sinkSuite(name: string, start: () => Promise<SinkFixture>): void {
	describe(`${name}, as a sink`, () => {
		let fixture: SinkFixture;

		beforeEach(async () => {
			fixture = await start();
		});

		afterEach(async () => {
			await fixture.sink.close?.();
			await fixture.close();
		});

		it('acks a batch that was taken, rows whole and in order', async () => {
			assert.equal((await fixture.sink.deliver(batch, attempt())).kind, 'ack');
			assert.deepEqual(fixture.taken(), records);
		});

		it('takes the same batch again: delivery is at least once', async () => {
			await fixture.sink.deliver(batch, attempt());
			assert.equal((await fixture.sink.deliver(batch, attempt())).kind, 'ack');
		});

		it('fills id columns with the numbers of the rows', async () => {
			const columns = [{ type: 'id', name: 'id' }] as const;
			const payloads = [encode({ id: null }), encode({ id: null })];
			await fixture.sink.deliver(fakeBatch({ payloads, columns, firstRowId: 41 }), attempt());
			assert.deepEqual(fixture.taken(), [{ id: 41 }, { id: 42 }]);
		});

		it('buries a batch that is refused for good', async () => {
			if (fixture.neverRefuses) return;
			fixture.behave('refuse');
			const outcome = await fixture.sink.deliver(batch, attempt());
			assert(outcome.kind === 'dead', outcome.kind);
			assert.deepEqual([outcome.error.stage, outcome.error.retryable], ['deliver', false]);
		});

		it('retries a batch when the other end is down', async () => {
			fixture.behave('fail');
			assertComesAgain(await fixture.sink.deliver(batch, attempt()));
		});

		it('retries a batch when nothing is answered', async () => {
			fixture.behave('hang');
			assertComesAgain(await fixture.sink.deliver(batch, attempt()));
		});

		it('gives up soon when the attempt is aborted', async () => {
			fixture.behave('hang');
			const controller = new AbortController();
			const outcome = fixture.sink.deliver(batch, attempt(controller.signal));
			controller.abort();
			assert.notEqual((await outcome).kind, 'dead');
		});

		it('buries or rejects a damaged row, and shows nothing of it', async () => {
			const damaged = fakeBatch({ payloads: [new TextEncoder().encode('{"hunter2')] });
			const outcome = await fixture.sink.deliver(damaged, attempt());
			assert(outcome.kind === 'dead', outcome.kind);
			assert.equal(outcome.error.code, 'ERR_STORE_CORRUPT');
			assert.equal(String(outcome.error).includes('hunter2'), false);
			assert.equal(outcome.error.retryable, false);
			assert.deepEqual(fixture.taken(), []);
		});

		for (const [what, payload, code] of unwritable) {
			const mixed = fakeBatch({ payloads: [encode({ n: 1 }), payload, encode({ n: 2 })] });

			it(`puts ${what} aside alone, and delivers the rest of its batch`, async () => {
				const told: unknown[] = [];
				const onPutAside: Attempt['onPutAside'] = (rows) =>
					told.push(...rows.map(({ position, error }) => [position, error.code]));
				const outcome = await fixture.sink.deliver(mixed, fakeAttempt({ onPutAside }));
				assert(outcome.kind === 'split', outcome.kind);
				assert.deepEqual(told, [[1, code]]);
				assert.deepEqual([outcome.retry, outcome.dead], [[], [1]]);
				assert.equal(outcome.error.code, code);
				assert.equal(outcome.error.retryable, false);
				assert.deepEqual(fixture.taken(), [{ n: 1 }, { n: 2 }]);
			});

			it(`keeps ${what} with its batch as long as the rest comes again`, async () => {
				fixture.behave('fail');
				assertComesAgain(await fixture.sink.deliver(mixed, attempt()));
			});

			it(`buries ${what} with a batch that is refused for good`, async () => {
				if (fixture.neverRefuses) return;
				fixture.behave('refuse');
				assert.equal((await fixture.sink.deliver(mixed, attempt())).kind, 'dead');
			});
		}

		it('closes twice', async () => {
			await fixture.sink.close?.();
			await fixture.sink.close?.();
		});
	});
}

/** All three rows: as one batch, or those that were not tried held behind those that were. */
function assertComesAgain(outcome: Outcome): void {
	if (outcome.kind === 'split') {
		const { retry, hold = [], dead } = outcome;
		assert.deepEqual([[...retry, ...hold].toSorted(), dead], [[0, 1, 2], []]);
		assert.equal(retry[0], 0);
		return;
	}
	assert(outcome.kind === 'retry', outcome.kind);
	assert.deepEqual([outcome.error.stage, outcome.error.retryable], ['deliver', true]);
}
