import { makeFrame } from '../evaluate/function';
import { allocate, step } from '../evaluate/run';
import { asArray, asBoolean } from '../evaluate/value';

import type { ArrayComprehension, ForSpec, Node, Spec } from '../syntax/ast';
import type { Code, Frame, Item } from '../evaluate/value';
import type { Compiler } from './compiler';
import type { Scope } from './scope';

type Visit = (iteration: Frame) => void;

interface CompiledSpecs {
	/** Where the body is compiled. */
	readonly scope: Scope;
	/** Calls `visit` with the frame of each iteration. */
	run(frame: Frame, visit: Visit): void;
}

/** `[body for x in xs if c …]` (J45) */
export function compileArrayComprehension(
	node: ArrayComprehension,
	scope: Scope,
	compiler: Compiler,
): Code {
	const [only, ...others] = node.specs;
	if (only?.kind === 'for' && others.length === 0) {
		return compileMapping(only, node.body, scope, compiler);
	}
	const specs = compileSpecs(node.specs, scope, compiler);
	const body = compiler.lazy(node.body, specs.scope);
	return (frame) => {
		const result: Item[] = [];
		specs.run(frame, (iteration) => {
			allocate(1);
			result.push(body(iteration));
		});
		return result;
	};
}

/** `[body for x in xs]`: the size of the result is known. */
function compileMapping(spec: ForSpec, bodyNode: Node, scope: Scope, compiler: Compiler): Code {
	const over = compiler.value(spec.over, scope);
	const site = compiler.site(spec.over, scope);
	const inner = scope.frame();
	const slot = inner.declare(spec.name, spec.at);
	const body = compiler.lazy(bodyNode, inner);
	const { layout } = inner;
	return (frame) => {
		const items = asArray(over(frame), site);
		const { length } = items;
		allocate(length);
		const result = new Array<Item>(length);
		for (let i = 0; i < length; i++) {
			step();
			const iteration = makeFrame(frame, layout.size);
			iteration[slot] = items[i];
			result[i] = body(iteration);
		}
		return result;
	};
}

/** Every `for` makes one frame per element; a condition runs in the frame before it. */
export function compileSpecs(
	specs: readonly Spec[],
	scope: Scope,
	compiler: Compiler,
): CompiledSpecs {
	let inner = scope;
	const stages: ((frame: Frame, next: Visit) => void)[] = [];
	for (const spec of specs) {
		if (spec.kind === 'for') {
			const over = compiler.value(spec.over, inner);
			const site = compiler.site(spec.over, inner);
			inner = inner.frame();
			const slot = inner.declare(spec.name, spec.at);
			const { layout } = inner;
			stages.push((frame, next) => {
				const items = asArray(over(frame), site);
				for (let i = 0; i < items.length; i++) {
					step();
					const iteration = makeFrame(frame, layout.size);
					iteration[slot] = items[i];
					next(iteration);
				}
			});
		} else {
			const condition = compiler.value(spec.condition, inner);
			const site = compiler.site(spec.condition, inner);
			stages.push((frame, next) => {
				if (asBoolean(condition(frame), site)) next(frame);
			});
		}
	}
	const run = (frame: Frame, visit: Visit) => {
		let next = visit;
		for (let i = stages.length - 1; i > 0; i--) {
			const stage = stages[i];
			const after = next;
			next = (inside) => stage?.(inside, after);
		}
		stages[0]?.(frame, next);
	};
	return { scope: inner, run };
}
