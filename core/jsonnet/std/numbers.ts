import { compare } from '../evaluate/compare';
import { remainder } from '../evaluate/arithmetic';
import { asBoolean, asNumber, checkNumber, force, typeError } from '../evaluate/value';
import { builtin } from './builtin';
import { power, roundAway, splitFloat } from './float';
import { formatPercent } from './format';

import type { Item, Value } from '../evaluate/value';
import type { Builtin } from './builtin';

export const numbers = [
	unary('abs(n)', Math.abs),
	unary('sign(n)', (n) => (n === 0 ? 0 : Math.sign(n))),
	// Not Math.max: of two zeros the second one is taken, whatever its sign.
	binary('max(a, b)', (a, b) => (a > b ? a : b)),
	binary('min(a, b)', (a, b) => (a < b ? a : b)),
	builtin('clamp(x, ~minVal, ~maxVal)', clamp),
	binary('pow(x, n)', power),
	unary('exp(x)', Math.exp),
	unary('log(x)', Math.log),
	unary('log2(x)', (x) => Math.log(x) / Math.log(2)),
	unary('log10(x)', (x) => Math.log(x) / Math.log(10)),
	unary('exponent(x)', (x) => splitFloat(x).exponent),
	unary('mantissa(x)', (x) => splitFloat(x).mantissa),
	unary('floor(x)', Math.floor),
	unary('ceil(x)', Math.ceil),
	unary('round(x)', roundAway),
	unary('sqrt(x)', Math.sqrt),
	unary('sin(x)', Math.sin),
	unary('cos(x)', Math.cos),
	unary('tan(x)', Math.tan),
	unary('asin(x)', Math.asin),
	unary('acos(x)', Math.acos),
	unary('atan(x)', Math.atan),
	binary('atan2(y, x)', Math.atan2),
	unary('deg2rad(x)', (x) => (x * Math.PI) / 180),
	unary('rad2deg(x)', (x) => (x * 180) / Math.PI),
	binary('hypot(x, y)', Math.hypot),
	// Of the integral part: 0.5 is even (J64).
	test('isEven(x)', (x) => Math.trunc(x) % 2 === 0),
	test('isOdd(x)', (x) => Math.trunc(x) % 2 !== 0),
	test('isInteger(x)', Number.isInteger),
	test('isDecimal(x)', (x) => !Number.isInteger(x)),
	builtin('mod(a, b)', mod),
	builtin('modulo(x, y)', (x, y) => remainder(x, y)),
	builtin('xor(x, y)', (x, y) => asBoolean(x) !== asBoolean(y)),
	builtin('xnor(x, y)', (x, y) => asBoolean(x) === asBoolean(y)),
];

function unary(signature: string, compute: (x: number) => number): Builtin {
	return builtin(signature, (x) => checkNumber(compute(asNumber(x))));
}

function binary(signature: string, compute: (a: number, b: number) => number): Builtin {
	return builtin(signature, (a, b) => checkNumber(compute(asNumber(a), asNumber(b))));
}

function test(signature: string, holds: (x: number) => boolean): Builtin {
	return builtin(signature, (x) => holds(asNumber(x)));
}

/** The upper bound is only looked at where the lower one does not decide. */
function clamp(x: Value, minVal: Item, maxVal: Item): Value {
	const least = force(minVal);
	if (compare(x, least) < 0) return least;
	const most = force(maxVal);
	return compare(x, most) > 0 ? most : x;
}

/** The operator `%`, for numbers and for formats. */
function mod(a: Value, b: Value): Value {
	if (typeof a === 'string') return formatPercent(a, b);
	if (typeof a === 'number') return remainder(a, b);
	throw typeError(a, 'number or string');
}
