import { ReceiveError } from '../errors';
import type { Event } from './event';
import { parseFormBody } from './form-body';
import { parseJsonBody } from './json-body';
import { decodeLossy, decodeUtf8 } from './utf8';

/** Whose rules apply where the two Keboola services differ (K2). */
export type Profile = 'buffer' | 'stream';

/** What a content type says the body is. */
export type BodyKind = 'json' | 'form' | 'none' | 'other';

/**
 * The body as data, by its content type (K71–K75). Parsed at the first call and kept for as long as the event lives;
 * a failure is kept too. Nobody writes to the result.
 *
 * @throws ReceiveError ERR_CONTENT_TYPE, ERR_BODY_UNREADABLE
 */
export function decodedBody(event: Event, profile: Profile = 'buffer'): unknown {
	const cached = cacheOf(event.body);
	const key = `${profile} ${contentTypeOf(event)}`;
	const known = cached.decoded.get(key);
	const result = known ?? attempt(() => decode(event, profile, cached.isJson));
	if (!known) cached.decoded.set(key, result);
	if ('error' in result) throw result.error;
	return result.value;
}

/** The body as text; bytes that are no UTF-8 show as U+FFFD. */
export function bodyText(event: Event): string {
	const cached = cacheOf(event.body);
	cached.text ??= decodeLossy(event.body);
	return cached.text;
}

/** By the rules of K73: parameters after `;` and letter case do not matter. */
export function bodyKind(event: Event): BodyKind {
	const type = contentTypeOf(event).split(';', 1)[0]?.trim().toLowerCase() ?? '';
	if (/^application\/([a-z0-9.-]+\+)?json$/.test(type)) return 'json';
	if (type.startsWith('application/x-www-form-urlencoded')) return 'form';
	return type === '' ? 'none' : 'other';
}

/** Remembers that bytes are the JSON of a value of the flow: they are readable without any content type. */
export function markAsJson(body: Uint8Array): Uint8Array {
	cacheOf(body).isJson = true;
	return body;
}

interface Cached {
	isJson: boolean;
	text: string | undefined;
	readonly decoded: Map<string, Result>;
}

type Result = { readonly value: unknown } | { readonly error: unknown };

// Keyed by the bytes and not by the event, so that a copy of an event with one field more finds it.
const cache = new WeakMap<Uint8Array, Cached>();

function cacheOf(body: Uint8Array): Cached {
	let cached = cache.get(body);
	if (!cached) {
		cached = { isJson: false, text: undefined, decoded: new Map() };
		cache.set(body, cached);
	}
	return cached;
}

function attempt(decodeBody: () => unknown): Result {
	try {
		return { value: decodeBody() };
	} catch (error) {
		return { error };
	}
}

function decode(event: Event, profile: Profile, isJson: boolean): unknown {
	const kind = bodyKind(event);
	if (isJson && kind === 'none') return parseJsonBody(event.body);
	if (kind === 'json') return parseJsonObject(event.body);
	if (kind === 'form') {
		const text = decodeUtf8(event.body);
		if (text === undefined) {
			throw new ReceiveError('ERR_BODY_UNREADABLE', 'invalid form data: not valid UTF-8');
		}
		return parseFormBody(text, profile);
	}
	throw new ReceiveError(
		'ERR_CONTENT_TYPE',
		`unsupported content type ${JSON.stringify(contentTypeOf(event).slice(0, 100))}, supported types: application/json and application/x-www-form-urlencoded`,
	);
}

/** A pushed body is an object; anything else is refused (K74). */
function parseJsonObject(bytes: Uint8Array): unknown {
	const value = parseJsonBody(bytes);
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
	throw new ReceiveError('ERR_BODY_UNREADABLE', 'invalid JSON: expected an object', {
		details: { position: 0, line: 1, column: 1 },
	});
}

function contentTypeOf(event: Event): string {
	return event.headers['content-type']?.[0] ?? '';
}
