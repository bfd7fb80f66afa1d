import assert from 'node:assert/strict';
import type { EndpointAnswer, Outcome } from '../../core/buffer/store';
import { DeliveryError } from '../../core/errors';
import {
	anExport,
	appendTexts,
	aRow,
	claimBatch,
	EXPORT_ID,
	type Fixture,
	keys,
	someError,
} from './store-fixtures';

const SHOWN = 500;
const LONGEST = 20_000;

export function failureTests(current: () => Fixture): void {
	const fail = async (outcome: Outcome, texts = ['a']) => {
		const { store, clock } = current();
		await appendTexts(store, clock, texts);
		const { lease, id } = await claimBatch(store, { flush: true });
		await store.settle(lease, outcome);
		return id;
	};
	const lastFailure = async () => (await current().store.counters())[0]?.lastFailure;
	const retry = (answer?: EndpointAnswer): Outcome => ({
		kind: 'retry',
		error: someError,
		...(answer ? { answer } : {}),
	});
	const dead = (answer?: EndpointAnswer): Outcome => ({
		kind: 'dead',
		error: someError,
		...(answer ? { answer } : {}),
	});
	const { code, message } = someError;

	describe('what went wrong', () => {
		beforeEach(() => current().store.putExport(anExport({ maxInFlight: 5 })));

		it('is told of the batch that is retried, also while it is with the sink, until it is acked', async () => {
			const { store, clock } = current();
			const at = clock.now();
			await fail(retry({ status: 503, text: 'busy' }));
			clock.advance(1_000);
			const expected = { at, code, message, answer: { status: 503, text: 'busy' } };
			assert.deepEqual(await lastFailure(), expected);
			const { lease } = await claimBatch(store);
			assert.deepEqual(await lastFailure(), expected);
			await store.settle(lease, { kind: 'release' });
			assert.deepEqual(await lastFailure(), expected);
			await store.settle((await claimBatch(store)).lease, { kind: 'ack' });
			assert.equal(await lastFailure(), undefined);
		});

		it('is told with what an append answers, and is the newest of what is kept', async () => {
			const { store, clock } = current();
			await fail({ ...retry({ status: 500 }), at: clock.now() + 60_000 } as Outcome);
			clock.advance(1_000);
			const id = await fail(dead({ status: 400 }));
			clock.advance(1_000);
			const append = async () =>
				(await store.append({ receiverId: 'receiver', events: [{ rows: [aRow(clock, 'x')] }] }))
					.counters[0]?.lastFailure;
			assert.equal((await append())?.answer?.status, 400);
			await store.purge({ batchId: id });
			assert.equal((await append())?.answer?.status, 500);
			const dropped = {
				rows: [aRow(clock, 'y')],
				error: new DeliveryError('ERR_SINK_REJECTED', 'no'),
			};
			const { counters } = await store.append({
				receiverId: 'receiver',
				events: [{ ...keys('y'), rows: [], dead: [dropped] }],
			});
			assert.equal(counters[0]?.lastFailure?.message, 'no');
		});

		it('is that of the newest attempt alone', async () => {
			const { store } = current();
			await fail(retry({ status: 503, text: 'busy' }));
			const { lease } = await claimBatch(store);
			await store.settle(lease, {
				kind: 'dead',
				error: new DeliveryError('ERR_SINK_TIMEOUT', 'x'),
			});
			const [letter] = await store.deadLetters();
			const { at, ...error } = letter?.error ?? { at: 0 };
			assert.deepEqual(error, { code: 'ERR_SINK_TIMEOUT', message: 'x' });
			assert.equal(at, letter?.deadAt);
		});

		it('stays with a dead letter as long as an answer may be, and is shown by its beginning', async () => {
			const { store } = current();
			const text = `${'é'.repeat(LONGEST / 2 - 1)}.\n`;
			const id = await fail(dead({ status: 400, text }));
			assert.equal((await store.deadLetters())[0]?.error.answer?.text, text);
			const shown = (await lastFailure())?.answer?.text;
			assert.equal(shown, `${text.slice(0, SHOWN - 1)}…`);
			const [one] = await store.deadLetters({ batchId: id });
			assert.equal(one?.error.answer?.text, text);
			assert.deepEqual(await store.deadLetters({ batchId: '4711' }), []);
			assert.deepEqual(await store.deadLetters({ batchId: 'x' }), []);
		});

		it('keeps of a batch that comes again no more than is shown', async () => {
			const { store } = current();
			await store.putExport(anExport({ retention: { ageMs: 60_000, action: 'dead-letter' } }));
			await fail(retry({ status: 503, text: 'x'.repeat(2_000) }));
			const [letter] = await afterSweep();
			assert.equal(letter?.error.answer?.text, `${'x'.repeat(SHOWN - 1)}…`);
		});

		it('is said of what retention puts aside', async () => {
			const { store } = current();
			await store.putExport(anExport({ retention: { ageMs: 60_000, action: 'dead-letter' } }));
			await fail(retry({ status: 503 }));
			const [letter] = await afterSweep();
			assert.equal(letter?.error.code, 'ERR_DELIVERY_EXHAUSTED');
			assert.match(
				letter?.error.message ?? '',
				/retention.*ERR_SINK_UNAVAILABLE the sink answered 503$/,
			);
			assert.deepEqual(letter?.error.answer, { status: 503 });
		});

		it('of a split is told of its retried and its dead rows, and of none that are held', async () => {
			const { store, clock } = current();
			await appendTexts(store, clock, ['a', 'b', 'c']);
			const { lease } = await claimBatch(store);
			const text = 'y'.repeat(1_000);
			const answer = { status: 422, text };
			const fates = { retry: [0], hold: [1], dead: [2] };
			await store.settle(lease, { kind: 'split', ...fates, error: someError, answer });
			assert.equal((await store.deadLetters())[0]?.error.answer?.text, text);
			const retried = await claimBatch(store);
			const held = await claimBatch(store);
			await store.purge({ exportId: EXPORT_ID, what: 'dead' });
			assert.equal((await lastFailure())?.answer?.text, `${'y'.repeat(SHOWN - 1)}…`);
			await store.settle(retried.lease, { kind: 'ack' });
			assert.equal(await lastFailure(), undefined);
			await store.settle(held.lease, { kind: 'ack' });
		});

		it('comes with a dead letter of another export or store', async () => {
			const { store, clock } = current();
			for (const answer of [{ status: 400, text: 'x'.repeat(900) }, { status: 404 }, undefined]) {
				const dead = [{ rows: [aRow(clock, 'a')], error: someError, answer, attempts: 3 }];
				await store.append({ receiverId: 'receiver', events: [{ rows: [], dead }] });
			}
			const answers = (await store.deadLetters()).map(({ error }) => error.answer);
			assert.deepEqual(answers, [
				{ status: 400, text: 'x'.repeat(900) },
				{ status: 404 },
				undefined,
			]);
			assert.equal((await store.counters())[0]?.deadBytes, 3 + 900);
			await store.purge({ exportId: EXPORT_ID, what: 'dead' });
			assert.equal((await store.counters())[0]?.deadBytes, 0);
		});

		it('goes with a replay', async () => {
			const { store } = current();
			const id = await fail(dead({ status: 400 }));
			await store.replay({ batchId: id });
			assert.equal(await lastFailure(), undefined);
		});

		it('counts for the quota of a dead letter, until that is replayed or purged', async () => {
			const { store } = current();
			const deadBytes = async () => (await store.counters())[0]?.deadBytes;
			const ids = [
				await fail(dead({ status: 400, text: 'é'.repeat(1_000) }), ['abc']),
				await fail(dead({ status: 400, text: 'short' }), ['abc']),
				await fail(dead({ status: 400, text: 'z'.repeat(3_000) }), ['abc']),
			];
			assert.equal(await deadBytes(), 9 + 2_000 + 5 + 3_000);
			await store.replay({ batchId: ids[0] ?? '' });
			assert.equal(await deadBytes(), 6 + 5 + 3_000);
			await store.replay({ exportId: EXPORT_ID });
			await store.settle((await claimBatch(store)).lease, dead({ status: 400, text: 'again' }));
			assert.equal(await deadBytes(), 3 + 5);
			await store.purge({ exportId: EXPORT_ID, what: 'dead' });
			assert.equal(await deadBytes(), 0);
		});

		it('fills a quota as rows do', async () => {
			const { store, clock } = current();
			await store.putExport(anExport({ quota: { bytes: 1_000 } }));
			await fail(dead({ status: 400, text: 'x'.repeat(1_001) }));
			await assert.rejects(appendTexts(store, clock, ['b']), { code: 'ERR_QUOTA' });
		});

		it('is text that every store can keep, of bounded length', async () => {
			const { store } = current();
			const error = new DeliveryError('ERR_SINK_REJECTED', `a\0b\ud800 ${'m'.repeat(5_000)}`);
			const { lease } = await (async () => {
				await appendTexts(store, current().clock, ['a']);
				return claimBatch(store, { flush: true });
			})();
			await store.settle(lease, {
				kind: 'dead',
				error,
				answer: { status: 400, text: 'x\0\udc00y' },
			});
			const [letter] = await store.deadLetters();
			assert.equal(letter?.error.answer?.text, 'x\uFFFD\uFFFDy');
			assert.match(letter?.error.message ?? '', /^a\uFFFDb\uFFFD m+…$/u);
			assert.equal(letter?.error.message.length, 2_000);
		});

		it('is refused where the answer is no answer, or longer than is kept', async () => {
			const { store, clock } = current();
			await appendTexts(store, clock, ['a']);
			const { lease } = await claimBatch(store, { flush: true });
			for (const answer of [
				{ status: 400, text: 'é'.repeat(LONGEST / 2 + 1) },
				{ status: '400' },
				{ status: 400, text: 5 },
			]) {
				const call = async () => store.settle(lease, dead(answer as EndpointAnswer));
				await assert.rejects(call, TypeError);
			}
		});
	});

	/** Calls are answered in order; a sweep may be two of them. */
	async function afterSweep() {
		const { store, clock } = current();
		clock.advance(120_000);
		await store.counters();
		await store.counters();
		return store.deadLetters();
	}
}
