import type { Outcome } from '../buffer/store';
import type { Settlement } from './flow-token';
import { CoreError, DeliveryError } from '../errors';
import { describeThrown } from '../describe-thrown';

/**
 * What becomes of a batch whose message a node of the flow could not handle, at once: what is wrong with the message itself will
 * be wrong at every attempt, so it is put aside; anything else (no room, no store, a defect) is tried again. A buffer that takes nothing
 * now is a destination that is not reached: it may be full for as long as its own endpoint is down.
 */
export function settlementOfFailure(error: unknown): Settlement {
	const isFull = error instanceof CoreError && error.stage === 'buffer' && error.retryable;
	return { outcome: failureOutcome(error), requests: isFull ? [{ unreachable: true }] : [] };
}

function failureOutcome(error: unknown): Outcome {
	if (!(error instanceof CoreError)) {
		const message = `a node of the flow failed unexpectedly: ${describeThrown(error)}`;
		return { kind: 'retry', error: new DeliveryError('ERR_SINK_UNAVAILABLE', message) };
	}
	const isOfMessage = (error.stage === 'receive' || error.stage === 'map') && !error.retryable;
	return { kind: isOfMessage ? 'dead' : 'retry', error };
}
