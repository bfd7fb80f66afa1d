import { Thunk } from '../evaluate/value';
import { compileAccess, compileInSuper, compileSlice, compileSuper } from './access';
import { compileCall, compileTailCall } from './call';
import { compileArrayComprehension } from './comprehension';
import { compileBlock, compileFail, compileFunction, compileIf } from './control';
import { compileApply, compileObject, compileObjectComprehension } from './object';
import { compileChain, compileUnary } from './operator';
import { compileLazyVariable, compileSelf, compileVariable } from './variable';
import { allocate } from '../evaluate/run';

import type { TailCall } from '../evaluate/function';
import type { Code, Item, Value } from '../evaluate/value';
import type { ArrayNode, Import, Node } from '../syntax/ast';
import type { CompileHost, Compiler } from './compiler';
import type { Scope } from './scope';

export function makeCompiler(host: CompileHost): Compiler {
	const compiler: Compiler = {
		host,
		value: (node, scope) => compileValue(node, scope, compiler),
		tail: (node, scope) => compileTail(node, scope, compiler),
		lazy: (node, scope) => compileLazy(node, scope, compiler),
		lazyBind: (node, scope) => compileLazyBind(node, scope, compiler),
		site: ({ start, end }, scope) => ({
			source: scope.source,
			span: { start, end },
			label: scope.label,
		}),
	};
	return compiler;
}

function compileValue(node: Node, scope: Scope, compiler: Compiler): Code {
	switch (node.kind) {
		case 'literal': {
			const { value } = node;
			return () => value;
		}
		case 'variable':
			return compileVariable(node, scope);
		case 'self':
		case 'dollar':
			return compileSelf(node, scope);
		case 'superIndex':
			return compileSuper(node, scope, compiler);
		case 'inSuper':
			return compileInSuper(node, scope, compiler);
		case 'index':
			return compileAccess(node, scope, compiler);
		case 'slice':
			return compileSlice(node, scope, compiler);
		case 'call':
			return compileCall(node, scope, compiler);
		case 'apply':
			return compileApply(node, scope, compiler);
		case 'unary':
			return compileUnary(node, scope, compiler);
		case 'chain':
			return compileChain(node, scope, compiler);
		case 'if':
			return compileIf(node, scope, compiler, compiler.value);
		case 'function':
			return compileFunction(node, scope, compiler);
		case 'block':
			return compileBlock(node, scope, compiler, compiler.value);
		case 'fail':
			return compileFail(node, scope, compiler);
		case 'import':
			return compileImport(node, scope, compiler);
		case 'array':
			return compileArray(node, scope, compiler);
		case 'arrayComprehension':
			return compileArrayComprehension(node, scope, compiler);
		case 'object':
			return compileObject(node, scope, compiler);
		case 'objectComprehension':
			return compileObjectComprehension(node, scope, compiler);
	}
}

function compileTail(node: Node, scope: Scope, compiler: Compiler): Code<Value | TailCall> {
	switch (node.kind) {
		case 'call':
			return compileTailCall(node, scope, compiler);
		case 'if':
			return compileIf(node, scope, compiler, compiler.tail);
		case 'block':
			return compileBlock(node, scope, compiler, compiler.tail);
		default:
			return compileValue(node, scope, compiler);
	}
}

/** What cannot fail is made at once; the rest becomes a thunk (J97). */
function compileLazy(node: Node, scope: Scope, compiler: Compiler): Code<Item> {
	switch (node.kind) {
		case 'variable':
			return compileLazyVariable(node, scope);
		case 'array':
			return compileArray(node, scope, compiler);
		default:
			return compileLazyBind(node, scope, compiler);
	}
}

function compileLazyBind(node: Node, scope: Scope, compiler: Compiler): Code<Item> {
	const code = compiler.value(node, scope);
	switch (node.kind) {
		case 'literal':
		case 'function':
		case 'self':
		case 'dollar':
			return code;
		case 'object':
			if (node.fields.every((field) => !field.computed)) return code;
	}
	return (frame) => new Thunk(code, frame);
}

const EMPTY: readonly Item[] = [];

function compileArray(node: ArrayNode, scope: Scope, compiler: Compiler): Code<readonly Item[]> {
	const items = node.elements.map((element) => compiler.lazy(element, scope));
	const { length } = items;
	// Values are never changed, so all empty arrays may be the same one.
	if (length === 0) return () => EMPTY;
	return (frame) => {
		allocate(length);
		const result = new Array<Item>(length);
		for (let i = 0; i < length; i++) result[i] = items[i]?.(frame) ?? null;
		return result;
	};
}

function compileImport(node: Import, scope: Scope, compiler: Compiler): Code {
	const { form, path } = node;
	const site = compiler.site(node, scope);
	const { filename } = scope.source;
	return () => compiler.host.load(form, filename, path, site);
}
