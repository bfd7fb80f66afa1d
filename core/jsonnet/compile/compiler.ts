import type { Site } from '../evaluate/run';
import type { Code, Item } from '../evaluate/value';
import type { TailCall } from '../evaluate/function';
import type { Value } from '../evaluate/value';
import type { Node } from '../syntax/ast';
import type { Span } from '../source';
import type { Scope } from './scope';

/**
 * What the files of this folder need of each other; `compile-node.ts` puts them together. Each turns one kind of node into
 * a closure over its parts (J95). The same code never runs twice on one frame, so a `local` may live in the frame of the
 * function, iteration or object around it (J96, J106).
 */
export interface Compiler {
	/** Code that gives the value. */
	value(node: Node, scope: Scope): Code;
	/** Code in tail position of a function: a `tailstrict` call there comes back as a TailCall (J42). */
	tail(node: Node, scope: Scope): Code<Value | TailCall>;
	/** Code that gives the value or a thunk of it, without evaluating anything that could fail (J97). */
	lazy(node: Node, scope: Scope): Code<Item>;
	/** The same for binds that see each other: their slots may not be filled yet. */
	lazyBind(node: Node, scope: Scope): Code<Item>;
	site(span: Span, scope: Scope): Site;
	readonly host: CompileHost;
}

/** What a program may use from outside. */
export interface CompileHost {
	/** Value of an `import` of one form. */
	load(form: 'import' | 'importstr' | 'importbin', from: string, path: string, site: Site): Value;
}
