import type { EndpointAnswer, Outcome } from '../../buffer/store';
import { DeliveryError } from '../../errors';
import type { PushResponse } from './transport';

/** Longest wait that a receiver may ask for: beyond it our own schedule is the better guess. */
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

/** Time-out, wrong connection, too early (RFC 8470), too many: the same request may be taken later. */
const COMES_AGAIN: readonly number[] = [408, 421, 425, 429];

/** It was there, and is not to be asked again (RFC 9110, 15.5.11). */
const GONE = 410;

/** An outcome of one request; there is nothing to split in it. */
export type RequestOutcome = Extract<Outcome, { kind: 'ack' | 'retry' | 'dead' }>;

/**
 * What an answer means for the batch. Pure.
 *
 * 2xx is done (D43) · 5xx, 408, 421, 425 and 429 come again, not before Retry-After · anything else, redirects included, is dead
 * unless `retryAllStatuses`.
 *
 * @param now milliseconds since the Unix epoch
 */
export function outcomeOf(
	{
		status,
		headers,
		text,
	}: Pick<PushResponse, 'status' | 'headers'> & { readonly text?: string | undefined },
	options: { readonly now: number; readonly retryAllStatuses?: boolean | undefined },
): RequestOutcome {
	const answer: EndpointAnswer = {
		status,
		...(text === undefined ? {} : { text }),
		...(status === GONE ? { asksToDisable: true } : {}),
	};
	if (status >= 200 && status < 300) return { kind: 'ack', answer };
	const message = `the receiver answered ${status}`;
	const isBusy = status >= 500 || COMES_AGAIN.includes(status);
	if (!isBusy && !options.retryAllStatuses) {
		return {
			kind: 'dead',
			error: new DeliveryError('ERR_SINK_REJECTED', message, { details: { status } }),
			answer,
		};
	}
	const retryAfterMs = readRetryAfter(headers['retry-after']?.[0], options.now);
	const error = new DeliveryError(isBusy ? 'ERR_SINK_UNAVAILABLE' : 'ERR_SINK_REJECTED', message, {
		details: { status },
		retryable: true,
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	});
	return {
		kind: 'retry',
		...(retryAfterMs === undefined ? {} : { at: options.now + retryAfterMs }),
		error,
		answer,
	};
}

/**
 * Reads Retry-After: seconds or an HTTP date (RFC 9110, 10.2.3).
 *
 * @returns milliseconds from now, at most 24 h; undefined when there is none, or it has passed
 */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
	if (value === undefined) return undefined;
	const text = value.trim();
	const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : httpDate(text) - now;
	return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

/**
 * NaN for anything but a date with a day's name, which all three HTTP forms begin with: `Date.parse` alone reads too much. They are
 * all in UTC (RFC 9110, 5.6.7); one of them does not say so, and would be read in the machine's zone.
 */
function httpDate(text: string): number {
	if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return Number.NaN;
	return Date.parse(/(?:GMT|UTC|Z|[+-]\d{4})$/.test(text) ? text : `${text} GMT`);
}
