import { ReceiveError } from '../errors';
import type { Event } from './event';
import { parseFormBody } from './form-body';
import { isTooDeep } from './depth';
import { parseJsonBody, tooDeep } from './json-body';
import { hasChangingNumbers, parseJson, type Numbers } from './numbers';
import { decodeLossy, decodeUtf8 } from './utf8';

/** Whose rules apply where the two Keboola services differ (K2). */
export type Profile = 'buffer' | 'stream';

/** What a content type says the body is. */
export type BodyKind = 'json' | 'form' | 'none' | 'other';

/**
 * The body as data, by its content type (K71–K75). A pushed body is an object; anything else is refused (K74).
 *
 * @throws ReceiveError ERR_CONTENT_TYPE, ERR_BODY_UNREADABLE
 */
export function decodedBody(event: Event, profile: Profile = 'buffer'): unknown {
	const kind = bodyKind(event);
	const isFlowItem = kind === 'none' && cacheOf(event.body).isJson;
	if (kind !== 'json' && kind !== 'form' && !isFlowItem) throw unsupported(event);
	const value = lenientBody(event, profile);
	const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
	if (isObject || isFlowItem) return value;
	throw new ReceiveError('ERR_BODY_UNREADABLE', 'invalid JSON: expected an object', {
		details: { position: 0, line: 1, column: 1 },
	});
}

/**
 * The body as data: a form by its content type, anything else as JSON of any kind. Parsed at the first call and kept for
 * as long as the event lives; a failure is kept too. Nobody writes to the result.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE
 */
export function lenientBody(event: Event, profile: Profile = 'buffer'): unknown {
	const parsed = cacheOf(event.body).parsed;
	const key = bodyKind(event) === 'form' ? profile : 'json';
	const known = parsed.get(key);
	const result =
		known ?? attempt(() => (key === 'json' ? parseJsonBody(event.body) : parseForm(event, key)));
	if (!known) parsed.set(key, result);
	if ('error' in result) throw result.error;
	return result.value;
}

/**
 * The same with numbers as they were sent (K87): `1.10` stays `1.10` in what `JSON.stringify` writes. Kept like `lenientBody`, and
 * the same value where no number would change. For writing only: its numbers may be no numbers.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE
 */
export function exactBody(event: Event, profile: Profile = 'buffer'): unknown {
	const cached = cacheOf(event.body);
	const value = lenientBody(event, profile);
	if (bodyKind(event) === 'form') return value;
	cached.exact ??= { value: bodyWith(event, 'exact') };
	return cached.exact.value;
}

/** `lenientBody` with other numbers, parsed anew where one of them is another value. @throws ReceiveError ERR_BODY_UNREADABLE */
export function bodyWith(event: Event, numbers: Numbers): unknown {
	const value = lenientBody(event);
	if (bodyKind(event) === 'form' || !hasChangingNumbers(bodyText(event))) return value;
	return numbers === 'double' ? value : parseJson(bodyText(event), numbers);
}

/**
 * Refuses what is read as JSON and is nested too deeply, before anything of it is kept: some sink would fail on it later, and other
 * rows with it. What is no JSON after all is a text, and passes.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE
 */
export function refuseDeepBody(event: Event): void {
	const kind = bodyKind(event);
	if ((kind === 'json' || kind === 'none') && isTooDeep(event.body) && isJson(event.body)) {
		throw tooDeep();
	}
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
	exact: { readonly value: unknown } | undefined;
	readonly parsed: Map<Profile | 'json', Result>;
}

type Result = { readonly value: unknown } | { readonly error: unknown };

// Keyed by the bytes and not by the event, so that a copy of an event with one field more finds it.
const cache = new WeakMap<Uint8Array, Cached>();

function cacheOf(body: Uint8Array): Cached {
	let cached = cache.get(body);
	if (!cached) {
		cached = { isJson: false, text: undefined, exact: undefined, parsed: new Map() };
		cache.set(body, cached);
	}
	return cached;
}

function isJson(bytes: Uint8Array): boolean {
	try {
		JSON.parse(decodeUtf8(bytes) ?? '');
		return true;
	} catch {
		return false;
	}
}

function attempt(parse: () => unknown): Result {
	try {
		return { value: parse() };
	} catch (error) {
		return { error };
	}
}

function parseForm(event: Event, profile: Profile): unknown {
	const text = decodeUtf8(event.body);
	if (text !== undefined) return parseFormBody(text, profile);
	throw new ReceiveError('ERR_BODY_UNREADABLE', 'invalid form data: not valid UTF-8');
}

function unsupported(event: Event): ReceiveError {
	const type = JSON.stringify(contentTypeOf(event).slice(0, 100));
	return new ReceiveError(
		'ERR_CONTENT_TYPE',
		`unsupported content type ${type}, supported types: application/json and application/x-www-form-urlencoded`,
	);
}

function contentTypeOf(event: Event): string {
	return event.headers['content-type']?.[0] ?? '';
}
