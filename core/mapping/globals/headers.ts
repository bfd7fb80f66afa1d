import { isHeaderName } from '../../pure/header-name';
import type { Event, Headers } from '../../event/event';

/**
 * The spelling of a header name that Go's HTTP server gives (K84): `x-request-id` → `X-Request-Id`. A name with a
 * character that no header name has stays as it is.
 */
export function canonicalName(name: string): string {
	if (!isHeaderName(name)) return name;
	return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** Canonical name → first value, sorted, without `Host`, which Go's server does not count as a header (K84). */
export function headerObject({ headers }: Event): Record<string, string> {
	const entries = Object.entries(headers)
		.filter(([name]) => name !== 'host')
		.map(([name, values]) => [canonicalName(name), values[0] ?? ''] as const);
	// Defines its properties: a header named `__proto__` is data.
	return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `Name: value` and a line break per header, in the order of `headerObject` (K97). */
export function headerText(event: Event): string {
	return Object.entries(headerObject(event))
		.map(([name, value]) => `${name}: ${value}\n`)
		.join('');
}

/** First value of a header, given its lower-case name; undefined when it is missing. */
export function firstHeader(headers: Headers, lowerCaseName: string): string | undefined {
	return lowerCaseName === 'host' ? undefined : headers[lowerCaseName]?.[0];
}
