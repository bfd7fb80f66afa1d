import { toText } from '../write/json-text';
import { asObject, isObject, toJsonnetObject } from './fields';
import { JsonnetObject } from './object';
import { allocate, allocateString, charge, runtimeError } from './run';
import { asArray, asNumber, checkNumber, typeError } from './value';

import type { Site } from './run';
import type { ArrayValue, Item, Value } from './value';

/** `a + b` (J21): the type of the left side decides, except that a string on either side makes a string. */
export function add(left: Value, right: Value, site?: Site): Value {
	if (typeof left === 'number' && typeof right === 'number') return checkNumber(left + right, site);
	if (typeof left === 'string') {
		return concatText(left, typeof right === 'string' ? right : toText(right));
	}
	if (typeof right === 'string') return concatText(toText(left), right);
	if (typeof left === 'number') throw typeError(right, 'number', site);
	if (Array.isArray(left)) return concatArrays(left, asArray(right, site));
	if (isObject(left)) {
		return JsonnetObject.compose(toJsonnetObject(left), toJsonnetObject(asObject(right, site)));
	}
	throw typeError(left, 'number, string, array or object', site);
}

function concatText(left: string, right: string): string {
	allocateString(left.length + right.length);
	return left + right;
}

export function concatArrays(left: ArrayValue, right: ArrayValue): ArrayValue {
	const size = left.length + right.length;
	allocate(size);
	charge(size);
	const result: Item[] = left.slice();
	for (let i = 0; i < right.length; i++) result.push(right[i] as Item);
	return result;
}

export function subtract(left: Value, right: Value, site?: Site): number {
	return checkNumber(asNumber(left, site) - asNumber(right, site), site);
}

export function multiply(left: Value, right: Value, site?: Site): number {
	return checkNumber(asNumber(left, site) * asNumber(right, site), site);
}

export function divide(left: Value, right: Value, site?: Site): number {
	const dividend = asNumber(left, site);
	const divisor = asNumber(right, site);
	if (divisor === 0) throw runtimeError('Division by zero.', site);
	return checkNumber(dividend / divisor, site);
}

/** fmod, with the sign of the dividend (J19). */
export function remainder(left: Value, right: Value, site?: Site): number {
	const dividend = asNumber(left, site);
	const divisor = asNumber(right, site);
	if (divisor === 0) throw runtimeError('Division by zero.', site);
	return checkNumber(dividend % divisor, site);
}

export function negate(value: Value, site?: Site): number {
	return -asNumber(value, site);
}
