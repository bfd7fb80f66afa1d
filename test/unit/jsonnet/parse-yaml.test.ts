import { evaluates, fails } from './table';

const yaml = (text: string) => `std.parseYaml(${JSON.stringify(text)})`;

describe('std.parseYaml (J76)', () => {
	describe('scalars', () => {
		evaluates(
			(
				[
					...['yes', 'on', 'y', 'True', 'YES'].map((word) => [word, true]),
					...['no', 'Off', 'n', 'FALSE'].map((word) => [word, false]),
					...['~', 'null', 'NULL', ''].map((word) => [word, null]),
					['012', 10],
					['0o17', 15],
					['0x1F', 31],
					['0b11', 3],
					['1_000', 1000],
					['+1', 1],
					['-1.5e3', -1500],
					['.5', 0.5],
					['1.', 1],
					['08', 8],
					['2020-01-01', '2020-01-01'],
					['1:30', '1:30'],
					['"yes"', 'yes'],
					["'1'", '1'],
					['!!str 1', '1'],
					['!!binary aGVsbG8=', 'hello'],
					['!!int "3"', 3],
					['a b # comment', 'a b'],
					['a\n b\n\n c', 'a b\nc'],
					["'it''s\n  x'", "it's x"],
					['"a\\n\\x41\\u00e9\\U0001F600\\\n   b"', 'a\nAé😀b'],
					['http://x.y', 'http://x.y'],
					['a#b', 'a#b'],
					['-', [null]],
				] as [string, unknown][]
			).map(([text, value]) => [yaml(text), value] as const),
		);
		fails(
			['.inf', '-.inf', '.nan', '"a', "'a", '"\\q"', '@a', '`a', '%a: 1\nb'].map(
				(text) => [yaml(text), 'failed to parse YAML'] as const,
			),
		);
	});

	describe('collections', () => {
		evaluates(
			(
				[
					['a: 1\nb:\n  c: x\n  d: [1, {e: 2}]\n', { a: 1, b: { c: 'x', d: [1, { e: 2 }] } }],
					['- 1\n- - 2\n  - 3\n- a: 1\n  b: 2\n-\n  c', [1, [2, 3], { a: 1, b: 2 }, 'c']],
					['a:\n- 1\n- 2\nb: 3', { a: [1, 2], b: 3 }],
					['a:\n  - 1\n  - 2', { a: [1, 2] }],
					['{a: 1, "b": [x, z], c}', { a: 1, b: ['x', 'z'], c: null }],
					['[a: 1, {b: 2}, , ]'.replace(', ,', ','), [{ a: 1 }, { b: 2 }]],
					['[\n 1,\n 2 # c\n]', [1, 2]],
					['? a\n: 1\n? b', { a: 1, b: null }],
					['a: 1\na: 2', { a: 2 }],
					['true: 1\n2: x\n1.5: z', { true: 1, 2: 'x', 1.5: 'z' }],
					['a: &x [1]\nb: *x', { a: [1], b: [1] }],
					['a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3', { a: { p: 1, q: 2 }, b: { p: 1, q: 3 } }],
					[
						'a: &x {p: 1}\nb: &y {p: 2, r: 3}\nc: {<<: [*x, *y]}',
						{ a: { p: 1 }, b: { p: 2, r: 3 }, c: { p: 1, r: 3 } },
					],
					['a: |\n  x\n   y\n\n  z\nb: >-\n  p\n  q\n\n  r\n', { a: 'x\n y\n\nz\n', b: 'p q\nr' }],
					['- |+\n a\n\n- >2\n   b', ['a\n\n', ' b']],
					['a: !!str 1\nb: &n\n  c: 1\nd: *n', { a: '1', b: { c: 1 }, d: { c: 1 } }],
					['__proto__: 1', JSON.parse('{"__proto__": 1}')],
					['# only\n# comments', null],
					['a:\n  # comment\n  b: 1 # more\n\n\nc: 2', { a: { b: 1 }, c: 2 }],
					['"a b": 1\n\'c\': 2', { 'a b': 1, c: 2 }],
					['a: "x\n  y"', { a: 'x y' }],
					['a:   \nb:', { a: null, b: null }],
					['- 1\n a', ['1 a']],
					['--- |\n a\n---\n|\n b\n', ['a\n', 'b\n']],
					['a: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
				] as [string, unknown][]
			).map(([text, value]) => [yaml(text), value] as const),
		);
		fails(
			[
				'~: 1',
				'[a]: 1',
				'? {a: 1}\n: 2',
				'a: 1\n\tb: 2',
				'a:\n\t- 1',
				'a: b: c',
				'[1, 2',
				'{a: 1',
				'a: *none',
				'a: &x [*x]',
				'a: 1\n  b: 2',
				'a: 1\nb',
				'<<: 1',
				'[1] 2',
				'"a" b',
				'!!binary "*"',
			].map((text) => [yaml(text), /failed to parse YAML|base64/] as const),
		);
	});

	describe('documents', () => {
		evaluates(
			(
				[
					['---\na: 1', [{ a: 1 }]],
					['1\n---', [1, null]],
					['---\n---\n2', [null, 2]],
					['a: 1\n---\nb: 2\n...\n', [{ a: 1 }, { b: 2 }]],
					['--- x', ['x']],
					['%YAML 1.1\n---\n1', [1]],
					['1: 2\n---\n- ', [{ 1: 2 }, [null]]],
					['', null],
					['  \n', null],
					['a---b', 'a---b'],
				] as [string, unknown][]
			).map(([text, value]) => [yaml(text), value] as const),
		);
	});
});
