import { isHeaderName, isHeaderValue } from '../../pure/header-name';
import type { HttpEndpoint } from './http-config';
import type { PushOptions } from './push-options';
import { USER_AGENT } from './user-agent';

/**
 * The user's headers may replace ours and those of the body, in any spelling, and nothing else.
 *
 * @param ofSender signatures, credentials and what else a configuration cannot replace
 */
export function headersFor(
	headers: HttpEndpoint['headers'] = {},
	ofSender: Readonly<Record<string, string>>,
	{ idempotencyKey, contentType = 'application/json', bodyHeaders = {} }: PushOptions,
): Record<string, string> {
	const theirs = { ...headers, ...ofSender };
	const given = new Set(Object.keys(theirs).map((name) => name.toLowerCase()));
	const { 'content-type': ownType = contentType, ...description } = bodyHeaders;
	const ours = {
		'Content-Type': isHeaderValue(ownType) ? ownType : contentType,
		...Object.fromEntries(
			Object.entries(description).filter(
				([name, value]) => isHeaderName(name) && isHeaderValue(value),
			),
		),
		'User-Agent': USER_AGENT,
		...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': toAscii(idempotencyKey) }),
	};
	return {
		...Object.fromEntries(Object.entries(ours).filter(([name]) => !given.has(name.toLowerCase()))),
		...theirs,
	};
}

/** Keys contain names of exports, and a header takes no letters beyond Latin-1. */
function toAscii(key: string): string {
	// By way of bytes: half a surrogate pair, which encodeURI refuses, becomes U+FFFD.
	return encodeURI(Buffer.from(key).toString());
}
