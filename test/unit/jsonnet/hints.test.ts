import assert from 'node:assert/strict';

import { errorPlace, locatedError } from '../../../core/error-place';
import type { CoreError, ErrorCode, MappingError } from '../../../core/errors';
import { createEvent } from '../../../core/event/create-event';
import { compile } from '../../../core/jsonnet/jsonnet';
import { STD_NAMES } from '../../../core/jsonnet/std/std';
import { templateGlobals } from '../../../core/mapping/globals/globals';
import { compileMapping } from '../../../core/mapping/mapping';
import { checkTemplate } from '../../../node-red/runtime/template-check';
import { errorOf } from './table';

const globals = templateGlobals('buffer');
const event = createEvent({
	headers: { 'content-type': 'application/json' },
	body: Buffer.from('{"a":{"b":"x"},"list":[1,2],"text":"t","n":1}'),
});
const failure = (source: string): MappingError => errorOf(source, { globals } as never, event);
const compiles = (source: string) => compile(source, { globals } as never);

/** The message before the hint, a part of the hint. */
type HintRow = readonly [source: string, message: string, hint: string];

function hints(code: ErrorCode, rows: readonly HintRow[]): void {
	for (const [source, message, hint] of rows) {
		it(`${source.replaceAll('\n', '⏎')}: ${hint}`, () => {
			const error = failure(source);
			assert.equal(error.code, code, error.message);
			const line = error.message.split('\n\t', 1)[0] ?? '';
			assert.ok(line.includes(message), line);
			assert.ok(line.indexOf(hint) > line.indexOf(message), line);
			assert.ok(String(error.details['hint']).includes(hint));
		});
	}
}

describe('hints where people write another language', () => {
	hints('ERR_TEMPLATE_SYNTAX', [
		['Body("n") > 1 ? "a" : "b"', 'Could not lex the character "?"', 'if a then b else c'],
		['Body("a") ?? 1', 'Could not lex the character "?"', 'Body("a.b", "none")'],
		['Body("a")?.b', 'Could not lex the character "?"', 'Body("a.b", "none")'],
		['`a ${1}`', 'Could not lex the character "`"', '"%s and %s" % [a, b]'],
		['“a”', 'Could not lex the character "“"', 'straight quotes'],
		['{ a: ‘x’ }', 'Could not lex the character "‘"', 'straight quotes'],
		['«a»', 'Could not lex the character', 'straight quotes'],
		['1 +\u00a02', 'Could not lex the character', 'no-break space'],
		['{{ Body("a") }}', 'while parsing a field definition', 'without {{ }}'],
		['{{$json.a}}', 'while parsing a field definition', 'without {{ }}'],
		['$json.a', 'Unexpected identifier json', 'not by $json'],
		['{ a: $node }', 'Expected a comma', 'not by $node'],
		['$.a.b', "Can't use $ outside of an object.", 'Body("a.b")'],
		['1 === 1', 'Unexpected "==="', 'a == b'],
		['{ a: 1 !== 2 }', 'Expected a comma', 'a != b'],
		['x => x + 1', 'Unexpected "=>"', 'function(x)'],
		['std.map(x => x, [1])', 'Expected a comma', 'function(x)'],
		['const a = 1; a', 'Unexpected identifier a', 'local a = 1;'],
		['let a = 1; a', 'Unexpected identifier a', 'local a = 1;'],
		['var a = 1;\na', 'Unexpected identifier a', 'local a = 1;'],
		['a = 1; a', 'Unexpected "="', 'local a = 1;'],
		['return Body("a")', 'Unexpected identifier Body', 'There is no return'],
		['typeof Body("a")', 'Unexpected identifier Body', 'std.type(a)'],
		['if (true) 1 else 2', 'Expected "then"', 'if a then b else c'],
		['if (true) { a: 1 } else { a: 2 }', 'Expected "then"', 'if a then b else c'],
		['function f(x) x', 'Expected "("', 'local f(x)'],
		['1 and 2', 'Unexpected identifier and', 'a && b'],
		['1 or 2', 'Unexpected identifier or', 'a || b'],
		['not true', 'Unexpected "true"', '!a'],
		['[...Body("list"), 1]', 'Unexpected "."', 'joined by +'],
		['Body("a");', 'Unexpected ";"', 'semicolon'],
		['for (x in [1]) x', 'Unexpected "for"', '[x + 1 for x in list]'],
		['local a = 1; a += 1', 'Unexpected "+="', 'local b = a + 1'],
		['2 ** 3', 'Unexpected "**"', 'std.pow'],
		['undefined', 'Unknown variable: undefined', 'Write null.'],
		['{ a: None }', 'Unknown variable: None', 'Write null.'],
		['JSON.stringify(1)', 'Unknown variable: JSON', 'std.manifestJsonMinified'],
		['Math.round(1.5)', 'Unknown variable: Math', 'std.round'],
		['new Date()', 'Unexpected identifier Date', 'no classes'],
		['Date(1)', 'Unknown variable: Date', 'ParseTime'],
		['this.a', 'Unknown variable: this', 'self.a'],
		['msg.payload.a', 'Unknown variable: msg', 'Body("a.b")'],
		['payload.a', 'Unknown variable: payload', 'Body("a.b")'],
	]);

	hints('ERR_TEMPLATE_RUNTIME', [
		['Body("list").length', 'Unexpected type string, expected number', 'std.length(value)'],
		['"x".length', 'Unexpected type string, expected number', 'std.length(value)'],
		['Body("a").length', 'Field does not exist: length', 'std.length(value)'],
		['Body("text").toUpperCase()', 'expected number', 'std.asciiUpper(text)'],
		['Body("text").toLowerCase()', 'expected number', 'std.asciiLower(text)'],
		['Body("text").trim()', 'expected number', 'std.trim(text)'],
		['Body("text").split(",")', 'expected number', 'std.split(text, ",")'],
		['Body("text").replace("a", "b")', 'expected number', 'std.strReplace'],
		['Body("list").map(function(x) x)', 'expected number', '[x + 1 for x in list]'],
		['Body("list").includes(1)', 'expected number', 'std.member(list, value)'],
		['Body("n").toFixed(2)', 'Unexpected type number', '"%.2f" % number'],
		['Body("n").toString()', 'Unexpected type number', 'std.toString(value)'],
		['(function(x) x).length', 'Unexpected type function', 'std.length(value)'],
		['Body("$.a.c")', 'path "$.a.c" not found in the body', '"a.c"'],
		["Body(\"$['a']['c']\")", 'not found in the body', '"a.c"'],
		['Body("body.a.b")', 'not found in the body', '"a.b"'],
		['Body("payload.a")', 'not found in the body', '"a"'],
		['Body("$json.a.b")', 'not found in the body', '"a.b"'],
		['Body("/a/b")', 'not found in the body', '"a.b"'],
		['Body("list[*].a")', 'not found in the body', 'no wildcards'],
		['Body("a" + "[\\"b\\"]")', 'not found in the body', '"a.b"'],
	]);
});

describe('names that are not known', () => {
	hints('ERR_TEMPLATE_SYNTAX', [
		['body("a")', 'Unknown variable: body', 'Did you mean Body?'],
		['BODY("a")', 'Unknown variable: BODY', 'Did you mean Body?'],
		['Bodi("a")', 'Unknown variable: Bodi', 'Did you mean Body?'],
		['bodystr()', 'Unknown variable: bodystr', 'Did you mean BodyStr?'],
		['Headers("a")', 'Unknown variable: Headers', 'Did you mean Header?'],
		['now()', 'Unknown variable: now', 'Did you mean Now?'],
		['Std.length(1)', 'Unknown variable: Std', 'Did you mean std?'],
		['length("a")', 'Unknown variable: length', 'Did you mean std.length?'],
		['local temperature = 1; temprature', 'Unknown variable: temprature', 'mean temperature?'],
		['std.lenght("a")', 'Field does not exist: lenght', 'Did you mean std.length?'],
		['std.upper("a")', 'Field does not exist: upper', 'Did you mean std.asciiUpper(text)?'],
		['std.toUpperCase("a")', 'Field does not exist: toUpperCase', 'std.asciiUpper(text)'],
		['std.asciiuper("a")', 'Field does not exist: asciiuper', 'Did you mean std.asciiUpper?'],
		['std.manifestJSON("a")', 'Field does not exist', 'Did you mean std.manifestJson?'],
		['std.startswith("a", "b")', 'Field does not exist', 'Did you mean std.startsWith?'],
		['{ a: if false then std.keys({}) }', 'Field does not exist', 'std.objectFields(object)'],
		['std.map(std.lower, ["A"])', 'Field does not exist: lower', 'std.asciiLower(text)'],
		['std.regexMatch("a", "b")', 'Field does not exist', 'no regular expressions'],
		['Body.a', 'Unexpected type function', 'It is called: Body("a.b").'],
		['Header["x"]', 'Unexpected type function', 'It is called: Header('],
		['Now.x', 'Unexpected type function', 'It is called: Now('],
	]);

	it('of std are found when the template is compiled, with their place and no hint where none fits', () => {
		const error = failure('[\n  std.qqqqqqqqq(1)]');
		assert.equal(error.message, '2:3-16 Field does not exist: qqqqqqqqq');
		assert.throws(() => compiles('function(x) std.upper(x)'), { code: 'ERR_TEMPLATE_SYNTAX' });
	});

	it('no name that is known is suspected', () => {
		for (const name of STD_NAMES) compiles(`std.${name}`);
	});

	for (const source of [
		'local std = { upper(x): x }; std.upper("a")',
		'(function(std) std.upper("a"))({ upper(x): x })',
		'local f(std) = std.upper("a"); f(std + { upper(x): x })',
		'(std + { upper(x): x }).upper("a")',
		'(std { upper(x): x }).upper("a")',
		'{ local std = { upper(x): x }, a: std.upper("a") }.a',
		'[std.upper for std in [{ upper: "a" }]][0]',
		'{ [k]: std.upper for k in ["a"] for std in [{ upper: "a" }] }.a',
		'if std.objectHasAll(std, "upper") then std.upper("a") else "a"',
		'if "upper" in std then std.upper("a") else "a"',
		'local Body = { a: "a" }; Body.a',
	]) {
		it(`a name of one's own is no name of std: ${source}`, () => {
			assert.equal(compiles(source).evaluate(event), 'a');
		});
	}

	for (const source of [
		'std["upper"]("a")',
		'std["up" + "per"]("a")',
		'local s = std; s.upper("a")',
		'[s.upper for s in [std]]',
		'{ s:: std, a: self.s.upper }',
	]) {
		it(`what is computed fails when it runs: ${source}`, () => {
			const template = compiles(source);
			assert.throws(() => template.evaluate(event), { code: 'ERR_TEMPLATE_RUNTIME' });
		});
	}
});

describe('hints do not disturb', () => {
	for (const source of [
		'{ length: 1, toUpperCase: 2 }.length',
		'"a ? b : c, {{ x }}, `y`, “z”, a => b, === $.a"',
		'local undefined = 1, let = 2, const = 3; undefined + let + const',
		'{ and: 1, or: 2, return: 3, var: 4 }.and',
		'Body("a.b", error "unused")',
		'local f(x)=x; f(x=1)',
		'{ a: { b: 1 } }',
		'{ a: $.b, b: 1 }',
		'std.map(function(x) x, [1])',
	]) {
		it(`in a valid program: ${source}`, () => {
			compiles(source).evaluate(event);
		});
	}

	for (const source of [
		'{}.a',
		'{ a: 1 }.keys',
		'[1].foo',
		'Body("zz")',
		'Body("a.zz")',
		'error "Body"',
		'zzzzzzzzzz',
		'1 +',
		'[1, 2',
		'{ a 1 }',
		'local a = 1',
		'"a',
	]) {
		it(`in an error of another kind: ${source}`, () => {
			assert.equal(failure(source).details['hint'], undefined, failure(source).message);
		});
	}

	it('a sender, whose answer stays the message alone (K94)', () => {
		const content = 'Body("$.a.c")';
		const mapping = compileMapping({
			columns: [
				{ type: 'template', name: 't', template: { language: 'jsonnet', content } },
				{ type: 'path', name: 'p', path: '$.a.c' },
			],
		});
		const message = 'path "$.a.c" not found in the body';
		const hint = 'A path begins with the first key of the body: "a.c".';
		assert.throws(
			() => mapping.renderCells(event),
			(error: CoreError) =>
				error.message === message &&
				locatedError(error).message === `${message}. ${hint} (${errorPlace(error)})`,
		);
		const columns = [{ type: 'path', name: 'p', path: '$.a.c' }] as const;
		assert.throws(
			() => compileMapping({ columns }).renderCells(event),
			(error: CoreError) =>
				error.message === message &&
				locatedError(error).message === `${message}. ${hint} (column "p")`,
		);
	});

	it('and are shown where a template is written', () => {
		const { answer } = checkTemplate({ template: 'Body("a") ? 1 : 2' });
		assert.ok('message' in answer && answer.message.endsWith('Write if a then b else c.'));
	});
});
