import type { RequestOutcome } from './answer';

/** Bad gateway, unavailable, gateway timeout: what stands before the endpoint did not reach it. */
const GATEWAY_STATUSES: readonly number[] = [502, 503, 504];

/** Whether a gateway says that it did not reach the endpoint. */
export function isGatewayStatus(status: number): boolean {
	return GATEWAY_STATUSES.includes(status);
}

/** Whether a request reached nobody. What we refuse to send (a blocked address, a signature that fails) says nothing about that. */
export function isUnreachable(outcome: RequestOutcome): boolean {
	if (outcome.answer) return isGatewayStatus(outcome.answer.status);
	if (outcome.kind === 'ack') return false;
	const { code, details } = outcome.error;
	// Without a token there is no way to the endpoint either.
	if (code === 'ERR_SINK_TOKEN') return isGatewayStatus(Number(details['status']));
	return ['ERR_SINK_UNAVAILABLE', 'ERR_SINK_TIMEOUT'].includes(code);
}
