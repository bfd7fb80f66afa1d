/** Templates that are out to stop the host (J91). Each ends in its error code, in bounded time, without the net of J89. */
import assert from 'node:assert/strict';

import { compile, evaluate } from '../../../core/jsonnet/jsonnet';
import { PATIENT, errorOf } from './table';

import type { ErrorCode } from '../../../core/errors';

const LIMIT = 'ERR_TEMPLATE_LIMIT';
const SYNTAX = 'ERR_TEMPLATE_SYNTAX';

/** `local s1 = s0 op s0, …; sN` */
function doubling(times: number, step: (name: string) => string, first: string): string {
	const binds = Array.from({ length: times }, (_, i) => `s${i + 1} = ${step(`s${i}`)}`);
	return `local s0 = ${first}, ${binds.join(', ')}; s${times}`;
}

const NINE = Array.from({ length: 9 }, (_, i) => i);
const BOMB = [
	'a0: &a0 [x,x,x,x,x,x,x,x,x]',
	...NINE.slice(1).map((i) => `a${i}: &a${i} [${NINE.map(() => `*a${i - 1}`).join(', ')}]`),
].join('\n');

const LONG = 'local s = std.repeat("a", 4e6);';

const ATTACKS: readonly (readonly [
	name: string,
	source: string,
	code: ErrorCode,
	limit?: string,
])[] = [
	['endless recursion', 'local f(x) = f(x + 1) + 1; f(1)', LIMIT, 'depth'],
	['an array that contains its own thunk', 'local a = [1] + a; a', LIMIT, 'depth'],
	['an object that contains itself', '{ a: self }', LIMIT, 'output nesting'],
	['an object that contains itself by a local', 'local a = { b: a }; a', LIMIT, 'output nesting'],
	['a field of itself', '{ a: self.a }', LIMIT, 'depth'],
	['endless tailstrict recursion', 'local f(x) = f(x + 1) tailstrict; f(1)', LIMIT],
	['a huge makeArray', 'std.makeArray(1e9, function(i) i)', LIMIT, 'cells'],
	['a huge repeat', 'std.repeat("x", 1e9)', LIMIT, 'stringBytes'],
	['a huge repeat of an array', 'std.repeat([1], 1e9)', LIMIT, 'cells'],
	['a huge range', 'std.foldl(function(a, b) a + b, std.range(1, 1e9), 0)', LIMIT, 'cells'],
	[
		'a huge join',
		'std.join(std.repeat("a", 1e6), std.makeArray(1000, function(i) "x"))',
		LIMIT,
		'stringBytes',
	],
	[
		'a huge replacement',
		'std.strReplace(std.repeat("a", 10000), "a", std.repeat("b", 10000))',
		LIMIT,
		'stringBytes',
	],
	['a string doubled 34 times', doubling(34, (s) => `${s} + ${s}`, '"xx"'), LIMIT, 'stringBytes'],
	['an array doubled 30 times', doubling(30, (s) => `${s} + ${s}`, '[1]'), LIMIT, 'cells'],
	['31 nested pairs, printed', doubling(31, (s) => `[${s}, ${s}]`, '1'), LIMIT],
	['31 nested pairs, as a string', `"" + (${doubling(31, (s) => `[${s}, ${s}]`, '1')})`, LIMIT],
	[
		'31 nested pairs, compared',
		`(${doubling(31, (s) => `[${s}, ${s}]`, '1')}) == (${doubling(31, (s) => `[${s}, ${s}]`, '1')})`,
		LIMIT,
	],
	['fib(60)', 'local fib(n) = if n < 2 then n else fib(n - 1) + fib(n - 2); fib(60)', LIMIT],
	[
		'a comprehension over 10^12',
		'local r = std.range(1, 10000); [1 for a in r for b in r for c in r]',
		LIMIT,
	],
	[
		'an empty comprehension over 10^12',
		'local r = std.range(1, 10000); [1 for a in r for b in r for c in r if false]',
		LIMIT,
	],
	['100,000 [', '['.repeat(100_000), SYNTAX],
	['100,000 {', '{a:'.repeat(100_000), SYNTAX],
	['100,000 (', '('.repeat(100_000), SYNTAX],
	['100,000 -', `${'-'.repeat(100_000)}1`, SYNTAX],
	['100,000 !', `${'!'.repeat(100_000)}true`, SYNTAX],
	['100,000 .a', `{}${'.a'.repeat(100_000)}`, SYNTAX],
	['100,000 functions', `${'function() '.repeat(100_000)}1`, SYNTAX],
	['100,000 errors', 'error '.repeat(100_000), SYNTAX],
	['100,000 object applications', `{}${'{}'.repeat(100_000)}`, SYNTAX],
	['a huge width', '"%1000000000d" % 1', LIMIT, 'format width'],
	['a huge width from the array', '"%*d" % [1e9, 1]', LIMIT, 'format width'],
	['a huge precision', '"%.1000000000f" % 1', LIMIT, 'format precision'],
	['YAML aliases that expand', `std.parseYaml(${JSON.stringify(BOMB)})`, LIMIT],
	['JSON of 10 MB', 'std.length(std.parseJson("[" + std.repeat("1,", 4e6) + "1]"))', LIMIT],
	['YAML of 10 MB', 'std.length(std.parseYaml(std.repeat("- 1\\n", 2e6)))', LIMIT],
	['deep JSON', 'std.parseJson(std.repeat("[", 100000))', LIMIT, 'depth'],
	['deep YAML', 'std.parseYaml(std.repeat("- ", 100000))', LIMIT, 'depth'],
	['deep YAML flow', 'std.parseYaml(std.repeat("[", 100000))', LIMIT, 'depth'],
	['deep output', 'local f(n) = if n == 0 then 1 else [f(n - 1)]; f(150)', LIMIT, 'output nesting'],
	[
		'objects composed 5,000 times',
		'std.foldl(function(o, i) o + { a+: 1 }, std.range(1, 5000), { a: 0 }).a',
		LIMIT,
	],
	[
		'hashing the same 8 MB again',
		'local s = std.repeat("a", 8e6); [std.sha512(s) for i in std.range(1, 1000)]',
		LIMIT,
	],
	[
		'indexing a wide string',
		'local s = std.repeat("😀", 1e6), t = s + "a"; [s[i] + t[i] for i in std.range(1, 100000)]',
		LIMIT,
	],
	[
		'a search that compares everything everywhere',
		'local t = std.repeat("a", 8e6), h = std.repeat("a", 2500); std.findSubstr(h + "b" + h, t)',
		LIMIT,
	],
	[
		'comparing long equal texts',
		`${LONG} local a = s + "a", b = s + "b"; [1 for i in std.range(1, 1e5) if a < b]`,
		LIMIT,
	],
	['upper case of a long text', 'std.asciiUpper(std.repeat("é", 8e6))', LIMIT, 'steps'],
	['escapes that grow', 'std.escapeStringXML(std.repeat("<", 8e6))', LIMIT, 'stringBytes'],
	...[
		'std.manifestPython(many)',
		'std.manifestYamlDoc(many)',
		'std.manifestToml({ a: many })',
		'std.manifestIni({ sections: { a: { b: many } } })',
		'std.manifestXmlJsonml(["a"] + many)',
		'std.manifestJson(many)',
		'std.repeat("%s", 10000) % many',
		'std.join("", many)',
		'std.deepJoin(many)',
	].map(
		(call) =>
			[
				`${call} of one long text`,
				`${LONG} local many = std.repeat([s], 10000); ${call}`,
				LIMIT,
			] as const,
	),
];

describe('Jsonnet attacks (J91)', () => {
	for (const [name, source, code, limit] of ATTACKS) {
		it(`${name} ends as ${limit ?? code}`, () => {
			const start = performance.now();
			const error = errorOf(source, limit === undefined ? { limits: { timeMs: 100 } } : {});
			assert.equal(error.code, code, error.message);
			if (limit !== undefined) assert.equal(error.details['limit'], limit, error.message);
			assert.equal(error.cause, undefined);
			assert.ok(performance.now() - start < 5000);
		});
	}

	it('evaluates chains of 100,000 terms (J94)', () => {
		const limits = PATIENT;
		assert.equal(evaluate(`1${'+1'.repeat(100_000)}`, { limits }), 100_001);
		assert.equal(evaluate(`true${'&&true'.repeat(100_000)}`, { limits }), true);
		assert.equal(String(evaluate(`"a"${'+"a"'.repeat(100_000)}`, { limits })).length, 100_001);
		assert.equal(evaluate(`${'local a = 1; '.repeat(10_000)}a`, { limits }), 1);
		assert.equal(evaluate(`${'if false then 2 else '.repeat(10_000)}1`, { limits }), 1);
	});

	it('compiles nested code once, so that nesting does not multiply', () => {
		const nest = (open: string, inner: string, close: string) =>
			open.repeat(45) + inner + close.repeat(45);
		assert.deepEqual(evaluate(nest('[x for x in ', '[1]', ']')), [1]);
		assert.deepEqual(evaluate(nest('[x for x in [0] for x in ', '[1]', ']')), [1]);
		assert.equal(evaluate(nest('std.id(', '1', ')')), 1);
		assert.equal(evaluate(nest('(local a = ', '1', '; a)')), 1);
		assert.equal(evaluate(nest('(function(a=', '1', ') a)()')), 1);
		assert.equal(evaluate(nest('({} + { a: ', '1', ' }).a')), 1);
		assert.equal(evaluate(nest('({} { a+: ', '1', ' }).a')), 1);
	});

	it('reaches 500 frames on the default stack (J90)', () => {
		const source = 'local f(n) = if n == 0 then 0 else 1 + f(n - 1); f(490)';
		const limits = PATIENT;
		assert.equal(evaluate(source, { limits }), 490);
		const thunks =
			'local f(n) = if n == 0 then 0 else local m = { a: f(n - 1) }; std.max(0, [m.a + 1][0]); f(160)';
		assert.equal(evaluate(thunks, { limits }), 160);
		const sorting =
			'local f(n) = if n == 0 then 0 else std.sort([1], function(x) f(n - 1) + x)[0]; f(150)';
		assert.equal(evaluate(sorting, { limits }), 1);
	});

	it('turns an exhausted JavaScript stack into the same error (J89)', () => {
		const nested = `${'[1 + '.repeat(90)}f(n)${'][0]'.repeat(90)}`;
		const source = `local f(n) = ${nested}; f(1)`;
		const error = errorOf(source, { limits: { depth: 100_000, timeMs: 5000 } });
		assert.equal(error.code, LIMIT);
		assert.equal(error.details['limit'], 'stack');
		assert.match(error.message, /max stack frames exceeded\./);
	});

	it('keeps names of the prototype as data (J92, J101)', () => {
		const names = '{ __proto__: 1, constructor: 2, toString: 3, hasOwnProperty: 4 }';
		const template = compile(names);
		const value = template.evaluate() as object;
		assert.deepEqual(Object.keys(value), [
			'__proto__',
			'constructor',
			'hasOwnProperty',
			'toString',
		]);
		assert.equal(Object.getPrototypeOf(value), Object.prototype);
		assert.equal(
			template.evaluateToText(),
			'{"__proto__":1,"constructor":2,"hasOwnProperty":4,"toString":3}',
		);
		assert.equal(evaluate('std.objectHas({}, "toString") || "constructor" in {}'), false);
		assert.match(errorOf('{}.constructor').message, /Field does not exist: constructor/);
		assert.match(errorOf('std.extVar("constructor")').message, /Undefined external variable/);
		assert.equal(evaluate('std.native("toString")'), null);
	});
});

describe('Jsonnet limits (J90)', () => {
	const cases: readonly (readonly [string, object, string])[] = [
		['std.length(std.range(1, 100))', { steps: 50 }, 'steps'],
		['local f(n) = if n == 0 then 0 else 1 + f(n - 1); f(20)', { depth: 10 }, 'depth'],
		['[1, 2, 3, 4]', { cells: 3 }, 'cells'],
		['std.repeat("a", 101)', { stringBytes: 400 }, 'stringBytes'],
		['["aaaaaaaaaa", "bbbbbbbbbb"]', { outputBytes: 20 }, 'outputBytes'],
		['local f(n) = f(n + 1) tailstrict; f(0)', { timeMs: 5, steps: 1e12 }, 'timeMs'],
	];
	for (const [source, limits, limit] of cases) {
		it(`names ${limit}`, () => {
			const error = errorOf(source, { limits });
			assert.equal(error.code, LIMIT);
			assert.equal(error.details['limit'], limit);
		});
	}

	it('allows what is just within', () => {
		assert.equal(
			String(evaluate('std.repeat("a", 100)', { limits: { stringBytes: 400 } })).length,
			100,
		);
		assert.deepEqual(evaluate('[1, 2, 3]', { limits: { cells: 3 } }), [1, 2, 3]);
	});

	it('counts each evaluation for itself', () => {
		const template = compile('std.length(std.range(1, 40))', { limits: { steps: 60 } });
		for (let i = 0; i < 10; i++) assert.equal(template.evaluate(), 40);
	});
});
