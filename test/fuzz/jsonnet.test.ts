/** Random text and mutated programs raise MappingError or give a value, nothing else (J89, J117). */
import assert from 'node:assert/strict';
import fc from 'fast-check';

import { MappingError } from '../../core/errors';
import { compile, evaluate } from '../../core/jsonnet/jsonnet';

const seed = Number(process.env['JSONNET_SEED'] ?? Date.now() % 1_000_000);
/** `npm run fuzz` multiplies the runs. */
const FACTOR = Number(process.env['SLUICE_FUZZ_RUNS'] ?? 1);
const limits = { timeMs: 50, steps: 100_000, cells: 100_000 };

/** For what has to succeed on a busy machine too. */
const patient = { timeMs: 10_000 };

const PIECES = [
	...'{}[]().,;:+-*/%!~^|&<>=$#@\'"\n 0123456789abx_é😀\\'.split(''),
	...[
		'local ',
		'a',
		'b',
		'=',
		' in ',
		'for x in ',
		'if ',
		' then ',
		' else ',
		'function(a) ',
		'self',
		'super',
	],
	...[
		'error ',
		'assert ',
		'std.',
		'map',
		'format',
		'parseYaml',
		'|||',
		'"a"',
		'1',
		'null',
		'true',
		'::',
		'+:',
		'%d',
	],
	...[
		'import ',
		'tailstrict',
		'/*',
		'*/',
		'//',
		'@"',
		'1e9',
		'[x for x in [1]]',
		'{ a: 1 }',
		'std.length(',
	],
];

const PROGRAMS = [
	'local f(x, y=x) = [x, y]; { a: f(1), b:: self.a, c+: { d: $.b } } + { a: super.a }',
	'[x * y for x in std.range(1, 3) if x > 1 for y in [1, 2]] + std.map(function(x) x + 1, [1])',
	'"%s: %05.1f" % ["a", 2.5] + std.manifestYamlDoc({ a: [1, "b\\n"] })',
	'std.parseYaml("a: &x [1, *y]\\nb: {c: d}") + std.parseJson("[1, {}]")',
	'local o = { assert self.a > 0 : "no", a: 1, [k]: 2 for k in ["p"] }; o { a: -1 }',
	'std.sort(std.set([3, 1]) + [2], function(x) -x)[0:2:1][1] << 2 | ~5 & 3',
];

const YAML = [
	'a: ',
	'- ',
	'\n',
	'  ',
	'[',
	']',
	'{',
	'}',
	', ',
	'"',
	"'",
	'|',
	'>',
	'&x ',
	'*x',
	'!!str ',
	'<<: ',
	'? ',
	': ',
	'#',
	'---',
	'...',
	'1',
	'yes',
	'\t',
	'b',
	'%',
	'\\',
];

describe(`Jsonnet under random input, seed ${seed}, runs × ${FACTOR}`, function () {
	this.timeout(30_000 * FACTOR);

	it('takes any text', () => {
		check(fc.string({ unit: 'binary', maxLength: 200 }), 1000);
	});

	it('takes random pieces of programs', () => {
		check(
			fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((each) => each.join('')),
			4000,
		);
	});

	it('takes mutated programs', () => {
		const mutation = fc.tuple(fc.nat(200), fc.nat(6), fc.constantFrom(...PIECES));
		const program = fc
			.tuple(fc.constantFrom(...PROGRAMS), fc.array(mutation, { minLength: 1, maxLength: 4 }))
			.map(([source, mutations]) =>
				mutations.reduce(
					(text, [at, cut, piece]) => text.slice(0, at) + piece + text.slice(at + cut),
					source,
				),
			);
		check(program, 4000);
	});

	it('takes random YAML and JSON', () => {
		const text = fc.array(fc.constantFrom(...YAML), { maxLength: 30 }).map((each) => each.join(''));
		check(
			text.map((each) => `std.parseYaml(${JSON.stringify(each)})`),
			4000,
		);
		check(
			text.map((each) => `std.parseJson(${JSON.stringify(each)})`),
			1000,
		);
	});

	it('reads back what it writes', () => {
		const data = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
		fc.assert(
			fc.property(data, (value) => {
				const globals = { Value: { params: [], call: () => value } };
				const same = (source: string) =>
					assert.deepEqual(evaluate(source, { globals, limits: patient }), value);
				same('Value()');
				same('std.parseJson(std.manifestJson(Value()))');
				same('std.parseJson(std.toString([Value()]))[0]');
				same('std.parseYaml(std.manifestYamlDoc({ v: Value() })).v');
				assert.deepEqual(
					JSON.parse(compile('Value()', { globals, limits: patient }).evaluateToText()),
					value,
				);
			}),
			{ seed, numRuns: 300 * FACTOR },
		);
	});

	it('writes numbers that read back to the same double', () => {
		fc.assert(
			fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
				const globals = { Value: { params: [], call: () => value } };
				const texts = evaluate('[std.toString(Value()), std.manifestJson(Value())]', {
					globals,
					limits: patient,
				});
				for (const text of texts as string[]) assert.ok(Object.is(Number(text), value), text);
			}),
			{ seed, numRuns: 1000 * FACTOR },
		);
	});

	it('encodes as Node does', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), (text) => {
				const globals = { Text: { params: [], call: () => text } };
				const source =
					'[std.encodeUTF8(Text()), std.decodeUTF8(std.encodeUTF8(Text())), std.base64(std.encodeUTF8(Text()))]';
				const bytes = Buffer.from(text);
				assert.deepEqual(evaluate(source, { globals, limits: patient }), [
					[...bytes],
					bytes.toString('utf8'),
					bytes.toString('base64'),
				]);
			}),
			{ seed, numRuns: 300 * FACTOR },
		);
	});
});

function check(programs: fc.Arbitrary<string>, numRuns: number): void {
	fc.assert(fc.property(programs, evaluatesOrFails), { seed, numRuns: numRuns * FACTOR });
}

function evaluatesOrFails(source: string): void {
	try {
		compile(source, { limits }).evaluateToText();
	} catch (error) {
		assert.ok(error instanceof MappingError, String(error));
		assert.doesNotMatch(error.message, /internal error/);
		assert.match(error.code, /^ERR_TEMPLATE_(SYNTAX|RUNTIME|LIMIT)$/);
	}
}
