import { allocateString, charge, runtimeError } from '../evaluate/run';
import { textPoints } from '../evaluate/text';
import { asString, force } from '../evaluate/value';

import type { Item, Value } from '../evaluate/value';

/** Drops the characters of a text, or of an array of characters, from one or both ends (J60). */
export function strip(str: Value, chars: Value, atStart: boolean, atEnd: boolean): string {
	const text = asString(str);
	// What is dropped from nothing is not looked at, as in Go.
	return text === '' ? '' : stripWhere(text, memberOf(chars), atStart, atEnd);
}

function memberOf(chars: Value): (char: string) => boolean {
	if (typeof chars === 'string') {
		const set = new Set(textPoints(chars));
		return (char) => set.has(char);
	}
	if (!Array.isArray(chars)) {
		throw runtimeError('std.member first argument must be an array or a string');
	}
	const items: readonly Item[] = chars;
	return (char) =>
		items.some((item) => {
			charge(1);
			return force(item) === char;
		});
}

/** Drops Unicode white space, which U+FEFF is not (J61). */
export function trim(text: string): string {
	return stripWhere(text, isSpace, true, true);
}

function stripWhere(
	text: string,
	drops: (char: string) => boolean,
	atStart: boolean,
	atEnd: boolean,
): string {
	const points = textPoints(text);
	charge(points.length >>> 4);
	let from = 0;
	let to = points.length;
	if (atStart) while (from < to && drops(points[from] ?? '')) from += 1;
	if (atEnd) while (to > from && drops(points[to - 1] ?? '')) to -= 1;
	const result = points.slice(from, to).join('');
	allocateString(result.length);
	return result;
}

function isSpace(char: string): boolean {
	const point = char.codePointAt(0) ?? 0;
	return (
		(point >= 0x09 && point <= 0x0d) ||
		[0x20, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000].includes(point) ||
		(point >= 0x2000 && point <= 0x200a)
	);
}
