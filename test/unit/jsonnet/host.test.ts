import assert from 'node:assert/strict';

import { CoreError, MappingError } from '../../../core/errors';
import { compile, evaluate } from '../../../core/jsonnet/jsonnet';
import { errorOf } from './table';

import type { HostFunction } from '../../../core/jsonnet/host-function';
import type { CompileOptions } from '../../../core/jsonnet/options';

interface Context {
	readonly body: Readonly<Record<string, unknown>>;
}

/** A small Body: a name of the body, or its default. */
const Body: HostFunction<Context> = {
	params: [
		{ name: 'path', optional: true },
		{ name: 'default', optional: true, lazy: true },
	],
	call({ body }, [path = '', fallback]) {
		if (path === '') return body;
		const name = String(path);
		if (Object.hasOwn(body, name)) return body[name];
		if (fallback !== undefined) return fallback;
		throw new MappingError('ERR_COLUMN_VALUE', `path "${name}" not found in the body`);
	},
};

const options: CompileOptions<Context> = { globals: { Body } };
const context: Context = {
	body: { a: 1, list: [1, { x: 'y' }], nested: { b: { c: 2 } }, nothing: null },
};

function run(source: string): unknown {
	return compile(source, options).evaluate(context);
}

function failure(source: string): MappingError {
	return errorOf(source, options as CompileOptions, context);
}

describe('host functions (J80–J85)', () => {
	it('are global variables and values', () => {
		assert.equal(run('Body("a")'), 1);
		assert.equal(run('Body(path="a")'), 1);
		assert.deepEqual(run('Body()'), context.body);
		assert.deepEqual(run('local f = Body; std.map(Body, ["a", "nothing"]) + [f("zz", 3)]'), [
			1,
			null,
			3,
		]);
		assert.equal(run('local Body(x) = x; Body("own")'), 'own');
		assert.equal(run('Body("a" + "")'), 1);
	});

	it('evaluate their default only when it is used', () => {
		assert.equal(run('Body("a", error "unused")'), 1);
		assert.equal(run('Body("zz", 1 + 1)'), 2);
		assert.equal(run('Body("zz", default={ h:: 3 }).h'), 3);
		assert.equal(run('Body("zz", function(x) x)(4)'), 4);
		assert.equal(run('local a = "zz"; [Body(a, x) for x in [5]][0]'), 5);
		assert.match(failure('Body("zz", error "used")').message, /used/);
		assert.equal(run('Body("zz", null)'), null);
	});

	it('take an error of the host as the message, with its cause', () => {
		const error = failure('{ a: Body("zz") }');
		assert.equal(error.code, 'ERR_TEMPLATE_RUNTIME');
		assert.equal(
			error.message,
			'RUNTIME ERROR: path "zz" not found in the body\n\t1:6-16\tfield <a>',
		);
		assert.ok(error.cause instanceof CoreError);
		assert.match(failure('std.map(Body, ["zz"])').message, /path "zz" not found in the body/);
	});

	it('are checked for their arguments', () => {
		assert.match(
			failure('Body(1, 2, 3)').message,
			/function expected 2 positional argument\(s\), but got 3/,
		);
		assert.match(failure('Body(nope=1)').message, /function has no parameter nope/);
		assert.match(failure('Body("a", path="b")').message, /Argument path already provided/);
	});

	it('read data of the host in place, with its own names only (J84, J92)', () => {
		assert.equal(run('Body("list")[1].x'), 'y');
		assert.deepEqual(run('Body("nested") + { d: super.b.c }'), { b: { c: 2 }, d: 2 });
		assert.equal(run('Body("nested") == { b: { c: 2 } }'), true);
		assert.deepEqual(run('std.objectFields(Body())'), ['a', 'list', 'nested', 'nothing']);
		assert.equal(run('"constructor" in Body("nested")'), false);
		assert.match(
			failure('Body("nested").constructor').message,
			/Field does not exist: constructor/,
		);
		assert.match(failure('Body("constructor")').message, /not found/);
		assert.match(failure('Body("nested")["__proto__"]').message, /Field does not exist/);
	});

	it('never share data with the output', () => {
		const first = run('Body("list")') as unknown[];
		assert.deepEqual(first, context.body['list']);
		assert.notEqual(first, context.body['list']);
		assert.notEqual(first[1], (context.body['list'] as unknown[])[1]);
	});

	for (const [name, value] of [
		['undefined', undefined],
		['a Map', new Map()],
		['a Date', new Date()],
		['a function', () => 1],
		['a symbol', Symbol('x')],
		['a bigint', 1n],
		['an undefined member', { a: undefined }],
		['a nested Date', [new Date()]],
		['NaN', Number.NaN],
		['an array with a hole', new Array(1)],
	] as const) {
		it(`refuse ${name} from the host`, () => {
			const globals = { Give: { params: [], call: () => value } };
			for (const source of [
				'Give()',
				'"" + Give()',
				'{ a: Give() }',
				'std.type(Give()) + Give()',
			]) {
				assert.equal(errorOf(source, { globals }).code, 'ERR_TEMPLATE_RUNTIME');
			}
		});
	}

	it('give data of null-prototype objects and of other realms', () => {
		const value = Object.assign(Object.create(null) as object, { a: 1 });
		assert.deepEqual(evaluate('Give()', { globals: { Give: { params: [], call: () => value } } }), {
			a: 1,
		});
	});
});

describe('the prepare hook (J83)', () => {
	const calls: string[] = [];
	const Prepared: HostFunction = {
		params: [{ name: 'format' }, { name: 'default', optional: true, lazy: true }],
		call: (_, [format]) => `called ${String(format)}`,
		prepare([format]) {
			calls.push(String(format));
			if (format === 'bad') throw new Error('datetime format is invalid');
			return (_, [, fallback]) => fallback ?? `prepared ${String(format)}`;
		},
	};
	const globals = { Prepared };

	it('runs once while compiling, for literals only', () => {
		calls.length = 0;
		const template = compile('[Prepared("x"), Prepared("" + "y"), Prepared(format="z")]', {
			globals,
		});
		assert.deepEqual(calls, ['x', 'z']);
		const expected = ['prepared x', 'called y', 'prepared z'];
		for (let i = 0; i < 2; i++) assert.deepEqual(template.evaluate(), expected);
		assert.deepEqual(calls, ['x', 'z']);
	});

	it('may return its lazy argument', () => {
		assert.equal(evaluate('[Prepared("x", y) for y in [7]][0]', { globals }), 7);
	});

	it('makes its errors static', () => {
		const error = errorOf('if true then 1 else Prepared("bad")', { globals });
		assert.equal(error.code, 'ERR_TEMPLATE_SYNTAX');
		assert.equal(error.message, '1:21-36 datetime format is invalid');
		assert.deepEqual(
			[error.details['line'], error.details['column'], error.details['endColumn']],
			[1, 21, 36],
		);
	});
});

describe('reentrance (J6, J107)', () => {
	it('leaves the outer evaluation as it was', () => {
		const inner = compile<number>('local f(n) = if n == 0 then 0 else 1 + f(n - 1); f(Depth())', {
			globals: { Depth: { params: [], call: (context: number) => context } },
		});
		const Inner: HostFunction = {
			params: [{ name: 'n' }],
			call: (_, [n]) => inner.evaluate(Number(n)),
		};
		const Outer: HostFunction = { params: [], call: (context) => String(context) };
		const template = compile(
			'[Inner(3), Outer(), Inner(400), Outer(), std.length(std.range(1, 10))]',
			{
				globals: { Inner, Outer },
				limits: { depth: 20 },
			},
		);
		assert.deepEqual(template.evaluate('ctx'), [3, 'ctx', 400, 'ctx', 10]);
		const error = errorOf('[Inner(1000)]', { globals: { Inner } });
		assert.match(error.message, /max stack frames exceeded/);
		assert.equal(error.code, 'ERR_TEMPLATE_RUNTIME');
		assert.ok(error.cause instanceof MappingError);
		assert.deepEqual(template.evaluate('again'), [3, 'again', 400, 'again', 10]);
	});
});

describe('surroundings of a template', () => {
	it('gives external variables, lazily and once (J9)', () => {
		const extVars = { s: 'text', c: { code: '{ a: 1 + 1 }' }, bad: { code: '1 +' } };
		assert.deepEqual(evaluate('[std.extVar("s"), std.extVar("c").a]', { extVars }), ['text', 2]);
		assert.equal(errorOf('std.extVar("bad")', { extVars }).code, 'ERR_TEMPLATE_SYNTAX');
	});

	it('calls a function at the top with tlaVars (J8)', () => {
		const tlaVars = { x: 'a', y: { code: '[1, 2]' } };
		assert.deepEqual(evaluate('function(x, y, z=3) [x, y, z]', { tlaVars }), ['a', [1, 2], 3]);
		assert.match(errorOf('function(x) x', { tlaVars }).message, /function has no parameter y/);
		assert.equal(evaluate('1', { tlaVars }), 1);
	});

	it('calls native functions with data', () => {
		const nativeFunctions = {
			add: { params: ['a', 'b'], func: (a: unknown, b: unknown) => Number(a) + Number(b) },
			keys: { params: ['o'], func: (o: unknown) => Object.keys(o as object) },
			fail: {
				params: [],
				func: () => {
					throw new Error('broken');
				},
			},
		};
		const source = '[std.native("add")(1, b=2), std.native("keys")({ x: 1, y:: 2 })]';
		assert.deepEqual(evaluate(source, { nativeFunctions }), [3, ['x']]);
		assert.match(
			errorOf('std.native("fail")()', { nativeFunctions }).message,
			/RUNTIME ERROR: broken/,
		);
		assert.match(
			errorOf('std.native("add")(1)', { nativeFunctions }).message,
			/Missing argument: b/,
		);
	});

	it('imports through the importer only (J10)', () => {
		const files: Record<string, string> = {
			'lib/a.jsonnet': '{ x: (import "b.jsonnet").y, file: std.thisFile }',
			'lib/b.jsonnet': '{ y: 1, a:: import "a.jsonnet" }',
			text: 'é',
			broken: '1 +',
		};
		let reads = 0;
		const importer = (base: string, rel: string) => {
			reads += 1;
			const path = base.startsWith('lib/') ? `lib/${rel}` : rel;
			const contents = files[path];
			if (contents === undefined) throw new Error(`no file ${path}`);
			return { path, contents };
		};
		const imported = { importer, filename: 'main' };
		const source =
			'local a = import "lib/a.jsonnet"; [a, a.x, importstr "text", importbin "text", std.thisFile]';
		const template = compile(source, imported);
		const expected = [{ file: 'lib/a.jsonnet', x: 1 }, 1, 'é', [195, 169], 'main'];
		assert.deepEqual(template.evaluate(), expected);
		const { length } = [reads];
		assert.deepEqual(template.evaluate(), expected);
		assert.equal(length, 1);
		assert.match(errorOf('import "none"', imported).message, /no file none/);
		assert.equal(errorOf('import "broken"', imported).code, 'ERR_TEMPLATE_SYNTAX');
		assert.match(errorOf('import "a"').message, /imports are disabled/);
	});

	it('prints as the command line tool, or compact (J50–J52)', () => {
		const template = compile('{ b: [], "10": 1, "2": { x: null }, a: "\\u007f</é" }');
		const text = '{"10":1,"2":{"x":null},"a":"\\u007f</é","b":[]}';
		assert.equal(template.evaluateToText(), text);
		assert.equal(
			template.evaluateToText(undefined, 'document'),
			'{\n   "10": 1,\n   "2": {\n      "x": null\n   },\n   "a": "\\u007f</é",\n   "b": [ ]\n}\n',
		);
		assert.equal(compile('"x"').evaluateToText(undefined, 'document'), '"x"\n');
	});
});
