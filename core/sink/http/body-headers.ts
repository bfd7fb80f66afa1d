import type { Headers } from '../../event/event';

/** Of the message and not of the body: how long it is, and what a browser may do with it. */
const NOT_OF_THE_BODY = /^content-(?:length|security-policy.*)$/;

/** Representation metadata (RFC 9110, 8), digests (RFC 9530, 3230), and the attributes of CloudEvents in binary mode. */
const OF_THE_BODY = /^(?:content-.+|repr-digest|digest|ce-.+)$/;

/**
 * The headers that say what a body is. Bytes that are sent on as they came mean the same only together with them; everything else
 * (hop-by-hop fields, credentials, where it came from) was about the request that brought them.
 */
export function bodyHeaders(headers: Headers): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers)
			.filter(([name]) => OF_THE_BODY.test(name) && !NOT_OF_THE_BODY.test(name))
			.map(([name, values]) => [name, values.join(', ')]),
	);
}
