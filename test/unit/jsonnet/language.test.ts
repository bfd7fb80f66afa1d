import assert from 'node:assert/strict';

import { compile, evaluate } from '../../../core/jsonnet/jsonnet';
import { evaluates, fails, prints } from './table';

describe('Jsonnet language', () => {
	describe('numbers and operators (J18–J26)', () => {
		evaluates([
			['-5 % 3', -2],
			['5 % -3', 2],
			['-5.5 % 3', -2.5],
			['1.7 | 0', 1],
			['-1.7 | 0', -1],
			['~1.7', -2],
			['-1 >> 1', -1],
			['1 << 1.5', 2],
			['(1 << 62) | 1', 4611686018427387904],
			['1 << 64', 1],
			['1 << 1000', 1099511627776],
			['9007199254740992 | 0', 9007199254740992],
			['5000000000 & 4294967296', 4294967296],
			['-1 ^ 5000000000', -5000000001],
			['[1, 2] < [1, 3]', true],
			['[1] < [1, 0]', true],
			['"a" < "B"', false],
			['"\\uFFFF" < "😀"', true],
			['[] == {}', false],
			['1 == "1"', false],
			['[2, 1] == [1, error "x"]', false],
			['0 == -0', true],
			['{ a:: 1 } == {}', true],
			['false && error "x"', false],
			['true || error "x"', true],
			['if false then 1', null],
			['"hello"[-3:]', 'llo'],
			['[1, 2, 3][1:-1]', [2]],
			['[1, 2, 3][null:2:null]', [1, 2]],
			['[1, 2, 3][5:]', []],
			['"é😀x"[1:2]', '😀'],
			['"é" == "e\\u0301"', false],
			['"a" + 1 + null', 'a1null'],
			['[1] + [2]', [1, 2]],
		]);
		fails([
			['1e308 * 10', 'Overflow'],
			['1 / 0', 'Division by zero.'],
			['1 % 0', 'Division by zero.'],
			['null + null', 'Unexpected type null'],
			['1 + true', 'Unexpected type boolean, expected number'],
			['[1] + {}', 'Unexpected type object, expected array'],
			['1 - "a"', 'Unexpected type string, expected number'],
			['true < false', 'Unexpected type boolean'],
			['1 < "a"', 'Unexpected type string, expected number'],
			['[null] < [null]', 'Unexpected type null'],
			['{} < {}', 'Unexpected type object'],
			['(function(x) x) == (function(x) x)', 'Cannot test equality of functions'],
			['true && 1', 'Unexpected type number, expected boolean'],
			['1 && true', 'Unexpected type number, expected boolean'],
			['if 1 then 2', 'Unexpected type number, expected boolean'],
			['[1][-1]', 'Index -1 out of bounds, not within [0, 1)'],
			['[1, 2, 3][3]', 'Index 3 out of bounds, not within [0, 3)'],
			['[1, 2, 3][1.5]', 'array index was not integer: 1.5'],
			['"abc"[3]', 'Index 3 out of bounds, not within [0, 3)'],
			['[1]["a"]', 'Unexpected type string, expected number'],
			['{}[1]', 'Unexpected type number, expected string'],
			['{ a: 1 }.b', 'Field does not exist: b'],
			['null.a', 'Unexpected type null'],
			['[1][::0]', 'step'],
			['1 << -1', 'negative'],
			['1 << 63', 'safe integer range'],
			['9007199254740992 << 1', 'safe integer range'],
			['4503599627370496 << 11', 'safe integer range'],
			['1e300 | 0', 'range'],
			['"a" in 1', 'Unexpected type number, expected object'],
			['1 in {}', 'Unexpected type number, expected string'],
			['!1', 'Unexpected type number, expected boolean'],
			['-"a"', 'Unexpected type string, expected number'],
		]);
	});

	describe('objects (J30–J39)', () => {
		evaluates([
			['{ a:: 1 } + { a: 2 }', {}],
			['({ a:: 1 } + { a: 2 }).a', 2],
			['{ a:: 1 } + { a::: 2 }', { a: 2 }],
			['{ a: 1 } + { a:: 2 }', {}],
			['{ a: [1] } + { a+::: [2] }', { a: [1, 2] }],
			['{ a+: 2 }', { a: 2 }],
			['{ a: "x" } + { a+: 1 }', { a: 'x1' }],
			['({ a: 1, b: self.a } + { a: 2 }).b', 2],
			['{ a: 1 } + { a: super.a + 1 } + { a: super.a + 1 }', { a: 3 }],
			['{ q: 5 } + { [k]: super.q for k in ["a"] }', { q: 5, a: 5 }],
			['{ q: 5 } + { a: [super.q], local z = super.q, b: z }', { q: 5, a: [5], b: 5 }],
			['{ a: "a" in super }', { a: false }],
			['{ a: 1 } + { b: "a" in super, c: "z" in super }', { a: 1, b: true, c: false }],
			['{ x: 1, y: { x: 2, z: $.x } }', { x: 1, y: { x: 2, z: 1 } }],
			['{ a: 1 } { b: $.a }', { a: 1, b: 1 }],
			['{ [null]: error "x" }', {}],
			['local x = "k"; { local x = "j", [x]: x }', { k: 'j' }],
			['{ [x]: x for x in ["a", "b"] }', { a: 'a', b: 'b' }],
			['{ local a = b, local b = 1, c: a }', { c: 1 }],
			['std.objectFields({ assert false, a: 1 })', ['a']],
			['std.length({ assert false, a: 1 })', 1],
			['"a" in { assert false, a: 1 }', true],
			['std.get({ assert false, a: 1 }, "b", 2)', 2],
			['{ assert self.a == 2 } + { a: 2 }', { a: 2 }],
			['({ a: 1 } + std.objectRemoveKey({ a: 2, b: 3 }, "a"))', { a: 1, b: 3 }],
			['std.objectRemoveKey({ a: 1 } + { a: 2, b: super.a }, "a")', { b: 1 }],
			['std.objectRemoveKey({ a: 1, b:: 2 }, "a").b', 2],
		]);
		it('gives each object of one literal its own locals (J106)', () => {
			const source =
				'local o(n) = { a+: (local z = n + self.k; [z]), k:: n }; [o(1), o(2), o(1) + o(2)]';
			assert.deepEqual(evaluate(source), [{ a: [2] }, { a: [4] }, { a: [3, 4] }]);
		});
		fails([
			['{ a: super.a }', 'Attempt to use super when there is no super class.'],
			['{ a: 1 } + { b: { a: super.a } }', 'Attempt to use super when there is no super class.'],
			['{ b: 1 } + { a: super.a }', 'Field does not exist: a'],
			['{ [1]: 2 }', 'Field name must be string, got number'],
			['{ ["a"]: 1, ["a"]: 2 }', 'Duplicate field name: "a"'],
			['{ [x]: 1 for x in ["a", "a"] }', 'Duplicate field name: "a"'],
			['{ assert false }', 'Object assertion failed.'],
			['{ assert false : { a: 1 } }.x', '{"a": 1}'],
			['{ assert self.a == 1 : "no", a: 2 }.a', 'no'],
			['{ assert false } == {}', 'Object assertion failed.'],
			['"" + { assert false }', 'Object assertion failed.'],
			['std.objectRemoveKey({ a: 1, b: self.a }, "a").b', 'Field does not exist: a'],
			['std.objectRemoveKey({ assert false, a: 1 }, "a")', 'Object assertion failed.'],
			['std.objectRemoveKey({ a: 1 }, "a") + { b: super.a }', 'Field does not exist: a'],
		]);
		it('evaluates a field once (J39)', () => {
			const lines: string[] = [];
			const source = 'local o = { a: std.trace("once", 1), b: self.a + self.a }; [o.a, o.b, o]';
			compile(source, { trace: (line) => lines.push(line) }).evaluate();
			assert.deepEqual(lines, ['TRACE: :1 once']);
		});
	});

	describe('functions and laziness (J40–J45)', () => {
		evaluates([
			['local f(x=y, y=2) = [x, y]; f()', [2, 2]],
			['local f(x=1, y) = [x, y]; f(y=5)', [1, 5]],
			['local f(x, y=x + 1) = [x, y]; f(1)', [1, 2]],
			['local a = error "x"; 1', 1],
			['std.length([error "a"])', 1],
			['std.length(std.map(function(x) error "a", [1, 2]))', 2],
			['std.length(std.makeArray(3, function(i) error "a"))', 3],
			['std.length([error "a"] + [error "b"])', 2],
			['(function(x, y=error "z") x)(1)', 1],
			['local f(n) = if n == 0 then 0 else f(n - 1) tailstrict; f(10000)', 0],
			[
				'local f(n, acc=0) = if n == 0 then acc else local m = n - 1; f(m, acc + n) tailstrict; f(1000)',
				500500,
			],
			['local a = b, b = 1; a', 1],
			['local x = 1; local x = 2; x', 2],
			['local f(x) = local x = 2; x; f(1)', 2],
			['local std = { map: 1 }; std.map', 1],
			['(std + { a: 1 }).a', 1],
			['std { a: 1 }', { a: 1 }],
			['local std = 1; [x + 1 for x in [1, 2, 3][1:]] == [3, 4] && "%d" % 1 == "1"', true],
			['local f = std.length; f("abc")', 3],
			['std.map(std.length, ["a", "bc"])', [1, 2]],
			['[x + y for x in [1, 2] for y in [10, 20] if x == 1]', [11, 21]],
			['[x for x in [1, 2, 3] if x > 1]', [2, 3]],
			['function() 1', 1],
			['function(x=2) x', 2],
		]);
		fails([
			['(function(x) x)(1, 2)', 'function expected 1 positional argument(s), but got 2'],
			['(function(x) x)()', 'Missing argument: x'],
			['(function(x) x)(y=1)', 'function has no parameter y'],
			['(function(x) x)(1, x=2)', 'Argument x already provided'],
			['std.length()', 'Missing argument: x'],
			['std.length(1, 2)', 'function expected 1 positional argument(s), but got 2'],
			['local f(x) = 1; f(error "forced") tailstrict', 'forced'],
			['local a = a; a', 'max stack frames exceeded.', 'ERR_TEMPLATE_LIMIT'],
			['[x for x in "abc"]', 'Unexpected type string, expected array'],
			['[x for x in {}]', 'Unexpected type object, expected array'],
			['[x for x in [1] if 1]', 'Unexpected type number, expected boolean'],
			['1(2)', 'Unexpected type number, expected function'],
			['function(x) x', 'Missing argument: x'],
			['std.nothing', 'Field does not exist: nothing', 'ERR_TEMPLATE_SYNTAX'],
			['local std = 1; std.map', 'Unexpected type number'],
			['{ a: function() 1 }', "couldn't manifest function as JSON"],
			['[std.map]', "couldn't manifest function as JSON"],
			['error { a: 1 }', 'RUNTIME ERROR: {"a": 1}'],
			['error "x" + 1', 'RUNTIME ERROR: x1'],
			['assert 1 == 2; 1', 'Assertion failed.'],
			['assert 1 == 2 : "m" + 1; 1', 'm1'],
		]);
	});

	describe('number text (J46, J49)', () => {
		prints([
			['0.1', '0.10000000000000001'],
			['1.42', '1.4199999999999999'],
			['0.1 + 0.2', '0.30000000000000004'],
			['1e-7', '9.9999999999999995e-08'],
			['0.0001', '0.0001'],
			['-0', '-0'],
			['1e21', '1000000000000000000000'],
			['123456789012345678', '123456789012345680'],
			['12345678901234567890', '12345678901234567168'],
			['1e-5', '1.0000000000000001e-05'],
			['5e-324', '4.9406564584124654e-324'],
			['123456.789', '123456.789'],
			['2.9802322387695312e-08', '2.9802322387695312e-08'],
			['1 / 3', '0.33333333333333331'],
			['-1.5', '-1.5'],
			['1e300', BigInt(1e300).toString()],
			['0.00001234', '1.234e-05'],
			['100.25', '100.25'],
			['9999999.00390625', '9999999.00390625'],
			['[1, 0.5, { b: null, a: [], c: {} }]', '[1, 0.5, {"a": [ ], "b": null, "c": { }}]'],
			['"a"', 'a'],
		]);
		it('prints the shortest digits on request (J47)', () => {
			const template = compile('[0.1, 1e21, -0, "" + 0.1]', { shortestNumbers: true });
			assert.equal(template.evaluateToText(), '[0.1,1e+21,0,"0.1"]');
		});
	});
});
