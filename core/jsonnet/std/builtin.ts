import { FunctionValue } from '../evaluate/function';
import { Thunk } from '../evaluate/value';

import type { ParameterInfo } from '../evaluate/function';
import type { Item, Value } from '../evaluate/value';

/** Arguments in the order of the parameters; those that were not given are undefined. */
export type Implementation = (...args: Value[]) => Value;

/** A function of `std`. */
export class Builtin extends FunctionValue {
	readonly name: string;
	readonly run: Implementation;
	private readonly signature: string;
	private parsed: Signature | undefined = undefined;

	constructor(signature: string, run: Implementation) {
		super();
		this.name = signature.slice(0, signature.indexOf('('));
		this.run = run;
		this.signature = signature;
	}

	override get params(): readonly ParameterInfo[] {
		return (this.parsed ??= parseSignature(this.signature)).params;
	}

	/** By parameter: handed over without being evaluated. */
	get lazy(): readonly boolean[] {
		return (this.parsed ??= parseSignature(this.signature)).lazy;
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
	return new Builtin(signature, run);
}

interface Signature {
	readonly params: readonly ParameterInfo[];
	readonly lazy: readonly boolean[];
}

/** Done when a function is first used: a template uses few of them. */
function parseSignature(signature: string): Signature {
	const open = signature.indexOf('(');
	const inside = signature.slice(open + 1, -1);
	const words = inside === '' ? [] : inside.split(', ');
	const lazy = words.map((word) => word.startsWith('~'));
	const params = words.map((word): ParameterInfo => {
		const [name = '', ...aliases] = word.replace('~', '').replace('=', '').split('|');
		return { name, aliases, optional: word.includes('=') };
	});
	return { params, lazy };
}
