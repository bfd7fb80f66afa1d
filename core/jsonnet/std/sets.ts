import { compare, equals } from '../evaluate/compare';
import { asFunction, callFunction } from '../evaluate/function';
import { allocate, charge, runtimeError, step } from '../evaluate/run';
import { asArray, force } from '../evaluate/value';
import { itemsOf } from './arrays';
import { builtin } from './builtin';

import type { ArrayValue, Item, Value } from '../evaluate/value';

export const sets = [
	builtin('sort(arr, keyF=)', sort),
	builtin('uniq(arr, keyF=)', uniq),
	builtin('set(arr, keyF=)', (arr, keyF?: Value) => uniq(sort(arr, keyF), keyF)),
	builtin('setInter(a, b, keyF=)', (a, b, keyF?: Value) =>
		merge(a, b, keyF, { left: false, both: true, right: false }),
	),
	builtin('setUnion(a, b, keyF=)', (a, b, keyF?: Value) =>
		merge(a, b, keyF, { left: true, both: true, right: true }),
	),
	builtin('setDiff(a, b, keyF=)', (a, b, keyF?: Value) =>
		merge(a, b, keyF, { left: true, both: false, right: false }),
	),
	builtin('setMember(~x, arr, keyF=)', (x: Item, arr, keyF?: Value) => {
		const keep = { left: false, both: true, right: false };
		return merge([x], arr, keyF, keep).length > 0;
	}),
	builtin('minArray(arr, keyF=, ~onEmpty=)', (arr, keyF?: Value, onEmpty?: Item) =>
		best(arr, keyF, onEmpty, -1),
	),
	builtin('maxArray(arr, keyF=, ~onEmpty=)', (arr, keyF?: Value, onEmpty?: Item) =>
		best(arr, keyF, onEmpty, 1),
	),
];

interface Keyed {
	readonly item: Item;
	readonly key: Value;
}

function keyMaker(keyF: Value | undefined): (item: Item) => Value {
	if (keyF === undefined) return force;
	const target = asFunction(keyF);
	return (item) => callFunction(target, [item]);
}

/** The key of each element, computed once. */
function keyed(items: ArrayValue, keyF: Value | undefined): Keyed[] {
	const keyOf = keyMaker(keyF);
	charge(items.length);
	allocate(items.length);
	return items.map((item) => ({ item, key: keyOf(item) }));
}

/** Stable; a single element is not compared (J67). */
function sort(arr: Value, keyF?: Value): ArrayValue {
	const entries = keyed(asArray(arr), keyF);
	entries.sort((a, b) => {
		step();
		return compare(a.key, b.key);
	});
	return entries.map((entry) => entry.item);
}

function uniq(arr: Value, keyF?: Value): ArrayValue {
	const entries = keyed(asArray(arr), keyF);
	const kept = entries.filter((entry, i) => {
		const before = entries[i - 1];
		return before === undefined || !equals(before.key, entry.key);
	});
	return kept.map((entry) => entry.item);
}

/** Walks two sorted arrays side by side and keeps what is only left, in both, or only right. */
function merge(
	a: Value,
	b: Value,
	keyF: Value | undefined,
	keep: { readonly left: boolean; readonly both: boolean; readonly right: boolean },
): ArrayValue {
	const left = itemsOf(a);
	const right = itemsOf(b);
	const keyOf = keyMaker(keyF);
	allocate(left.length + right.length);
	const result: Item[] = [];
	let i = 0;
	let j = 0;
	let leftKey: Value | undefined;
	let rightKey: Value | undefined;
	for (;;) {
		const x = left[i];
		const y = right[j];
		if (x === undefined || y === undefined) break;
		leftKey ??= keyOf(x);
		rightKey ??= keyOf(y);
		const order = compare(leftKey, rightKey);
		if (order === 0 ? keep.both : order < 0 && keep.left) result.push(x);
		if (order > 0 && keep.right) result.push(y);
		if (order <= 0) {
			i += 1;
			leftKey = undefined;
		}
		if (order >= 0) {
			j += 1;
			rightKey = undefined;
		}
	}
	if (keep.left) for (const item of left.slice(i)) result.push(item);
	if (keep.right) for (const item of right.slice(j)) result.push(item);
	return result;
}

/** The element, not its key (J70). */
function best(
	arr: Value,
	keyF: Value | undefined,
	onEmpty: Item | undefined,
	direction: 1 | -1,
): Value {
	const entries = keyed(asArray(arr), keyF);
	let [chosen] = entries;
	if (chosen === undefined) {
		if (onEmpty !== undefined) return force(onEmpty);
		throw runtimeError('Expected at least one element in array. Got none');
	}
	for (const entry of entries) {
		if (compare(entry.key, chosen.key) * direction > 0) chosen = entry;
	}
	return force(chosen.item);
}
