import {
	asObject,
	fieldNames,
	findField,
	getField,
	hasField,
	isObject,
	lazyField,
	objectOf,
	objectOfFields,
	toJsonnetObject,
} from '../evaluate/fields';
import { asFunction, callFunction } from '../evaluate/function';
import { allocate, charge, enter, leave, step } from '../evaluate/run';
import { Thunk, asBoolean, asString, force } from '../evaluate/value';
import { builtin } from './builtin';

import type { ArrayValue, Item, Value } from '../evaluate/value';

export const objects = [
	builtin('get(o, f, ~default=, inc_hidden=)', get),
	builtin('objectHas(o, f)', (o, f) => hasField(asObject(o), asString(f), false)),
	builtin('objectHasAll(o, f)', (o, f) => hasField(asObject(o), asString(f), true)),
	builtin('objectHasEx(obj, fname, hidden)', (obj, fname, hidden) =>
		hasField(asObject(obj), asString(fname), asBoolean(hidden)),
	),
	builtin('objectFields(o)', (o) => names(o, false)),
	builtin('objectFieldsAll(o)', (o) => names(o, true)),
	builtin('objectFieldsEx(obj, hidden)', (obj, hidden) => names(obj, asBoolean(hidden))),
	builtin('objectValues(o)', (o) => values(o, false)),
	builtin('objectValuesAll(o)', (o) => values(o, true)),
	builtin('objectKeysValues(o)', (o) => keysValues(o, false)),
	builtin('objectKeysValuesAll(o)', (o) => keysValues(o, true)),
	builtin('objectRemoveKey(obj, key)', removeKey),
	builtin('mapWithKey(func, obj)', mapWithKey),
	builtin('mergePatch(~target, patch)', mergePatch),
];

function get(o: Value, f: Value, fallback?: Item, incHidden: Value = true): Value {
	const object = asObject(o);
	const name = asString(f);
	const value = hasField(object, name, asBoolean(incHidden)) ? findField(object, name) : undefined;
	if (value !== undefined) return value;
	return fallback === undefined ? null : force(fallback);
}

function names(o: Value, withHidden: boolean): readonly string[] {
	const found = fieldNames(asObject(o), withHidden);
	allocate(found.length);
	return found;
}

function values(o: Value, withHidden: boolean): ArrayValue {
	const object = asObject(o);
	return names(object, withHidden).map((name) => new Thunk(() => getField(object, name), []));
}

function keysValues(o: Value, withHidden: boolean): ArrayValue {
	const object = asObject(o);
	return names(object, withHidden).map((key) =>
		objectOfFields([
			lazyField('key', () => key, 0),
			lazyField('value', () => getField(object, key), 1),
		]),
	);
}

/** Hidden fields and the super chain stay; failing asserts fail here (J39, J78). */
function removeKey(obj: Value, key: Value): Value {
	const object = toJsonnetObject(asObject(obj));
	object.checkAsserts();
	return object.without(asString(key));
}

function mapWithKey(func: Value, obj: Value): Value {
	const target = asFunction(func);
	const object = asObject(obj);
	const found = names(object, false);
	charge(found.length);
	return objectOfFields(
		found.map((name, slot) =>
			lazyField(
				name,
				() => callFunction(target, [name, new Thunk(() => getField(object, name), [])]),
				slot,
			),
		),
	);
}

/** RFC 7386: null removes, objects merge, anything else replaces (J71). */
function mergePatch(target: Item, patch: Value): Value {
	if (!isObject(patch)) return patch;
	step();
	enter(undefined);
	const former = force(target);
	const base = isObject(former) ? former : objectOf([]);
	const changes = fieldNames(patch, false);
	const removed = new Set(changes.filter((name) => getField(patch, name) === null));
	const all = new Set([...fieldNames(base, false), ...changes]);
	leave();
	const kept = [...all].filter((name) => !removed.has(name));
	allocate(kept.length);
	return objectOfFields(
		kept.map((name, slot) => {
			const merge = () => {
				if (!hasField(patch, name, false)) return getField(base, name);
				const before = hasField(base, name, false) ? getField(base, name) : null;
				return mergePatch(before, getField(patch, name));
			};
			return lazyField(name, merge, slot);
		}),
	);
}
