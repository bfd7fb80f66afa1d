import { ReceiveError } from '../errors';

/** What a form holds: text, lists of it and, by the stream profile, objects. */
export type FormValue = string | FormValue[] | { [key: string]: FormValue };

/** Levels of brackets the stream profile follows; the rest of a deeper name is refused. */
const MAX_DEPTH = 32;

/**
 * Reads `application/x-www-form-urlencoded` text (K75). Buffer profile: a repeated name becomes a list, brackets are plain
 * letters. Stream profile: `a[b]`, `a[0][x]` and `a[]` build objects and lists, a repeated plain name overwrites.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE
 */
export function parseFormBody(
	text: string,
	profile: 'buffer' | 'stream',
): Record<string, FormValue> {
	const form: Record<string, FormValue> = Object.create(null);
	const sizes = new Map<object, number>();
	for (const pair of text.split('&')) {
		if (pair === '') continue;
		if (pair.includes(';')) throw unreadable('invalid semicolon separator');
		const equals = pair.indexOf('=');
		const name = unescape(equals < 0 ? pair : pair.slice(0, equals));
		const value = equals < 0 ? '' : unescape(pair.slice(equals + 1));
		if (profile === 'stream') setNested(form, splitName(name), value, sizes);
		else addValue(form, name, value);
	}
	return profile === 'stream' ? listsOf(form) : form;
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
	try {
		return decodeURIComponent(text.replaceAll('+', ' '));
	} catch {
		throw unreadable('invalid escape');
	}
}

function unreadable(problem: string): ReceiveError {
	return new ReceiveError('ERR_BODY_UNREADABLE', `invalid form data: ${problem}`);
}
