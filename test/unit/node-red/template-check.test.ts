import assert from 'node:assert/strict';
import { checkTemplate } from '../../../node-red/runtime/template-check';

describe('checkTemplate: what the dialog is told about a template', () => {
	const wrong: [name: string, template: string, message: RegExp, line: number, column: number][] = [
		[
			'an unknown variable',
			'{\n  a: Boby("x"),\n}',
			/^Unknown variable: Boby. Did you mean Body\?$/,
			2,
			6,
		],
		['a syntax error', '{ a: ', /^Unexpected end of file/, 1, 6],
		['a field that is there twice', '{ a: 1,\n a: 2 }', /^Duplicate field: a$/, 2, 2],
		['a column after wide characters', '"😀" + x', /^Unknown variable: x$/, 1, 7],
		['brackets without end', '['.repeat(4_096), /^Nested deeper than 200 levels$/, 1, 201],
		['signs without end', `${'-'.repeat(4_000)}1`, /^Nested deeper than 200 levels$/, 1, 201],
		['a comment without end', `1 /*${'*'.repeat(4_000)}`, /no terminating \*\//, 1, 3],
	];
	for (const [name, template, message, line, column] of wrong) {
		it(`${name}: the message, and its line and column`, () => {
			const { status, answer } = checkTemplate({ template });
			assert.equal(status, 200);
			assert.ok(!answer.ok);
			assert.match(answer.message, message);
			assert.deepEqual([answer.line, answer.column], [line, column]);
		});
	}

	it('a template of 4,096 characters is right, one more is not (K8)', () => {
		const ofLength = (length: number) =>
			checkTemplate({ template: `'${'😀'.repeat(length - 2)}'` });
		assert.deepEqual(ofLength(4_096), { status: 200, answer: { ok: true } });
		const { answer } = ofLength(4_097);
		assert.ok(!answer.ok && /4,096/.test(answer.message) && answer.line === undefined);
	});

	it('nothing is evaluated: what fails or never ends when it runs is right', () => {
		for (const template of ['error "no"', 'local f(x) = f(x); f(1)', 'import "/etc/passwd"']) {
			assert.deepEqual(checkTemplate({ template }).answer, { ok: true }, template);
		}
	});

	it('any text of the allowed length is answered in less than half a second', () => {
		const hostile = [
			'1+',
			'!',
			'{a:',
			'if 1 then ',
			'local a=1;',
			'function(x)',
			'x[',
			"'\\u",
			'|||\n',
			'a.',
		];
		for (const part of hostile) {
			const start = performance.now();
			checkTemplate({ template: part.repeat(4_096).slice(0, 4_096) });
			assert.ok(performance.now() - start < 500, part);
		}
	});

	for (const body of [undefined, null, 1, 'Body()', [], {}, { template: 1 }, { template: ['a'] }]) {
		it(`answers 400 to ${JSON.stringify(body)}`, () => {
			const { status, answer } = checkTemplate(body);
			assert.equal(status, 400);
			assert.ok(!answer.ok && answer.message.includes('template'));
		});
	}

	it('a megabyte is refused before it is compiled', () => {
		assert.equal(checkTemplate({ template: '['.repeat(1_048_576) }).status, 413);
	});
});
