import { ReceiveError } from '../errors';
import { bodyKind, contentEncodingOf, contentTypeOf } from './body-kind';
import { csvRecords, type CsvRecord } from './csv-body';
import { decoderOf, decodeText } from './charset';
import { isTooDeep } from './depth';
import type { Event } from './event';
import { parseFormBody } from './form-body';
import { isJsonText } from './is-json-text';
import { readJson, tooDeep } from './json-body';
import { keepWith, keptWith } from './kept-with';
import { parseMultipartBody } from './multipart-body';
import { hasChangingNumbers, parseJson, type Numbers } from './numbers';
import { decodeLossy, decodeUtf8 } from './utf8';

/** Whose rules apply where the two Keboola services differ (K2). */
export type Profile = 'buffer' | 'stream';

/**
 * The body as data, by its content type (K71–K75): a pushed body is an object; anything else is refused (K74). Where the receiver
 * says what bodies are read as, or an item of the flow is one, JSON is any value, and multipart forms are forms.
 *
 * @throws ReceiveError ERR_CONTENT_TYPE, ERR_BODY_UNREADABLE
 */
export function decodedBody(event: Event, profile: Profile = 'buffer'): unknown {
	const kind = bodyKind(event);
	const isReadable =
		kind === 'json' ||
		kind === 'form' ||
		(kind === 'multipart' && event.readAs === 'form') ||
		(kind === 'csv' && event.readAs === 'csv');
	if (!isReadable) throw unsupported(event);
	const value = lenientBody(event, profile);
	const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
	if (isObject || event.readAs !== undefined) return value;
	throw new ReceiveError('ERR_BODY_UNREADABLE', 'invalid JSON: expected an object', {
		details: { position: 0, line: 1, column: 1 },
	});
}

/**
 * The body as data: a form or CSV by its content type, anything else as JSON of any kind. Parsed at the first call and kept for
 * as long as the event lives; a failure is kept too. Nobody writes to the result.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE, ERR_CONTENT_TYPE for a charset that nobody knows
 */
export function lenientBody(event: Event, profile: Profile = 'buffer'): unknown {
	const key = isForm(event) ? profile : 'json';
	const result = (cacheOf(event)[key] ??= attempt(event, profile));
	if ('error' in result) throw result.error;
	return result.value;
}

/**
 * The same with numbers as they were sent (K87): `1.10` stays `1.10` in what `JSON.stringify` writes. Kept like `lenientBody`, and
 * the same value where no number would change. For writing only: its numbers may be no numbers.
 *
 * @throws as lenientBody
 */
export function exactBody(event: Event, profile: Profile = 'buffer'): unknown {
	const value = lenientBody(event, profile);
	if (isOfTexts(event)) return value;
	const cached = cacheOf(event);
	cached.exact ??= { value: bodyWith(event, 'exact') };
	return cached.exact.value;
}

/**
 * Keeps what a JSON body says that was written here of data, so that nobody parses it again.
 *
 * @param value as JSON.parse would give it, and nobody writes to it any more; absent where its numbers are none
 */
export function rememberBody(event: Event, text: string, value?: unknown): void {
	const cached = cacheOf(event);
	cached.text = text;
	if (value === undefined || hasChangingNumbers(text)) return;
	cached.json = { value };
	cached.exact = { value };
}

/** `lenientBody` with other numbers, parsed anew where one of them is another value. @throws as lenientBody */
export function bodyWith(event: Event, numbers: Numbers): unknown {
	const value = lenientBody(event);
	if (numbers === 'double' || isOfTexts(event)) return value;
	if (!hasChangingNumbers(bodyText(event))) return value;
	return parseJson(bodyText(event), numbers);
}

/**
 * Refuses what is read as JSON and is nested too deeply, before anything of it is kept: some sink would fail on it later, and other
 * rows with it. What is no JSON after all is a text, and passes.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE
 */
export function refuseDeepBody(event: Event): void {
	const kind = bodyKind(event);
	if (kind !== 'json' && kind !== 'none') return;
	const bytes = jsonBytes(event);
	if (bytes && isDeep(event, bytes) && isJson(bytes)) throw tooDeep();
}

/**
 * Refuses CSV that cannot be read, before anything of it is kept: what is wrong with its lines, only its sender can mend.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE, ERR_BODY_TOO_LARGE, ERR_CONTENT_TYPE
 */
export function refuseBrokenCsv(event: Event): void {
	if (bodyKind(event) === 'csv') lenientBody(event);
}

/** The records of CSV, one after the other. @throws ReceiveError as `csvRecords`, and ERR_CONTENT_TYPE for an unknown charset */
export function readCsv(event: Event): Generator<CsvRecord> {
	if (unknownCharset(event) !== undefined) throw unreadableCharset(event);
	const { type, parameters } = contentTypeOf(event);
	const byType = type === 'text/tab-separated-values' ? 'tab' : 'comma';
	return csvRecords(bodyText(event), {
		delimiter: event.csvDelimiter ?? byType,
		// RFC 4180, 3.
		hasHeader: parameters.get('header')?.toLowerCase() !== 'absent',
	});
}

/** The body as text, in its charset; bytes that are none of it show as U+FFFD. */
export function bodyText(event: Event): string {
	const cached = cacheOf(event);
	cached.text ??= readText(event);
	return cached.text;
}

/** Why a body cannot be shown as text: its charset is unknown. */
export function unknownCharset(event: Event): string | undefined {
	const charset = charsetOf(event);
	return decoderOf(charset)
		? undefined
		: `unknown charset ${JSON.stringify(charset?.slice(0, 60))}`;
}

interface Cached extends Partial<Record<Profile | 'json', Result>> {
	/** Of the event that asked last: the same bytes may be read in another way elsewhere. */
	headers: Event['headers'];
	readAs: Event['readAs'];
	csvDelimiter: Event['csvDelimiter'];
	text: string | undefined;
	isDeep: boolean | undefined;
	exact: { readonly value: unknown } | undefined;
}

type Result = { readonly value: unknown } | { readonly error: unknown };

// With the bytes and not with the event, so that a copy of an event with one field more finds it.
function cacheOf({ body, headers, readAs, csvDelimiter }: Event): Cached {
	const known = keptWith(body) as Cached | undefined;
	if (
		known &&
		known.headers === headers &&
		known.readAs === readAs &&
		known.csvDelimiter === csvDelimiter
	)
		return known;
	const cached: Cached = {
		headers,
		readAs,
		csvDelimiter,
		text: undefined,
		isDeep: undefined,
		exact: undefined,
	};
	keepWith(body, cached);
	return cached;
}

/** Looked at once: a body is refused for its depth before it is parsed, and perhaps never parsed. */
function isDeep(event: Event, json: Uint8Array): boolean {
	const cached = cacheOf(event);
	cached.isDeep ??= isTooDeep(json);
	return cached.isDeep;
}

function isForm(event: Event): boolean {
	const kind = bodyKind(event);
	return kind === 'form' || kind === 'multipart';
}

/** There are no numbers in it. */
function isOfTexts(event: Event): boolean {
	const kind = bodyKind(event);
	return kind === 'form' || kind === 'multipart' || kind === 'csv';
}

function parse(event: Event, profile: Profile): unknown {
	const encoding = contentEncodingOf(event);
	if (encoding !== undefined) throw compressedBody(encoding);
	switch (bodyKind(event)) {
		case 'form': {
			const decode = decoderOf(charsetOf(event));
			if (!decode) throw unreadableCharset(event);
			return parseFormBody(
				event.body,
				profile,
				charsetOf(event) === undefined ? undefined : decode,
			);
		}
		case 'multipart':
			return parseMultipartBody(event.body, contentTypeOf(event).parameters.get('boundary'));
		case 'csv':
			return [...readCsv(event)];
		default: {
			const bytes = jsonBytes(event);
			if (!bytes) throw unreadableCharset(event);
			const { value, text } = readJson(bytes);
			// What had to be brought into UTF-8 first has another text.
			if (bytes === event.body) cacheOf(event).text ??= text;
			if (isDeep(event, bytes)) throw tooDeep();
			return value;
		}
	}
}

/** A charset is a matter of what is text; the bytes of anything else have none. */
function charsetOf(event: Event): string | undefined {
	const kind = bodyKind(event);
	if (kind === 'binary' || kind === 'multipart') return undefined;
	return contentTypeOf(event).parameters.get('charset');
}

/** JSON as UTF-8. JSON of an unknown charset is UTF-8 where it can be: it has no other since RFC 8259. */
function jsonBytes(event: Event): Uint8Array | undefined {
	const decode = decoderOf(charsetOf(event));
	if (decode === decodeUtf8) return event.body;
	if (!decode) return decodeUtf8(event.body) === undefined ? undefined : event.body;
	const text = decode(event.body);
	return text === undefined ? event.body : new TextEncoder().encode(text);
}

function readText(event: Event): string {
	const decode = decoderOf(charsetOf(event));
	const kind = bodyKind(event);
	if ((kind === 'text' || kind === 'csv') && decode) return decodeText(event.body, [decode]);
	return decode?.(event.body) ?? decodeLossy(event.body);
}

function isJson(bytes: Uint8Array): boolean {
	return isJsonText(decodeUtf8(bytes) ?? '');
}

function attempt(event: Event, profile: Profile): Result {
	try {
		return { value: parse(event, profile) };
	} catch (error) {
		return { error };
	}
}

function unreadableCharset(event: Event): ReceiveError {
	return new ReceiveError('ERR_CONTENT_TYPE', `the body has an ${unknownCharset(event) ?? ''}`);
}

/** The refusal of a body that would have to be unpacked first. */
function compressedBody(encoding: string): ReceiveError {
	return new ReceiveError(
		'ERR_CONTENT_TYPE',
		`the body is compressed (Content-Encoding ${JSON.stringify(encoding.slice(0, 60))}) and is not unpacked`,
	);
}

function unsupported(event: Event): ReceiveError {
	const encoding = contentEncodingOf(event);
	if (encoding !== undefined) return compressedBody(encoding);
	const type = JSON.stringify((event.headers['content-type']?.[0] ?? '').slice(0, 100));
	return new ReceiveError(
		'ERR_CONTENT_TYPE',
		`unsupported content type ${type}, supported types: application/json and application/x-www-form-urlencoded`,
	);
}
