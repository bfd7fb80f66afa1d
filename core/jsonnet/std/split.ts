import { allocate, allocateString, charge, runtimeError } from '../evaluate/run';
import { chargeSearch } from '../evaluate/text';
import { asString } from '../evaluate/value';

import type { Value } from '../evaluate/value';

/** At most `limit` splits from the left; -1 for all (J60). */
export function split(str: Value, c: Value, limit: number): string[] {
	const text = asString(str);
	const separator = separatorOf(c);
	checkLimit('splitLimit', limit);
	chargeSearch(text, separator);
	const parts: string[] = [];
	let from = 0;
	while (limit < 0 || parts.length < limit) {
		const at = text.indexOf(separator, from);
		if (at === -1) break;
		addPart(parts, text.slice(from, at));
		from = at + separator.length;
	}
	addPart(parts, text.slice(from));
	return parts;
}

/** At most `limit` splits from the right. */
export function splitRight(str: Value, c: Value, limit: number): string[] {
	if (limit === -1) return split(str, c, limit);
	checkLimit('splitLimitR', limit);
	const text = asString(str);
	const separator = separatorOf(c);
	chargeSearch(text, separator);
	const parts: string[] = [];
	let to = text.length;
	while (parts.length < limit && to >= separator.length) {
		const at = text.lastIndexOf(separator, to - separator.length);
		if (at === -1) break;
		addPart(parts, text.slice(at + separator.length, to));
		to = at;
	}
	addPart(parts, text.slice(0, to));
	return parts.reverse();
}

/** Literal, all of them (J60). */
export function replaceAll(str: Value, from: Value, to: Value): string {
	const text = asString(str);
	const pattern = asString(from);
	const replacement = asString(to);
	if (pattern === '') throw runtimeError("'from' string must not be zero length.");
	chargeSearch(text, pattern);
	let count = 0;
	for (let at = text.indexOf(pattern); at !== -1; at = text.indexOf(pattern, at + pattern.length)) {
		count += 1;
	}
	charge(count + (text.length >>> 6));
	allocateString(text.length + count * (replacement.length - pattern.length));
	return text.split(pattern).join(replacement);
}

function checkLimit(name: string, limit: number): void {
	if (limit >= -1) return;
	throw runtimeError(`std.${name} third parameter should be -1 or non-negative, got ${limit}`);
}

function separatorOf(value: Value): string {
	const separator = asString(value);
	if (separator !== '') return separator;
	throw runtimeError('std.split second parameter should have length 1 or greater, got 0');
}

function addPart(parts: string[], part: string): void {
	charge(1);
	allocate(1);
	allocateString(part.length);
	parts.push(part);
}
