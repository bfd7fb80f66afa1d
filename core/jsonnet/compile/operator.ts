import { add, divide, multiply, negate, remainder, subtract } from '../evaluate/arithmetic';
import { bitOperation, complement } from '../evaluate/bits';
import { compare, equals, isIn } from '../evaluate/compare';
import { asBoolean, asNumber } from '../evaluate/value';
import { allocateString, checkStringLength } from '../evaluate/run';
import { toText } from '../write/json-text';
import { formatPercent } from '../std/format';
import { compileExtension } from './object';

import type { Site } from '../evaluate/run';
import type { Code, Value } from '../evaluate/value';
import type { BinaryOperator, Chain, Unary } from '../syntax/ast';
import type { Compiler } from './compiler';
import type { Scope } from './scope';

type Operation = (left: Value, right: Value, site: Site) => Value;

/** All but `&&` and `||`, which do not always evaluate their right side (J24). */
const OPERATIONS: Readonly<Record<Exclude<BinaryOperator, '&&' | '||'>, Operation>> = {
	'+': add,
	'-': subtract,
	'*': multiply,
	'/': divide,
	'%': (left, right, site) =>
		typeof left === 'string' ? formatPercent(left, right) : remainder(left, right, site),
	'<': (left, right, site) => compare(left, right, site) < 0,
	'>': (left, right, site) => compare(left, right, site) > 0,
	'<=': (left, right, site) => compare(left, right, site) <= 0,
	'>=': (left, right, site) => compare(left, right, site) >= 0,
	'==': (left, right, site) => equals(left, right, site),
	'!=': (left, right, site) => !equals(left, right, site),
	in: isIn,
	'&': (left, right, site) => bitOperation('&', left, right, site),
	'|': (left, right, site) => bitOperation('|', left, right, site),
	'^': (left, right, site) => bitOperation('^', left, right, site),
	'<<': (left, right, site) => bitOperation('<<', left, right, site),
	'>>': (left, right, site) => bitOperation('>>', left, right, site),
};

export function compileUnary(node: Unary, scope: Scope, compiler: Compiler): Code {
	const operand = compiler.value(node.operand, scope);
	const site = compiler.site(node, scope);
	switch (node.operator) {
		case '+':
			return (frame) => asNumber(operand(frame), site);
		case '-':
			return (frame) => negate(operand(frame), site);
		case '!':
			return (frame) => !asBoolean(operand(frame), site);
		case '~':
			return (frame) => complement(operand(frame), site);
	}
}

/** A chain is evaluated in a loop, so that its length costs no stack (J94). */
export function compileChain(node: Chain, scope: Scope, compiler: Compiler): Code {
	const first = compiler.value(node.first, scope);
	const link = node.rest[0];
	if (node.rest.length === 1 && link?.operator === '+' && link.operand.kind === 'object') {
		return compileExtension(first, link.operand, scope, compiler, compiler.site(node, scope));
	}
	const links = node.rest.map(({ operator, operand }) => ({
		operator,
		operand: compiler.value(operand, scope),
		site: compiler.site({ start: node.start, end: operand.end }, scope),
	}));
	const [only, ...others] = links;
	if (only === undefined) return first;
	if (only.operator === '&&' || only.operator === '||') return compileLogic(node, first, links);
	if (others.length === 0) return compileBinary(only.operator, first, only.operand, only.site);
	if (links.every((link) => link.operator === '+')) return compileSum(first, links);
	const steps = links.map(({ operator, operand, site }) => ({
		operand,
		site,
		apply: operator === '&&' || operator === '||' ? add : OPERATIONS[operator],
	}));
	return (frame) => {
		let value = first(frame);
		for (let i = 0; i < steps.length; i++) {
			const step = steps[i];
			if (step !== undefined) value = step.apply(value, step.operand(frame), step.site);
		}
		return value;
	};
}

/** From the first string on, `a + b + c` is one string: it is counted once, not once per `+`. */
function compileSum(first: Code, links: readonly { operand: Code; site: Site }[]): Code {
	return (frame) => {
		let value = first(frame);
		let i = 0;
		for (; i < links.length && typeof value !== 'string'; i++) {
			const link = links[i];
			if (link !== undefined) value = add(value, link.operand(frame), link.site);
		}
		if (typeof value !== 'string') return value;
		let text = value;
		for (; i < links.length; i++) {
			const part: Value = links[i]?.operand(frame) ?? null;
			text += typeof part === 'string' ? part : toText(part);
			checkStringLength(text.length);
		}
		allocateString(text.length);
		return text;
	};
}

/** All links of a chain have the same precedence, so all are `&&` or all are `||`. */
function compileLogic(
	node: Chain,
	first: Code,
	links: readonly { operand: Code; site: Site }[],
): Code {
	const decides = node.rest[0]?.operator === '||';
	const sites = links.map((link) => link.site);
	const operands = links.map((link) => link.operand);
	return (frame) => {
		let value = asBoolean(first(frame), sites[0]);
		for (let i = 0; i < operands.length && value !== decides; i++) {
			const operand = operands[i];
			if (operand !== undefined) value = asBoolean(operand(frame), sites[i]);
		}
		return value;
	};
}

/** The common pairs of types without a call. */
function compileBinary(
	operator: Exclude<BinaryOperator, '&&' | '||'>,
	left: Code,
	right: Code,
	site: Site,
): Code {
	switch (operator) {
		case '+':
			return (frame) => add(left(frame), right(frame), site);
		case '-':
			return (frame) => subtract(left(frame), right(frame), site);
		case '*':
			return (frame) => multiply(left(frame), right(frame), site);
		case '==':
			return (frame) => equals(left(frame), right(frame), site);
		case '<':
			return (frame) => {
				const a = left(frame);
				const b = right(frame);
				return typeof a === 'number' && typeof b === 'number' ? a < b : compare(a, b, site) < 0;
			};
		case '>':
			return (frame) => {
				const a = left(frame);
				const b = right(frame);
				return typeof a === 'number' && typeof b === 'number' ? a > b : compare(a, b, site) > 0;
			};
		default: {
			const apply = OPERATIONS[operator];
			return (frame) => apply(left(frame), right(frame), site);
		}
	}
}
