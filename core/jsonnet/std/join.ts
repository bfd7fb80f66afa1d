import {
	allocate,
	allocateString,
	checkStringLength,
	charge,
	enter,
	leave,
	runtimeError,
	step,
} from '../evaluate/run';
import { asArray, asString, force, kindOf } from '../evaluate/value';

import type { Item, Value } from '../evaluate/value';

/** Joins strings or arrays; null elements are skipped (J68). */
export function join(sep: Value, arr: Value): Value {
	const parts = asArray(arr);
	charge(parts.length);
	if (typeof sep === 'string') return joinText(sep, parts);
	if (!Array.isArray(sep)) {
		throw runtimeError(`join first parameter should be string or array, got ${kindOf(sep)}`);
	}
	const separator: readonly Item[] = sep;
	const result: Item[] = [];
	let isFirst = true;
	for (const item of parts) {
		const part = force(item);
		if (part === null) continue;
		const more = asArray(part);
		const added = more.length + (isFirst ? 0 : separator.length);
		allocate(added);
		charge(added);
		if (!isFirst) for (const each of separator) result.push(each);
		for (const each of more) result.push(each);
		isFirst = false;
	}
	return result;
}

function joinText(separator: string, parts: readonly Item[]): string {
	let text = '';
	let isFirst = true;
	for (let i = 0; i < parts.length; i++) {
		const part = force(parts[i] as Item);
		if (part === null) continue;
		text = isFirst ? asString(part) : text + separator + asString(part);
		isFirst = false;
		checkStringLength(text.length);
	}
	allocateString(text.length);
	return text;
}

/** Strings in arrays in arrays. */
export function deepJoin(arr: Value): string {
	step();
	if (typeof arr === 'string') return arr;
	if (!Array.isArray(arr)) {
		throw runtimeError(`Expected string or array, got ${kindOf(arr)}`);
	}
	enter(undefined);
	const parts = (arr as readonly Item[]).map((item) => deepJoin(force(item)));
	leave();
	return joinText('', parts);
}
