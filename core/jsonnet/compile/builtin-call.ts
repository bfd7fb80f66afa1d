import { enter, leave, step } from '../evaluate/run';

import type { Implementation } from '../std/builtin';
import type { Builtin } from '../std/builtin';
import type { Site } from '../evaluate/run';
import type { Code, Item, Value } from '../evaluate/value';
import type { Call } from '../syntax/ast';
import type { Compiler } from './compiler';
import type { Scope } from './scope';

/**
 * `std.name(…)` bound while compiling: arguments are evaluated in place, without thunks, except where the function wants
 * them lazily (J97).
 *
 * @returns undefined when the arguments do not fit, which is an error at run time only (J40)
 */
export function compileBuiltinCall(
	target: Builtin,
	node: Call,
	scope: Scope,
	compiler: Compiler,
): Code | undefined {
	if (node.named.length > 0 || node.positional.length > target.params.length) return undefined;
	const missing = target.params.slice(node.positional.length);
	if (missing.some((param) => !param.optional)) return undefined;
	const args = node.positional.map((each, i): Code<Item> =>
		target.lazy[i] === true ? compiler.lazy(each, scope) : compiler.value(each, scope),
	);
	return callWith(target.run, args as Code[], compiler.site(node, scope));
}

function callWith(run: Implementation, args: readonly Code[], site: Site): Code {
	const [first, second, third] = args;
	if (first !== undefined && args.length === 1) {
		return (frame) => {
			const a = first(frame);
			step();
			enter(site);
			const result = run(a);
			leave();
			return result;
		};
	}
	if (first !== undefined && second !== undefined && args.length === 2) {
		return (frame) => {
			const a = first(frame);
			const b = second(frame);
			step();
			enter(site);
			const result = run(a, b);
			leave();
			return result;
		};
	}
	if (first !== undefined && second !== undefined && third !== undefined && args.length === 3) {
		return (frame) => {
			const a = first(frame);
			const b = second(frame);
			const c = third(frame);
			step();
			enter(site);
			const result = run(a, b, c);
			leave();
			return result;
		};
	}
	return (frame) => {
		const values: Value[] = args.map((arg) => arg(frame));
		step();
		enter(site);
		const result = run(...values);
		leave();
		return result;
	};
}
