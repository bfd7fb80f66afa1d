import type { Outcome } from '../buffer/store';
import { CoreError, DeliveryError } from '../errors';
import { describeThrown } from '../describe-thrown';

/**
 * What becomes of a batch whose message a node of the flow could not handle, at once: what is wrong with the message itself will
 * be wrong at every attempt, so it is put aside; anything else (no room, no store, a defect) is tried again.
 */
export function failureOutcome(error: unknown): Outcome {
	if (!(error instanceof CoreError)) {
		const message = `a node of the flow failed unexpectedly: ${describeThrown(error)}`;
		return { kind: 'retry', error: new DeliveryError('ERR_SINK_UNAVAILABLE', message) };
	}
	const isOfMessage = (error.stage === 'receive' || error.stage === 'map') && !error.retryable;
	return { kind: isOfMessage ? 'dead' : 'retry', error };
}
