/** Fields of both kinds of objects: those of the language, and those of the host, read in place (J84, J92). */
import { memberHint } from '../hints/name-hints';
import { JsonnetObject } from './object';
import { allocate, charge, runtimeError } from './run';
import { Table, entryOf, onlyDefinition } from './table';
import { sortNames } from './text';
import { EngineValue, isPlainObject, kindOf, typeError } from './value';

import type { HostObject } from '../host-function';
import type { Site } from './run';
import type { Entry, FieldTemplate, LayerTemplate } from './table';
import type { Code, Frame, Value } from './value';

export type ObjectValue = JsonnetObject | HostObject;

export function isObject(value: Value): value is ObjectValue {
	if (value instanceof EngineValue) return value instanceof JsonnetObject;
	return (
		typeof value === 'object' && value !== null && !Array.isArray(value) && isPlainObject(value)
	);
}

export function asObject(value: Value, site?: Site): ObjectValue {
	if (isObject(value)) return value;
	throw typeError(value, 'object', site);
}

/** Sorted by code point (J28). */
export function fieldNames(object: ObjectValue, withHidden: boolean): readonly string[] {
	if (object instanceof JsonnetObject) {
		const entries = object.table.sorted(withHidden);
		charge(entries.length);
		return entries.map((entry) => entry.name);
	}
	const names = hostNames(object);
	charge(names.length);
	return names;
}

/** Sorted names of an object of the host. */
export function hostNames(object: HostObject): string[] {
	return sortNames(Object.keys(object));
}

export function hasField(object: ObjectValue, name: string, withHidden: boolean): boolean {
	if (!(object instanceof JsonnetObject)) return Object.hasOwn(object, name);
	const entry = object.table.find(name);
	return entry !== undefined && (withHidden || entry.visible);
}

/** @returns undefined when there is no such field */
export function findField(object: ObjectValue, name: string, site?: Site): Value | undefined {
	if (object instanceof JsonnetObject) {
		const entry = object.table.find(name);
		return entry === undefined ? undefined : object.get(entry, site);
	}
	return Object.hasOwn(object, name) ? hostMember(object[name]) : undefined;
}

export function getField(object: ObjectValue, name: string, site?: Site): Value {
	const value = findField(object, name, site);
	if (value !== undefined) return value;
	if (object instanceof JsonnetObject) object.checkAsserts();
	throw runtimeError(`Field does not exist: ${name}`, site, undefined, memberHint(name, true));
}

/** Data of the host becomes a value without a change; whether it is one is checked here. */
export function hostMember(value: unknown): Value {
	if (value === undefined) throw runtimeError('undefined from the host is not JSON data');
	kindOf(value as Value);
	return value as Value;
}

/** An object of the host with fields as the language has them, for `+` and the like. */
export function toJsonnetObject(object: ObjectValue): JsonnetObject {
	if (object instanceof JsonnetObject) return object;
	return objectOf(Object.keys(object).map((name) => [name, hostMember(object[name])]));
}

/** A new object of known values. Names must differ. */
export function objectOf(entries: readonly (readonly [string, Value])[]): JsonnetObject {
	allocate(entries.length);
	return objectOfFields(
		entries.map(([name, constant], slot) => constantField(name, constant, slot)),
	);
}

/** The layer of an object that no literal made. */
const PLAIN_LAYERS: readonly [LayerTemplate] = [{ asserts: [], makeFrame: (outer) => outer }];

/** @param frame what the code of the entries runs in */
export function objectOfFields(entries: Entry[], frame: Frame = []): JsonnetObject {
	return new JsonnetObject(tableOfFields(entries), frame);
}

export function tableOfFields(entries: Entry[]): Table {
	return Table.ofLayer(PLAIN_LAYERS, entries, entries.length, false);
}

export function constantField(
	name: string,
	constant: Value,
	slot: number,
	visibility: FieldTemplate['visibility'] = 'inherit',
): Entry {
	const field = {
		code: runConstant,
		constant,
		frame: 'outer',
		visibility,
		outer: undefined,
	} as const;
	return entryOf(name, onlyDefinition(field), slot);
}

function runConstant(): never {
	throw new Error('a constant field has nothing to run');
}

/** A field that is computed when read: in the result of `std.mapWithKey` and the like. */
export function lazyField(
	name: string,
	code: Code,
	slot: number,
	visibility: FieldTemplate['visibility'] = 'inherit',
): Entry {
	const field = {
		code,
		constant: undefined,
		frame: 'outer',
		visibility,
		outer: undefined,
	} as const;
	return entryOf(name, onlyDefinition(field), slot);
}
