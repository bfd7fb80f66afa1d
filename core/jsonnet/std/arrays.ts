import { concatArrays } from '../evaluate/arithmetic';
import { equals } from '../evaluate/compare';
import { asFunction, callFunction, lazyCall } from '../evaluate/function';
import {
	allocate,
	allocateString,
	charge,
	enter,
	leave,
	runtimeError,
	step,
} from '../evaluate/run';
import { slice } from '../evaluate/subscript';
import { textPoints } from '../evaluate/text';
import { asArray, asBoolean, asInteger, asNumber, asString, force } from '../evaluate/value';
import { builtin } from './builtin';
import { deepJoin, join } from './join';

import type { ArrayValue, Item, Value } from '../evaluate/value';

export const arrays = [
	builtin('makeArray(sz, func)', makeArray),
	builtin('map(func, arr)', map),
	builtin('mapWithIndex(func, arr)', mapWithIndex),
	builtin('filter(func, arr)', filter),
	builtin('filterMap(filter_func, map_func, arr)', (filterFunc, mapFunc, arr) =>
		map(mapFunc, filter(filterFunc, arr)),
	),
	builtin('flatMap(func, arr)', flatMap),
	builtin('foldl(func, arr, init)', foldl),
	builtin('foldr(func, arr, init)', foldr),
	builtin('range(from, to)', range),
	builtin('repeat(what, count)', repeat),
	builtin('slice(indexable, index, end, step)', (target, index, end, by) =>
		slice(target, index, end, by),
	),
	builtin('join(sep, arr)', join),
	builtin('deepJoin(arr)', deepJoin),
	builtin('lines(arr)', (arr) => join('\n', concatArrays(asArray(arr), ['']))),
	builtin('flattenArrays(arrs)', flattenArrays),
	builtin('flattenDeepArray(value)', flattenDeepArray),
	builtin('reverse(arr|arrs)', reverse),
	builtin('remove(arr, ~elem)', remove),
	builtin('removeAt(arr, i|at|idx)', removeAt),
];

/** Charges the loop that follows. */
export function items(array: ArrayValue): ArrayValue {
	charge(array.length);
	return array;
}

/** A string counts as the array of its characters (J68). */
export function itemsOf(value: Value): ArrayValue {
	const array = typeof value === 'string' ? textPoints(value) : asArray(value);
	return items(array);
}

function makeArray(sz: Value, func: Value): ArrayValue {
	const size = asInteger(sz);
	const target = asFunction(func);
	if (size < 0) throw runtimeError(`makeArray requires size >= 0, got ${size}`);
	if (!takes(target.params, 1)) {
		throw runtimeError(`makeArray function must take 1 param, got: ${target.params.length}`);
	}
	allocate(size);
	charge(size);
	const result: Item[] = [];
	for (let i = 0; i < size; i++) result.push(lazyCall(target, i));
	return result;
}

function takes(params: readonly { readonly optional: boolean }[], count: number): boolean {
	return params.length >= count && params.every((param, i) => i < count || param.optional);
}

function map(func: Value, arr: Value): ArrayValue {
	const target = asFunction(func);
	const source = itemsOf(arr);
	allocate(source.length);
	return source.map((item) => lazyCall(target, item));
}

function mapWithIndex(func: Value, arr: Value): ArrayValue {
	const target = asFunction(func);
	const source = itemsOf(arr);
	allocate(source.length);
	return source.map((item, i) => lazyCall(target, i, item));
}

function filter(func: Value, arr: Value): ArrayValue {
	const target = asFunction(func);
	const result = items(asArray(arr)).filter((item) => asBoolean(callFunction(target, [item])));
	allocate(result.length);
	return result;
}

function flatMap(func: Value, arr: Value): Value {
	const target = asFunction(func);
	const parts = itemsOf(arr).map((item) => callFunction(target, [item]));
	if (typeof arr === 'string') return join('', parts.map(asText));
	return flattenArrays(parts);
}

function asText(value: Value): string {
	return asString(value);
}

function foldl(func: Value, arr: Value, init: Value): Value {
	const target = asFunction(func);
	let result = init;
	for (const item of itemsOf(arr)) result = callFunction(target, [result, item]);
	return result;
}

function foldr(func: Value, arr: Value, init: Value): Value {
	const target = asFunction(func);
	const source = itemsOf(arr);
	let result = init;
	for (let i = source.length - 1; i >= 0; i--) {
		result = callFunction(target, [source[i] as Item, result]);
	}
	return result;
}

function range(from: Value, to: Value): ArrayValue {
	const first = asInteger(from);
	const last = asInteger(to);
	const size = Math.max(0, last - first + 1);
	allocate(size);
	charge(size);
	const result: number[] = [];
	// Not up to `last`: from 2^53 on, i + 1 may be i.
	for (let i = 0; i < size; i++) result.push(first + i);
	return result;
}

/** A negative count gives nothing (J69). */
function repeat(what: Value, count: Value): Value {
	const times = Math.max(0, asInteger(count));
	if (typeof what === 'string') {
		allocateString(what.length * times);
		return what.repeat(times);
	}
	if (!Array.isArray(what)) {
		throw runtimeError('std.repeat first argument must be an array or a string');
	}
	const source: ArrayValue = what;
	allocate(source.length * times);
	charge(source.length * times);
	const result: Item[] = [];
	const size = source.length * times;
	for (let i = 0; i < size; i++) result.push(source[i % source.length] as Item);
	return result;
}

function flattenArrays(arrs: Value): ArrayValue {
	const parts = items(asArray(arrs)).map((part) => asArray(force(part)));
	const size = parts.reduce((total, part) => total + part.length, 0);
	allocate(size);
	charge(size);
	return parts.flat();
}

function flattenDeepArray(value: Value): ArrayValue {
	const result: Item[] = [];
	const visit = (each: Value) => {
		step();
		if (!Array.isArray(each)) {
			allocate(1);
			result.push(each);
			return;
		}
		enter(undefined);
		for (const item of each as ArrayValue) visit(force(item));
		leave();
	};
	visit(value);
	return result;
}

function reverse(arr: Value): ArrayValue {
	const source = items(asArray(arr));
	allocate(source.length);
	return source.toReversed();
}

function remove(arr: Value, elem: Item): ArrayValue {
	const source = items(asArray(arr));
	allocate(source.length);
	const at = source.findIndex((item) => equals(force(item), force(elem)));
	return at === -1 ? source : source.toSpliced(at, 1);
}

/** An index outside the array changes nothing (J69). */
function removeAt(arr: Value, i: Value): ArrayValue {
	const source = items(asArray(arr));
	allocate(source.length);
	const at = asNumber(i);
	return Number.isInteger(at) && at >= 0 && at < source.length ? source.toSpliced(at, 1) : source;
}
