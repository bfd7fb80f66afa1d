import type { CoreError } from '../../errors';
import type { Headers } from '../../event/event';
import { shorten, shortenBytes } from '../../message-text';
import { MAX_ANSWER_BYTES } from '../../pure/bounds';
import { redactUrl } from '../../pure/redact-url';
import type { Exchange, ShownBody } from '../exchange';
import { hideSecrets } from './answered-text';
import type { PushResponse } from './transport';

const HIDDEN = '***';
const MAX_HEADERS = 100;
/** UTF-16 units. */
const MAX_VALUE = 1_000;

/**
 * Headers of a request that carry no secret, whoever sets them. All others are hidden: those of a configuration, of credentials and of
 * signatures are secrets, or are taken for some.
 */
const SHOWN = /^(?:content-.+|accept(?:-.+)?|user-agent|idempotency-key|(?:repr-)?digest|ce-.+)$/;

/** Headers of an answer that let somebody in. */
const OF_A_SESSION =
	/^(?:set-cookie2?|authorization|authentication-info|.*(?:token|secret|api-?key).*)$/;

/** What was made for a request, and what of it must not be shown. */
export interface MadeRequest {
	readonly headers: Readonly<Record<string, string>>;
	/** Texts of secrets, which an endpoint may repeat. */
	readonly hidden: readonly string[];
}

/**
 * One request as people may see it. Pure.
 *
 * @param o.body before it was compressed
 * @param o.made absent where there was no request to make
 */
export function showExchange(o: {
	readonly method: string;
	readonly url: string;
	readonly body: Uint8Array;
	readonly made: MadeRequest | undefined;
	readonly response: PushResponse | undefined;
	readonly error: CoreError | undefined;
	readonly durationMs: number;
}): Exchange {
	const { made, response, error, durationMs } = o;
	return {
		...(made ? { request: showRequest(o, made) } : {}),
		...(response ? { answer: showAnswer(response, made?.hidden ?? []) } : {}),
		...(error ? { error: { code: error.code, message: error.message } } : {}),
		durationMs: Math.round(durationMs),
	};
}

function showRequest(
	{ method, url, body }: { method: string; url: string; body: Uint8Array },
	{ headers, hidden }: MadeRequest,
): NonNullable<Exchange['request']> {
	const shown = Object.entries(headers).map(([name, value]) => {
		const isShown = SHOWN.test(name.toLowerCase());
		return [name, isShown ? shorten(value, MAX_VALUE) : HIDDEN] as const;
	});
	return {
		method,
		url: redactUrl(url),
		headers: Object.fromEntries(shown),
		body: showBody(body, hidden, { isText: true }),
	};
}

function showAnswer(
	{ status, headers, body, isTruncated }: PushResponse,
	hidden: readonly string[],
): NonNullable<Exchange['answer']> {
	const isText = [undefined, 'identity', ''].includes(headers['content-encoding']?.[0]);
	return {
		status,
		headers: showAnswerHeaders(headers, hidden),
		body: showBody(body, hidden, { isText, isCut: isTruncated }),
	};
}

function showAnswerHeaders(headers: Headers, hidden: readonly string[]): Record<string, string> {
	const shown = Object.entries(headers)
		.slice(0, MAX_HEADERS)
		.map(([name, values]) => {
			if (OF_A_SESSION.test(name)) return [name, HIDDEN] as const;
			const value = values.join(', ');
			return [
				name,
				shorten(hideSecrets(name === 'location' ? redactUrl(value) : value, hidden), MAX_VALUE),
			] as const;
		});
	return Object.fromEntries(shown);
}

function showBody(
	body: Uint8Array,
	hidden: readonly string[],
	o: { readonly isText: boolean; readonly isCut?: boolean },
): ShownBody {
	const bytes = body.byteLength;
	const whole = o.isText && bytes > 0 ? textOf(body, o.isCut ?? false) : undefined;
	if (whole === undefined) return { bytes };
	const safe = hideSecrets(whole, hidden);
	const text = shortenBytes(safe, MAX_ANSWER_BYTES);
	return { bytes, text, ...(o.isCut || text !== safe ? { isCut: true } : {}) };
}

/** Undefined for what is no text. @param isCut the last character may be half there */
function textOf(body: Uint8Array, isCut: boolean): string | undefined {
	try {
		const text = new TextDecoder('utf-8', { fatal: true }).decode(body, { stream: isCut });
		return text.includes('\0') ? undefined : text;
	} catch {
		return undefined;
	}
}
