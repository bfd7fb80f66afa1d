/**
 * Tokens: what stands for a batch in the message of a host, and settles it (R49–R54). They live in the process, and the first
 * settlement of one wins.
 */
import type { Outcome } from '../buffer/store';
import { DeliveryError, type CoreError } from '../errors';
import type { Cancel, Clock } from '../runtime/clock';
import { processShared } from '../runtime/process-shared';
import { withUnreadable, type UnreadableRow } from './read-rows';
import type { RequestReport } from './sink';

/**
 * A request that was made for a batch of the flow, by whoever settles it; what is left out the flow sink knows. By `unreachable` it is
 * the same as for a destination of its own: attempts that reach nobody use up nothing.
 */
export type SettledRequest = Partial<RequestReport>;

/** What became of a batch. */
export interface Settlement {
	readonly outcome: Outcome;
	/** None: what was done with it was no request, or nobody says. */
	readonly requests: readonly SettledRequest[];
}

type Settle = (settlement: Settlement) => void;

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

/**
 * Settles the batch that a token stands for. The first settlement wins.
 *
 * @param requests that were made for it
 * @returns false when the token is not open: settled before, timed out, or of a process that has ended
 */
export function settleToken(
	token: string,
	outcome: Outcome,
	requests: readonly SettledRequest[] = [],
): boolean {
	const settle = openTokens().get(token);
	settle?.({ outcome, requests });
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

/**
 * Opens a token, and resolves when it is settled.
 *
 * @param o.timeoutMs then the batch comes again
 * @param o.graceMs how long it may still be settled after `o.signal`
 */
export function waitForToken(
	token: string,
	o: {
		readonly timeoutMs: number;
		readonly graceMs: number;
		readonly clock: Clock;
		readonly signal: AbortSignal;
	},
): Promise<Settlement> {
	const { timeoutMs, graceMs, clock, signal } = o;
	return new Promise((resolve) => {
		let cancelRelease: Cancel = () => {};
		const settle: Settle = ({ outcome, requests }) => {
			cancel();
			cancelRelease();
			signal.removeEventListener('abort', onAbort);
			openTokens().delete(token);
			if (outcome.kind !== 'ack' && outcome.kind !== 'dead') rememberReturned(token);
			resolve({ outcome: withAside(token, outcome), requests });
		};
		const release = (): void => settle({ outcome: { kind: 'release' }, requests: [] });
		const onAbort = (): void => {
			if (graceMs === 0) release();
			else cancelRelease = clock.after(graceMs, release);
		};
		const cancel = clock.after(timeoutMs, () => {
			const message = `the flow did not settle the batch within ${timeoutMs / 1000} s (ack timeout)`;
			const error = new DeliveryError('ERR_SINK_TIMEOUT', message);
			// It has been waited for: the flow is no endpoint that is asked too often.
			settle({ outcome: { kind: 'retry', at: clock.now(), error }, requests: [] });
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
