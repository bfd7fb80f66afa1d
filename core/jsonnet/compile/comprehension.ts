import { makeFrame } from '../evaluate/function';
import { allocate, step } from '../evaluate/run';
import { asArray, asBoolean } from '../evaluate/value';

import type { ArrayComprehension, ForSpec, IfSpec, Node, Spec } from '../syntax/ast';
import type { Code, Frame, Item, Value } from '../evaluate/value';
import type { Compiler } from './compiler';
import type { Scope } from './scope';

/** What is done with the frame of an iteration; it adds to `found`. */
type Visit<Found> = (frame: Frame, found: Found) => void;

interface CompiledSpecs {
	/** Where the body is compiled. */
	readonly scope: Scope;
	/** The loops around `visit`, linked while compiling: an evaluation makes no closures. */
	loop<Found>(visit: Visit<Found>): Visit<Found>;
}

/** `[body for x in xs if c …]` (J45) */
export function compileArrayComprehension(
	node: ArrayComprehension,
	scope: Scope,
	compiler: Compiler,
): Code {
	const [first, ...others] = node.specs;
	if (first?.kind === 'for' && others.every((spec) => spec.kind === 'if')) {
		return compileMapping(first, others, node.body, scope, compiler);
	}
	const specs = compileSpecs(node.specs, scope, compiler);
	const body = compiler.lazy(node.body, specs.scope);
	const loop = specs.loop<Item[]>((iteration, found) => {
		allocate(1);
		found.push(body(iteration));
	});
	return (frame) => {
		const found: Item[] = [];
		loop(frame, found);
		return found;
	};
}

const EMPTY: readonly Item[] = [];

/** `[body for x in xs if c]`: the size of the result is known, or a bound of it. */
function compileMapping(
	spec: ForSpec,
	conditions: readonly IfSpec[],
	bodyNode: Node,
	scope: Scope,
	compiler: Compiler,
): Code {
	const over = compiler.value(spec.over, scope);
	const site = compiler.site(spec.over, scope);
	const inner = scope.frame();
	const slot = inner.declare(spec.name, spec.at);
	const holds = conditions.map((each) => compileCondition(each, inner, compiler));
	const body = compiler.lazy(bodyNode, inner);
	const { layout } = inner;
	const isFilter = holds.length > 0;
	return (frame): Value => {
		const items = asArray(over(frame), site);
		const { length } = items;
		if (length === 0) return EMPTY;
		if (!isFilter) allocate(length);
		const result = new Array<Item>(length);
		let count = 0;
		for (let i = 0; i < length; i++) {
			step();
			const iteration = makeFrame(frame, layout.size);
			iteration[slot] = items[i];
			if (isFilter) {
				if (!allHold(holds, iteration)) continue;
				allocate(1);
			}
			result[count++] = body(iteration);
		}
		if (count < length) result.length = count;
		return result;
	};
}

function allHold(holds: readonly Code<boolean>[], frame: Frame): boolean {
	for (let i = 0; i < holds.length; i++) if (holds[i]?.(frame) === false) return false;
	return true;
}

function compileCondition(spec: IfSpec, scope: Scope, compiler: Compiler): Code<boolean> {
	const condition = compiler.value(spec.condition, scope);
	const site = compiler.site(spec.condition, scope);
	return (frame) => asBoolean(condition(frame), site);
}

/** Every `for` makes one frame per element; a condition runs in the frame before it. */
export function compileSpecs(
	specs: readonly Spec[],
	scope: Scope,
	compiler: Compiler,
): CompiledSpecs {
	let inner = scope;
	const stages: (<Found>(next: Visit<Found>) => Visit<Found>)[] = [];
	for (const spec of specs) {
		if (spec.kind === 'for') {
			const over = compiler.value(spec.over, inner);
			const site = compiler.site(spec.over, inner);
			inner = inner.frame();
			const slot = inner.declare(spec.name, spec.at);
			const { layout } = inner;
			stages.push((next) => (frame, found) => {
				const items = asArray(over(frame), site);
				for (let i = 0; i < items.length; i++) {
					step();
					const iteration = makeFrame(frame, layout.size);
					iteration[slot] = items[i];
					next(iteration, found);
				}
			});
		} else {
			const holds = compileCondition(spec, inner, compiler);
			stages.push((next) => (frame, found) => {
				if (holds(frame)) next(frame, found);
			});
		}
	}
	return { scope: inner, loop: (visit) => stages.reduceRight((next, stage) => stage(next), visit) };
}
