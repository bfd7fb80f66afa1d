/** Bit operators on 64-bit integers (J20); JavaScript's own are used where 31 bits are enough. */
import { runtimeError } from './run';
import { asNumber } from './value';

import type { BinaryOperator } from '../syntax/ast';
import type { Site } from './run';
import type { Value } from './value';

export type BitOperator = Extract<BinaryOperator, '&' | '|' | '^' | '<<' | '>>'>;

const LIMIT = 2 ** 63;

export function bitOperation(
	operator: BitOperator,
	leftValue: Value,
	rightValue: Value,
	site?: Site,
): number {
	const left = asNumber(leftValue, site);
	const right = asNumber(rightValue, site);
	if (operator === '<<' || operator === '>>') return shift(operator, left, right, site);
	if ((left | 0) === left && (right | 0) === right) {
		if (operator === '&') return left & right;
		return operator === '|' ? left | right : left ^ right;
	}
	const a = toInteger(left, site);
	const b = toInteger(right, site);
	if (operator === '&') return Number(a & b);
	return Number(operator === '|' ? a | b : a ^ b);
}

export function complement(value: Value, site?: Site): number {
	return Number(~toInteger(asNumber(value, site), site));
}

function shift(operator: '<<' | '>>', left: number, right: number, site?: Site): number {
	if (right < 0) throw runtimeError('Shift by negative exponent.', site);
	const count = BigInt.asUintN(6, toInteger(right, site));
	if (operator === '>>') return Number(toInteger(left, site) >> count);
	// Stricter than the other operators (J78): a result that cannot be right is an error.
	const whole = Math.trunc(left);
	const result = Number.isSafeInteger(whole) ? BigInt(whole) << count : undefined;
	if (result === undefined || result !== BigInt.asIntN(64, result)) {
		throw runtimeError('numeric value outside safe integer range for bitwise operation.', site);
	}
	return Number(result);
}

function toInteger(value: number, site?: Site): bigint {
	const whole = Math.trunc(value);
	if (whole >= -LIMIT && whole < LIMIT) return BigInt(whole);
	throw runtimeError('numeric value outside 64-bit integer range for bitwise operation.', site);
}
