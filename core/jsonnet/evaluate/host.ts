import { HintedError, LazyArgument } from '../host-function';
import { toData } from '../write/data';
import { hostMember } from './fields';
import { FunctionValue } from './function';
import { argumentError, charge, run, runtimeError } from './run';
import { force } from './value';

import type { HostArgument, HostFunction, HostParameter, HostValue } from '../host-function';
import type { ParameterInfo } from './function';
import type { Site } from './run';
import type { Item, Value } from './value';

const TOKENS: LazyArgument[] = [];

/** The token of one parameter; always the same, so that a call makes no new one. */
export function lazyArgument(index: number): LazyArgument {
	return (TOKENS[index] ??= new LazyArgument(index));
}

/** A host function as a value (J80). Direct calls are compiled to less, see compile/call.ts. */
export class HostFunctionValue extends FunctionValue {
	readonly name: string;
	readonly host: HostFunction;
	override readonly params: readonly ParameterInfo[];

	constructor(name: string, host: HostFunction) {
		super();
		this.name = name;
		this.host = host;
		this.params = host.params.map((param) => ({
			name: param.name,
			optional: param.optional === true,
		}));
	}

	override start(args: readonly (Item | undefined)[]): Value {
		const hostArgs = this.host.params.map((param, i): HostArgument => {
			const arg = args[i];
			if (arg === undefined) return undefined;
			return param.lazy === true ? lazyArgument(i) : toHostArgument(param, force(arg));
		});
		let result: unknown;
		try {
			result = this.host.call(run.context, hostArgs);
		} catch (error) {
			throw hostError(error);
		}
		if (!(result instanceof LazyArgument)) return hostResult(result, this.name);
		const given = args[result.index];
		if (given === undefined) throw missingArgument(this.name, result);
		return force(given);
	}
}

export function missingArgument(name: string, token: LazyArgument) {
	return runtimeError(`${name} returned argument ${token.index}, which was not given`);
}

/** What a host function gave, checked at its top; the rest is checked where it is read (J84). */
export function hostResult(result: unknown, name: string, site?: Site): Value {
	if (typeof result === 'number') return result;
	if (typeof result === 'string') {
		charge(result.length >>> TEXT_STEP);
		return result;
	}
	if (result === undefined) throw runtimeError(`${name} returned undefined`, site);
	return hostMember(result);
}

/** The message of what a host function threw; its stack stays in the cause (J88). */
export function hostError(error: unknown, site?: Site) {
	const hint = error instanceof HintedError ? error.hint : undefined;
	return runtimeError(error instanceof Error ? error.message : String(error), site, error, hint);
}

/** Units of text per step, as a power of two: what a function does with a text that is not its to read (J93). */
const TEXT_STEP = 8;

/** A value as data for the host; it counts as steps before the host sees it, not as output. */
export function toHostArgument(param: HostParameter, value: Value, site?: Site): HostValue {
	if (typeof value === 'string') {
		const { maxLength } = param;
		if (maxLength === undefined) charge(value.length >>> TEXT_STEP);
		else if (value.length > maxLength) throw argumentError(param.name, maxLength, site);
		else charge(value.length);
		return value;
	}
	if (typeof value !== 'object' || value === null) return value;
	const { outputUnits, outputValues } = run;
	const data = toData(value) as HostValue;
	charge(outputValues - run.outputValues + ((outputUnits - run.outputUnits) >>> TEXT_STEP));
	run.outputUnits = outputUnits;
	run.outputValues = outputValues;
	return data;
}
