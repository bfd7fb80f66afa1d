import assert from 'node:assert/strict';
import type { Outcome } from '../../../core/buffer/store';
import { dropTooOld, expiredBefore } from '../../../core/delivery/max-age';
import { DeliveryError } from '../../../core/errors';
import { fakeBatch } from '../../support/fake-batch';

const error = new DeliveryError('ERR_SINK_UNAVAILABLE', 'down');
const answer = { status: 503 };
/** Of rows that were received at 1,000, 1,001, 1,002 and 1,003. */
const batch = fakeBatch({ payloads: [1, 2, 3, 4].map(() => new Uint8Array(1)) });
const retry = (at: number, more: object = {}): Outcome => ({
	kind: 'retry',
	at,
	error,
	answer,
	...more,
});

async function shown(promise: Promise<Outcome | undefined>): Promise<unknown> {
	const outcome = await promise;
	if (!outcome || outcome.kind === 'ack' || outcome.kind === 'release') return outcome;
	const { error: why, ...rest } = outcome;
	return { ...rest, code: why.code };
}

describe('a maximum age', () => {
	it('gives up what would be too old at its next attempt, and that alone (D50)', async () => {
		const plan = retry(5_000);
		assert.equal(await dropTooOld(plan, batch, 4_000), plan);
		assert.deepEqual(await shown(dropTooOld(plan, batch, 3_998)), {
			kind: 'split',
			retry: [2, 3],
			retryAt: 5_000,
			dead: [0, 1],
			answer,
			code: 'ERR_DELIVERY_EXPIRED',
		});
		assert.deepEqual(await shown(dropTooOld(plan, batch, 3_996)), {
			kind: 'dead',
			answer,
			code: 'ERR_DELIVERY_EXPIRED',
		});
	});

	it('counts no attempt of the others where the attempt did not count', async () => {
		const outcome = await dropTooOld(retry(5_000, { counts: false }), batch, 3_998);
		assert(outcome.kind === 'split');
		assert.deepEqual([outcome.retry, outcome.hold, outcome.dead], [[], [2, 3], [0, 1]]);
	});

	it('takes none of the rows that were held: no attempt of theirs was made', async () => {
		const split: Outcome = {
			kind: 'split',
			retry: [1, 3],
			hold: [0],
			retryAt: 5_000,
			dead: [2],
			error,
		};
		assert.deepEqual(await shown(dropTooOld(split, batch, 3_998)), {
			kind: 'split',
			retry: [3],
			hold: [0],
			retryAt: 5_000,
			dead: [2, 1],
			code: 'ERR_DELIVERY_EXPIRED',
		});
		assert.equal(
			await dropTooOld({ ...split, retry: [3] }, batch, 3_998).then(
				(one) => 'error' in one && one.error,
			),
			error,
		);
	});

	it('says what failed last', async () => {
		const outcome = await dropTooOld(retry(5_000), batch, 1_500);
		assert(outcome.kind === 'dead');
		assert.equal(outcome.error.message, 'older than retry.maxAgeMs, 1.5s; the last error: down');
		assert.equal(outcome.error.cause, error);
	});

	it('makes no second attempt that is late, and always a first one', async () => {
		const second = { ...batch, attempt: 2 };
		assert.equal(await expiredBefore(9e9, batch, 60_000), undefined);
		assert.equal(await expiredBefore(5_000, second, 4_000), undefined);
		assert.equal((await expiredBefore(5_000, second, 1_000))?.kind, 'dead');
		assert.deepEqual(await shown(expiredBefore(5_000, second, 3_998)), {
			kind: 'split',
			retry: [],
			hold: [2, 3],
			retryAt: 5_000,
			dead: [0, 1],
			code: 'ERR_DELIVERY_EXPIRED',
		});
	});
});
