import { evaluates, fails } from './table';

describe('Jsonnet syntax', () => {
	describe('numbers (J11)', () => {
		evaluates([
			['1.5e+3', 1500],
			['1_000', 1000],
			['1_000.5_5', 1000.55],
			['0', 0],
			['1e-400', 0],
		]);
		fails(
			['.5', '5.', '1e', '007', '0x10', '1_', '1__0', '1e400', '1.e5', '0_1'].map(
				(source) => [source, /^1:/, 'ERR_TEMPLATE_SYNTAX'] as const,
			),
		);
	});

	describe('strings (J12)', () => {
		evaluates([
			[String.raw`"\"\'\\\/\b\f\n\r\té"`, '"\'\\/\b\f\n\r\té'],
			[String.raw`"\uD83D\uDE00"`, '😀'],
			[String.raw`@"a\n""b"`, String.raw`a\n"b`],
			[String.raw`@'it''s'`, "it's"],
			['"a\nb"', 'a\nb'],
			["'a\"b'", 'a"b'],
		]);
		fails([
			[String.raw`"\x"`, 'Unknown escape', 'ERR_TEMPLATE_SYNTAX'],
			[String.raw`"\uD83D"`, 'surrogate', 'ERR_TEMPLATE_SYNTAX'],
			[String.raw`"\uDE00"`, 'surrogate', 'ERR_TEMPLATE_SYNTAX'],
			[String.raw`"\u12"`, 'unicode escape', 'ERR_TEMPLATE_SYNTAX'],
			['"abc', 'Unterminated', 'ERR_TEMPLATE_SYNTAX'],
			["'abc", 'Unterminated', 'ERR_TEMPLATE_SYNTAX'],
			['@"abc', 'Unterminated', 'ERR_TEMPLATE_SYNTAX'],
			['@x', 'verbatim', 'ERR_TEMPLATE_SYNTAX'],
		]);
	});

	describe('text blocks (J13)', () => {
		evaluates([
			['|||\n  a\n   b\n\n  c\n|||', 'a\n b\n\nc\n'],
			['|||-\n\ta\n|||', 'a'],
			['|||\n\n  a\n|||', '\na\n'],
			['{ a: |||\n    x\n  ||| }', { a: 'x\n' }],
		]);
		fails([
			['||| a', 'new line', 'ERR_TEMPLATE_SYNTAX'],
			['|||\na\n|||', 'whitespace', 'ERR_TEMPLATE_SYNTAX'],
			['|||\n   a\n  b\n|||', 'not terminated', 'ERR_TEMPLATE_SYNTAX'],
			['|||\n  a\n', 'not terminated', 'ERR_TEMPLATE_SYNTAX'],
		]);
	});

	describe('comments and commas (J14)', () => {
		evaluates([
			['// a\n# b\n/* c /* d */ 1', 1],
			['[1, 2,]', [1, 2]],
			['{a: 1,}', { a: 1 }],
			['local f(a, b,) = a + b; f(1, 2,)', 3],
			['1 // end', 1],
		]);
		fails([['1 /* a', '*/', 'ERR_TEMPLATE_SYNTAX']]);
	});

	describe('precedence (J15)', () => {
		evaluates([
			['1 << 2 + 1', 8],
			['1 | 2 ^ 3 & 1', 3],
			['"a" in {a: 1} == true', true],
			['10 - 3 - 2', 5],
			['2 + 3 * 4 % 5', 4],
			['-2 + 3', 1],
			['!true || true', true],
			['true || false && false', true],
			['1 + if true then 1 else 2 + 5', 2],
			['{ a: 1 } { b: 2 }.b', 2],
			['local a = 1; a + 1', 2],
			['{a:-1}.a==-1', true],
			['{a:!true}', { a: false }],
			['{a+:$.b,b::1}', { a: 1 }],
			['1 + -1', 0],
			['- - 1', 1],
			['[1, 2, 3][::2]', [1, 3]],
			['[1, 2, 3][:]', [1, 2, 3]],
		]);
	});

	describe('members (J16, J17)', () => {
		evaluates([
			['{ "a b": 1, ["c" + "d"]: 2, f(x):: x, e: self.f(3) }', { 'a b': 1, cd: 2, e: 3 }],
			['{ |||\n  a\n|||: 1 }', { 'a\n': 1 }],
			['{ local a = 1, assert a == 1, b: a }', { b: 1 }],
			['{ ["a" + x]+: y for x in ["1", "2"] for y in [x] }', { a1: '1', a2: '2' }],
			['{ local z = x, [x]: z for x in ["p"] }', { p: 'p' }],
		]);
		fails(
			[
				'f(x=1, 2)',
				'{ a(x)+: 1 }',
				'{ a:: x for x in [] }',
				'{ [x]:: x for x in [] }',
				'{ [x]: x, [x + "b"]: x for x in [] }',
				'{ assert true, [x]: x for x in [] }',
				'{ a: 1, a: 2 }',
				'{ "a": 1, a: 2 }',
				'{ a }',
				'{ a: 1 b: 2 }',
				'[1 2]',
				'local a = 1, a = 2; a',
				'function(a, a) 1',
				'{ local a = 1, local a = 2, b: 1 }',
				'self',
				'$',
				'super.a',
				'{ [self.a]: 1 }',
				'import "a" + "b"',
				'import |||\n  a\n|||',
				'local x = 1;',
				'1 2',
				'',
				'if true',
				'a[',
				'[1][1:2:3:4]',
				'[1][]',
				'tailstrict',
				'(1',
				'{',
				'assert',
				'&',
				'ä',
				'1 &&& 2',
			].map((source) => [source, /^(\d|\()/, 'ERR_TEMPLATE_SYNTAX'] as const),
		);
	});

	describe('static errors come from code that never runs too (J7)', () => {
		fails([
			['if true then 1 else invalid', '1:21-28 Unknown variable: invalid', 'ERR_TEMPLATE_SYNTAX'],
			['{ a:: x }.b', 'Unknown variable: x', 'ERR_TEMPLATE_SYNTAX'],
		]);
	});
});
