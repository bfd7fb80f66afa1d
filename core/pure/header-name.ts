/** UTF-16 units of a header's name, in what is configured. */
export const MAX_HEADER_NAME = 200;

/** A token (RFC 9110, 5.1) of at most 200 characters. */
export function isHeaderName(name: unknown): name is string {
	return (
		typeof name === 'string' &&
		name.length <= MAX_HEADER_NAME &&
		/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)
	);
}

/** Printable ASCII, Latin-1 and tab: the rest cannot be sent, and a line break would end the header. */
export function isHeaderValue(value: unknown): value is string {
	return typeof value === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

export const HEADER_VALUE_EXPECTATION =
	'a text of ASCII and Latin-1 characters (no € and no emoji), without line breaks and control characters';
