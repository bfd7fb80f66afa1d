import { CoreError, DeliveryError } from '../errors';
import type { RetryConfig } from '../config';
import type { Cancel, Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';
import { describeThrown } from '../describe-thrown';
import { nextDelayMs } from './retry-schedule';
import type { Attempt, RequestReport, Sink } from '../sink/sink';
import type { Batch, EndpointAnswer, Lease, Outcome, Store } from '../buffer/store';
import { checkOutcome } from '../buffer/stores/check-outcome';
import { planSplit } from '../buffer/stores/positions';

/** How long an aborted attempt may still take before its batch is released. */
const ABORT_WAIT_MS = 5_000;

/** One attempt that ended; folded into one log line and into the metrics. */
export interface AttemptReport {
	readonly exportId: string;
	readonly batchId: string;
	readonly number: number;
	readonly startedAt: number;
	readonly durationMs: number;
	readonly count: number;
	readonly outcome: Outcome['kind'];
	/** Of the error, where there was one. */
	readonly error?: { readonly code: string; readonly message: string };
	/** What the endpoint said, where it answered. */
	readonly answer?: EndpointAnswer;
	/** When the next attempt is due. */
	readonly retryAt?: number;
}

/** One request of an attempt, as its sink told it. */
export interface DeliveryRequest extends RequestReport {
	readonly exportId: string;
	readonly batchId: string;
	/** Number of the attempt. */
	readonly attempt: number;
	/** When it ended, milliseconds since the Unix epoch. */
	readonly at: number;
}

export interface DeliveryPorts {
	readonly store: () => Store;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly random: () => number;
	readonly leaseMs: number;
	readonly abort: AbortController;
	/** Hears of every request. */
	readonly onRequest: (request: DeliveryRequest) => void;
}

/**
 * Brings one batch to its sink once: renews the lease while the sink works, turns what happened into an outcome with its
 * next instant, and settles. Never rejects: a settlement that fails leaves the batch to its lease (I9).
 */
export async function deliverBatch(
	batch: Batch,
	export_: { readonly sink: Sink; readonly retry: RetryConfig },
	ports: DeliveryPorts,
): Promise<AttemptReport> {
	const { clock, abort } = ports;
	const startedAt = clock.now();
	const renewal = keepLease(batch.lease, ports);
	const raw = await attempt(batch, export_.sink, newAttempt(batch, startedAt, ports), clock);
	renewal.stop();
	const outcome: Outcome =
		abort.signal.aborted && raw.kind !== 'ack'
			? { kind: 'release' }
			: schedule(raw, batch, export_.retry, ports);
	try {
		await ports.store().settle(renewal.lease(), outcome);
	} catch (error) {
		const code = error instanceof CoreError ? error.code : 'unexpected error';
		ports.logger.warn(
			`delivery of batch ${batch.id} ended ${outcome.kind} but could not be settled (${code}); it will come again`,
			{
				code,
				batchId: batch.id,
				exportId: batch.exportId,
			},
		);
	}
	return report(batch, startedAt, clock.now() - startedAt, outcome);
}

function newAttempt(
	{ exportId, id: batchId, attempt: number }: Batch,
	startedAt: number,
	{ clock, abort: { signal }, onRequest }: DeliveryPorts,
): Attempt {
	return {
		number,
		startedAt,
		signal,
		permit: async () => (signal.aborted ? 'aborted' : 'granted'),
		onRequest: (request) =>
			onRequest({ ...request, exportId, batchId, attempt: number, at: clock.now() }),
	};
}

async function attempt(batch: Batch, sink: Sink, given: Attempt, clock: Clock): Promise<Outcome> {
	const abandoned = afterAbort(given.signal, clock);
	try {
		const outcome = await Promise.race([sink.deliver(batch, given), abandoned.outcome]);
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

/** Fills in when to retry, and turns retry into dead when the schedule is used up. */
function schedule(
	outcome: Outcome,
	batch: Batch,
	retry: RetryConfig,
	ports: DeliveryPorts,
): Outcome {
	if (outcome.kind !== 'retry' && !(outcome.kind === 'split' && outcome.retry.length > 0))
		return outcome;
	const delayMs = nextDelayMs(retry, batch.attempt, ports.random());
	if (delayMs === undefined) {
		const error = new DeliveryError(
			'ERR_DELIVERY_EXHAUSTED',
			`gave up after ${batch.attempt} attempts; the last one: ${outcome.error.message}`,
			{ cause: outcome.error, details: { attempts: batch.attempt, lastCode: outcome.error.code } },
		);
		const answer = outcome.answer ? { answer: outcome.answer } : {};
		if (outcome.kind === 'retry') return { kind: 'dead', error, ...answer };
		const dead = [...outcome.dead, ...outcome.retry];
		return { kind: 'split', retry: [], dead, error, ...answer };
	}
	const at = ports.clock.now() + delayMs;
	if (outcome.kind === 'retry') return { ...outcome, at: Math.max(at, outcome.at ?? 0) };
	return { ...outcome, retryAt: Math.max(at, outcome.retryAt ?? 0) };
}

/** Renews every third of the lease's length (S30); a lost lease aborts the attempt, since another owner may hold the batch. */
function keepLease(first: Lease, ports: DeliveryPorts): { lease(): Lease; stop(): void } {
	let lease = first;
	let stopped = false;
	let cancel: Cancel = () => {};
	const renew = async (): Promise<void> => {
		try {
			lease = await ports.store().renew(lease);
		} catch (error) {
			if (!stopped && error instanceof CoreError && error.code === 'ERR_LEASE_LOST')
				ports.abort.abort();
		}
		if (!stopped) next();
	};
	const next = (): void => {
		cancel = ports.clock.after(ports.leaseMs / 3, () => void renew());
	};
	next();
	return {
		lease: () => lease,
		stop() {
			stopped = true;
			cancel();
		},
	};
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
		outcome: outcome.kind,
		...('error' in outcome
			? { error: { code: outcome.error.code, message: outcome.error.message } }
			: {}),
		...('answer' in outcome && outcome.answer ? { answer: outcome.answer } : {}),
		...(retryAt === undefined ? {} : { retryAt }),
	};
}
