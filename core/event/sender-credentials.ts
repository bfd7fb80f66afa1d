/** Headers by which senders and their proxies are let in somewhere; the endpoint that an event is sent on to is somebody else. */
const CREDENTIAL_HEADERS = ['authorization', 'proxy-authorization', 'cookie'];

/**
 * Data that leaves over HTTP without the credentials of who sent it: whole events, in a list or alone, lose the headers above.
 * Anything else is given back as it is.
 *
 * @param value as `eventRecord` makes it, or as an item of n8n, where `sluice` holds what is not of the request
 */
export function withoutCredentials(value: unknown): unknown {
	if (Array.isArray(value)) {
		return value.some(isWholeEvent) ? value.map(ofEvent) : value;
	}
	return ofEvent(value);
}

function ofEvent(value: unknown): unknown {
	if (!isWholeEvent(value)) return value;
	const headers = Object.entries(value.headers).filter(([name]) => !isCredentialHeader(name));
	return { ...value, headers: Object.fromEntries(headers) };
}

/** @param name in any case */
export function isCredentialHeader(name: string): boolean {
	return CREDENTIAL_HEADERS.includes(name.toLowerCase());
}

/** Whether data is a whole event, as `eventRecord` makes it, or as an item of n8n. */
export function isWholeEvent(value: unknown): value is { headers: object; body: unknown } {
	if (!isObject(value) || !isObject(value['headers'])) return false;
	const facts = isObject(value['sluice']) ? value['sluice'] : value;
	return (
		typeof facts['id'] === 'string' && typeof facts['receivedAt'] === 'string' && 'body' in value
	);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
