import type { DeliveryRequest } from '../delivery/attempt';
import { shorten } from '../message-text';

/** How many are kept of an export. */
export const MAX_DELIVERIES = 50;

/** UTF-16 units that are kept of what an endpoint wrote, and of an error's message. */
const MAX_TEXT = 200;

/** One request to a destination. */
export interface Delivery {
	/** When it ended, milliseconds since the Unix epoch. */
	readonly at: number;
	readonly ok: boolean;
	readonly batchId: string;
	readonly attempt: number;
	readonly durationMs: number;
	/** That it carried. */
	readonly rows?: number;
	readonly status?: number;
	/** Why it was not taken. */
	readonly error?: { readonly code: string; readonly message: string };
	/** Nobody was reached. */
	readonly unreachable?: true;
	readonly bytes?: number;
	/** What the endpoint wrote, of one that failed, without secrets. */
	readonly text?: string;
}

/** The newest deliveries of an export, oldest first, and how it ended lately, also where those are not among them. */
export interface LastDeliveries {
	readonly deliveries: readonly Delivery[];
	readonly lastSuccessAt?: number;
	readonly lastError?: Delivery;
}

export const NO_DELIVERIES: LastDeliveries = { deliveries: [] };

export function addDelivery(last: LastDeliveries, request: DeliveryRequest): LastDeliveries {
	const { at, ok, batchId, attempt, rows, status, error, unreachable, bytes, answeredText } =
		request;
	const delivery: Delivery = {
		at,
		ok,
		batchId,
		attempt,
		durationMs: Math.round(request.durationMs * 1_000) / 1_000,
		...(rows === undefined ? {} : { rows }),
		...(status === undefined ? {} : { status }),
		...(error ? { error: { ...error, message: shorten(error.message, MAX_TEXT) } } : {}),
		...(unreachable ? { unreachable } : {}),
		...(bytes === undefined ? {} : { bytes }),
		...(ok || answeredText === undefined ? {} : { text: shorten(answeredText, MAX_TEXT) }),
	};
	return {
		...last,
		deliveries: [...last.deliveries, delivery].slice(-MAX_DELIVERIES),
		...(ok ? { lastSuccessAt: at } : { lastError: delivery }),
	};
}

/** Of two processes, or of one that wrote twice. */
export function mergeDeliveries(mine: LastDeliveries, theirs: LastDeliveries): LastDeliveries {
	const byKey = new Map(
		[...theirs.deliveries, ...mine.deliveries].map((one) => [JSON.stringify(one), one]),
	);
	const deliveries = [...byKey.values()].sort((a, b) => a.at - b.at).slice(-MAX_DELIVERIES);
	const lastSuccessAt = Math.max(mine.lastSuccessAt ?? 0, theirs.lastSuccessAt ?? 0);
	const lastError =
		(mine.lastError?.at ?? 0) >= (theirs.lastError?.at ?? 0) ? mine.lastError : theirs.lastError;
	return {
		deliveries,
		...(lastSuccessAt > 0 ? { lastSuccessAt } : {}),
		...(lastError ? { lastError } : {}),
	};
}

export function readDeliveries(value: unknown): LastDeliveries {
	const { deliveries } = (value ?? {}) as Partial<LastDeliveries>;
	return Array.isArray(deliveries) ? (value as LastDeliveries) : NO_DELIVERIES;
}
