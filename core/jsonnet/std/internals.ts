import { compare } from '../evaluate/compare';
import { asArray } from '../evaluate/value';
import { builtin } from './builtin';

import type { Value } from '../evaluate/value';

/** What the library of the other implementations is built on, and so visible there (J54). */
export const internals = [
	builtin('__compare(v1, v2)', (v1, v2) => Math.sign(compare(v1, v2))),
	builtin('__compare_array(arr1, arr2)', (arr1, arr2) => Math.sign(compareArrays(arr1, arr2))),
	builtin('__array_less(arr1, arr2)', (arr1, arr2) => compareArrays(arr1, arr2) < 0),
	builtin('__array_less_or_equal(arr1, arr2)', (arr1, arr2) => compareArrays(arr1, arr2) <= 0),
	builtin('__array_greater(arr1, arr2)', (arr1, arr2) => compareArrays(arr1, arr2) > 0),
	builtin('__array_greater_or_equal(arr1, arr2)', (arr1, arr2) => compareArrays(arr1, arr2) >= 0),
];

function compareArrays(arr1: Value, arr2: Value): number {
	return compare(asArray(arr1), asArray(arr2));
}
