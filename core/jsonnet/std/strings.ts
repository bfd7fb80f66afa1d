import { allocate, allocateString, charge, runtimeError } from '../evaluate/run';
import {
	chargeSearch,
	chargeText,
	sliceText,
	textLength,
	textPoints,
	widePoints,
} from '../evaluate/text';
import { asInteger, asNumber, asString } from '../evaluate/value';
import { toText } from '../write/json-text';
import { builtin } from './builtin';
import { characterOf } from './character';
import { formatPercent } from './format';
import { asciiLower, asciiUpper, equalsIgnoreCase } from './letter-case';
import { replaceAll, split, splitRight } from './split';
import { strip, trim } from './strip';

import type { Value } from '../evaluate/value';

export const strings = [
	builtin('toString(a)', (a) => toText(a)),
	builtin('codepoint(str)', codepoint),
	builtin('char(n)', (n) => characterOf(asNumber(n))),
	builtin('substr(str, from, len)', substr),
	builtin('findSubstr(pat, str)', findSubstr),
	builtin('startsWith(a, b)', (a, b) => scanned(a).startsWith(asString(b))),
	builtin('endsWith(a, b)', (a, b) => scanned(a).endsWith(asString(b))),
	builtin('stripChars(str, chars)', (str, chars) => strip(str, chars, true, true)),
	builtin('lstripChars(str, chars)', (str, chars) => strip(str, chars, true, false)),
	builtin('rstripChars(str, chars)', (str, chars) => strip(str, chars, false, true)),
	builtin('trim(str)', (str) => trim(asString(str))),
	builtin('split(str, c)', (str, c) => split(str, c, -1)),
	builtin('splitLimit(str, c, maxsplits)', (str, c, limit) => split(str, c, asInteger(limit))),
	builtin('splitLimitR(str, c, maxsplits)', (str, c, limit) =>
		splitRight(str, c, asInteger(limit)),
	),
	builtin('strReplace(str, from, to)', replaceAll),
	builtin('asciiUpper(str)', (str) => asciiUpper(asString(str))),
	builtin('asciiLower(str)', (str) => asciiLower(asString(str))),
	builtin('equalsIgnoreCase(str1, str2)', (a, b) => equalsIgnoreCase(asString(a), asString(b))),
	builtin('stringChars(str)', (str) => {
		const points = textPoints(asString(str));
		charge(points.length);
		return points;
	}),
	builtin('isEmpty(str)', (str) => asString(str) === ''),
	builtin('format(str, vals)', formatPercent),
	builtin('resolvePath(f, r)', resolvePath),
];

function scanned(value: Value): string {
	const text = asString(value);
	chargeText(text);
	return text;
}

function codepoint(str: Value): number {
	const text = asString(str);
	const length = textLength(text);
	if (length !== 1)
		throw runtimeError(`codepoint takes a string of length 1, got length ${length}`);
	return text.codePointAt(0) ?? 0;
}

function substr(str: Value, from: Value, len: Value): string {
	const text = asString(str);
	const start = asInteger(from);
	const count = asInteger(len);
	if (start < 0)
		throw runtimeError(`substr second parameter should be greater than zero, got ${start}`);
	if (count < 0)
		throw runtimeError(`substr third parameter should be greater than zero, got ${count}`);
	const result = sliceText(text, start, start + count);
	allocateString(result.length);
	return result;
}

/** Every place where the pattern begins, overlapping ones too; counted in code points. */
function findSubstr(pat: Value, str: Value): number[] {
	const pattern = asString(pat);
	const text = asString(str);
	const found: number[] = [];
	if (pattern === '') return found;
	chargeSearch(text, pattern);
	const isWide = widePoints(text) !== undefined;
	let points = 0;
	let counted = 0;
	for (let at = text.indexOf(pattern); at !== -1; at = text.indexOf(pattern, at + 1)) {
		charge(1);
		allocate(1);
		if (isWide) {
			points += textLength(text.slice(counted, at));
			counted = at;
		}
		found.push(isWide ? points : at);
	}
	return found;
}

function resolvePath(f: Value, r: Value): string {
	const path = asString(f);
	const result = path.slice(0, path.lastIndexOf('/') + 1) + asString(r);
	allocateString(result.length);
	return result;
}
