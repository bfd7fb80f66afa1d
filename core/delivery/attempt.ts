import type { Batch, EndpointAnswer, Outcome, Store } from '../buffer/store';
import type { RetryConfig } from '../config';
import { CoreError } from '../errors';
import type { Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';
import type { Permit, RequestReport, Sink } from '../sink/sink';
import type { Gate } from './gate';
import { keepLease } from './lease-keeper';
import { dropTooOld, expiredBefore } from './max-age';
import { planNextAttempt } from './next-attempt';
import { trySink } from './try-sink';
import { uncounted } from './uncounted';

/** One request of an attempt, as its sink told it. */
export interface DeliveryRequest extends RequestReport {
	readonly exportId: string;
	readonly batchId: string;
	/** Number of the attempt. */
	readonly attempt: number;
	/** When it ended, milliseconds since the Unix epoch. */
	readonly at: number;
}

/** One attempt that ended; folded into one log line and into the metrics. */
export interface AttemptReport {
	readonly exportId: string;
	readonly batchId: string;
	readonly number: number;
	readonly startedAt: number;
	readonly durationMs: number;
	readonly count: number;
	/** Why the batch was closed, as `Batch`. */
	readonly reason: string;
	readonly outcome: Outcome['kind'];
	/** Of the error, where there was one. */
	readonly error?: { readonly code: string; readonly message: string };
	/** What the endpoint said, where it answered. */
	readonly answer?: EndpointAnswer;
	/** When the next attempt is due. */
	readonly retryAt?: number;
}

export interface AttemptPorts {
	readonly store: () => Store;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly random: () => number;
	readonly abort: AbortController;
	/** Asked before each of several requests. */
	readonly permit: () => Promise<Permit>;
	/** Hears of every request. */
	readonly onRequest: (request: DeliveryRequest) => void;
	/** Its rows go ahead of a backlog. */
	readonly isLive?: boolean;
	/** What the attempt says of its destination. */
	readonly judge?: Gate['judge'];
	/** Called once the store was asked to settle, before it has. */
	readonly onSettling?: (outcome: Outcome) => void;
}

/**
 * Brings one batch to its sink once: renews the lease while the sink works, turns what happened into an outcome with its
 * next instant, and settles. Never rejects: a settlement that fails leaves the batch to its lease (I9).
 */
export async function deliverBatch(
	batch: Batch,
	{ sink, retry }: { readonly sink: Sink; readonly retry: RetryConfig },
	ports: AttemptPorts,
): Promise<AttemptReport> {
	const { clock, abort, permit, onRequest, judge } = ports;
	const { exportId, id: batchId, attempt: number } = batch;
	const startedAt = clock.now();
	const kept = keepLease(batch.lease, ports);
	let failed: RequestReport | undefined;
	const attempt = {
		number,
		startedAt,
		isLive: ports.isLive ?? false,
		signal: abort.signal,
		permit,
		onRequest: (request: RequestReport) => {
			if (!request.ok) failed = request;
			onRequest({ ...request, exportId, batchId, attempt: number, at: clock.now() });
		},
	};
	const { maxAgeMs } = retry;
	const expired =
		maxAgeMs === undefined
			? undefined
			: await expiredBefore(startedAt, batch, maxAgeMs).catch(() => undefined);
	const raw = expired ?? (await trySink(sink, batch, attempt, clock));
	kept.stop();
	// What was not sent says nothing of its destination.
	const verdict = (!expired && (await judge?.({ batch, outcome: raw, failed }))) || 'counts';
	const o = { retry, now: clock.now(), random: ports.random() };
	const planned = abort.signal.aborted
		? whatWasTaken(raw)
		: (uncounted(raw, batch, verdict, o) ?? planNextAttempt(raw, batch, o));
	// A pause keeps rows of any age, and who was broken off says nothing. Rows that cannot be read now are old enough at the next attempt.
	const isKept = maxAgeMs === undefined || verdict === 'kept' || abort.signal.aborted;
	const outcome = isKept
		? planned
		: await dropTooOld(planned, batch, maxAgeMs).catch(() => planned);
	try {
		const settled = ports.store().settle(kept.lease(), outcome);
		ports.onSettling?.(outcome);
		await settled;
	} catch (error) {
		const code = error instanceof CoreError ? error.code : 'unexpected error';
		const then =
			code === 'ERR_LEASE_LOST'
				? 'it was purged meanwhile, or another process has it'
				: 'it will come again';
		ports.logger.warn(
			`delivery of batch ${batchId} ended ${outcome.kind} but could not be settled (${code}); ${then}`,
			{ code, batchId, exportId },
		);
	}
	return report(batch, startedAt, clock.now() - startedAt, outcome);
}

/** Of an attempt that was broken off what was done stays done; nothing else of it counts, and the rest is due now. */
function whatWasTaken(outcome: Outcome): Outcome {
	if (outcome.kind === 'ack') return outcome;
	if (outcome.kind !== 'split') return { kind: 'release' };
	const { retryAt: _retryAt, retry, hold = [], ...done } = outcome;
	return { ...done, retry: [], hold: [...retry, ...hold] };
}

function report(
	batch: Batch,
	startedAt: number,
	durationMs: number,
	outcome: Outcome,
): AttemptReport {
	const retryAt =
		outcome.kind === 'retry' ? outcome.at : outcome.kind === 'split' ? outcome.retryAt : undefined;
	return {
		exportId: batch.exportId,
		batchId: batch.id,
		number: batch.attempt,
		startedAt,
		durationMs,
		count: batch.count,
		reason: batch.reason,
		outcome: outcome.kind,
		...('error' in outcome
			? { error: { code: outcome.error.code, message: outcome.error.message } }
			: {}),
		...('answer' in outcome && outcome.answer ? { answer: outcome.answer } : {}),
		...(retryAt === undefined ? {} : { retryAt }),
	};
}
