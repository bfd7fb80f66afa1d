import type { Batch, Outcome } from '../buffer/store';

/** One try to bring a batch to its sink. */
export interface Attempt {
	/** From 1. */
	readonly number: number;
	readonly startedAt: number;
	/** Aborted on detach, shutdown and lost leases; the sink then gives up soon and may return anything. */
	readonly signal: AbortSignal;
}

/**
 * Where batches go. To add one: a file or folder here, an Outcome for everything that can happen, and a run of
 * `test/conformance/sink-suite.ts`. A retry carries `at` only for a Retry-After: the schedule is the flusher's business.
 * Rows are read by `readRows`, and the outcome of those that could be read goes through `withUnreadable`: one row that cannot be
 * written never takes its batch with it. A throw counts as retry when it is a retryable CoreError or no CoreError at all, else as dead.
 */
export interface Sink {
	deliver(batch: Batch, attempt: Attempt): Promise<Outcome>;
	/** False: there is nobody to deliver to, and its rows stay as they are, without an attempt, until the pipeline is woken. */
	isReady?(): boolean;
	/** Releases sockets and the like; idempotent. */
	close?(): void | Promise<void>;
}
