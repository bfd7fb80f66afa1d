import { Closure } from '../evaluate/function';
import { runtimeError } from '../evaluate/run';
import { asBoolean } from '../evaluate/value';
import { toText } from '../write/json-text';

import type { FunctionTemplate } from '../evaluate/function';
import type { Code, Frame, Item, Value } from '../evaluate/value';
import type { Assertion, Bind, Block, Fail, FunctionNode, If, Node } from '../syntax/ast';
import type { Compiler } from './compiler';
import type { Scope } from './scope';

type CompileBranch<R> = (node: Node, scope: Scope) => Code<R>;

/** Generic over the branches, so that an `if` in tail position has its branches there too. */
export function compileIf<R>(
	node: If,
	scope: Scope,
	compiler: Compiler,
	branch: CompileBranch<R>,
): Code<R | null> {
	const branches = node.branches.map(({ condition, then }) => ({
		condition: compiler.value(condition, scope),
		site: compiler.site(condition, scope),
		then: branch(then, scope),
	}));
	const otherwise: Code<R | null> =
		node.otherwise === undefined ? () => null : branch(node.otherwise, scope);
	const [first, ...others] = branches;
	if (first !== undefined && others.length === 0) {
		const { condition, site, then } = first;
		return (frame) => {
			const holds = condition(frame);
			if (holds === true) return then(frame);
			return holds === false ? otherwise(frame) : (asBoolean(holds, site), null);
		};
	}
	return (frame) => {
		for (let i = 0; i < branches.length; i++) {
			const each = branches[i];
			if (each !== undefined && asBoolean(each.condition(frame), each.site))
				return each.then(frame);
		}
		return otherwise(frame);
	};
}

/** Statements one after the other, then the body; locals take slots of the frame around (J96). */
export function compileBlock<R>(
	node: Block,
	scope: Scope,
	compiler: Compiler,
	branch: CompileBranch<R>,
): Code<R> {
	const actions: ((frame: Frame) => void)[] = [];
	let inner = scope.block();
	for (const statement of node.statements) {
		if (statement.kind === 'assertion') {
			actions.push(compileAssertion(statement, inner, compiler));
		} else {
			// A later `local` shadows an earlier one; what was compiled before does not see it in any case.
			if (statement.binds.some((bind) => inner.has(bind.name))) inner = inner.block();
			actions.push(...compileBinds(statement.binds, inner, compiler));
		}
	}
	const body = branch(node.body, inner);
	const [only, ...others] = actions;
	if (only !== undefined && others.length === 0) {
		return (frame) => {
			only(frame);
			return body(frame);
		};
	}
	return (frame) => {
		for (let i = 0; i < actions.length; i++) actions[i]?.(frame);
		return body(frame);
	};
}

/** Declares the names in the scope and gives the code that fills their slots; they see each other (J43). */
export function compileBinds(
	binds: readonly Bind[],
	scope: Scope,
	compiler: Compiler,
): ((frame: Frame) => void)[] {
	const slots = binds.map((bind) => scope.declare(bind.name, bind.at));
	return binds.map((bind, i) => {
		const slot = slots[i] ?? 0;
		const item =
			bind.value.kind === 'function'
				? compileFunction(bind.value, scope, compiler, bind.name)
				: compiler.lazyBind(bind.value, scope);
		return (frame) => {
			frame[slot] = item(frame);
		};
	});
}

export function compileAssertion(
	node: Assertion,
	scope: Scope,
	compiler: Compiler,
	standard = 'Assertion failed.',
): Code<void> {
	const condition = compiler.value(node.condition, scope);
	const message = node.message === undefined ? undefined : compiler.value(node.message, scope);
	const site = compiler.site(node, scope);
	return (frame) => {
		if (asBoolean(condition(frame), site)) return;
		throw runtimeError(message === undefined ? standard : toText(message(frame)), site);
	};
}

export function compileFail(node: Fail, scope: Scope, compiler: Compiler): Code {
	const message = compiler.value(node.message, scope);
	const site = compiler.site(node, scope);
	return (frame) => {
		throw runtimeError(toText(message(frame)), site);
	};
}

export function compileFunction(
	node: FunctionNode,
	scope: Scope,
	compiler: Compiler,
	name = 'anonymous',
): Code {
	const inner = scope.frame(`function <${name}>`);
	for (const param of node.params) inner.declare(param.name, param.at, 'function parameter');
	const defaults = node.params.map(({ fallback }): Code<Item> | undefined =>
		fallback === undefined ? undefined : compiler.lazyBind(fallback, inner),
	);
	const template: FunctionTemplate = {
		params: node.params.map((param) => ({
			name: param.name,
			optional: param.fallback !== undefined,
		})),
		defaults,
		layout: inner.layout,
		body: compiler.tail(node.body, inner),
	};
	return (frame): Value => new Closure(template, frame);
}
