import type { TokenCursor } from './cursor';
import type { Assertion, Bind, FunctionNode, NamedArgument, Node, Parameter, Spec } from './ast';

interface Arguments {
	readonly positional: Node[];
	readonly named: NamedArgument[];
}

/** `(a, b, name=c)` with an optional trailing comma; no positional one after a named one (J16). */
export function parseArguments(cursor: TokenCursor): Arguments {
	const positional: Node[] = [];
	const named: NamedArgument[] = [];
	cursor.expect('(');
	while (!cursor.is(')')) {
		const at = cursor.peek();
		if (at.type === 'identifier' && cursor.peek(1).type === '=') {
			cursor.next();
			cursor.next();
			named.push({ name: at.text, value: cursor.expression(), at });
		} else {
			const value = cursor.expression();
			if (named.length > 0) throw cursor.fail(value, 'Positional argument after a named argument');
			positional.push(value);
		}
		if (!acceptComma(cursor, ')')) break;
	}
	cursor.expect(')');
	return { positional, named };
}

/** `(a, b=1)` */
export function parseParameters(cursor: TokenCursor): Parameter[] {
	const params: Parameter[] = [];
	cursor.expect('(');
	while (!cursor.is(')')) {
		const at = cursor.expect('identifier');
		const fallback = cursor.accept('=') === undefined ? undefined : cursor.expression();
		params.push({ name: at.text, fallback, at });
		if (!acceptComma(cursor, ')')) break;
	}
	cursor.expect(')');
	return params;
}

/** `a = e, f(x) = e`, after `local`. */
export function parseBinds(cursor: TokenCursor): Bind[] {
	const binds: Bind[] = [];
	do binds.push(parseBind(cursor));
	while (cursor.accept(',') !== undefined);
	return binds;
}

export function parseBind(cursor: TokenCursor): Bind {
	const at = cursor.expect('identifier');
	const params = cursor.is('(') ? parseParameters(cursor) : undefined;
	cursor.expect('=');
	const value = cursor.expression();
	return { name: at.text, value: method(params, value, at.start), at };
}

/** `assert e : message` */
export function parseAssertion(cursor: TokenCursor): Assertion {
	const { start } = cursor.expect('assert');
	const condition = cursor.expression();
	const message = cursor.accept(':') === undefined ? undefined : cursor.expression();
	return { kind: 'assertion', condition, message, start, end: cursor.lastEnd };
}

/** A method is a field or local whose value is a function. */
export function method(params: readonly Parameter[] | undefined, body: Node, start: number): Node {
	if (params === undefined) return body;
	const node: FunctionNode = { kind: 'function', params, body, start, end: body.end };
	return node;
}

/** `[a, b]` or `[a for x in xs if c]` */
export function parseArray(cursor: TokenCursor): Node {
	const { start } = cursor.expect('[');
	const elements: Node[] = [];
	while (!cursor.is(']')) {
		elements.push(cursor.expression());
		const comma = cursor.accept(',') !== undefined;
		const [body] = elements;
		if (cursor.is('for') && body !== undefined && elements.length === 1) {
			const specs = parseSpecs(cursor);
			return { kind: 'arrayComprehension', body, specs, start, end: cursor.expect(']').end };
		}
		if (comma) continue;
		if (!cursor.is(']'))
			throw cursor.fail(cursor.peek(), 'Expected a comma before next array element');
	}
	return { kind: 'array', elements, start, end: cursor.expect(']').end };
}

/** `for x in xs if c for y in ys …` */
export function parseSpecs(cursor: TokenCursor): Spec[] {
	const specs: Spec[] = [];
	do {
		cursor.enter();
		if (cursor.accept('for') !== undefined) {
			const at = cursor.expect('identifier');
			cursor.expect('in');
			specs.push({ kind: 'for', name: at.text, over: cursor.expression(), at });
		} else {
			cursor.expect('if');
			specs.push({ kind: 'if', condition: cursor.expression() });
		}
	} while (cursor.is('for') || cursor.is('if'));
	cursor.leave(specs.length);
	return specs;
}

/** `target[key]` or `target[from:to:step]` (J26); `::` arrives as one token. */
export function parseSubscript(cursor: TokenCursor, target: Node, start: number): Node {
	cursor.expect('[');
	const parts: (Node | undefined)[] = [undefined];
	while (!cursor.is(']')) {
		if (cursor.is(':') || cursor.is('::')) {
			for (let i = cursor.next().text.length; i > 0; i--) parts.push(undefined);
		} else if (parts.at(-1) === undefined) {
			parts[parts.length - 1] = cursor.expression();
		} else {
			throw cursor.unexpected('a subscript');
		}
	}
	const { end } = cursor.expect(']');
	const [from, to, step] = parts;
	if (parts.length > 3) throw cursor.fail({ start, end }, 'Invalid slice: too many colons');
	if (parts.length > 1) return { kind: 'slice', target, from, to, step, start, end };
	if (from === undefined) throw cursor.fail({ start, end }, 'ast.Index requires an expression');
	return { kind: 'index', target, key: from, start, end };
}

function acceptComma(cursor: TokenCursor, closing: string): boolean {
	if (cursor.accept(',') !== undefined) return true;
	if (cursor.is(closing)) return false;
	throw cursor.fail(cursor.peek(), `Expected a comma before next element, or "${closing}"`);
}
