import { FunctionValue } from '../evaluate/function';
import { Thunk } from '../evaluate/value';

import type { ParameterInfo } from '../evaluate/function';
import type { Item, Value } from '../evaluate/value';

/** Arguments in the order of the parameters; those that were not given are undefined. */
export type Implementation = (...args: Value[]) => Value;

/** A function of `std`. */
export class Builtin extends FunctionValue {
	readonly name: string;
	override readonly params: readonly ParameterInfo[];
	/** By parameter: handed over without being evaluated. */
	readonly lazy: readonly boolean[];
	readonly run: Implementation;

	constructor(
		name: string,
		params: readonly ParameterInfo[],
		lazy: readonly boolean[],
		run: Implementation,
	) {
		super();
		this.name = name;
		this.params = params;
		this.lazy = lazy;
		this.run = run;
	}

	override start(args: readonly (Item | undefined)[]): Value {
		const values = this.params.map((_, i) => {
			const arg = args[i];
			return arg instanceof Thunk && !this.lazy[i] ? arg.force() : arg;
		});
		return this.run(...(values as Value[]));
	}
}

/**
 * Declares a function of `std`: `builtin('slice(indexable, index, end, step)', (indexable, index, end, step) => …)`.
 * `name=` is a parameter with a default, `name|other` has two names, `~name` is not evaluated before the call.
 */
export function builtin(signature: string, run: Implementation): Builtin {
	const open = signature.indexOf('(');
	const inside = signature.slice(open + 1, -1);
	const words = inside === '' ? [] : inside.split(', ');
	const lazy = words.map((word) => word.startsWith('~'));
	const params = words.map((word): ParameterInfo => {
		const [name = '', ...aliases] = word.replace('~', '').replace('=', '').split('|');
		return { name, aliases, optional: word.includes('=') };
	});
	return new Builtin(signature.slice(0, open), params, lazy, run);
}
