import type { EndpointAnswer, Outcome } from '../../buffer/store';
import { DeliveryError } from '../../errors';
import { RETRY } from '../../pure/bounds';
import { compileStatusRules, type FateOf } from './status-rules';
import type { PushResponse } from './transport';

/** It was there, and is not to be asked again (RFC 9110, 15.5.11). */
const GONE = 410;

/** An outcome of one request; there is nothing to split in it. */
export type RequestOutcome = Extract<Outcome, { kind: 'ack' | 'retry' | 'dead' }>;

/** What was answered, with its text as people may see it. */
export type AnswerToRead = PushResponse & { readonly text?: string | undefined };

/**
 * What an answer means for what was sent. Pure.
 *
 * @param o.rules which statuses are final and which come again (`status-rules.ts`), default the table; what comes again does not before Retry-After
 * @param o.now milliseconds since the Unix epoch
 */
export function outcomeOf(
	{ status, headers, text }: Pick<AnswerToRead, 'status' | 'headers' | 'text'>,
	{ rules = STANDARD, now }: { readonly rules?: FateOf; readonly now: number },
): RequestOutcome {
	const answer: EndpointAnswer = {
		status,
		...(text === undefined ? {} : { text }),
		...(status === GONE ? { asksToDisable: true } : {}),
	};
	const fate = rules(status);
	if (fate === 'taken') return { kind: 'ack', answer };
	const message = `the receiver answered ${status}`;
	const details = { status };
	if (fate === 'final') {
		const error = new DeliveryError('ERR_SINK_REJECTED', message, { details });
		return { kind: 'dead', error, answer };
	}
	const retryAfterMs = readRetryAfter(headers['retry-after']?.[0], now);
	const isBusy = STANDARD(status) === 'again';
	const error = new DeliveryError(isBusy ? 'ERR_SINK_UNAVAILABLE' : 'ERR_SINK_REJECTED', message, {
		details,
		retryable: true,
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	});
	const at = retryAfterMs === undefined ? {} : { at: now + retryAfterMs };
	return { kind: 'retry', ...at, error, answer };
}

/** What an endpoint means by a status, whatever an export makes of it. */
const STANDARD = compileStatusRules({});

/**
 * Reads Retry-After: seconds or an HTTP date (RFC 9110, 10.2.3).
 *
 * @returns milliseconds from now, at most RETRY.maxRetryAfterMs; undefined when there is none, or it has passed
 */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
	if (value === undefined) return undefined;
	const text = value.trim();
	const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : httpDate(text) - now;
	return ms > 0 ? Math.min(ms, RETRY.maxRetryAfterMs) : undefined;
}

/**
 * NaN for anything but a date with a day's name, which all three HTTP forms begin with: `Date.parse` alone reads too much. They are
 * all in UTC (RFC 9110, 5.6.7); one of them does not say so, and would be read in the machine's zone.
 */
function httpDate(text: string): number {
	if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return Number.NaN;
	return Date.parse(/(?:GMT|UTC|Z|[+-]\d{4})$/.test(text) ? text : `${text} GMT`);
}
