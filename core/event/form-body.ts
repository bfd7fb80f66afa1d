import { ReceiveError } from '../errors';
import { decoderOf, decodeText, isLikeAscii, type Decode } from './charset';
import { decodeUtf8 } from './utf8';

/** What a form holds: text, lists of it and, by the stream profile, objects. */
export type FormValue = string | FormValue[] | { [key: string]: FormValue };

/** Levels of brackets the stream profile follows; the rest of a deeper name is refused. */
const MAX_DEPTH = 32;

/**
 * Reads `application/x-www-form-urlencoded` (K75). Buffer profile: a repeated name becomes a list, brackets are plain
 * letters. Stream profile: `a[b]`, `a[0][x]` and `a[]` build objects and lists, a repeated plain name overwrites.
 *
 * The charset is the declared one, else that of a field `_charset_` or `charset` (PayPal), else as `decodeText` finds out.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE
 */
export function parseFormBody(
	body: Uint8Array,
	profile: 'buffer' | 'stream',
	declared?: Decode,
): Record<string, FormValue> {
	const form: Record<string, FormValue> = Object.create(null);
	const sizes = new Map<object, number>();
	const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
	const text = bytes.toString('latin1', bytes.subarray(0, 3).equals(BOM) ? 3 : 0);
	const isPlain = !/[\x1b\x80-\xff]|%(?:1b|[89a-f])/i.test(text);
	const decode = isPlain ? (bytes: string) => bytes : decoderFor(text, declared);
	eachPair(text, (name, value) => {
		if (profile === 'stream') setNested(form, splitName(decode(name)), decode(value), sizes);
		else addValue(form, decode(name), decode(value));
	});
	return profile === 'stream' ? listsOf(form) : form;
}

/** Names and values with one character per byte; nothing is decoded yet but the escapes. */
function eachPair(text: string, take: (name: string, value: string) => void): void {
	for (const pair of text.split('&')) {
		if (pair === '') continue;
		if (pair.includes(';')) throw unreadable('invalid semicolon separator');
		const equals = pair.indexOf('=');
		if (equals < 0) take(unescape(pair), '');
		else take(unescape(pair.slice(0, equals)), unescape(pair.slice(equals + 1)));
	}
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** One charset for the whole form: the first that fits all of it. */
function decoderFor(text: string, declared: Decode | undefined): (bytes: string) => string {
	const all: string[] = [];
	let named: string | undefined;
	eachPair(text, (name, value) => {
		all.push(name, value);
		if (name === '_charset_' || name === 'charset') named ??= value;
	});
	const ofField = named !== undefined && isLikeAscii(named) ? decoderOf(named) : undefined;
	const bytes = Buffer.from(all.join('\n'), 'latin1');
	const fitting = [declared, ofField, decodeUtf8].find((one) => one?.(bytes) !== undefined);
	return (part) =>
		isAscii(part) ? part : decodeText(Buffer.from(part, 'latin1'), fitting ? [fitting] : []);
}

function isAscii(bytes: string): boolean {
	return !/[\x1b\x80-\xff]/.test(bytes);
}

function addValue(form: Record<string, FormValue>, name: string, value: string): void {
	const known = form[name];
	if (known === undefined) form[name] = value;
	else if (Array.isArray(known)) known.push(value);
	else form[name] = [known, value];
}

/** `a[b][]` → `a`, `b`, "" (append); a name that is not of this form is one literal key. */
function splitName(name: string): string[] {
	const match = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(name);
	if (!match) return [name];
	const [, first = '', brackets = ''] = match;
	const keys = [first, ...brackets.slice(1, -1).split('][')];
	if (keys.length > MAX_DEPTH) throw unreadable(`a name with more than ${MAX_DEPTH} levels`);
	return keys;
}

/** @param sizes appended values of each object: counting its keys every time would be quadratic, and a body has room for 200,000 */
function setNested(
	form: Record<string, FormValue>,
	keys: readonly string[],
	value: string,
	sizes: Map<object, number>,
): void {
	let object = form;
	for (const [i, rawKey] of keys.entries()) {
		const key = i > 0 && rawKey === '' ? appendedKey(object, sizes) : rawKey;
		if (i === keys.length - 1) {
			object[key] = value;
			return;
		}
		const next = object[key];
		const child: Record<string, FormValue> =
			typeof next === 'object' && !Array.isArray(next) ? next : Object.create(null);
		object[key] = child;
		object = child;
	}
}

function appendedKey(object: Record<string, FormValue>, sizes: Map<object, number>): string {
	let index = sizes.get(object) ?? 0;
	while (object[index] !== undefined) index += 1;
	sizes.set(object, index + 1);
	return String(index);
}

/** Objects whose keys are 0 … n-1, in this order, are lists. The form itself never is. */
function listsOf(form: Record<string, FormValue>): Record<string, FormValue> {
	for (const [key, value] of Object.entries(form)) {
		if (typeof value !== 'object' || Array.isArray(value)) continue;
		const inner = listsOf(value);
		const keys = Object.keys(inner);
		form[key] = keys.every((k, i) => k === String(i)) ? Object.values(inner) : inner;
	}
	return form;
}

function unescape(text: string): string {
	const plain = text.includes('+') ? text.replaceAll('+', ' ') : text;
	if (!plain.includes('%')) return plain;
	if (/%(?![0-9a-f]{2})/i.test(plain)) throw unreadable('invalid escape');
	return plain.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function unreadable(problem: string): ReceiveError {
	return new ReceiveError('ERR_BODY_UNREADABLE', `invalid form data: ${problem}`);
}
