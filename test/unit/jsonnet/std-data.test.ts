import assert from 'node:assert/strict';

import { evaluate } from '../../../core/jsonnet/jsonnet';
import { evaluates, fails } from './table';

describe('std: numbers, arrays, sets, objects', () => {
	describe('types', () => {
		evaluates([
			[
				'[std.type(x) for x in [null, true, 1, "a", [], {}, std.type]]',
				['null', 'boolean', 'number', 'string', 'array', 'object', 'function'],
			],
			[
				'std.isArray([]) && std.isBoolean(true) && std.isFunction(std.abs) && std.isNumber(1)',
				true,
			],
			['std.isObject({}) && std.isString("") && std.isNull(null) && std.isNull(x=null)', true],
			['std.isObject([])', false],
			['std.length({ a: 1, b:: 2 })', 1],
			['std.length(function(x, y=1) 1)', 1],
			['std.id([1])', [1]],
			['std.equals(a=1, b=1)', true],
			['std.primitiveEquals("a", "a")', true],
			['std.primitiveEquals(1, "1")', false],
			['std.assertEqual([1], [1])', true],
			[
				'std.prune({ a: null, b: [[], {}, 1, ""], c: { d: null }, e: 0, f: false })',
				{ b: [1, ''], e: 0, f: false },
			],
		]);
		fails([
			['std.length(1)', 'Unexpected type number'],
			['std.assertEqual(1, 2)', 'Assertion failed. 1 != 2'],
			['std.primitiveEquals([], [])', 'primitiveEquals operates on primitive types, got array'],
			['std.primitiveEquals(std.id, std.id)', 'Cannot test equality of functions'],
		]);
	});

	describe('numbers (J63, J64)', () => {
		evaluates([
			['std.abs(-1.5)', 1.5],
			['std.sign(-3)', -1],
			['"" + std.sign(-0)', '0'],
			['[std.max(1, 2), std.min(1, 2)]', [2, 1]],
			['[std.clamp(x, 0, 2) for x in [-1, 1, 3]]', [0, 1, 2]],
			['std.pow(10, 3)', 1000],
			['std.pow(2, -1)', 0.5],
			['std.pow(1.1, 7447.081)', 1.7975425555842324e308],
			['std.log2(8)', Math.log(8) / Math.log(2)],
			['std.log10(1000)', 2.9999999999999996],
			['[std.exponent(10), std.mantissa(10)]', [4, 0.625]],
			['[std.exponent(0), std.mantissa(0)]', [0, 0]],
			['[std.floor(-1.5), std.ceil(-1.5)]', [-2, -1]],
			['[std.round(x) for x in [2.5, -2.5, 0.49999999999999994, 0.5]]', [3, -3, 0, 1]],
			[
				'[std.isEven(2.5), std.isOdd(0.5), std.isOdd(-3), std.isEven(-2)]',
				[true, false, true, true],
			],
			[
				'[std.isInteger(1), std.isInteger(1.5), std.isDecimal(1.5), std.isDecimal(1)]',
				[true, false, true, false],
			],
			['[std.mod(7, 3), std.mod("%d", 1), std.modulo(-7, 3)]', [1, '1', -1]],
			['[std.xor(true, false), std.xnor(true, false)]', [true, false]],
			['std.pi', Math.PI],
			['std.sqrt(2)', Math.SQRT2],
			['std.hypot(3, 4)', 5],
			['std.deg2rad(180) == std.pi', true],
			['std.rad2deg(std.pi)', 180],
			['std.atan2(1, 1) == std.atan(1)', true],
			[
				'[std.exp(0), std.log(1), std.sin(0), std.cos(0), std.tan(0), std.asin(0), std.acos(1)]',
				[1, 0, 0, 1, 0, 0, 0],
			],
		]);
		it('computes 10^n as Go does, for all n (J63)', () => {
			// Where V8 is wrong, the nearest double is one unit away at most.
			for (let n = -323; n <= 308; n++) {
				const power = Number(evaluate(`std.pow(10, ${n})`));
				assert.ok(Math.abs(power / Number(`1e${n}`) - 1) < 1e-12 || n < -307, `10^${n}`);
			}
		});
		fails([
			['std.sqrt(-1)', 'Not a number'],
			['std.log(0)', 'Overflow'],
			['std.pow(10, 400)', 'Overflow'],
			['std.pow(-1, 0.5)', 'Not a number'],
			['std.abs("1")', 'Unexpected type string, expected number'],
			['std.xor(1, true)', 'Unexpected type number, expected boolean'],
			['std.mod(null, 1)', 'Unexpected type null'],
			['std.modulo(1, 0)', 'Division by zero.'],
		]);
	});

	describe('arrays (J68–J70)', () => {
		evaluates([
			['std.makeArray(3, function(i) i * i)', [0, 1, 4]],
			['std.makeArray(2, std.sqrt)', [0, 1]],
			['std.count([1, 2, 1], 1)', 2],
			['std.find(1, [1, 2, 1])', [0, 2]],
			['[std.member([1], 1), std.member("abc", "bc"), std.member("abc", "")]', [true, true, true]],
			['std.contains([[1]], [1])', true],
			['std.map(function(x) x + 1, [1, 2])', [2, 3]],
			['std.map(function(c) c + c, "ab")', ['aa', 'bb']],
			[
				'std.mapWithIndex(function(i, x) [i, x], "ab")',
				[
					[0, 'a'],
					[1, 'b'],
				],
			],
			['std.filterMap(function(x) x > 1, function(x) x * 2, [1, 2, 3])', [4, 6]],
			['std.flatMap(function(x) [x, x], [1, 2])', [1, 1, 2, 2]],
			['std.flatMap(function(c) c + c, "ab")', 'aabb'],
			['std.filter(function(x) x > 1, [1, 2])', [2]],
			['std.foldl(function(a, x) a + x, "abc", "")', 'abc'],
			['std.foldr(function(x, a) a + x, "abc", "")', 'cba'],
			['std.range(1, 3)', [1, 2, 3]],
			['std.range(5, 1)', []],
			['std.length(std.range(1e17, 1e17 + 64))', 65],
			['std.length(std.repeat(std.range(1, 200000), 3))', 600000],
			['std.repeat("ab", 2)', 'abab'],
			['std.repeat([1], 3)', [1, 1, 1]],
			['std.repeat("a", -1)', ''],
			['std.slice([1, 2, 3, 4], 0, 4, 2)', [1, 3]],
			['std.slice("hello", 1, null, 1)', 'ello'],
			['std.join(",", ["a", null, "b"])', 'a,b'],
			['std.join([0], [[1], null, [2]])', [1, 0, 2]],
			['std.deepJoin(["a", ["b", ["c"]]])', 'abc'],
			['std.lines(["a", "b"])', 'a\nb\n'],
			['std.flattenArrays([[1], [2, 3]])', [1, 2, 3]],
			['std.flattenDeepArray([1, [2, [[3]]]])', [1, 2, 3]],
			['std.flattenDeepArray(1)', [1]],
			['std.reverse([1, 2])', [2, 1]],
			['std.reverse(arrs=[1, 2])', [2, 1]],
			[
				'[std.all([true, false]), std.any([false, true]), std.all([]), std.any([])]',
				[false, true, true, false],
			],
			['[std.sum([1, 2.5]), std.sum([]), std.avg([1, 2])]', [3.5, 0, 1.5]],
			['std.minArray([3, 1, 2])', 1],
			['std.maxArray(["a", "bcd", "ef"], std.length)', 'bcd'],
			['std.minArray([], onEmpty="none")', 'none'],
			['std.maxArray([1], onEmpty=error "unused")', 1],
			['std.remove([1, 2, 1], 1)', [2, 1]],
			['std.remove([1], 3)', [1]],
			['std.removeAt([1, 2, 3], 1)', [1, 3]],
			['std.removeAt([1], at=5)', [1]],
			['std.removeAt([1], idx=-1)', [1]],
		]);
		fails([
			['std.makeArray(-1, function(i) i)', 'makeArray'],
			['std.makeArray(2.5, function(i) i)', 'integer'],
			['std.makeArray(0, function() 1)', '1 param'],
			['std.makeArray(1, 1)', 'Unexpected type number, expected function'],
			['std.count("aa", "a")', 'Unexpected type string, expected array'],
			['std.find("a", "aa")', 'Unexpected type string, expected array'],
			['std.contains("a", "a")', 'Unexpected type string, expected array'],
			['std.reverse("ab")', 'Unexpected type string, expected array'],
			['std.foldl(1, [], 0)', 'Unexpected type number, expected function'],
			['std.flatMap(function(c) 1, "ab")', 'Unexpected type number, expected string'],
			['std.flatMap(function(c) 1, [1])', 'Unexpected type number, expected array'],
			['std.filter(function(x) 1, [1])', 'Unexpected type number, expected boolean'],
			['std.range(1, 2.5)', 'integer'],
			['std.repeat(1, 2)', 'must be an array or a string'],
			['std.join(1, [])', 'join first parameter should be string or array, got number'],
			['std.join(",", [1])', 'Unexpected type number, expected string'],
			['std.join([], ["a"])', 'Unexpected type string, expected array'],
			['std.deepJoin([1])', 'Expected string or array, got number'],
			['std.avg([])', 'empty array'],
			['std.sum(["a"])', 'Unexpected type string, expected number'],
			['std.all([1])', 'Unexpected type number, expected boolean'],
			['std.minArray([])', 'at least one element'],
			['std.map(function(x, y) x, [1])', 'Missing argument: y'],
		]);
	});

	describe('sorting and sets (J67)', () => {
		evaluates([
			['std.sort([3, 1, 2])', [1, 2, 3]],
			['std.sort(["b", "\\uFFFF", "😀", "B"])', ['B', 'b', '\uffff', '😀']],
			['std.sort([[2], [1, 5], [1]])', [[1], [1, 5], [2]]],
			['std.sort([null])', [null]],
			[
				'std.sort([{ k: 1, n: "a" }, { k: 0, n: "b" }, { k: 1, n: "c" }], function(o) o.k)',
				[
					{ k: 0, n: 'b' },
					{ k: 1, n: 'a' },
					{ k: 1, n: 'c' },
				],
			],
			['std.sort([1, 2], keyF=function(x) -x)', [2, 1]],
			['std.uniq([1, 1, 2, 1])', [1, 2, 1]],
			['std.set([2, 1, 2])', [1, 2]],
			['std.set(["b", "a", "B"], std.asciiLower)', ['a', 'b']],
			['std.setUnion([1, 3], [2, 3])', [1, 2, 3]],
			['std.setUnion([1, 1], [1])', [1, 1]],
			['std.setInter([1, 2, 3], [2, 3, 4])', [2, 3]],
			['std.setDiff([1, 2, 3], [2])', [1, 3]],
			['std.setMember(2, [1, 2])', true],
			['std.setMember("x", ["A", "X"], std.asciiUpper)', true],
		]);
		fails([
			['std.sort([1, "a"])', /Unexpected type (string|number)/],
			['std.sort([{}, {}])', 'Unexpected type object'],
			['std.sort("ba")', 'Unexpected type string, expected array'],
			['std.sort([true, false])', 'Unexpected type boolean'],
		]);
	});

	describe('objects (J71)', () => {
		evaluates([
			['std.get({ a:: 1 }, "a")', 1],
			['std.get({ a:: 1 }, "a", 2, inc_hidden=false)', 2],
			['std.get({}, "a")', null],
			['std.get({ a: 1 }, "a", error "unused")', 1],
			[
				'[std.objectHas({ a:: 1 }, "a"), std.objectHasAll({ a:: 1 }, "a"), std.objectHasEx({ a:: 1 }, "a", true)]',
				[false, true, true],
			],
			['std.objectFields({ b: 1, a: 2, c:: 3 })', ['a', 'b']],
			['std.objectFieldsAll({ b: 1, a: 2, c:: 3 })', ['a', 'b', 'c']],
			['std.objectFieldsEx({ b:: 1 }, true)', ['b']],
			['std.objectValues({ b: 1, a: 2, c:: 3 })', [2, 1]],
			['std.objectValuesAll({ b: 1, c:: 3 })', [1, 3]],
			['std.objectKeysValues({ a: 1 })', [{ key: 'a', value: 1 }]],
			['std.objectKeysValuesAll({ a:: 1 })', [{ key: 'a', value: 1 }]],
			['std.length(std.objectValues({ a: error "lazy" }))', 1],
			['std.mapWithKey(function(k, v) k + v, { a: 1, b:: 2 })', { a: 'a1' }],
			['std.mergePatch({ a: 1, b: { c: 2 } }, { a: null, b: { d: 3 } })', { b: { c: 2, d: 3 } }],
			['std.mergePatch({ a: 1 }, [1])', [1]],
			['std.mergePatch(1, { a: { b: null } })', { a: {} }],
			['"a" in { a:: 1 }', true],
			// What a comprehension or a function makes inherits its visibility (J77).
			['{ h:: 1 } + { [k]: 2 for k in ["h"] }', {}],
			['{ h:: 1 } + std.mergePatch({}, { h: 2 })', {}],
			['{ h:: 1 } + std.mapWithKey(function(k, v) v, { h: 2 })', {}],
			['{ h:: 1 } + std.prune({ h: 2 })', {}],
			['{ h:: 1 } + std.parseJson("{\\"h\\": 2}")', {}],
		]);
		fails([
			['std.objectFields([])', 'Unexpected type array, expected object'],
			['std.get([], "a")', 'Unexpected type array, expected object'],
			['std.objectHas({}, 1)', 'Unexpected type number, expected string'],
			['std.mapWithKey(1, {})', 'Unexpected type number, expected function'],
		]);
	});

	describe('environment and the rest (J54, J55)', () => {
		evaluates([
			['std.native("none")', null],
			['std.thisFile', ''],
			['std.__compare(1, 2)', -1],
			['std.__compare_array([1], [1])', 0],
			[
				'[std.__array_less([1], [2]), std.__array_greater([1], [2]), std.__array_less_or_equal([1], [1]), std.__array_greater_or_equal([1], [2])]',
				[true, false, true, false],
			],
			// 161 names in 0.22, and `id` of Go.
			['std.length(std.objectFieldsAll(std))', 162],
			['std.objectFields(std)', []],
		]);
		fails([
			['std.extVar("x")', 'Undefined external variable: x'],
			['std.trace(1, 2)', 'Unexpected type number, expected string'],
		]);
	});
});
