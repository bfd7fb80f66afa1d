import { hostMember, hostNames, isObject } from '../evaluate/fields';
import { JsonnetObject } from '../evaluate/object';
import { countOutput, limitError } from '../evaluate/run';
import { checkNumber, force } from '../evaluate/value';
import { MAX_OUTPUT_NESTING, cannotManifest } from './json-text';

import type { Entry } from '../evaluate/table';
import type { HostObject } from '../host-function';
import type { Item, Value } from '../evaluate/value';

/** The value as fresh JavaScript data, with no part shared with the host's (J84, J99). */
export function toData(value: Value): unknown {
	return copy(value, 0);
}

function copy(value: Value, nesting: number): unknown {
	switch (typeof value) {
		case 'string':
			countOutput(value.length + 2);
			return value;
		case 'number':
			countOutput(8);
			return checkNumber(value);
		case 'boolean':
			countOutput(4);
			return value;
		default:
			if (value === null) {
				countOutput(4);
				return null;
			}
			if (nesting >= MAX_OUTPUT_NESTING) throw limitError('output nesting');
			if (Array.isArray(value)) return copyArray(value, nesting);
			if (!isObject(value)) throw cannotManifest(value);
			if (value instanceof JsonnetObject) return copyObject(value, nesting);
			return copyHostObject(value, nesting);
	}
}

function copyArray(items: readonly Item[], nesting: number): unknown[] {
	countOutput(2);
	const { length } = items;
	const result = new Array<unknown>(length);
	for (let i = 0; i < length; i++) {
		const item = items[i];
		result[i] = copy(item === undefined ? hostMember(item) : force(item), nesting + 1);
	}
	return result;
}

function copyObject(object: JsonnetObject, nesting: number): object {
	countOutput(2);
	const result: Record<string, unknown> = {};
	const entries = object.table.sorted(false);
	object.checkAsserts();
	for (let i = 0; i < entries.length; i++) {
		const entry = entries[i] as Entry;
		const { name } = entry;
		countOutput(name.length + 2);
		const value = object.get(entry);
		const data = copy(value, nesting + 1);
		if (name === '__proto__') defineMember(result, name, data);
		else result[name] = data;
	}
	return result;
}

function copyHostObject(object: HostObject, nesting: number): object {
	countOutput(2);
	const result: Record<string, unknown> = {};
	const names = hostNames(object);
	for (let i = 0; i < names.length; i++) {
		const name = names[i] as string;
		countOutput(name.length + 2);
		const data = copy(hostMember(object[name]), nesting + 1);
		if (name === '__proto__') defineMember(result, name, data);
		else result[name] = data;
	}
	return result;
}

/** Every name is data: a plain store to `__proto__` would replace the prototype (J92, J101). */
function defineMember(target: object, name: string, value: unknown): void {
	Object.defineProperty(target, name, {
		value,
		enumerable: true,
		writable: true,
		configurable: true,
	});
}
