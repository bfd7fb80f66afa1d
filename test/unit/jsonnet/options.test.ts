import assert from 'node:assert/strict';

import { ConfigError } from '../../../core/errors';
import { jsonnet } from '../../../core/index';
import { errorOf } from './table';

const call = () => 1;

describe('wrong options of the API are ERR_CONFIG_INVALID and name the option', () => {
	const limits = ['steps', 'timeMs', 'depth', 'cells', 'stringBytes', 'outputBytes'].flatMap(
		(name) =>
			[Number.NaN, -1, 0, '100', null, 5n, {}, true].map(
				(value) => [{ limits: { [name]: value } }, `options.limits.${name}`] as const,
			),
	);
	for (const [options, path] of [
		...limits,
		[null, 'options'],
		['x', 'options'],
		[[], 'options'],
		[{ unknown: 1 }, 'options.unknown'],
		[{ limit: {} }, 'options.limit'],
		[{ extvars: {} }, 'options.extvars'],
		[{ limits: 5 }, 'options.limits'],
		[{ limits: [] }, 'options.limits'],
		[{ limits: { step: 1 } }, 'options.limits.step'],
		[{ filename: 1 }, 'options.filename'],
		[{ shortestNumbers: 'yes' }, 'options.shortestNumbers'],
		[{ trace: {} }, 'options.trace'],
		[{ importer: '/lib' }, 'options.importer'],
		[{ extVars: 'x' }, 'options.extVars'],
		[{ extVars: [] }, 'options.extVars'],
		[{ extVars: { a: 1 } }, 'options.extVars.a'],
		[{ extVars: { a: null } }, 'options.extVars.a'],
		[{ extVars: { a: { code: 1 } } }, 'options.extVars.a'],
		[{ tlaVars: { a: ['x'] } }, 'options.tlaVars.a'],
		[{ nativeFunctions: { f: call } }, 'options.nativeFunctions.f'],
		[{ nativeFunctions: { f: { params: 'a', func: call } } }, 'options.nativeFunctions.f.params'],
		[
			{ nativeFunctions: { f: { params: [1], func: call } } },
			'options.nativeFunctions.f.params[0]',
		],
		[{ nativeFunctions: { f: { params: [] } } }, 'options.nativeFunctions.f.func'],
		[{ globals: { F: call } }, 'options.globals.F'],
		[{ globals: { F: { params: [] } } }, 'options.globals.F.call'],
		[{ globals: { F: { call } } }, 'options.globals.F.params'],
		[{ globals: { F: { call, params: ['a'] } } }, 'options.globals.F.params[0]'],
		[{ globals: { F: { call, params: [{}] } } }, 'options.globals.F.params[0].name'],
		[
			{ globals: { F: { call, params: [{ name: 'a', maxLength: -1 }] } } },
			'options.globals.F.params[0].maxLength',
		],
		[{ globals: { F: { call, params: [], prepare: 1 } } }, 'options.globals.F.prepare'],
		[{ globals: { std: { call, params: [] } } }, 'options.globals.std'],
	] as const) {
		const shown = JSON.stringify(options, (_, value: unknown) =>
			typeof value === 'bigint' || Number.isNaN(value) ? String(value) : value,
		);
		it(`${shown}: ${path}`, () => {
			for (const use of [jsonnet.compile, jsonnet.evaluate, jsonnet.evaluateToJson]) {
				assert.throws(
					() => use('1', options as never),
					(error: unknown) => error instanceof ConfigError && error.details['path'] === path,
				);
			}
		});
	}

	it('a source that is no text', () => {
		for (const source of [undefined, null, 1, Buffer.from('1'), ['1']]) {
			assert.throws(() => jsonnet.compile(source as never), { code: 'ERR_CONFIG_INVALID' });
		}
	});

	it('a style that there is not', () => {
		const template = jsonnet.compile('1');
		assert.throws(() => template.evaluateToText(undefined, 'pretty' as never), {
			code: 'ERR_CONFIG_INVALID',
		});
		assert.equal(template.evaluateToText(), '1');
	});

	it('but what is undefined is not given, and all that is right works', () => {
		const options = {
			filename: undefined,
			limits: { steps: undefined, cells: 1e9, timeMs: 10_000 },
			extVars: { a: 'x', b: { code: '1' }, c: undefined },
			globals: { F: { call, params: [] } },
		};
		const source = '[std.extVar("a"), std.extVar("b"), F(), std.length(std.range(1, 1000))]';
		assert.deepEqual(jsonnet.evaluate(source, options as never), ['x', 1, 1, 1000]);
		const error = errorOf('std.foldl(function(a, b) a, std.range(1, 999999), 0)', options as never);
		assert.deepEqual([error.details['limit'], error.details['bound']], ['steps', 1_000_000]);
	});

	it('an importer that gives no file fails with the path', () => {
		for (const file of [undefined, null, {}, { path: 'a' }, { path: 1, contents: '1' }, 'text']) {
			const error = errorOf('import "a.jsonnet"', { importer: (() => file) as never });
			assert.equal(error.code, 'ERR_TEMPLATE_RUNTIME');
			assert.match(error.message, /importer gave no \{path, contents\} for a\.jsonnet/);
		}
	});
});
