import type { EndpointAnswer } from '../../buffer/store';
import { DeliveryError } from '../../errors';
import { decodeUtf8 } from '../../event/utf8';
import { RETRY } from '../../pure/bounds';
import { outcomeOf, type AnswerToRead, type RequestOutcome } from '../http/answer';

/** Push is disabled, or the dataset is not published (O12). */
const CLOSED = 403;
const TOO_MANY = 429;

/**
 * What an answer of the push API means for what was sent (O39, O40): as for any endpoint, but
 *
 * - a success says so in its body: a page of HTML with 200 is none, and comes again;
 * - 403 pauses: somebody has switched the dataset off, and nothing is put aside for that;
 * - 429 waits for the `reset_time` of its body, too (O16), at most `RETRY.maxRetryAfterMs`.
 *
 * Pure.
 */
export function readAnswer(answer: AnswerToRead, now: number): RequestOutcome {
	const outcome = outcomeOf(answer, { now });
	const { status } = answer;
	const said: EndpointAnswer = {
		status,
		...(answer.text === undefined ? {} : { text: answer.text }),
	};
	if (outcome.kind === 'ack') return saysOk(answer.body) ? outcome : unclear(said);
	if (status === CLOSED) return closed(said);
	if (status !== TOO_MANY || outcome.kind !== 'retry') return outcome;
	const resetAt = Math.min(resetTimeOf(answer.body) ?? 0, now + RETRY.maxRetryAfterMs);
	const at = Math.max(outcome.at ?? 0, resetAt);
	return at > now ? { ...outcome, at } : outcome;
}

function unclear(answer: EndpointAnswer): RequestOutcome {
	const message = `the dataset answered ${answer.status}, but not that it took the records`;
	const details = { status: answer.status };
	const error = new DeliveryError('ERR_SINK_REJECTED', message, { details, retryable: true });
	return { kind: 'retry', error, answer };
}

function closed(answer: EndpointAnswer): RequestOutcome {
	const message =
		'the dataset takes no records (403): push is disabled, or it is not published; resume when it is open again';
	const details = { status: answer.status };
	const error = new DeliveryError('ERR_SINK_REJECTED', message, { details, retryable: true });
	return { kind: 'retry', pause: true, error, answer };
}

/** In any letter case: servers of several ages answer (O10). */
function saysOk(body: Uint8Array): boolean {
	const { status } = fieldsOf(body);
	return typeof status === 'string' && status.toLowerCase() === 'ok';
}

/** Milliseconds since the Unix epoch. */
function resetTimeOf(body: Uint8Array): number | undefined {
	const { reset_time: text } = fieldsOf(body);
	const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
	return Number.isFinite(at) ? at : undefined;
}

function fieldsOf(body: Uint8Array): Readonly<Record<string, unknown>> {
	try {
		return Object(JSON.parse(decodeUtf8(body) ?? '')) as Readonly<Record<string, unknown>>;
	} catch {
		return {};
	}
}
