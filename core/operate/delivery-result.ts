import type { DescribedAttempt } from '../pipeline/notices';

/** What became of one attempt, for people. Instants are ISO 8601. */
export interface DeliveryResult {
	/** Full id. */
	readonly buffer: string;
	/** What people call it. */
	readonly label?: string;
	/** URL without user info and query; absent for the flow. */
	readonly destination?: string;
	readonly batchId: string;
	/** 1 for the first. */
	readonly attempt: number;
	/** Rows of the batch. */
	readonly count: number;
	/** Why the batch was closed: a condition with its numbers, `mapping changed, …`, `flush`, `key`, `replay`. */
	readonly reason: string;
	/** Whether all of them were taken. */
	readonly ok: boolean;
	/** ack, retry, dead, split (some of them), release (given back, no attempt is counted). */
	readonly outcome: DescribedAttempt['outcome'];
	readonly startedAt: string;
	readonly durationMs: number;
	readonly error?: { readonly code: string; readonly message: string };
	/** What the endpoint answered. */
	readonly status?: number;
	/** What it wrote; only for who asks for it. */
	readonly text?: string;
	/** When it comes again. */
	readonly retryAt?: string;
}

/** @param o.withText what an endpoint wrote may hold anything */
export function deliveryResult(
	report: DescribedAttempt,
	o: { readonly withText: boolean },
): DeliveryResult {
	const { exportId, batchId, number, count, reason, outcome, startedAt, durationMs } = report;
	const { label, destination, error, answer, retryAt } = report;
	return {
		buffer: exportId,
		...(label === undefined ? {} : { label }),
		...(destination === undefined ? {} : { destination }),
		batchId,
		attempt: number,
		count,
		reason,
		ok: outcome === 'ack',
		outcome,
		startedAt: new Date(startedAt).toISOString(),
		durationMs,
		...(error ? { error } : {}),
		...(answer ? { status: answer.status } : {}),
		...(o.withText && answer?.text !== undefined ? { text: answer.text } : {}),
		...(retryAt === undefined ? {} : { retryAt: new Date(retryAt).toISOString() }),
	};
}
