import { Thunk } from '../evaluate/value';
import { variableHint } from '../hints/name-hints';
import { STD_NAMES } from '../std/std';
import { syntaxError } from '../syntax/syntax-error';

import type { JsonnetObject } from '../evaluate/object';
import type { Code, Frame, Item, Value } from '../evaluate/value';
import type { Dollar, Node, Self, Variable } from '../syntax/ast';
import type { Span } from '../source';
import type { Binding, FrameLayout, Scope } from './scope';
import { SELF_SLOT } from './scope';

/** Finds what a variable means. @throws MappingError for an unknown one */
function resolve(node: Variable, scope: Scope): Binding {
	const binding = scope.find(node.name);
	if (binding !== undefined) return binding;
	const hint = variableHint(node.name, scope.visibleNames(), STD_NAMES);
	throw syntaxError(scope.source, node, `Unknown variable: ${node.name}`, { hint });
}

/** The value of an expression that is known while compiling: `std`, a function of it, a host function. */
export function constantOf(node: Node, scope: Scope): Value | undefined {
	if (node.kind === 'literal') return node.value;
	if (node.kind === 'variable') {
		const binding = scope.find(node.name);
		return binding?.kind === 'constant' ? binding.constant.value : undefined;
	}
	if (node.kind !== 'index' || node.key.kind !== 'literal') return undefined;
	if (node.target.kind !== 'variable' || typeof node.key.value !== 'string') return undefined;
	const target = scope.find(node.target.name);
	return target?.kind === 'constant' ? target.constant.member?.(node.key.value) : undefined;
}

/** Reads a slot and evaluates it. */
export function compileVariable(node: Variable, scope: Scope): Code {
	const binding = resolve(node, scope);
	if (binding.kind === 'constant') {
		const { value } = binding.constant;
		return () => value;
	}
	const { slot } = binding;
	switch (hopsTo(scope, binding.layout)) {
		case 0:
			return (frame) => forceSlot(frame, slot);
		case 1:
			return (frame) => forceSlot(frame[0] as Frame, slot);
		case 2:
			return (frame) => forceSlot((frame[0] as Frame)[0] as Frame, slot);
		default: {
			const walk = compileWalk(scope, binding.layout);
			return (frame) => forceSlot(walk(frame), slot);
		}
	}
}

/** Passes a slot on as it is, evaluated or not. */
export function compileLazyVariable(node: Variable, scope: Scope): Code<Item> {
	const binding = resolve(node, scope);
	if (binding.kind === 'constant') {
		const { value } = binding.constant;
		return () => value;
	}
	const { slot } = binding;
	const walk = compileWalk(scope, binding.layout);
	return (frame) => {
		const item = walk(frame)[slot] as Item;
		return item instanceof Thunk ? item.settle() : item;
	};
}

export function compileSelf(node: Self | Dollar, scope: Scope): Code {
	const layout = node.kind === 'self' ? scope.self : scope.dollar;
	if (layout === undefined) {
		const name = node.kind === 'self' ? 'self' : '$';
		const hint = node.kind === 'dollar' ? 'The event is read by Body("a.b").' : undefined;
		throw syntaxError(scope.source, node, `Can't use ${name} outside of an object.`, { hint });
	}
	const walk = compileWalk(scope, layout);
	return (frame) => walk(frame)[SELF_SLOT] as JsonnetObject;
}

/** The frame of the nearest object, for `super`. */
export function walkToObject(at: Span, scope: Scope): (frame: Frame) => Frame {
	if (scope.self === undefined) {
		throw syntaxError(scope.source, at, "Can't use super outside of an object.");
	}
	return compileWalk(scope, scope.self);
}

function compileWalk(scope: Scope, layout: FrameLayout): (frame: Frame) => Frame {
	const hops = hopsTo(scope, layout);
	if (hops === 0) return (frame) => frame;
	if (hops === 1) return (frame) => frame[0] as Frame;
	if (hops === 2) return (frame) => (frame[0] as Frame)[0] as Frame;
	return (frame) => {
		let current = frame;
		for (let i = 0; i < hops; i++) current = current[0] as Frame;
		return current;
	};
}

function hopsTo(scope: Scope, layout: FrameLayout): number {
	return scope.layout.level - layout.level;
}

function forceSlot(frame: Frame, slot: number): Value {
	const item = frame[slot] as Item;
	return item instanceof Thunk ? item.force() : item;
}
