/**
 * The flow as a sink: a batch leaves as a message, and is done either when it was sent or when a token that travels with the
 * message is settled (R49–R54). A batch whose token is never settled comes again after the timeout.
 */
import type { Batch, Outcome } from '../buffer/store';
import { DeliveryError } from '../errors';
import { newSecret } from '../runtime/ids';
import { type Cancel, systemClock, type Clock } from '../runtime/clock';
import { readRecords } from './records';
import type { Sink } from './sink';

/** What a host turns into its message. */
export interface FlowBatch {
	readonly records: unknown[];
	/** Present when the batch is done by a settlement; a plain string, since hosts clone messages (R46). */
	readonly token?: string;
	readonly batchId: string;
	readonly exportId: string;
	readonly attempt: number;
	readonly count: number;
	readonly firstAt: number;
	readonly lastAt: number;
	readonly reason: string;
	readonly idempotencyKey: string;
}

export interface FlowSinkOptions {
	/** Hands the batch to the host; a throw is a retry. */
	readonly emit: (batch: FlowBatch) => void | Promise<void>;
	/** Asked for every batch. */
	readonly doneWhen: () => 'sent' | 'acked';
	/** How long a token may stay open: 1 s … 24 h, default 10 min; then the batch is retried. */
	readonly ackTimeoutMs?: number;
	/** How long a token may still be settled after an abort, below 5 s, for hosts whose flow goes on then; default 0. */
	readonly graceMs?: number;
	readonly clock?: Clock;
}

type Settle = (outcome: Outcome) => void;

/** Open tokens of the process, shared by all loaded copies of this module (R53). */
const OPEN_TOKENS = Symbol.for('sluice.open-tokens');

function openTokens(): Map<string, Settle> {
	const shared = globalThis as { [OPEN_TOKENS]?: Map<string, Settle> };
	return (shared[OPEN_TOKENS] ??= new Map());
}

/** Tokens of batches that come again; the newest of them, since their messages are late by minutes and not by days. */
const RETURNED_TOKENS = Symbol.for('sluice.returned-tokens');
const MAX_RETURNED_TOKENS = 10_000;

function returnedTokens(): Set<string> {
	const shared = globalThis as { [RETURNED_TOKENS]?: Set<string> };
	return (shared[RETURNED_TOKENS] ??= new Set());
}

/** A sink that emits batches into the flow of a host. */
export function createFlowSink(options: FlowSinkOptions): Sink {
	const { clock = systemClock, ackTimeoutMs = 600_000, graceMs = 0 } = options;
	return {
		async deliver(batch, { signal }) {
			const records = await collect(batch);
			if (options.doneWhen() === 'sent') {
				await options.emit(flowBatch(batch, records));
				return { kind: 'ack' };
			}
			const token = newSecret(24);
			const settled = waitForToken(token, { timeoutMs: ackTimeoutMs, graceMs, clock, signal });
			try {
				await options.emit(flowBatch(batch, records, token));
			} catch (error) {
				openTokens().get(token)?.({
					kind: 'retry',
					error: new DeliveryError('ERR_SINK_UNAVAILABLE', 'the flow did not take the batch', {
						cause: error,
					}),
				});
			}
			return settled;
		},
	};
}

/**
 * Settles the batch that a token stands for. The first settlement wins.
 *
 * @returns false when the token is not open: settled before, timed out, or of a process that has ended
 */
export function settleToken(token: string, outcome: Outcome): boolean {
	const settle = openTokens().get(token);
	settle?.(outcome);
	return settle !== undefined;
}

/**
 * What became of a token. `open`: its batch waits for it. `again`: the batch comes again with another one, since this one was not
 * settled in time, was settled as a retry, or its flow was redeployed. `done`: anything else, also a token of a former process
 * or one that was forgotten; what belongs to it is rather handled twice than lost.
 */
export function tokenState(token: string): 'open' | 'again' | 'done' {
	if (openTokens().has(token)) return 'open';
	return returnedTokens().has(token) ? 'again' : 'done';
}

function waitForToken(
	token: string,
	o: { timeoutMs: number; graceMs: number; clock: Clock; signal: AbortSignal },
): Promise<Outcome> {
	const { timeoutMs, graceMs, clock, signal } = o;
	return new Promise((resolve) => {
		let cancelRelease: Cancel = () => {};
		const settle: Settle = (outcome) => {
			cancel();
			cancelRelease();
			signal.removeEventListener('abort', onAbort);
			openTokens().delete(token);
			if (outcome.kind !== 'ack' && outcome.kind !== 'dead') rememberReturned(token);
			resolve(outcome);
		};
		const release = (): void => settle({ kind: 'release' });
		const onAbort = (): void => {
			if (graceMs === 0) release();
			else cancelRelease = clock.after(graceMs, release);
		};
		const cancel = clock.after(timeoutMs, () => {
			const message = `the flow did not settle the batch within ${timeoutMs / 1000} s (ack timeout)`;
			settle({ kind: 'retry', error: new DeliveryError('ERR_SINK_TIMEOUT', message) });
		});
		openTokens().set(token, settle);
		if (signal.aborted) onAbort();
		else signal.addEventListener('abort', onAbort, { once: true });
	});
}

function rememberReturned(token: string): void {
	const returned = returnedTokens();
	returned.add(token);
	for (const oldest of returned) {
		if (returned.size <= MAX_RETURNED_TOKENS) return;
		returned.delete(oldest);
	}
}

async function collect(batch: Batch): Promise<unknown[]> {
	const records: unknown[] = [];
	for await (const slice of readRecords(batch)) records.push(...slice);
	return records;
}

function flowBatch(batch: Batch, records: unknown[], token?: string): FlowBatch {
	const { id: batchId, exportId, attempt, count, firstAt, lastAt, reason, idempotencyKey } = batch;
	return {
		records,
		...(token === undefined ? {} : { token }),
		batchId,
		exportId,
		attempt,
		count,
		firstAt,
		lastAt,
		reason,
		idempotencyKey,
	};
}
