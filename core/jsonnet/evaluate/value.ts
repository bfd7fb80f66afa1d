/**
 * Values while a template runs. Null, booleans, numbers and strings are those of JavaScript; an array is a JavaScript array
 * whose elements may be thunks; objects and functions are classes (EngineValue), a plain object of the host is read in place (J84).
 */
import { depthError, limitError, refuel, run, runtimeError } from './run';

import type { HostObject } from '../host-function';
import type { Site } from './run';

export type Value = null | boolean | number | string | ArrayValue | EngineValue | HostObject;
/** What a slot or an array element holds: a value that may not be computed yet. */
export type Item = Value | Thunk;
export type ArrayValue = readonly Item[];

/** `[parent, slot, slot, …]`; what each slot holds is known to the compiler (J96). */
export type Frame = unknown[];
export type Code<Result = Value> = (frame: Frame) => Result;

/** An expression with its frame, evaluated at most once (J41). */
export class Thunk {
	private code: Code | undefined;
	/** The frame, later the value. */
	private state: unknown;

	constructor(code: Code, frame: Frame) {
		this.code = code;
		this.state = frame;
		if (--run.cells < 0) throw limitError('cells');
	}

	force(): Value {
		const { code } = this;
		if (code === undefined) return this.state as Value;
		if (--run.fuel < 0) refuel();
		const depth = ++run.depth;
		if (depth > run.maxDepth) throw depthError();
		run.sites[depth] = undefined;
		const value = code(this.state as Frame);
		run.depth -= 1;
		this.code = undefined;
		this.state = value;
		return value;
	}

	/** The value when it is known already, else the thunk itself. */
	settle(): Item {
		return this.code === undefined ? (this.state as Value) : this;
	}
}

export function force(item: Item): Value {
	return item instanceof Thunk ? item.force() : item;
}

export type Kind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' | 'function';

/** The name of the type, as `std.type` and errors say it. @throws MappingError when the host gave what is no JSON */
export function kindOf(value: Value): Kind {
	switch (typeof value) {
		case 'string':
			return 'string';
		case 'number':
			return 'number';
		case 'boolean':
			return 'boolean';
		case 'object':
			if (value === null) return 'null';
			if (Array.isArray(value)) return 'array';
			if (value instanceof EngineValue) return value.kind;
			if (isPlainObject(value)) return 'object';
	}
	throw runtimeError(`${describeForeign(value)} from the host is not JSON data`);
}

/** Base of the values that are classes: JsonnetObject and FunctionValue. */
export abstract class EngineValue {
	/** On the prototype: one word less in every object. */
	abstract get kind(): 'object' | 'function';
}

/** Whether an object of the host is a plain one, of any realm (J84). */
export function isPlainObject(value: object): boolean {
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describeForeign(value: unknown): string {
	if (typeof value !== 'object' || value === null) return typeof value;
	const name: unknown = value.constructor?.name;
	return `a value of class ${typeof name === 'string' ? name : '?'}`;
}

export function typeError(value: Value, expected: string, site?: Site, hint?: string) {
	const message = `Unexpected type ${kindOf(value)}, expected ${expected}`;
	return runtimeError(message, site, undefined, hint);
}

export function asNumber(value: Value, site?: Site): number {
	if (typeof value === 'number') return value;
	throw typeError(value, 'number', site);
}

export function asString(value: Value, site?: Site): string {
	if (typeof value === 'string') return value;
	throw typeError(value, 'string', site);
}

export function asBoolean(value: Value, site?: Site): boolean {
	if (typeof value === 'boolean') return value;
	throw typeError(value, 'boolean', site);
}

export function asArray(value: Value, site?: Site): ArrayValue {
	if (Array.isArray(value)) return value;
	throw typeError(value, 'array', site);
}

export function asInteger(value: Value, site?: Site): number {
	const number = asNumber(value, site);
	if (Number.isInteger(number)) return number;
	throw runtimeError(`Expected an integer, but got ${number}`, site);
}

/** Numbers are finite (J18). */
export function checkNumber(value: number, site?: Site): number {
	if (Number.isFinite(value)) return value;
	throw runtimeError(Number.isNaN(value) ? 'Not a number' : 'Overflow', site);
}
