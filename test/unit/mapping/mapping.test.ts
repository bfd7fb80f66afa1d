import assert from 'node:assert/strict';
import { ConfigError, CoreError } from '../../../core/errors';
import { createEvent } from '../../../core/event/create-event';
import type { Column } from '../../../core/mapping/column';
import { compileMapping, validateColumns } from '../../../core/mapping/mapping';

const event = createEvent({
	ip: '1.2.3.4',
	headers: { 'content-type': 'application/json' },
	body: '{"a":1}',
});
const ip: Column = { type: 'ip', name: 'ip' };
const template = (content: string, rest: Partial<Column> = {}): Column => ({
	type: 'template',
	name: 't',
	template: { language: 'jsonnet', content },
	...rest,
});

describe('compileMapping', () => {
	it('renders cells and records in the order of the columns', () => {
		const mapping = compileMapping({
			columns: [
				{ type: 'path', name: 'b', path: 'a' },
				{ type: 'id', name: 'a' },
				{ ...ip, name: '__proto__' },
			],
		});
		assert.deepEqual(mapping.renderCells(event, { rowId: 3 }), ['1', '3', '1.2.3.4']);
		assert.deepEqual(mapping.renderCells(event), ['1', null, '1.2.3.4']);
		const record = mapping.renderRecord(event, { rowId: 3 });
		assert.equal(JSON.stringify(record), '{"b":1,"a":3,"__proto__":"1.2.3.4"}');
		assert.equal(Object.getPrototypeOf(record), Object.prototype);
	});

	const bad: [path: string, columns: unknown][] = [
		['columns', []],
		['columns', undefined],
		['columns', Array.from({ length: 101 }, (_, i) => ({ ...ip, name: `c${i}` }))],
		['columns[1].name', [ip, ip]],
		['columns[0].name', [{ type: 'ip', name: '' }]],
		['columns[0].name', [{ type: 'ip' }]],
		['columns[0].name', [{ type: 'ip', name: 'x'.repeat(129) }]],
		['columns[2].type', [ip, { ...ip, name: 'b' }, { ...ip, type: 'constructor', name: 'c' }]],
		['columns[0].type', [null]],
		['columns[0].path', [{ type: 'path', name: 'p' }]],
		['columns[0].path', [{ type: 'path', name: 'p', path: '.' }]],
		['columns[0].defaultValue', [{ type: 'path', name: 'p', path: 'a', defaultValue: 1 }]],
		['columns[0].primaryKey', [{ ...ip, primaryKey: 'yes' }]],
		['columns[1].rawString', [ip, { type: 'path', name: 'p', path: 'a', rawString: 1 }]],
		['columns[0].template', [{ type: 'template', name: 't' }]],
		[
			'columns[0].template.language',
			[template('1', { template: { language: 'js' as 'jsonnet', content: '1' } })],
		],
		['columns[0].template.content', [template('')]],
		['columns[0].template.content', [template(`"${'x'.repeat(4095)}"`)]],
	];
	for (const [path, columns] of bad) {
		it(`names ${path} in ${JSON.stringify(columns)?.slice(0, 60)}`, () => {
			assert.throws(
				() => compileMapping({ columns: columns as Column[] }),
				(error: unknown) => error instanceof ConfigError && error.details['path'] === path,
			);
		});
	}

	it('takes a primary key of several columns, and names that differ in case where they are not for tables', () => {
		const columns = [
			{ ...ip, name: 'ID', primaryKey: true },
			{ ...ip, name: 'id', primaryKey: true },
		];
		assert.deepEqual(compileMapping({ columns }).renderRecord(event), {
			ID: '1.2.3.4',
			id: '1.2.3.4',
		});
		assert.throws(() => validateColumns(columns, 'columns', { foldCase: true }), {
			message:
				/^columns\[1\]\.name: expected a name that no other column has, also not in other letter case, got "id"/,
		});
	});

	it('takes 100 columns and a template of 4,096 characters, astral ones counted once', () => {
		const columns = Array.from({ length: 99 }, (_, i) => ({ ...ip, name: `c${i}` }));
		compileMapping({ columns: [...columns, template(`"${'😀'.repeat(4094)}"`)] });
	});

	it('says which column has an unknown variable, worded as K90', () => {
		assert.throws(() => compileMapping({ columns: [ip, template('invalid')] }), {
			code: 'ERR_TEMPLATE_SYNTAX',
			message: 'Column "t" template is invalid: 1:1-8 Unknown variable: invalid.',
		});
	});

	const failures: [name: string, column: Column, code: string, status: number][] = [
		['a missing path', { type: 'path', name: 't', path: 'x' }, 'ERR_COLUMN_VALUE', 400],
		['a template error', template('error "no"'), 'ERR_TEMPLATE_RUNTIME', 400],
		['a missing path in a template', template('Body("x")'), 'ERR_TEMPLATE_RUNTIME', 400],
		['endless recursion', template('local f(x) = f(x + 1) + 1; f(0)'), 'ERR_TEMPLATE_LIMIT', 400],
	];
	for (const [name, column, code, status] of failures) {
		it(`names the column of ${name}`, () => {
			const mapping = compileMapping({ columns: [ip, column] });
			for (const render of [() => mapping.renderCells(event), () => mapping.renderRecord(event)]) {
				assert.throws(render, (error: unknown) => {
					assert(error instanceof CoreError);
					assert.deepEqual(
						[error.code, error.status, error.details['column']],
						[code, status, 't'],
					);
					return true;
				});
			}
		});
	}

	it('keeps the status of a body that a template cannot read', () => {
		const mapping = compileMapping({ columns: [template('Body("a")')] });
		const text = createEvent({ headers: { 'content-type': 'text/plain' }, body: 'x' });
		assert.throws(() => mapping.renderCells(text), { code: 'ERR_CONTENT_TYPE', status: 415 });
		const broken = createEvent({ headers: { 'content-type': 'application/json' }, body: '{' });
		assert.throws(() => mapping.renderRecord(broken), { code: 'ERR_BODY_UNREADABLE', status: 400 });
	});

	it('reads the body only where a column asks for it', () => {
		const mapping = compileMapping({ columns: [ip, template('Ip()')] });
		assert.deepEqual(mapping.renderCells(createEvent({ ip: 'x', body: 'no JSON' })), ['x', '"x"']);
	});

	it('gives template results as JSON data and text', () => {
		const mapping = compileMapping({
			columns: [
				template('{b: Body("a"), a: [null, 1.5, "x"]}'),
				template('"raw"', { name: 'r', rawString: true }),
				template('""', { name: 'e', rawString: true }),
			],
		});
		assert.deepEqual(mapping.renderCells(event), ['{"a":[null,1.5,"x"],"b":1}', 'raw', '']);
		assert.equal(
			JSON.stringify(mapping.renderRecord(event)),
			'{"t":{"a":[null,1.5,"x"],"b":1},"r":"raw","e":""}',
		);
	});

	it('does not evaluate a default that is not needed', () => {
		const mapping = compileMapping({
			columns: [template('Body("a", error "lazy") + Body("b", 2)')],
		});
		assert.deepEqual(mapping.renderCells(event), ['3']);
	});
});
