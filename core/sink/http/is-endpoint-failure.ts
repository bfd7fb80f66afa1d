import type { RequestOutcome } from './answer';
import { isUnreachable } from './is-unreachable';

/** They are about who asks, about the connection, or about how often: any other row would get the same. */
const STATUSES: readonly number[] = [401, 407, 408, 421, 425, 429];

/**
 * Whether a request that comes again says something about the endpoint, so that other rows would only fail as well: nobody was reached,
 * it wants a pause (Retry-After, 429), or does not let us in. Any other status, 500 too, may be about this row alone. Pure.
 */
export function isEndpointFailure(outcome: Extract<RequestOutcome, { kind: 'retry' }>): boolean {
	const { answer, at } = outcome;
	if (!answer || at !== undefined) return true;
	return isUnreachable(outcome) || STATUSES.includes(answer.status);
}
