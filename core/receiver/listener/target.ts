/** What a request asks for: path and query of its target (RFC 9112, 3.2). */
import { isUtf8 } from 'node:buffer';
import { normalizePath } from '../../event/path-spelling';

/** A request as Node gives it; Express keeps the whole target in `originalUrl`. */
export interface TargetedRequest {
	readonly url?: string | undefined;
	readonly originalUrl?: string;
}

/** Path without the query and without a slash at its end, so that all spellings of an address work. */
export function requestPath(request: TargetedRequest): string {
	const target = requestTarget(request);
	const end = target.indexOf('?');
	const path = end < 0 ? target : target.slice(0, end);
	return normalizePath(path === '' ? '/' : path);
}

/**
 * The query, undefined where there is none. Names and values that are no UTF-8 are read as Latin-1, byte by byte, so that nothing
 * is lost; `+` is a space, and a `%` that begins no escape stays.
 */
export function requestQuery(request: TargetedRequest): Record<string, string[]> | undefined {
	const target = requestTarget(request);
	const at = target.indexOf('?');
	if (at < 0) return undefined;
	const query: Record<string, string[]> = Object.create(null);
	for (const pair of target.slice(at + 1).split('&')) {
		if (pair === '') continue;
		const equals = pair.indexOf('=');
		const name = unescape(equals < 0 ? pair : pair.slice(0, equals));
		(query[name] ??= []).push(equals < 0 ? '' : unescape(pair.slice(equals + 1)));
	}
	return query;
}

/** Origin-form, or what is left of an absolute-form, which a server must accept (RFC 9112, 3.2.2). */
export function requestTarget({ originalUrl, url }: TargetedRequest): string {
	const target = originalUrl ?? url ?? '/';
	return target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
}

function unescape(text: string): string {
	const spaced = text.replaceAll('+', ' ');
	if (!/[%\x80-\xff]/.test(spaced)) return spaced;
	const raw = spaced.replace(/%[0-9a-f]{2}/gi, (escape) =>
		String.fromCharCode(Number.parseInt(escape.slice(1), 16)),
	);
	const bytes = Buffer.from(raw, 'latin1');
	return isUtf8(bytes) ? bytes.toString('utf8') : raw;
}
