import { equals } from '../evaluate/compare';
import { fieldNames, findField, isObject } from '../evaluate/fields';
import { FunctionValue } from '../evaluate/function';
import { enter, leave, runtimeError, step } from '../evaluate/run';
import { textLength } from '../evaluate/text';
import { force, kindOf, typeError } from '../evaluate/value';
import { toText } from '../write/json-text';
import { builtin } from './builtin';
import { objectOf } from '../evaluate/fields';

import type { Value } from '../evaluate/value';

export const types = [
	builtin('type(x)', (x) => kindOf(x)),
	builtin('isArray(v)', (v) => kindOf(v) === 'array'),
	builtin('isBoolean(v)', (v) => typeof v === 'boolean'),
	builtin('isFunction(v)', (v) => v instanceof FunctionValue),
	builtin('isNumber(v)', (v) => typeof v === 'number'),
	builtin('isObject(v)', (v) => kindOf(v) === 'object'),
	builtin('isString(v)', (v) => typeof v === 'string'),
	builtin('isNull(v|x)', (v) => v === null),
	builtin('length(x)', lengthOf),
	builtin('id(x)', (x) => x),
	builtin('equals(x|a, y|b)', (x, y) => equals(x, y)),
	builtin('primitiveEquals(x, y)', primitiveEquals),
	builtin('assertEqual(a, b)', assertEqual),
	builtin('prune(a)', prune),
];

function lengthOf(x: Value): number {
	if (typeof x === 'string') return textLength(x);
	if (Array.isArray(x)) return x.length;
	if (isObject(x)) return fieldNames(x, false).length;
	if (x instanceof FunctionValue) return x.params.filter((param) => !param.optional).length;
	throw typeError(x, 'string, array, object or function');
}

function primitiveEquals(x: Value, y: Value): boolean {
	const kind = kindOf(x);
	if (kind !== kindOf(y)) return false;
	if (kind === 'function') throw runtimeError('Cannot test equality of functions');
	if (kind !== 'array' && kind !== 'object') return x === y;
	throw runtimeError(`primitiveEquals operates on primitive types, got ${kind}`);
}

function assertEqual(a: Value, b: Value): boolean {
	if (equals(a, b)) return true;
	throw runtimeError(`Assertion failed. ${toText(a)} != ${toText(b)}`);
}

/** Without null, `[]` and `{}` at any depth (J71). */
function prune(a: Value): Value {
	step();
	enter(undefined);
	let result = a;
	if (Array.isArray(a)) {
		result = a.map((item) => prune(force(item))).filter(hasContent);
	} else if (isObject(a)) {
		const entries = fieldNames(a, false)
			.map((name) => [name, prune(findField(a, name) ?? null)] as const)
			.filter(([, value]) => hasContent(value));
		result = objectOf(entries);
	}
	leave();
	return result;
}

function hasContent(value: Value): boolean {
	if (value === null) return false;
	if (Array.isArray(value)) return value.length > 0;
	return !isObject(value) || fieldNames(value, false).length > 0;
}
