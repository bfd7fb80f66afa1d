import assert from 'node:assert/strict';

import { errorOf } from './table';

describe('Jsonnet errors (J86–J88)', () => {
	it('show where a static error is', () => {
		const error = errorOf('local a = 1;\n  a + "é😀" + invalid', { filename: 't.jsonnet' });
		assert.equal(error.code, 'ERR_TEMPLATE_SYNTAX');
		assert.equal(error.message, 't.jsonnet:2:14-21 Unknown variable: invalid');
		assert.deepEqual(error.details, {
			filename: 't.jsonnet',
			line: 2,
			column: 14,
			endLine: 2,
			endColumn: 21,
			reason: 'Unknown variable: invalid',
			excerpt: '  a + "é😀" + invalid\n             ^^^^^^^',
		});
	});

	it('show a range over lines', () => {
		const error = errorOf('import "a" +\n"b"');
		assert.match(error.message, /^\(1:8\)-\(2:4\) Computed imports are not allowed$/);
	});

	it('show the stack of a run-time error, innermost first', () => {
		const source = 'local f(x) = x.b;\n{ a: f({}) }';
		const error = errorOf(source, { filename: 'x' });
		assert.equal(error.code, 'ERR_TEMPLATE_RUNTIME');
		assert.equal(
			error.message,
			'RUNTIME ERROR: Field does not exist: b\n\tx:1:14-17\tfunction <f>\n\tx:2:6-11\tfield <a>',
		);
		assert.deepEqual(error.details['frames'], [
			{ place: 'x:1:14-17', function: 'function <f>' },
			{ place: 'x:2:6-11', function: 'field <a>' },
		]);
	});

	it('show the call for an error inside std', () => {
		const error = errorOf('[1, std.sqrt(-1)]');
		assert.equal(error.message, 'RUNTIME ERROR: Not a number\n\t1:5-17\t$');
	});

	it('cut a deep stack in its middle (J87)', () => {
		const error = errorOf('local f(n) = if n == 0 then error "deep" else 1 + f(n - 1); f(100)');
		const frames = error.details['frames'] as { place: string }[];
		assert.equal(frames.length, 21);
		assert.equal(frames[10]?.place, '...');
	});

	it('show a long line around its error only', () => {
		const error = errorOf(`${'"x" + '.repeat(5000)}nope`);
		assert.ok(String(error.details['excerpt']).length < 400);
	});
});
