import { memberHint } from '../hints/name-hints';
import { getField, isObject } from './fields';
import { allocate, allocateString, charge, runtimeError } from './run';
import { pointAt, textLength, textPoints, widePoints } from './text';
import { asNumber, asString, force, typeError } from './value';

import type { Site } from './run';
import type { Item, Value } from './value';

/** `target[key]` (J25). */
export function subscript(target: Value, key: Value, site?: Site): Value {
	if (typeof key === 'string' && !isObject(target)) throw noMember(target, key, site);
	if (Array.isArray(target)) {
		const at = checkIndex(key, target.length, site);
		return force(target[at] as Item);
	}
	if (typeof target === 'string') {
		const at = checkIndex(key, typeof key === 'number' ? textLength(target) : 0, site);
		return pointAt(target, at);
	}
	if (isObject(target)) return getField(target, asString(key, site), site);
	throw typeError(target, 'array, object or string', site);
}

/** As an index of the wrong type, or a value that has no parts. */
function noMember(target: Value, name: string, site?: Site) {
	const hint = memberHint(name, false);
	if (Array.isArray(target) || typeof target === 'string') {
		return typeError(name, 'number', site, hint);
	}
	return typeError(target, 'array, object or string', site, hint);
}

function checkIndex(key: Value, length: number, site?: Site): number {
	const index = asNumber(key, site);
	if (!Number.isInteger(index)) {
		throw runtimeError(`array index was not integer: ${index}`, site);
	}
	if (index >= 0 && index < length) return index;
	throw runtimeError(`Index ${index} out of bounds, not within [0, ${length})`, site);
}

/** `target[from:to:step]` and `std.slice`; null stands for a missing part (J26). */
export function slice(target: Value, from: Value, to: Value, by: Value, site?: Site): Value {
	if (typeof target === 'string' && (by === null || by === 1) && widePoints(target) === undefined) {
		const start = bound(from, 0, target.length, site);
		const text = target.slice(
			start,
			Math.max(start, bound(to, target.length, target.length, site)),
		);
		allocateString(text.length);
		return text;
	}
	if (typeof target === 'string') {
		const text = pick(textPoints(target), from, to, by, site).join('');
		allocateString(text.length);
		return text;
	}
	if (Array.isArray(target)) return pick(target, from, to, by, site);
	throw typeError(target, 'array or string', site);
}

function pick<T>(items: readonly T[], from: Value, to: Value, by: Value, site?: Site): T[] {
	const { length } = items;
	const start = bound(from, 0, length, site);
	const end = bound(to, length, length, site);
	const stride = by === null ? 1 : wholeNumber(by, site);
	if (stride <= 0)
		throw runtimeError(
			`got [${shown(from)}:${shown(to)}:${stride}] but step must be greater than 0`,
			site,
		);
	const size = Math.max(0, Math.ceil((end - start) / stride));
	allocate(size);
	charge(size);
	if (stride === 1) return items.slice(start, Math.max(start, end));
	const result: T[] = [];
	for (let i = start; i < end; i += stride) result.push(items[i] as T);
	return result;
}

function bound(value: Value, missing: number, length: number, site?: Site): number {
	if (value === null) return missing;
	const index = wholeNumber(value, site);
	return index < 0 ? Math.max(0, length + index) : Math.min(index, length);
}

function wholeNumber(value: Value, site?: Site): number {
	const number = asNumber(value, site);
	if (Number.isInteger(number)) return number;
	throw runtimeError(`slice index was not integer: ${number}`, site);
}

function shown(value: Value): string {
	return typeof value === 'number' ? `${value}` : '';
}
