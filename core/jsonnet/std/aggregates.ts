import { equals } from '../evaluate/compare';
import { runtimeError } from '../evaluate/run';
import { asArray, asBoolean, asNumber, asString, checkNumber, force } from '../evaluate/value';
import { chargeSearch } from '../evaluate/text';
import { items } from './arrays';
import { builtin } from './builtin';

import type { Item, Value } from '../evaluate/value';

/** Questions about an array as a whole. */
export const aggregates = [
	builtin('count(arr, ~x)', (arr, x: Item) => indexesOf(arr, x).length),
	builtin('find(~value, arr)', (value: Item, arr) => indexesOf(arr, value)),
	builtin('contains(arr, ~elem)', contains),
	builtin('all(arr)', (arr) => items(asArray(arr)).every((item) => asBoolean(force(item)))),
	builtin('any(arr)', (arr) => items(asArray(arr)).some((item) => asBoolean(force(item)))),
	builtin('sum(arr)', sum),
	builtin('avg(arr)', avg),
	builtin('member(arr, ~x)', (arr, x: Item) =>
		typeof arr === 'string' ? includes(arr, asString(force(x))) : contains(arr, x),
	),
];

/** What is looked for is evaluated when there is an element to compare it with. */
function indexesOf(arr: Value, x: Item): number[] {
	const found: number[] = [];
	for (const [i, item] of items(asArray(arr)).entries()) {
		if (equals(force(item), force(x))) found.push(i);
	}
	return found;
}

function contains(arr: Value, elem: Item): boolean {
	return items(asArray(arr)).some((item) => equals(force(item), force(elem)));
}

function includes(text: string, part: string): boolean {
	chargeSearch(text, part);
	return text.includes(part);
}

function sum(arr: Value): number {
	return items(asArray(arr)).reduce<number>(
		(total, item) => checkNumber(total + asNumber(force(item))),
		0,
	);
}

function avg(arr: Value): number {
	const { length } = asArray(arr);
	if (length === 0) throw runtimeError('Cannot calculate average of an empty array.');
	return checkNumber(sum(arr) / length);
}
