import type { Batch, Outcome } from '../buffer/store';
import type { UnreadableRow } from './read-rows';

/** One request to where the batches go, told once by the sink that made it. */
export interface RequestReport {
	/** It was taken: nothing of it comes again and nothing is put aside. */
	readonly ok: boolean;
	/** Absent where nothing was answered, and where there are no statuses. */
	readonly status?: number;
	/** From before the request to the end of its answer, by a clock that never goes back. */
	readonly durationMs: number;
	/** Nobody was reached: no name, no connection, no answer in time, or a gateway that says so (502, 503, 504). */
	readonly unreachable?: true;
	/** The endpoint wants no more (`EndpointAnswer.asksToDisable`). */
	readonly gone?: true;
	/** That it carried. */
	readonly rows?: number;
	/** Of the request's body. */
	readonly bytes?: number;
	/** Why it was not taken; without secrets. */
	readonly error?: { readonly code: string; readonly message: string };
	/** The first 500 characters of `EndpointAnswer.text`. */
	readonly answeredText?: string;
}

/** Whether a request may be made: now, never in this attempt, or not before an instant (milliseconds since the Unix epoch). */
export type Permit = 'granted' | 'aborted' | { readonly notBefore: number };

/** One try to bring a batch to its sink. */
export interface Attempt {
	/** From 1. */
	readonly number: number;
	readonly startedAt: number;
	/** Its rows are new while a backlog drains: what is sent of it goes before what is sent of other batches. */
	readonly isLive?: boolean;
	/**
	 * Aborted on detach, shutdown and lost leases; the sink then gives up soon. Of what it returns `ack` counts, and the rows that a
	 * `split` acks or buries.
	 */
	readonly signal: AbortSignal;
	/** To be asked before each request by sinks that make more than one (`Sink.asksPermits`); else a batch was let through as a whole. */
	permit(): Promise<Permit>;
	/** To be told of every request that was made, also of one that failed; not of one that was broken off by `signal`. */
	onRequest(request: RequestReport): void;
	/**
	 * Of whoever answers for each row: is told of those that cannot be taken, each with its own error, whereas an outcome has one for all;
	 * of rows that failed together it may be told nothing. Told before `deliver` resolves.
	 */
	onPutAside?(rows: readonly UnreadableRow[]): void;
}

/**
 * Where batches go; made by `create-sink.ts`, where the recipe for a new kind is (`sink-kind.ts`). It owes an Outcome for everything
 * that can happen (`test/conformance/sink-suite.ts`). A retry carries `at` only for a Retry-After: the schedule is the flusher's business.
 * Rows are read by `readRows`, and the outcome of those that could be read goes through `withUnreadable`: one row that cannot be
 * written never takes its batch with it. A throw counts as retry when it is a retryable CoreError or no CoreError at all, else as dead.
 */
export interface Sink {
	deliver(batch: Batch, attempt: Attempt): Promise<Outcome>;
	/** It asks for a permit before each of its requests, also before the first one for a batch. */
	readonly asksPermits?: true;
	/** Called once, when its export is delivered from now on; sees to what an end of the process has left. Never throws. */
	start?(): void;
	/** False: there is nobody to deliver to, and its rows stay as they are, without an attempt, until `claimDue` of the pipeline is called. */
	isReady?(): boolean;
	/** Releases sockets and the like; idempotent. */
	close?(): void | Promise<void>;
}
