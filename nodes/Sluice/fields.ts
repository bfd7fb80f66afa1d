import type { IDataObject } from 'n8n-workflow';
import { ConfigError } from '../../core/index';

/**
 * A field of an item: by its whole name, else by a path with dots.
 *
 * @throws ConfigError when the item has no such field
 */
export function readField(json: IDataObject, name: string, parameter: string): unknown {
	const steps = stepsOf(json, name);
	let value: unknown = json;
	for (const step of steps) {
		if (!isObject(value) || !Object.hasOwn(value, step)) {
			throw new ConfigError(parameter, 'the name of a field of the item', name);
		}
		value = value[step];
	}
	return value;
}

/** The object at a field; an empty one where there is none, or something else. */
export function objectAt(json: IDataObject, name: string): Readonly<Record<string, unknown>> {
	let value: unknown = json;
	for (const step of stepsOf(json, name)) {
		value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
	}
	return isObject(value) ? value : {};
}

/** A copy of the item with this field; objects on the way are made. */
export function withField(json: IDataObject, name: string, value: unknown): IDataObject {
	return put(json, stepsOf(json, name), value) as IDataObject;
}

/** Exactly what is signed, verified or sent for a value: text as it is, anything else as its JSON. */
export function textOf(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function stepsOf(json: IDataObject, name: string): string[] {
	return Object.hasOwn(json, name) ? [name] : name.split('.');
}

/** Object literals define what they are given: a field named `__proto__` is data. */
function put(target: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
	if (step === undefined) return value;
	const object = isObject(target) ? target : {};
	const former = Object.hasOwn(object, step) ? object[step] : undefined;
	return { ...object, [step]: put(former, rest, value) };
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
