import { method, parseAssertion, parseBind, parseParameters, parseSpecs } from './parse-list';

import type {
	Assertion,
	Bind,
	Field,
	Node,
	ObjectComprehension,
	ObjectNode,
	Visibility,
} from './ast';
import type { TokenCursor } from './cursor';

const SEPARATORS: ReadonlyMap<string, { plus: boolean; visibility: Visibility }> = new Map([
	[':', { plus: false, visibility: 'inherit' }],
	['::', { plus: false, visibility: 'hidden' }],
	[':::', { plus: false, visibility: 'visible' }],
	['+:', { plus: true, visibility: 'inherit' }],
	['+::', { plus: true, visibility: 'hidden' }],
	['+:::', { plus: true, visibility: 'visible' }],
]);

/** `{ … }`, with the rules of J17. */
export function parseObject(cursor: TokenCursor): ObjectNode | ObjectComprehension {
	const { start } = cursor.expect('{');
	const fields: Field[] = [];
	const locals: Bind[] = [];
	const asserts: Assertion[] = [];
	while (!cursor.is('}')) {
		if (cursor.accept('local') !== undefined) locals.push(parseBind(cursor));
		else if (cursor.is('assert')) asserts.push(parseAssertion(cursor));
		else fields.push(parseField(cursor));
		const comma = cursor.accept(',') !== undefined;
		if (cursor.is('for')) return parseComprehension(cursor, start, fields, locals, asserts);
		if (comma) continue;
		if (!cursor.is('}')) throw cursor.fail(cursor.peek(), 'Expected a comma before next field');
	}
	return { kind: 'object', fields, locals, asserts, start, end: cursor.expect('}').end };
}

function parseComprehension(
	cursor: TokenCursor,
	start: number,
	fields: readonly Field[],
	locals: readonly Bind[],
	asserts: readonly Assertion[],
): ObjectComprehension {
	const [field] = fields;
	const at = cursor.peek();
	if (asserts.length > 0) throw cursor.fail(at, 'Object comprehension cannot have asserts');
	if (field === undefined || fields.length > 1) {
		throw cursor.fail(at, 'Object comprehension can only have one field');
	}
	if (!field.computed)
		throw cursor.fail(field.at, 'Object comprehensions can only have [e] fields');
	if (field.visibility !== 'inherit') {
		throw cursor.fail(field.at, 'Object comprehensions cannot have hidden fields');
	}
	const specs = parseSpecs(cursor);
	const { end } = cursor.expect('}');
	return { kind: 'objectComprehension', field, locals, specs, start, end };
}

function parseField(cursor: TokenCursor): Field {
	const at = cursor.peek();
	const { name, computed } = parseName(cursor);
	const before = cursor.objectWords;
	const params = cursor.is('(') ? parseParameters(cursor) : undefined;
	const separator = SEPARATORS.get(cursor.peek().type);
	if (separator === undefined) {
		throw cursor.unexpected('a field: expected :, ::, :::, +:, +:: or +:::');
	}
	cursor.next();
	if (params !== undefined && separator.plus) {
		throw cursor.fail(at, 'Cannot use +: syntax sugar in a method');
	}
	const value = method(params, cursor.expression(), at.start);
	const usesFrame = cursor.objectWords > before;
	const { plus, visibility } = separator;
	const place = { start: at.start, end: name.end };
	return { name, computed, plus, visibility, value, usesFrame, at: place };
}

function parseName(cursor: TokenCursor): { name: Node; computed: boolean } {
	const token = cursor.peek();
	if (token.type === 'identifier' || token.type === 'string') {
		cursor.next();
		const { start, end } = token;
		return { name: { kind: 'literal', value: token.text, start, end }, computed: false };
	}
	if (cursor.accept('[') === undefined) throw cursor.unexpected('a field definition');
	const name = cursor.expression();
	cursor.expect(']');
	return { name, computed: true };
}
