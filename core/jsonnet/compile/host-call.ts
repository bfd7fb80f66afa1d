import {
	hostError,
	hostResult,
	lazyArgument,
	missingArgument,
	toHostArgument,
} from '../evaluate/host';
import { LazyArgument } from '../host-function';
import { run, step } from '../evaluate/run';
import { syntaxError } from '../syntax/syntax-error';

import type { HostFunctionValue } from '../evaluate/host';
import type { HostArgument, HostParameter, HostReader } from '../host-function';
import type { Code, Frame } from '../evaluate/value';
import type { Call, Node } from '../syntax/ast';
import type { Compiler } from './compiler';
import type { Scope } from './scope';

/**
 * A direct call of a host function. With literal arguments the function may prepare itself (J83), and the call allocates
 * nothing: a lazy argument is evaluated in place when its token comes back.
 *
 * @returns undefined when the arguments do not fit, which is an error at run time only
 */
export function compileHostCall(
	target: HostFunctionValue,
	node: Call,
	scope: Scope,
	compiler: Compiler,
): Code | undefined {
	const nodes = placeArguments(target, node);
	if (nodes === undefined || node.tailstrict) return undefined;
	const { host, name } = target;
	const codes = nodes.map((each) => (each === undefined ? undefined : compiler.value(each, scope)));
	const site = compiler.site(node, scope);
	const isLazy = host.params.map((param) => param.lazy === true);
	const constants = nodes.map((each, i): HostArgument => {
		if (each === undefined) return undefined;
		if (isLazy[i]) return lazyArgument(i);
		return each.kind === 'literal' && fits(host.params[i], each.value) ? each.value : undefined;
	});
	const isConstant = nodes.every((each, i) => each === undefined || constants[i] !== undefined);
	const reader: HostReader =
		(isConstant ? prepare(target, constants, node, scope) : undefined) ??
		((context, args) => host.call(context, args));
	const makeArgs = isConstant
		? undefined
		: (frame: Frame) =>
				host.params.map((param, i): HostArgument => {
					const code = codes[i];
					if (code === undefined || isLazy[i]) return constants[i];
					return toHostArgument(param, code(frame), site);
				});
	return (frame) => {
		step();
		const args = makeArgs === undefined ? constants : makeArgs(frame);
		let result: unknown;
		try {
			result = reader(run.context, args);
		} catch (error) {
			throw hostError(error, site);
		}
		if (!(result instanceof LazyArgument)) return hostResult(result, name, site);
		const given = codes[result.index];
		if (given === undefined) throw missingArgument(name, result);
		return given(frame);
	};
}

/** One that is too long takes the way of those that are computed, where it is refused. */
function fits(param: HostParameter | undefined, value: unknown): boolean {
	return typeof value !== 'string' || value.length <= (param?.maxLength ?? value.length);
}

function prepare(
	target: HostFunctionValue,
	constants: readonly HostArgument[],
	node: Call,
	scope: Scope,
): HostReader | undefined {
	const { host } = target;
	if (host.prepare === undefined) return undefined;
	const literals = constants.map((each) => (each instanceof LazyArgument ? undefined : each));
	try {
		return host.prepare(literals);
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		throw syntaxError(scope.source, node, message, { cause: error });
	}
}

/** The argument of each parameter, or undefined when they do not fit. */
function placeArguments(target: HostFunctionValue, node: Call): (Node | undefined)[] | undefined {
	const { params } = target;
	if (node.positional.length > params.length) return undefined;
	const placed: (Node | undefined)[] = params.map((_, i) => node.positional[i]);
	for (const { name, value } of node.named) {
		const at = params.findIndex((param) => param.name === name);
		if (at === -1 || placed[at] !== undefined) return undefined;
		placed[at] = value;
	}
	const fits = params.every((param, i) => param.optional || placed[i] !== undefined);
	return fits ? placed : undefined;
}
