import type { DeliveryRequest } from '../delivery/attempt';

/** Requests to a destination, a batch to the flow being one, since a process first had its export; they only rise. */
export interface RequestTotals {
	readonly ok: number;
	readonly failed: number;
	/** Of the bodies sent. */
	readonly bytes: number;
	readonly durationMs: number;
}

export const NO_REQUESTS: RequestTotals = { ok: 0, failed: 0, bytes: 0, durationMs: 0 };

export function addRequest(
	totals: RequestTotals,
	{ ok, bytes = 0, durationMs }: Pick<DeliveryRequest, 'ok' | 'bytes' | 'durationMs'>,
): RequestTotals {
	return {
		ok: totals.ok + (ok ? 1 : 0),
		failed: totals.failed + (ok ? 0 : 1),
		bytes: totals.bytes + bytes,
		durationMs: totals.durationMs + durationMs,
	};
}
