/** The one syntax tree: what the parser builds and the compiler reads. Parentheses leave no trace in it. */
import type { Span } from '../source';

export type Node =
	| Literal
	| Variable
	| Self
	| Dollar
	| SuperIndex
	| InSuper
	| Index
	| Slice
	| Call
	| Apply
	| Unary
	| Chain
	| If
	| FunctionNode
	| Block
	| Fail
	| Import
	| ArrayNode
	| ArrayComprehension
	| ObjectNode
	| ObjectComprehension;

export interface Literal extends Span {
	readonly kind: 'literal';
	readonly value: null | boolean | number | string;
}

export interface Variable extends Span {
	readonly kind: 'variable';
	readonly name: string;
}

export interface Self extends Span {
	readonly kind: 'self';
}

export interface Dollar extends Span {
	readonly kind: 'dollar';
}

export interface SuperIndex extends Span {
	readonly kind: 'superIndex';
	readonly key: Node;
}

/** `e in super` */
export interface InSuper extends Span {
	readonly kind: 'inSuper';
	readonly key: Node;
}

/** `target[key]`; `target.name` has a literal key. */
export interface Index extends Span {
	readonly kind: 'index';
	readonly target: Node;
	readonly key: Node;
}

export interface Slice extends Span {
	readonly kind: 'slice';
	readonly target: Node;
	readonly from: Node | undefined;
	readonly to: Node | undefined;
	readonly step: Node | undefined;
}

export interface Call extends Span {
	readonly kind: 'call';
	readonly target: Node;
	readonly positional: readonly Node[];
	readonly named: readonly NamedArgument[];
	readonly tailstrict: boolean;
}

export interface NamedArgument {
	readonly name: string;
	readonly value: Node;
	readonly at: Span;
}

/** `target { … }`, which means `target + { … }` (J34). */
export interface Apply extends Span {
	readonly kind: 'apply';
	readonly target: Node;
	readonly object: ObjectNode | ObjectComprehension;
}

export type UnaryOperator = '+' | '-' | '!' | '~';

export interface Unary extends Span {
	readonly kind: 'unary';
	readonly operator: UnaryOperator;
	readonly operand: Node;
}

export type BinaryOperator =
	| '*'
	| '/'
	| '%'
	| '+'
	| '-'
	| '<<'
	| '>>'
	| '<'
	| '>'
	| '<='
	| '>='
	| 'in'
	| '=='
	| '!='
	| '&'
	| '^'
	| '|'
	| '&&'
	| '||';

/** A run of operators of one precedence: flat, so that 100,000 terms make no deep tree (J94). */
export interface Chain extends Span {
	readonly kind: 'chain';
	readonly first: Node;
	readonly rest: ChainLink[];
	/** Grown while parsing. */
	end: number;
}

export interface ChainLink {
	readonly operator: BinaryOperator;
	readonly operand: Node;
}

/** `if … then … else if … then … else …`, flat as well. */
export interface If extends Span {
	readonly kind: 'if';
	readonly branches: readonly { readonly condition: Node; readonly then: Node }[];
	readonly otherwise: Node | undefined;
}

export interface Parameter {
	readonly name: string;
	readonly fallback: Node | undefined;
	readonly at: Span;
}

export interface FunctionNode extends Span {
	readonly kind: 'function';
	readonly params: readonly Parameter[];
	readonly body: Node;
}

/** `local a = …, b = …; assert …; body`: statements in a list, so that long files make no deep tree. */
export interface Block extends Span {
	readonly kind: 'block';
	readonly statements: readonly (Locals | Assertion)[];
	readonly body: Node;
}

export interface Locals {
	readonly kind: 'locals';
	readonly binds: readonly Bind[];
}

/** A method `f(x) = e` has a function as its value. */
export interface Bind {
	readonly name: string;
	readonly value: Node;
	readonly at: Span;
}

export interface Assertion extends Span {
	readonly kind: 'assertion';
	readonly condition: Node;
	readonly message: Node | undefined;
}

export interface Fail extends Span {
	readonly kind: 'fail';
	readonly message: Node;
}

export interface Import extends Span {
	readonly kind: 'import';
	readonly form: 'import' | 'importstr' | 'importbin';
	readonly path: string;
}

export interface ArrayNode extends Span {
	readonly kind: 'array';
	readonly elements: readonly Node[];
}

export interface ForSpec {
	readonly kind: 'for';
	readonly name: string;
	readonly over: Node;
	readonly at: Span;
}

export interface IfSpec {
	readonly kind: 'if';
	readonly condition: Node;
}

export type Spec = ForSpec | IfSpec;

export interface ArrayComprehension extends Span {
	readonly kind: 'arrayComprehension';
	readonly body: Node;
	readonly specs: readonly Spec[];
}

/** `:` inherits, `::` hides, `:::` shows (J30). */
export type Visibility = 'inherit' | 'hidden' | 'visible';

export interface Field {
	/** A literal for `name:` and `"name":`. */
	readonly name: Node;
	/** `[e]:`, whose name may be null or computed (J35). */
	readonly computed: boolean;
	readonly plus: boolean;
	readonly visibility: Visibility;
	readonly value: Node;
	/**
	 * Whether the value needs the frame of its object: for `self`, `super`, `$`, or for a slot of a `local` of its own, which
	 * must not be shared by two objects of the same literal (J106). Errs on the safe side. A field without that need runs in
	 * the frame around the literal, and an object of such fields makes no frame at all.
	 */
	readonly usesFrame: boolean;
	readonly at: Span;
}

export interface ObjectNode extends Span {
	readonly kind: 'object';
	readonly fields: readonly Field[];
	readonly locals: readonly Bind[];
	readonly asserts: readonly Assertion[];
}

export interface ObjectComprehension extends Span {
	readonly kind: 'objectComprehension';
	readonly field: Field;
	readonly locals: readonly Bind[];
	readonly specs: readonly Spec[];
}
