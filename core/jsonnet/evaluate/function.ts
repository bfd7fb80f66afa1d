import { enter, leave, refuel, run, runtimeError } from './run';
import { EngineValue, Thunk, force, typeError } from './value';

import type { Site } from './run';
import type { Code, Frame, Item, Value } from './value';

export interface ParameterInfo {
	readonly name: string;
	/** Other names that a caller may use (J54). */
	readonly aliases?: readonly string[];
	readonly optional: boolean;
}

/** Anything that can be called. */
export abstract class FunctionValue extends EngineValue {
	abstract readonly params: readonly ParameterInfo[];

	override get kind(): 'function' {
		return 'function';
	}

	/**
	 * Runs the body with one item per parameter, `undefined` for the default. Calls in tail position come back as a
	 * TailCall instead of growing the stack (J42).
	 */
	abstract start(args: readonly (Item | undefined)[], strict?: boolean): Value | TailCall;

	/** @param strict the call says `tailstrict`: default values are evaluated before the body as well */
	invoke(args: readonly (Item | undefined)[], strict = false): Value {
		return finish(this.start(args, strict));
	}
}

/** A `tailstrict` call in tail position, still to be made. */
export class TailCall {
	private readonly target: FunctionValue;
	private readonly args: readonly (Item | undefined)[];

	constructor(target: FunctionValue, args: readonly (Item | undefined)[]) {
		this.target = target;
		this.args = args;
	}

	start(): Value | TailCall {
		if (--run.fuel < 0) refuel();
		return this.target.start(this.args, true);
	}
}

export function finish(result: Value | TailCall): Value {
	let current = result;
	while (current instanceof TailCall) current = current.start();
	return current;
}

/** The part of a function that is the same for all its closures. */
export interface FunctionTemplate {
	readonly params: readonly ParameterInfo[];
	/** One per parameter: makes the item of a default value from the new frame. */
	readonly defaults: readonly (Code<Item> | undefined)[];
	readonly layout: { readonly size: number };
	body: Code<Value | TailCall>;
}

export class Closure extends FunctionValue {
	readonly template: FunctionTemplate;
	readonly frame: Frame;

	constructor(template: FunctionTemplate, frame: Frame) {
		super();
		this.template = template;
		this.frame = frame;
	}

	override get params(): readonly ParameterInfo[] {
		return this.template.params;
	}

	override start(args: readonly (Item | undefined)[], strict = false): Value | TailCall {
		const { template } = this;
		const frame = makeFrame(this.frame, template.layout.size);
		const { length } = template.params;
		for (let i = 0; i < length; i++) {
			const arg = args[i];
			frame[i + 1] = arg === undefined ? template.defaults[i]?.(frame) : arg;
		}
		// The arguments are evaluated already; all slots are filled, so that a default may read any of them.
		if (strict) forceAll(frame.slice(1, length + 1) as Item[]);
		return template.body(frame);
	}
}

/** Literals of the common sizes, since V8 keeps those arrays packed. */
export function makeFrame(parent: Frame | undefined, size: number): Frame {
	switch (size) {
		case 1:
			return [parent];
		case 2:
			return [parent, undefined];
		case 3:
			return [parent, undefined, undefined];
		case 4:
			return [parent, undefined, undefined, undefined];
		case 5:
			return [parent, undefined, undefined, undefined, undefined];
		default: {
			const frame: Frame = new Array<unknown>(size);
			frame[0] = parent;
			return frame;
		}
	}
}

/** Puts positional and named arguments into the order of the parameters (J40). */
export function bindArguments(
	target: FunctionValue,
	positional: readonly Item[],
	named: readonly { readonly name: string; readonly item: Item }[],
	site?: Site,
): (Item | undefined)[] {
	const { params } = target;
	if (positional.length > params.length) {
		throw runtimeError(
			`function expected ${params.length} positional argument(s), but got ${positional.length}`,
			site,
		);
	}
	const args: (Item | undefined)[] = [...positional];
	for (const { name, item } of named) {
		const at = params.findIndex((param) => param.name === name || param.aliases?.includes(name));
		if (at === -1) throw runtimeError(`function has no parameter ${name}`, site);
		if (args[at] !== undefined) throw runtimeError(`Argument ${name} already provided`, site);
		args[at] = item;
	}
	for (const [i, param] of params.entries()) {
		if (args[i] === undefined && !param.optional) {
			throw runtimeError(`Missing argument: ${param.name}`, site);
		}
	}
	return args;
}

/** Calls a function value from inside `std` or the engine. */
export function callFunction(target: FunctionValue, args: readonly Item[], site?: Site): Value {
	if (--run.fuel < 0) refuel();
	const { params } = target;
	const bound = args.length === params.length ? args : bindArguments(target, args, [], site);
	enter(site);
	const value = target.invoke(bound);
	leave();
	return value;
}

/** A call that happens when its value is needed: the elements of `std.map` (J41). */
export function lazyCall(target: FunctionValue, ...args: readonly Item[]): Thunk {
	return new Thunk(runLazyCall, [target, args]);
}

function runLazyCall(frame: Frame): Value {
	return callFunction(frame[0] as FunctionValue, frame[1] as readonly Item[]);
}

export function asFunction(value: Value, site?: Site): FunctionValue {
	if (value instanceof FunctionValue) return value;
	throw typeError(value, 'function', site);
}

export function forceAll(items: readonly (Item | undefined)[]): void {
	for (const item of items) if (item !== undefined) force(item);
}
