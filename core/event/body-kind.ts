import { parseContentType, type ContentType } from './content-type';
import type { Event } from './event';

/**
 * What a body is read as.
 *
 * | kind | content types | the body of a whole event |
 * |---|---|---|
 * | json | `application/json`, `application/…+json` (K73) | the parsed JSON, or the text where it is none |
 * | form | `application/x-www-form-urlencoded` | an object of texts and lists of texts |
 * | multipart | `multipart/form-data` | an object of its fields; files by name, type and size |
 * | csv | `text/csv`, `application/csv`, `text/tab-separated-values` | a list of objects, one for each line |
 * | text | other `text/…`, and what is text by another name: XML, YAML, NDJSON, JavaScript, … | the text |
 * | binary | all others, and what still has a `Content-Encoding` | `{base64}` |
 * | none | there is none | the parsed JSON, else the text, else `{base64}` |
 */
export type BodyKind = 'json' | 'form' | 'multipart' | 'csv' | 'text' | 'binary' | 'none';

const JSON_TYPE = /^application\/([a-z0-9.-]+\+)?json$/;
const CSV_TYPE = /^(?:(?:text|application)\/csv|text\/tab-separated-values)$/;
const TEXT_TYPE =
	/^(?:text\/.*|.*\+(?:xml|yaml|json-seq)|application\/(?:xml|xml-dtd|yaml|x-yaml|toml|(?:x-)?ndjson|jsonl|jsonlines|x-jsonlines|json-seq|csp-report|graphql|sql|javascript|x-javascript|ecmascript|typescript|jwt|jose|openmetrics-text|x-sh))$/;

/** By what the receiver says, else by the rules of K73: parameters after `;` and letter case do not matter. */
export function bodyKind(event: Event): BodyKind {
	const { type, kind } = lookAt(event);
	if (event.readAs === 'form') return type === 'multipart/form-data' ? 'multipart' : 'form';
	if (event.readAs !== undefined) return event.readAs;
	return contentEncodingOf(event) === undefined ? kind : 'binary';
}

function kindOf(type: string): BodyKind {
	if (JSON_TYPE.test(type)) return 'json';
	if (type.startsWith('application/x-www-form-urlencoded')) return 'form';
	if (type === 'multipart/form-data') return 'multipart';
	if (type === '') return 'none';
	if (CSV_TYPE.test(type)) return 'csv';
	return TEXT_TYPE.test(type) ? 'text' : 'binary';
}

/** How the body is compressed; undefined where it is not. */
export function contentEncodingOf({ headers }: Pick<Event, 'headers'>): string | undefined {
	const encoding = headers['content-encoding']?.join(', ').trim().toLowerCase() ?? '';
	return encoding === '' || encoding === 'identity' ? undefined : encoding;
}

export function contentTypeOf(event: Pick<Event, 'headers'>): ContentType {
	return lookAt(event);
}

// A receiver sees the same header again and again, and each step and column asks for each event.
let last = readHeader('');

function lookAt({ headers }: Pick<Event, 'headers'>): typeof last {
	const header = headers['content-type']?.[0] ?? '';
	if (header !== last.header) last = readHeader(header);
	return last;
}

function readHeader(
	header: string,
): ContentType & { readonly header: string; readonly kind: BodyKind } {
	const contentType = parseContentType(header);
	return { ...contentType, header, kind: kindOf(contentType.type) };
}
