import { allocateString, charge, checkStringLength } from '../evaluate/run';
import { toText } from '../write/json-text';
import { quote } from '../write/string-text';
import { builtin } from './builtin';

import type { Value } from '../evaluate/value';

const XML: ReadonlyMap<string, string> = new Map([
	['<', '&lt;'],
	['>', '&gt;'],
	['&', '&amp;'],
	['"', '&quot;'],
	["'", '&apos;'],
]);

/** What is no string is converted first (J66). */
export const escapes = [
	builtin('escapeStringBash(str_|str)', (str) => {
		return counted(`'${textOf(str).split("'").join(`'"'"'`)}'`);
	}),
	builtin('escapeStringDollars(str_|str)', (str) => counted(textOf(str).split('$').join('$$'))),
	builtin('escapeStringJson(str_|str)', (str) => counted(quote(textOf(str)))),
	builtin('escapeStringPython(str|str_)', (str) => counted(quote(textOf(str)))),
	builtin('escapeStringXML(str_|str)', (str) => escapeXml(str)),
];

/** Charged for the walk over it. */
function textOf(value: Value): string {
	const text = toText(value);
	charge(text.length >>> 4);
	return text;
}

function escapeXml(str: Value): string {
	const text = textOf(str);
	let result = '';
	let from = 0;
	for (let i = 0; i < text.length; i++) {
		const escape = XML.get(text.charAt(i));
		if (escape === undefined) continue;
		result += text.slice(from, i) + escape;
		checkStringLength(result.length);
		from = i + 1;
	}
	return counted(result + text.slice(from));
}

function counted(text: string): string {
	allocateString(text.length);
	return text;
}
