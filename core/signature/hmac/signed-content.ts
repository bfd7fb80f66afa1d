/**
 * What an HMAC is made over, written as a template: `{timestamp}.{body}`. The bytes of the body go in as they came; everything else is
 * text.
 *
 * - `{body}`: the raw bytes
 * - `{timestamp}`: as the sender wrote it
 * - `{url}`: the address as the sender knows it, with its query
 * - `{method}`: upper case
 * - `{form}`: the fields of a form, sorted by name, each name followed by its value (Twilio). A body of another type is covered by a
 *   parameter `bodySHA256` of the URL, which is then checked
 * - `{header:Name}`: every value of a header, with a comma between them
 */
import { hash } from 'node:crypto';
import type { Headers } from '../../event/event';
import { failure } from '../failure';
import { isSameText } from '../same-text';

/** What the placeholders stand for. */
export interface SignedParts {
	readonly method: string;
	readonly url: string;
	readonly headers: Headers;
	readonly body: Uint8Array;
	readonly timestamp?: string | undefined;
}

type Place = 'body' | 'timestamp' | 'url' | 'method' | 'form' | { readonly header: string };

/** A template, read. */
export interface SignedContent {
	readonly pieces: readonly (string | { readonly place: Place })[];
	has(place: 'body' | 'timestamp' | 'url' | 'form' | 'header'): boolean;
}

const PLACES = ['body', 'timestamp', 'url', 'method', 'form'] as const;

/** What a template may be, in words. */
export const CONTENT_EXPECTATION =
	'a text with {body} or {form}, and {timestamp}, {url}, {method}, {header:Name} where the sender signs them';

const read = new Map<string, SignedContent | undefined>();
const MAX_READ = 1_000;

/** @returns undefined for a template that is none, or by which a body would not be signed */
export function readContent(template: string): SignedContent | undefined {
	let content = read.get(template);
	if (!content && !read.has(template)) {
		content = parse(template);
		if (read.size >= MAX_READ) read.clear();
		read.set(template, content);
	}
	return content;
}

function parse(template: string): SignedContent | undefined {
	const pieces = template
		.split(/(\{[^{}]*\})/)
		.filter((piece) => piece !== '')
		.map((piece) => (piece.startsWith('{') ? placeOf(piece.slice(1, -1)) : piece));
	const isGood = pieces.every((piece) =>
		typeof piece === 'string' ? !/[{}]/.test(piece) : piece !== undefined,
	);
	if (!isGood) return undefined;
	const content: SignedContent = {
		pieces: pieces as SignedContent['pieces'],
		has: (place) =>
			content.pieces.some(
				(piece) =>
					typeof piece === 'object' &&
					(typeof piece.place === 'object' ? place === 'header' : piece.place === place),
			),
	};
	const coversBody = content.has('body') || (content.has('form') && content.has('url'));
	return coversBody ? content : undefined;
}

function placeOf(name: string): { place: Place } | undefined {
	const place = PLACES.find((one) => one === name);
	if (place) return { place };
	const [, header] = /^header:([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/.exec(name) ?? [];
	return header === undefined ? undefined : { place: { header: header.toLowerCase() } };
}

/**
 * The bytes to sign, in pieces.
 *
 * @throws SignatureError; details.reason is header_missing, or body_not_signed where `{form}` does not cover it
 */
export function signedPieces(
	{ pieces }: SignedContent,
	parts: SignedParts,
): readonly (string | Uint8Array)[] {
	return pieces.map((piece) => (typeof piece === 'string' ? piece : valueOf(piece.place, parts)));
}

function valueOf(place: Place, parts: SignedParts): string | Uint8Array {
	if (typeof place === 'object') {
		const values = parts.headers[place.header];
		if (!values || values.length === 0) throw failure('ERR_SIGNATURE_MISSING', 'header_missing');
		return values.join(',');
	}
	switch (place) {
		case 'form':
			return formText(parts);
		case 'timestamp':
			return parts.timestamp ?? '';
		default:
			return parts[place];
	}
}

function formText({ headers, body, url }: SignedParts): string {
	const [type = ''] = headers['content-type'] ?? [];
	if (/^application\/x-www-form-urlencoded *(;|$)/i.test(type)) {
		return sortedForm(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'));
	}
	const query = URL.canParse(url) ? new URL(url).searchParams.getAll('bodySHA256') : [];
	const [claimed = ''] = query;
	const isCovered = query.length === 1 && isSameText(claimed.toLowerCase(), hash('sha256', body));
	// An empty body says nothing that would have to be signed.
	if (!isCovered && body.length > 0) throw failure('ERR_SIGNATURE_MISMATCH', 'body_not_signed');
	return '';
}

/** A name that comes several times is written with each of its values once, sorted. */
function sortedForm(text: string): string {
	const form = new URLSearchParams(text);
	return [...new Set(form.keys())]
		.sort(byCodeUnits)
		.flatMap((name) => [...new Set(form.getAll(name))].sort(byCodeUnits).map((one) => name + one))
		.join('');
}

function byCodeUnits(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
