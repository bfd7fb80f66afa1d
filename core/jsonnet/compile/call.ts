import {
	Closure,
	FunctionValue,
	TailCall,
	asFunction,
	bindArguments,
	finish,
	forceAll,
	makeFrame,
} from '../evaluate/function';
import { HostFunctionValue } from '../evaluate/host';
import { enter, leave, step } from '../evaluate/run';
import { Builtin } from '../std/builtin';
import { compileBuiltinCall } from './builtin-call';
import { compileHostCall } from './host-call';
import { constantOf } from './variable';

import type { Code, Frame, Item, Value } from '../evaluate/value';
import type { Call } from '../syntax/ast';
import type { Compiler } from './compiler';
import type { Scope } from './scope';

/** A call whose value is needed at once. */
export function compileCall(node: Call, scope: Scope, compiler: Compiler): Code {
	const known = constantOf(node.target, scope);
	if (known instanceof Builtin) {
		const direct = compileBuiltinCall(known, node, scope, compiler);
		if (direct !== undefined) return direct;
	} else if (known instanceof HostFunctionValue) {
		const direct = compileHostCall(known, node, scope, compiler);
		if (direct !== undefined) return direct;
	}
	return node.named.length > 0 || node.tailstrict
		? compileGeneralCall(node, scope, compiler)
		: compilePlainCall(node, scope, compiler);
}

/** A call in tail position; without `tailstrict` it is made at once, as its arguments may need the stack. */
export function compileTailCall(
	node: Call,
	scope: Scope,
	compiler: Compiler,
): Code<Value | TailCall> {
	if (!node.tailstrict) return compileCall(node, scope, compiler);
	const prepare = compileBinding(node, scope, compiler);
	return (frame) => {
		const { target, args } = prepare(frame);
		forceAll(args);
		return new TailCall(target, args);
	};
}

/** Positional arguments only: they go straight into the frame of the function. */
function compilePlainCall(node: Call, scope: Scope, compiler: Compiler): Code {
	const target = compiler.value(node.target, scope);
	const items = node.positional.map((each) => compiler.lazy(each, scope));
	const site = compiler.site(node, scope);
	const count = items.length;
	return (frame) => {
		const callee = target(frame);
		step();
		if (callee instanceof Closure && callee.template.params.length === count) {
			const { template } = callee;
			const inner = makeFrame(callee.frame, template.layout.size);
			for (let i = 0; i < count; i++) inner[i + 1] = items[i]?.(frame);
			enter(site);
			const result = finish(template.body(inner));
			leave();
			return result;
		}
		const args = items.map((item) => item(frame));
		const bound = bindArguments(asFunction(callee, site), args, [], site);
		enter(site);
		const result = asFunction(callee, site).invoke(bound);
		leave();
		return result;
	};
}

function compileGeneralCall(node: Call, scope: Scope, compiler: Compiler): Code {
	const prepare = compileBinding(node, scope, compiler);
	const site = compiler.site(node, scope);
	return (frame) => {
		const { target, args } = prepare(frame);
		step();
		if (node.tailstrict) forceAll(args);
		enter(site);
		const result = target.invoke(args, node.tailstrict);
		leave();
		return result;
	};
}

interface BoundCall {
	readonly target: FunctionValue;
	readonly args: readonly (Item | undefined)[];
}

function compileBinding(node: Call, scope: Scope, compiler: Compiler): (frame: Frame) => BoundCall {
	const target = compiler.value(node.target, scope);
	const positional = node.positional.map((each) => compiler.lazy(each, scope));
	const named = node.named.map((each) => ({
		name: each.name,
		item: compiler.lazy(each.value, scope),
	}));
	const site = compiler.site(node, scope);
	return (frame) => {
		const callee = asFunction(target(frame), site);
		const args = bindArguments(
			callee,
			positional.map((item) => item(frame)),
			named.map(({ name, item }) => ({ name, item: item(frame) })),
			site,
		);
		return { target: callee, args };
	};
}
