import { allocateString } from '../evaluate/run';
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
		return counted(`'${toText(str).split("'").join(`'"'"'`)}'`);
	}),
	builtin('escapeStringDollars(str_|str)', (str) => counted(toText(str).split('$').join('$$'))),
	builtin('escapeStringJson(str_|str)', (str) => counted(quote(toText(str)))),
	builtin('escapeStringPython(str|str_)', (str) => counted(quote(toText(str)))),
	builtin('escapeStringXML(str_|str)', (str) => escapeXml(str)),
];

function escapeXml(str: Value): string {
	const text = toText(str);
	let result = '';
	let from = 0;
	for (let i = 0; i < text.length; i++) {
		const escape = XML.get(text.charAt(i));
		if (escape === undefined) continue;
		result += text.slice(from, i) + escape;
		from = i + 1;
	}
	return counted(result + text.slice(from));
}

function counted(text: string): string {
	allocateString(text.length);
	return text;
}
