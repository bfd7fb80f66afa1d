import assert from 'node:assert/strict';

import { ConfigError, MAX_ERROR_TEXT, MappingError, ReceiveError } from '../../../core/errors';
import { createEvent } from '../../../core/event/create-event';
import { compile } from '../../../core/jsonnet/jsonnet';
import { MAX_PATH_LENGTH, parsePath } from '../../../core/pure/path';
import { templateGlobals } from '../../../core/mapping/globals/globals';
import { compileMapping } from '../../../core/mapping/mapping';
import { errorOf } from './table';

const KIBI = 'local k(n, s) = if n == 0 then s else k(n - 1, s + s) tailstrict; ';
const MEGA = `${KIBI}local mega = k(20, "x"); `;
const globals = templateGlobals('buffer');
const event = createEvent({
	headers: { 'content-type': 'application/json', 'x-a': '1' },
	body: Buffer.from('{"a":{"b":1}}'),
});

function failure(source: string): MappingError {
	return errorOf(source, { globals } as never, event);
}

describe('texts of errors are bounded', () => {
	const long = 'n'.repeat(100_000);
	for (const source of [
		`${MEGA}error mega`,
		`${MEGA}assert false : mega; 1`,
		`${MEGA}{ assert false : mega, a: 1 }.a`,
		`${MEGA}{}[mega]`,
		`${MEGA}error [mega, mega]`,
		`${MEGA}std.assertEqual(mega, "y")`,
		`${MEGA}std.extVar(mega)`,
		`${MEGA}std.parseInt(mega)`,
		`${MEGA}std.parseJson(mega)`,
		`${MEGA}std.parseYaml("a: &" + mega + " *" + mega + "1")`,
		`${MEGA}("%(" + mega + ")s") % {}`,
		`${MEGA}{ [x]: 1 for x in [mega, mega] }`,
		`${MEGA}std.manifestTomlEx({ [mega]: null }, "")`,
		`${MEGA}Body(mega)`,
		`${MEGA}Body(mega[:9000])`,
		`${MEGA}Header(mega)`,
		`${MEGA}Header(mega[:900])`,
		`${MEGA}Now("%" + mega)`,
		`${MEGA}Now(mega[:900] + "%!")`,
		`local ${long} = 1; ${long}x`,
		`{ ${long}: 1, ${long}: 2 }`,
		`local f(${long}) = 1; f(1, ${long}=2)`,
		`(function(${long}) 1)()`,
		`local ${long}(x) = x.y; { ${long}: ${long}({}) }.${long}`,
		`"${long}\\q"`,
		`1 ${long}`,
		`import "${long}"`,
		`std.${long}`,
		`Body("${long}")`,
	]) {
		it(`of ${source.replaceAll(long, '…').replace(MEGA, '')}`, () => {
			const error = failure(source);
			assert.ok(error.message.length <= MAX_ERROR_TEXT, `${error.message.length} units`);
			assert.ok(JSON.stringify(error.details).length <= 2 * MAX_ERROR_TEXT);
			assert.ok(String(error.details['reason']).length <= 1_000);
		});
	}

	it('in every place of a stack', () => {
		const error = errorOf(
			`local ${long}(n) = if n == 0 then error "x" else 1 + ${long}(n - 1); ${long}(50)`,
			{ filename: `${long}.jsonnet` },
		);
		assert.ok(error.message.length < 5_000, `${error.message.length} units`);
	});

	it('in what a sender is shown', () => {
		const content = `${MEGA}error Body("a") + mega`;
		const mapping = compileMapping({
			columns: [{ type: 'template', name: 't', template: { language: 'jsonnet', content } }],
		});
		assert.throws(
			() => mapping.renderCells(event),
			(error: MappingError) => error.message.length <= 1_000 && error.message.endsWith('x…'),
		);
	});

	it('in every error of core, and no character is cut in two', () => {
		const error = new ReceiveError('ERR_BODY_UNREADABLE', '😀'.repeat(10_000), {
			details: { text: long, count: 1 },
		});
		assert.ok(error.message.length <= MAX_ERROR_TEXT);
		assert.ok(error.message.isWellFormed() && error.message.endsWith('😀…'));
		assert.equal(String(error.details['text']).length, MAX_ERROR_TEXT);
		assert.equal(error.details['count'], 1);
		assert.ok(new ConfigError(long, long, long).message.length <= MAX_ERROR_TEXT);
	});

	it('where a column asks for another language', () => {
		const template = { language: long, content: '1' } as never;
		assert.throws(
			() => compileMapping({ columns: [{ type: 'template', name: 't', template }] }),
			(error: Error) => error.message.length < 200,
		);
	});

	it('in the lines of std.trace', () => {
		const lines: string[] = [];
		compile(`${MEGA}std.trace(mega, 1)`, { trace: (line) => lines.push(line) }).evaluate();
		assert.deepEqual([lines.length, lines[0]?.length], [1, 10_000]);
	});
});

describe('what host functions are given is bounded and charged', () => {
	const limited = (source: string, limits: object = {}) =>
		errorOf(source, { globals, limits } as never, event);

	for (const [source, argument] of [
		[`${MEGA}Body(mega)`, 'path'],
		[`${MEGA}Body(path=mega, default=1)`, 'path'],
		[`${MEGA}local f = Body; f(mega, 1)`, 'path'],
		[`${MEGA}std.map(Body, [mega])[0]`, 'path'],
		[`Body(${JSON.stringify('.a'.repeat(6_000))}, 1)`, 'path'],
		[`${MEGA}Header(mega, 1)`, 'header'],
		[`${MEGA}Now(mega)`, 'format'],
		[`Now(${JSON.stringify('%c'.repeat(600))})`, 'format'],
	] as const) {
		it(`${source.replace(MEGA, '').slice(0, 50)} is refused by its length`, () => {
			const error = limited(source);
			assert.equal(error.code, 'ERR_TEMPLATE_LIMIT', error.message);
			assert.equal(error.details['limit'], 'argument');
			assert.match(
				error.message,
				new RegExp(`argument ${argument} is longer than \\d+ characters`),
			);
		});
	}

	it('texts of arguments cost steps before the function runs', () => {
		const limits = { steps: 20_000, timeMs: 10_000 };
		const source = 'local p = std.repeat(".a", 4000); [Body(p, 1) for i in std.range(1, 9)]';
		const error = limited(source, limits);
		assert.equal(error.details['limit'], 'steps');
		assert.equal(
			limited('[Now(std.repeat("a", 900)) for i in std.range(1, 99)]', limits).details['limit'],
			'steps',
		);
		assert.equal(
			limited('[Header(std.repeat("a", 900), 1) for i in std.range(1, 99)]', limits).details[
				'limit'
			],
			'steps',
		);
	});

	it('texts and data of any function cost steps, given and returned', () => {
		let calls = 0;
		const count = {
			params: ['x'],
			func: () => {
				calls += 1;
				return 'y'.repeat(1_000_000);
			},
		};
		const options = { nativeFunctions: { count }, limits: { steps: 50_000, timeMs: 10_000 } };
		const loop = (argument: string) =>
			`${MEGA}[std.length(std.native("count")(${argument})) for i in std.range(1, 1000)]`;
		for (const argument of ['mega', '[mega]', '{ [mega]: 1 }', '1']) {
			calls = 0;
			assert.equal(errorOf(loop(argument), options).details['limit'], 'steps');
			assert.ok(calls < 20, `${calls} calls`);
		}
	});

	it('a long but possible path still works', () => {
		const deep = Array.from({ length: 2_000 }, () => 'a').join('.');
		assert.equal(compile(`Body("${deep}", 7)`, { globals } as never).evaluate(event), 7);
		assert.equal(compile(`Body("${deep}" + "", 7)`, { globals } as never).evaluate(event), 7);
	});

	it('a configured path has the same bound', () => {
		assert.throws(() => parsePath('a'.repeat(MAX_PATH_LENGTH + 1)), /limit is 10000/);
		assert.throws(
			() => compileMapping({ columns: [{ type: 'path', name: 'p', path: 'a.'.repeat(1e6) }] }),
			{ code: 'ERR_CONFIG_INVALID' },
		);
	});
});
