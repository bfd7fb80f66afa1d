import { MAX_ANSWER_BYTES } from '../../pure/bounds';
import { shortenBytes } from '../../message-text';
import type { PushResponse } from './transport';

/** Shorter ones say nothing, and would tear words. */
const MIN_SECRET = 4;
/** Of parts of a path, most of which are words. */
const MIN_SEGMENT = 8;

/**
 * What an endpoint wrote, for people: its first MAX_ANSWER_BYTES in one line, without what was sent to it as a secret, since many
 * endpoints repeat what they got. Undefined where there is no text.
 *
 * @param secrets as `secretsOf`, and what was made for this request
 */
export function answeredText(
	{ headers, body }: Pick<PushResponse, 'headers' | 'body'>,
	secrets: readonly string[],
): string | undefined {
	// Most answers are empty.
	if (body.length === 0) return undefined;
	// Nobody asked for it compressed, and what is unpacked has no bound.
	if (![undefined, 'identity', ''].includes(headers['content-encoding']?.[0])) return undefined;
	const text = new TextDecoder().decode(body);
	// No text, whatever its type says.
	if (text.includes('\0')) return undefined;
	const line = hideSecrets(text, secrets)
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.trim();
	return line === '' ? undefined : shortenBytes(line, MAX_ANSWER_BYTES);
}

/** The text without any of these, however they are spelled in it. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
	if (text.length < MIN_SECRET) return text;
	return spelled(secrets).reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

/** Those of an endpoint, which are the same list for each of its answers. */
const known = new WeakMap<readonly string[], readonly string[]>();

/** All spellings of all, the longest first. */
function spelled(secrets: readonly string[]): readonly string[] {
	let all = known.get(secrets);
	if (!all) {
		all = secrets
			.flatMap(spellings)
			.filter(({ length }) => length >= MIN_SECRET)
			.toSorted((a, b) => b.length - a.length);
		known.set(secrets, all);
	}
	return all;
}

/** What of a configuration must not be shown: values of headers, the secret, and where a URL may carry one. */
export function secretsOf({
	url,
	headers = {},
	signatures = [],
}: {
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>> | undefined;
	readonly signatures?: readonly object[] | undefined;
}): string[] {
	const { pathname, search, searchParams } = new URL(url);
	return [
		...Object.values(headers).flatMap((value) => [value, ...value.split(/[\s,;=]+/)]),
		...signatures.flatMap((one) => ('secrets' in one ? (one.secrets as readonly string[]) : [])),
		`${pathname}${search}`,
		...pathname.split('/').filter(({ length }) => length >= MIN_SEGMENT),
		...searchParams.values(),
	];
}

/** As it may come back: as it is, decoded, within a URL, within JSON, within HTML. */
function spellings(secret: string): string[] {
	const all = [secret, decoded(secret)].flatMap((one) => [
		one,
		encodeURIComponent(one.toWellFormed()),
		...jsonSpellings(one),
		one.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`),
		one
			.replaceAll('&', '&amp;')
			.replaceAll('<', '&lt;')
			.replaceAll('>', '&gt;')
			.replaceAll('"', '&quot;'),
	]);
	return [...new Set(all)];
}

/** JSON says a text in several ways: these are those of JavaScript, Go, Python, PHP and .NET. */
function jsonSpellings(text: string): string[] {
	const plain = JSON.stringify(text).slice(1, -1);
	const ascii = plain.replace(/[^\x20-\x7e]/g, escaped);
	const slashed = [plain, ascii].map((one) => one.replaceAll('/', '\\/'));
	const ofNet = plain
		.replaceAll('\\"', '\\u0022')
		.replace(/[&'+<>`]|[^\x20-\x7e]/g, (c) => escaped(c).toUpperCase().replace('U', 'u'));
	return [plain, ascii, ...slashed, plain.replace(/[<>&]/g, escaped), ofNet];
}

function escaped(unit: string): string {
	return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
