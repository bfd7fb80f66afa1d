import { syntaxError } from '../syntax/syntax-error';

import type { Value } from '../evaluate/value';
import type { Source, Span } from '../source';

/** Shape of one kind of frame at run time; its size is known when everything inside is compiled. */
export class FrameLayout {
	/** Frames around it; the difference of two levels is the number of steps to walk. */
	readonly level: number;
	/** Slot 0 is the parent. */
	size = 1;

	constructor(level: number) {
		this.level = level;
	}
}

export type Binding =
	| { readonly kind: 'slot'; readonly layout: FrameLayout; readonly slot: number }
	/** Known while compiling: `std` and the host functions. */
	| { readonly kind: 'constant'; readonly constant: Constant };

/** A global name. */
export interface Constant {
	/** May be made when it is asked for. */
	readonly value: Value;
	/** The value of a field, where it is known without making the object. */
	member?(name: string): Value | undefined;
	/** What to say of a field that there is not; its being there is part of `member`. */
	memberHint?(name: string): string | undefined;
}

/** Slots of the frame of an object's layer. */
export const SELF_SLOT = 1;
export const LAYER_SLOT = 2;

/** Names that an expression can see. Resolves each variable to a slot of a frame (J96). */
export class Scope {
	readonly source: Source;
	readonly layout: FrameLayout;
	/** Frame of the nearest object: `self`, `super`. */
	readonly self: FrameLayout | undefined;
	/** Frame of the outermost object: `$` (J34). */
	readonly dollar: FrameLayout | undefined;
	/** The function or field around, for stack frames. */
	readonly label: string;
	private readonly parent: Scope | undefined;
	private readonly names = new Map<string, Binding>();

	private constructor(
		parent: Scope | undefined,
		parts: Pick<Scope, 'source' | 'layout' | 'self' | 'dollar' | 'label'>,
	) {
		this.parent = parent;
		this.source = parts.source;
		this.layout = parts.layout;
		this.self = parts.self;
		this.dollar = parts.dollar;
		this.label = parts.label;
	}

	static root(source: Source, constants: ReadonlyMap<string, Constant>): Scope {
		const layout = new FrameLayout(0);
		const scope = new Scope(undefined, {
			source,
			layout,
			self: undefined,
			dollar: undefined,
			label: '$',
		});
		for (const [name, constant] of constants) {
			scope.names.set(name, { kind: 'constant', constant });
		}
		return scope;
	}

	/** More names in the same frame. */
	block(): Scope {
		return new Scope(this, this);
	}

	/** A frame inside this one: of a function or an iteration. */
	frame(label = this.label): Scope {
		return new Scope(this, {
			...this.parts(),
			layout: new FrameLayout(this.layout.level + 1),
			label,
		});
	}

	/** The frame of an object's layer. */
	object(): Scope {
		const layout = new FrameLayout(this.layout.level + 1);
		layout.size = LAYER_SLOT + 1;
		return new Scope(this, {
			...this.parts(),
			layout,
			self: layout,
			dollar: this.dollar ?? layout,
		});
	}

	labelled(label: string): Scope {
		return new Scope(this, { ...this.parts(), label });
	}

	/** @throws MappingError when this very scope has the name already */
	declare(name: string, at: Span, what = 'local variable'): number {
		if (this.names.has(name)) {
			throw syntaxError(this.source, at, `Duplicate ${what}: ${name}`);
		}
		const slot = this.layout.size++;
		this.names.set(name, { kind: 'slot', layout: this.layout, slot });
		return slot;
	}

	/** Whether this very scope has the name. */
	has(name: string): boolean {
		return this.names.has(name);
	}

	find(name: string): Binding | undefined {
		let binding = this.names.get(name);
		for (
			let scope = this.parent;
			scope !== undefined && binding === undefined;
			scope = scope.parent
		) {
			binding = scope.names.get(name);
		}
		return binding;
	}

	/** All names, the nearest first. */
	visibleNames(): string[] {
		const names = [...this.names.keys()];
		for (let scope = this.parent; scope !== undefined; scope = scope.parent) {
			names.push(...scope.names.keys());
		}
		return names;
	}

	private parts() {
		const { source, layout, self, dollar, label } = this;
		return { source, layout, self, dollar, label };
	}
}
