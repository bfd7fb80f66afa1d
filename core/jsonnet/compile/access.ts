import { getField } from '../evaluate/fields';
import { JsonnetObject } from '../evaluate/object';
import { HostFunctionValue } from '../evaluate/host';
import { runtimeError } from '../evaluate/run';
import { slice, subscript } from '../evaluate/subscript';
import { asString } from '../evaluate/value';
import { syntaxError } from '../syntax/syntax-error';
import { LAYER_SLOT, SELF_SLOT } from './scope';
import { constantOf, walkToObject } from './variable';

import type { Entry, Table } from '../evaluate/table';
import type { Code } from '../evaluate/value';
import type { InSuper, Index, Node, Slice, SuperIndex } from '../syntax/ast';
import type { Compiler } from './compiler';
import type { Scope } from './scope';

/** `target[key]`, `target.name` */
export function compileAccess(node: Index, scope: Scope, compiler: Compiler): Code {
	const constant = constantOf(node, scope);
	if (constant !== undefined) return () => constant;
	checkConstant(node, scope);
	const target = compiler.value(node.target, scope);
	const site = compiler.site(node, scope);
	const { key } = node;
	if (key.kind !== 'literal' || typeof key.value !== 'string') {
		const keyCode = compiler.value(key, scope);
		return (frame) => subscript(target(frame), keyCode(frame), site);
	}
	const name = key.value;
	let knownTable: Table | undefined;
	let knownEntry: Entry | undefined;
	return (frame) => {
		const object = target(frame);
		if (!(object instanceof JsonnetObject)) return subscript(object, name, site);
		if (object.table !== knownTable) {
			const entry = object.table.find(name);
			if (entry === undefined) return getField(object, name, site);
			// Only tables of literals come again; others would be kept alive for nothing.
			if (!object.table.isStatic) return object.get(entry, site);
			knownTable = object.table;
			knownEntry = entry;
		}
		return knownEntry === undefined ? getField(object, name, site) : object.get(knownEntry, site);
	};
}

/** What can never work is found when the template is saved: `std.upper`, `Body.a` (J7). */
function checkConstant({ target, key, ...span }: Index, scope: Scope): void {
	if (target.kind !== 'variable') return;
	const binding = scope.find(target.name);
	if (binding?.kind !== 'constant') return;
	const { constant } = binding;
	if (constant.value instanceof HostFunctionValue) {
		const hint = `It is called: ${target.name}(${constant.value.params.length > 0 ? '"a.b"' : ''})`;
		const message = 'Unexpected type function, expected array, object or string';
		throw syntaxError(scope.source, span, message, { hint: `${hint}.` });
	}
	if (constant.member === undefined) return;
	if (key.kind !== 'literal' || typeof key.value !== 'string') return;
	if (mentions(scope.source.text, key.value)) return;
	const hint = constant.memberHint?.(key.value);
	throw syntaxError(scope.source, span, `Field does not exist: ${key.value}`, { hint });
}

/** A program that has the name as a text may ask whether there is such a field before it reads it. */
function mentions(source: string, name: string): boolean {
	return source.includes(`"${name}"`) || source.includes(`'${name}'`);
}

/** `target[from:to:step]` */
export function compileSlice(node: Slice, scope: Scope, compiler: Compiler): Code {
	const target = compiler.value(node.target, scope);
	const part = (each: Node | undefined): Code =>
		each === undefined ? () => null : compiler.value(each, scope);
	const from = part(node.from);
	const to = part(node.to);
	const by = part(node.step);
	const site = compiler.site(node, scope);
	return (frame) => slice(target(frame), from(frame), to(frame), by(frame), site);
}

/** `super.name`: the layers to the left, with the same self (J32, J33). */
export function compileSuper(node: SuperIndex, scope: Scope, compiler: Compiler): Code {
	const walk = walkToObject(node, scope);
	const key = compiler.value(node.key, scope);
	const site = compiler.site(node, scope);
	return (frame) => {
		const objectFrame = walk(frame);
		const layer = objectFrame[LAYER_SLOT] as number;
		if (layer === 0) {
			throw runtimeError('Attempt to use super when there is no super class.', site);
		}
		const name = asString(key(frame), site);
		const value = (objectFrame[SELF_SLOT] as JsonnetObject).getBelow(name, layer, site);
		if (value === undefined) throw runtimeError(`Field does not exist: ${name}`, site);
		return value;
	};
}

/** `e in super` */
export function compileInSuper(node: InSuper, scope: Scope, compiler: Compiler): Code {
	const walk = walkToObject(node, scope);
	const key = compiler.value(node.key, scope);
	const site = compiler.site(node, scope);
	return (frame) => {
		const objectFrame = walk(frame);
		const layer = objectFrame[LAYER_SLOT] as number;
		return (objectFrame[SELF_SLOT] as JsonnetObject).hasBelow(asString(key(frame), site), layer);
	};
}
