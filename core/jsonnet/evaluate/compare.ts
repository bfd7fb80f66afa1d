import { asObject, fieldNames, getField, isObject } from './fields';
import { JsonnetObject } from './object';
import { enter, leave, runtimeError, step } from './run';
import { chargeText, compareText } from './text';
import { asArray, asNumber, asString, force, kindOf, typeError } from './value';

import type { ObjectValue } from './fields';
import type { Site } from './run';
import type { ArrayValue, Item, Value } from './value';

/** Order of two numbers, strings or arrays; anything else is an error (J22). Negative, 0 or positive. */
export function compare(left: Value, right: Value, site?: Site): number {
	if (typeof left === 'number') return left - asNumber(right, site) || 0;
	if (typeof left === 'string') return compareText(left, asString(right, site));
	if (Array.isArray(left)) return compareArrays(left, asArray(right, site), site);
	throw typeError(left, 'number, string or array', site);
}

function compareArrays(left: ArrayValue, right: ArrayValue, site?: Site): number {
	enter(site);
	const length = Math.min(left.length, right.length);
	let order = 0;
	for (let i = 0; i < length && order === 0; i++) {
		step();
		order = compare(force(left[i] as Item), force(right[i] as Item), site);
	}
	leave();
	return order === 0 ? left.length - right.length : order;
}

/** Deep equality; stops at the first difference (J23). */
export function equals(left: Value, right: Value, site?: Site): boolean {
	if (typeof left === 'string') chargeText(left);
	if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null) {
		return left === right;
	}
	if (Array.isArray(left)) return Array.isArray(right) && equalArrays(left, right, site);
	if (isObject(left) && isObject(right)) return equalObjects(left, right, site);
	if (kindOf(left) !== kindOf(right)) return false;
	throw runtimeError('Cannot test equality of functions', site);
}

function equalArrays(left: ArrayValue, right: ArrayValue, site?: Site): boolean {
	if (left.length !== right.length) return false;
	enter(site);
	let same = true;
	for (let i = 0; i < left.length && same; i++) {
		step();
		same = equals(force(left[i] as Item), force(right[i] as Item), site);
	}
	leave();
	return same;
}

function equalObjects(left: ObjectValue, right: ObjectValue, site?: Site): boolean {
	if (left instanceof JsonnetObject) left.checkAsserts();
	if (right instanceof JsonnetObject) right.checkAsserts();
	const names = fieldNames(left, false);
	const others = fieldNames(right, false);
	if (names.length !== others.length || names.some((name, i) => name !== others[i])) return false;
	enter(site);
	const same = names.every((name) => {
		step();
		return equals(getField(left, name, site), getField(right, name, site), site);
	});
	leave();
	return same;
}

/** `name in object`, hidden fields included. */
export function isIn(name: Value, object: Value, site?: Site): boolean {
	const key = asString(name, site);
	const target = asObject(object, site);
	return target instanceof JsonnetObject
		? target.table.find(key) !== undefined
		: Object.hasOwn(target, key);
}
