import assert from 'node:assert/strict';
import type { Outcome, Store } from '../../../core/buffer/store';
import { deliverBatch } from '../../../core/delivery/attempt';
import type { Verdict } from '../../../core/delivery/gate';
import { DeliveryError } from '../../../core/errors';
import { silentLogger } from '../../../core/runtime/logger';
import { fakeBatch } from '../../support/fake-batch';
import { FakeClock } from '../../support/fake-clock';

const error = new DeliveryError('ERR_SINK_UNAVAILABLE', 'down');

/** What an attempt with old rows is settled as, and how often the sink and the judge were asked. */
async function attempt(o: { readonly number: number; readonly verdict: Verdict }) {
	const clock = new FakeClock();
	const settled: Outcome[] = [];
	let [sent, judged] = [0, 0];
	const settle: Store['settle'] = async (_lease, outcome) => void settled.push(outcome);
	const sink = {
		deliver: async (): Promise<Outcome> => {
			sent += 1;
			return { kind: 'retry', error };
		},
	};
	await deliverBatch(
		fakeBatch({ payloads: [new Uint8Array(1)], attempt: o.number }),
		{ sink, retry: { delaysMs: [1_000, 1_000], jitter: 0, maxAgeMs: 60_000 } },
		{
			store: () => ({ settle }) as Partial<Store> as Store,
			clock,
			logger: silentLogger,
			random: () => 0.5,
			abort: new AbortController(),
			permit: async () => 'granted',
			onRequest: () => {},
			judge: async () => {
				judged += 1;
				return o.verdict;
			},
		},
	);
	const [outcome] = settled;
	assert.ok(outcome && settled.length === 1);
	return { outcome, sent, judged };
}
const codeOf = (outcome: Outcome) => [outcome.kind, 'error' in outcome && outcome.error.code];

describe('an attempt with rows beyond their maximum age', () => {
	it('is the last one where it fails', async () => {
		const { outcome, sent } = await attempt({ number: 1, verdict: 'counts' });
		assert.deepEqual(codeOf(outcome), ['dead', 'ERR_DELIVERY_EXPIRED']);
		assert.equal(sent, 1);
	});

	it('is not made where it is no first one, and says nothing of the destination', async () => {
		const { outcome, sent, judged } = await attempt({ number: 2, verdict: 'counts' });
		assert.deepEqual(codeOf(outcome), ['dead', 'ERR_DELIVERY_EXPIRED']);
		assert.deepEqual([sent, judged], [0, 0]);
	});

	it('keeps them where the export has been paused for its destination', async () => {
		const { outcome } = await attempt({ number: 1, verdict: 'kept' });
		assert.deepEqual(codeOf(outcome), ['retry', 'ERR_SINK_UNAVAILABLE']);
		assert.equal('counts' in outcome && outcome.counts, false);
	});
});
