import { parseArguments, parseArray, parseSubscript } from './parse-list';
import { parseObject } from './parse-object';
import { parseStatement } from './parse-statement';
import { TokenCursor } from './cursor';

import type { Source } from '../source';
import type { BinaryOperator, Chain, Node, UnaryOperator } from './ast';

/** J15, higher binds tighter; every operator is left-associative. */
const PRECEDENCE: ReadonlyMap<string, number> = new Map([
	['*', 10],
	['/', 10],
	['%', 10],
	['+', 9],
	['-', 9],
	['<<', 8],
	['>>', 8],
	['<', 7],
	['>', 7],
	['<=', 7],
	['>=', 7],
	['in', 7],
	['==', 6],
	['!=', 6],
	['&', 5],
	['^', 4],
	['|', 3],
	['&&', 2],
	['||', 1],
]);

/** Parses a whole source. @throws MappingError ERR_TEMPLATE_SYNTAX */
export function parse(source: Source): Node {
	const cursor = new TokenCursor(source, parseExpression);
	const node = parseExpression(cursor);
	if (!cursor.is('end')) throw cursor.unexpected('the end of the program');
	return node;
}

function parseExpression(cursor: TokenCursor): Node {
	cursor.enter();
	const node = parseBinary(cursor, 1);
	cursor.leave();
	return node;
}

function parseBinary(cursor: TokenCursor, lowest: number): Node {
	let left = parseUnary(cursor);
	let chain: Chain | undefined;
	let chainPrecedence = 0;
	let wraps = 0;
	for (;;) {
		const operator = cursor.peek();
		const precedence = PRECEDENCE.get(operator.type);
		if (precedence === undefined || precedence < lowest) break;
		cursor.next();
		if (operator.type === 'in' && isBareSuper(cursor)) {
			left = { kind: 'inSuper', key: left, start: left.start, end: cursor.next().end };
			chain = undefined;
			cursor.enter();
			wraps += 1;
			continue;
		}
		const operand = parseBinary(cursor, precedence + 1);
		const link = { operator: operator.type as BinaryOperator, operand };
		if (chain !== undefined && chainPrecedence === precedence) {
			chain.rest.push(link);
			chain.end = operand.end;
			continue;
		}
		chain = { kind: 'chain', first: left, rest: [link], start: left.start, end: operand.end };
		chainPrecedence = precedence;
		left = chain;
	}
	cursor.leave(wraps);
	return left;
}

/** `e in super`, but not `e in super.x`. */
function isBareSuper(cursor: TokenCursor): boolean {
	return cursor.is('super') && !['.', '['].includes(cursor.peek(1).type);
}

function parseUnary(cursor: TokenCursor): Node {
	const operator = cursor.peek();
	if (!['+', '-', '!', '~'].includes(operator.type)) return parsePostfix(cursor);
	cursor.next();
	cursor.enter();
	const operand = parseUnary(cursor);
	cursor.leave();
	const { start } = operator;
	return {
		kind: 'unary',
		operator: operator.type as UnaryOperator,
		operand,
		start,
		end: operand.end,
	};
}

function parsePostfix(cursor: TokenCursor): Node {
	const { start } = cursor.peek();
	let node = parsePrimary(cursor);
	let levels = 0;
	for (;;) {
		const token = cursor.peek();
		if (token.type === '.') {
			cursor.next();
			const name = cursor.expect('identifier');
			const key: Node = { kind: 'literal', value: name.text, start: name.start, end: name.end };
			node = { kind: 'index', target: node, key, start, end: name.end };
		} else if (token.type === '[') {
			node = parseSubscript(cursor, node, start);
		} else if (token.type === '(') {
			const { positional, named } = parseArguments(cursor);
			const tailstrict = cursor.accept('tailstrict') !== undefined;
			const end = cursor.lastEnd;
			node = { kind: 'call', target: node, positional, named, tailstrict, start, end };
		} else if (token.type === '{') {
			const object = parseObject(cursor);
			node = { kind: 'apply', target: node, object, start, end: object.end };
		} else {
			break;
		}
		cursor.enter();
		levels += 1;
	}
	cursor.leave(levels);
	return node;
}

function parsePrimary(cursor: TokenCursor): Node {
	const token = cursor.peek();
	const { start, end } = token;
	switch (token.type) {
		case 'number':
			cursor.next();
			return { kind: 'literal', value: token.number ?? 0, start, end };
		case 'string':
			cursor.next();
			return { kind: 'literal', value: token.text, start, end };
		case 'true':
		case 'false':
			cursor.next();
			return { kind: 'literal', value: token.type === 'true', start, end };
		case 'null':
			cursor.next();
			return { kind: 'literal', value: null, start, end };
		case 'identifier':
			cursor.next();
			return { kind: 'variable', name: token.text, start, end };
		case 'self':
			cursor.next();
			return { kind: 'self', start, end };
		case '$':
			cursor.next();
			return { kind: 'dollar', start, end };
		case 'super':
			return parseSuper(cursor);
		case '(':
			return parseParenthesized(cursor);
		case '[':
			return parseArray(cursor);
		case '{':
			return parseObject(cursor);
		default:
			return parseStatement(cursor);
	}
}

function parseParenthesized(cursor: TokenCursor): Node {
	cursor.next();
	const node = parseExpression(cursor);
	cursor.expect(')');
	return node;
}

function parseSuper(cursor: TokenCursor): Node {
	const { start } = cursor.next();
	if (cursor.accept('.') !== undefined) {
		const name = cursor.expect('identifier');
		const key: Node = { kind: 'literal', value: name.text, start: name.start, end: name.end };
		return { kind: 'superIndex', key, start, end: name.end };
	}
	if (cursor.accept('[') === undefined) {
		throw cursor.fail(cursor.peek(), 'Expected . or [ after super');
	}
	const key = parseExpression(cursor);
	return { kind: 'superIndex', key, start, end: cursor.expect(']').end };
}
