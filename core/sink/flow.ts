/**
 * The flow as a sink: a batch leaves as a message, and is done either when it was sent or when a token that travels with the
 * message is settled (R49–R54). A batch whose token is never settled comes again after the timeout.
 */
import type { Batch, Outcome, StoredRow } from '../buffer/store';
import { DeliveryError, type CoreError } from '../errors';
import { ACK_TIMEOUT_MS } from '../pure/bounds';
import { newSecret } from '../runtime/ids';
import { type Cancel, systemClock, type Clock } from '../runtime/clock';
import { describeThrown } from '../describe-thrown';
import {
	readRows,
	refuseDeepRow,
	withUnreadable,
	type ReadRow,
	type UnreadableRow,
} from './read-rows';
import { recordReader, type FlowNumbers } from './records';
import { reportedError } from './reported-error';
import type { Sink } from './sink';
import { processShared } from '../runtime/process-shared';

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

/**
 * When a batch that goes to the flow is done: as soon as it was `sent`, or when its token is settled (`acked`). `kept`: the flow has
 * nobody who would get or settle it, and nothing is sent.
 */
export type DoneWhen = 'sent' | 'acked' | 'kept';

/** The flow of a host. */
export interface FlowPorts {
	/** Hands the batch to the host; a throw is a retry, at once. */
	readonly emit: (batch: FlowBatch) => void | Promise<void>;
	/** Asked for every batch. After `kept`, `claimDue` of the pipeline has to be called. */
	readonly doneWhen: () => DoneWhen;
}

/** How batches leave by the flow. */
export interface FlowSinkConfig {
	/** How long a token may stay open: 1 s … 24 h, default 10 min; then the batch is retried. */
	readonly ackTimeoutMs?: number | undefined;
	/** How long a token may still be settled after an abort, below 5 s, for hosts whose flow goes on then; default 0. */
	readonly graceMs?: number | undefined;
	/** `text`: numbers that JavaScript would round arrive as text; default `double`. */
	readonly numbers?: FlowNumbers | undefined;
}

type FlowOptions = FlowSinkConfig & FlowPorts & { readonly clock?: Clock | undefined };

type Settle = (outcome: Outcome) => void;

/** Open tokens of the process, shared by all loaded copies of this module (R53). */
function openTokens(): Map<string, Settle> {
	return processShared('open-tokens', () => new Map());
}

/** Rows of open tokens that no attempt could bring anywhere, by position among the emitted ones. */
function asideRows(): Map<string, Map<number, CoreError>> {
	return processShared('rows-aside', () => new Map());
}

const MAX_RETURNED_TOKENS = 10_000;

/** Tokens of batches that come again; the newest of them, since their messages are late by minutes and not by days. */
function returnedTokens(): Set<string> {
	return processShared('returned-tokens', () => new Set());
}

/** A sink that emits batches into the flow of a host. A row that cannot be read, or that no message can carry, is put aside alone. */
export function createFlowSink(options: FlowOptions): Sink {
	return {
		isReady: () => options.doneWhen() !== 'kept',
		async deliver(batch, { signal, onRequest }) {
			// Since it was claimed.
			if (options.doneWhen() === 'kept') return { kind: 'release' };
			const unreadable: UnreadableRow[] = [];
			const rows = await collect(batch, options.numbers, unreadable);
			if (rows.length === 0) return withUnreadable(undefined, unreadable);
			const startedAt = performance.now();
			const outcome = await emitRows(options, batch, rows, signal);
			if (outcome.kind !== 'release') {
				onRequest({
					ok: outcome.kind === 'ack',
					durationMs: performance.now() - startedAt,
					rows: rows.length,
					...('error' in outcome ? reportedError(outcome.error) : {}),
				});
			}
			return withUnreadable(toBatch(outcome, rows), unreadable);
		},
	};
}

type Rows = readonly ReadRow<unknown>[];

/** @returns with positions among the rows that were emitted */
async function emitRows(
	options: FlowOptions,
	batch: Batch,
	rows: Rows,
	signal: AbortSignal,
): Promise<Outcome> {
	const { clock = systemClock, ackTimeoutMs = ACK_TIMEOUT_MS.fallback, graceMs = 0 } = options;
	const records = rows.map(({ value }) => value);
	const token = options.doneWhen() === 'sent' ? undefined : newSecret(24);
	const settled =
		token === undefined
			? undefined
			: waitForToken(token, { timeoutMs: ackTimeoutMs, graceMs, clock, signal });
	try {
		await options.emit(flowBatch(batch, records, token));
	} catch (error) {
		const message = `the flow did not take the batch: ${describeThrown(error)}`;
		const outcome: Outcome = {
			kind: 'retry',
			error: new DeliveryError('ERR_SINK_UNAVAILABLE', message, { cause: error }),
		};
		// A flow that settled the batch before it failed has had the first word.
		if (token === undefined || settleToken(token, outcome)) return outcome;
	}
	return (await settled) ?? { kind: 'ack' };
}

/** A flow that settles single rows names them as it got them. */
function toBatch(outcome: Outcome, rows: Rows): Outcome {
	if (outcome.kind !== 'split') return outcome;
	const positionOf = (i: number): number => rows[i]?.position ?? i;
	return {
		...outcome,
		retry: outcome.retry.map(positionOf),
		...(outcome.hold ? { hold: outcome.hold.map(positionOf) } : {}),
		dead: outcome.dead.map(positionOf),
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
 * Marks rows of a batch that cannot go on: where the others are done by the time the token is settled, these become dead letters
 * under their own errors. Does nothing where the token is not open.
 */
export function putAside(token: string, rows: readonly UnreadableRow[]): void {
	if (!openTokens().has(token)) return;
	const aside = asideRows().get(token) ?? new Map<number, CoreError>();
	for (const { position, error } of rows) aside.set(position, error);
	asideRows().set(token, aside);
}

/** What `settle` was told, with what had been put aside before. */
function withAside(token: string, outcome: Outcome): Outcome {
	const aside = [...(asideRows().get(token) ?? [])];
	asideRows().delete(token);
	return withUnreadable(
		outcome,
		aside.map(([position, error]) => ({ position, error })),
	);
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
			resolve(withAside(token, outcome));
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

async function collect(
	batch: Batch,
	numbers: FlowNumbers | undefined,
	unreadable: UnreadableRow[],
): Promise<ReadRow<unknown>[]> {
	const collected: ReadRow<unknown>[] = [];
	const toRecord = recordReader(batch, numbers);
	const render = (row: StoredRow): unknown => {
		// Bytes of an event are no JSON alone; its body was looked at when it came.
		if (batch.output !== 'event') refuseDeepRow(row);
		return toRecord(row);
	};
	for await (const rows of readRows(batch, render, unreadable)) collected.push(...rows);
	return collected;
}

function flowBatch(batch: Batch, records: unknown[], token?: string): FlowBatch {
	const { id: batchId, exportId, attempt, firstAt, lastAt, reason, idempotencyKey } = batch;
	return {
		records,
		...(token === undefined ? {} : { token }),
		batchId,
		exportId,
		attempt,
		count: records.length,
		firstAt,
		lastAt,
		reason,
		idempotencyKey,
	};
}
