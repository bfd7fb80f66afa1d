import type { Batch, Outcome } from '../buffer/store';
import { checkOutcome } from '../buffer/stores/check-outcome';
import { planSplit } from '../buffer/stores/positions';
import { describeThrown } from '../describe-thrown';
import { CoreError, DeliveryError } from '../errors';
import type { Cancel, Clock } from '../runtime/clock';
import type { Attempt, Sink } from '../sink/sink';

/** How long an aborted attempt may still take before its batch is released. */
const ABORT_WAIT_MS = 5_000;

/** What a sink makes of a batch. Never rejects: what it throws, and what is no outcome, becomes one. */
export async function trySink(
	sink: Sink,
	batch: Batch,
	attempt: Attempt,
	clock: Clock,
): Promise<Outcome> {
	const abandoned = afterAbort(attempt.signal, clock);
	try {
		const outcome = await Promise.race([sink.deliver(batch, attempt), abandoned.outcome]);
		checkOutcome(outcome);
		if (outcome.kind === 'split') planSplit(outcome, batch.count);
		return outcome;
	} catch (error) {
		if (error instanceof CoreError) {
			// A store that cannot be read says nothing about the rows, also where it will not be opened again.
			const isStore = error.code === 'ERR_STORE_UNAVAILABLE';
			return { kind: isStore || error.retryable ? 'retry' : 'dead', error };
		}
		const message = `the sink failed unexpectedly: ${describeThrown(error)}`;
		return {
			kind: 'retry',
			error: new DeliveryError('ERR_SINK_UNAVAILABLE', message, { cause: error }),
		};
	} finally {
		abandoned.cancel();
	}
}

/** A sink that does not give up when it is told to loses its batch all the same: nobody waits longer, and the lease ends. */
function afterAbort(
	signal: AbortSignal,
	clock: Clock,
): { outcome: Promise<Outcome>; cancel: Cancel } {
	let cancelTimer: Cancel = () => {};
	let onAbort: () => void = () => {};
	const outcome = new Promise<Outcome>((resolve) => {
		onAbort = () => {
			cancelTimer = clock.after(ABORT_WAIT_MS, () => resolve({ kind: 'release' }));
		};
	});
	if (signal.aborted) onAbort();
	else signal.addEventListener('abort', onAbort, { once: true });
	return {
		outcome,
		cancel() {
			cancelTimer();
			signal.removeEventListener('abort', onAbort);
		},
	};
}
