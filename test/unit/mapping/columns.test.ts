import assert from 'node:assert/strict';
import { CoreError } from '../../../core/errors';
import { createEvent, type EventInput } from '../../../core/event/create-event';
import type { Column } from '../../../core/mapping/column';
import { compileColumn } from '../../../core/mapping/columns/compile-column';

const AT = Date.UTC(2024, 1, 29, 23, 59, 59, 7);
const row = { rowId: 7, newUuid: (now: number) => `uuid of ${now}` };

const json = (body: string): EventInput => ({
	headers: { 'content-type': 'application/json' },
	body,
	receivedAt: AT,
});

describe('a column', () => {
	const cases: [
		name: string,
		column: Omit<Column, 'name'>,
		event: EventInput,
		cell: string | null,
		value: unknown,
	][] = [
		['id is the number of the row', { type: 'id' }, {}, '7', 7],
		[
			'uuid is made of the time of receipt',
			{ type: 'uuid' },
			{ receivedAt: 5 },
			'uuid of 5',
			'uuid of 5',
		],
		[
			'datetime has milliseconds',
			{ type: 'datetime' },
			{ receivedAt: AT },
			'2024-02-29T23:59:59.007Z',
			'2024-02-29T23:59:59.007Z',
		],
		['recordId is that of the event', { type: 'recordId' }, { recordId: 'ab' }, 'ab', 'ab'],
		['ip is the address', { type: 'ip' }, { ip: '::1' }, '::1', '::1'],
		[
			'body keeps white space',
			{ type: 'body' },
			json(' {"a" : 1}\n'),
			' {"a" : 1}\n',
			' {"a" : 1}\n',
		],
		[
			'headers are canonical, sorted, first value only, without Host',
			{ type: 'headers' },
			{ headers: { 'x-request-id': ['1', '2'], HOST: 'h', etag: '<&\u2028', 'bad name': 'x' } },
			'{"Etag":"\\u003c\\u0026\\u2028","X-Request-Id":"1","bad name":"x"}',
			{ Etag: '<&\u2028', 'X-Request-Id': '1', 'bad name': 'x' },
		],
		[
			'path gives text with quotes',
			{ type: 'path', path: 'a' },
			json('{"a":"x\\"y"}'),
			'"x\\"y"',
			'x"y',
		],
		[
			'path gives raw text on request',
			{ type: 'path', path: 'a', rawString: true },
			json('{"a":"x\\"y"}'),
			'x"y',
			'x"y',
		],
		[
			'path shows numbers as they were sent',
			{ type: 'path', path: 'a' },
			json('{"a":1.10}'),
			'1.10',
			1.1,
		],
		[
			'path shows long numbers whole',
			{ type: 'path', path: '' },
			json('{"a":[12345678901234567890,1e2]}'),
			'{"a":[12345678901234567890,1e2]}',
			{ a: [12345678901234567890, 100] },
		],
		[
			'path finds null',
			{ type: 'path', path: 'a', defaultValue: 'd' },
			json('{"a":null}'),
			'null',
			null,
		],
		['path finds false', { type: 'path', path: 'a' }, json('{"a":false}'), 'false', false],
		[
			'path falls back to its default',
			{ type: 'path', path: 'b', defaultValue: 'd' },
			json('{"a":1}'),
			'"d"',
			'd',
		],
		[
			'path has an empty default',
			{ type: 'path', path: 'b', defaultValue: '', rawString: true },
			json('{}'),
			'',
			'',
		],
		[
			'path reads JSON of any type',
			{ type: 'path', path: '[1]' },
			{ headers: { 'content-type': 'text/plain' }, body: '[1,2]' },
			'2',
			2,
		],
		['path reads items of the flow', { type: 'path', path: 'a' }, { body: { a: 1.5 } }, '1.5', 1.5],
		[
			'path finds no inherited names',
			{ type: 'path', path: 'constructor', defaultValue: 'd' },
			json('{}'),
			'"d"',
			'd',
		],
		[
			'path reads __proto__ as data',
			{ type: 'path', path: '__proto__' },
			json('{"__proto__":{"a":1}}'),
			'{"a":1}',
			{ a: 1 },
		],
	];
	for (const [name, column, input, cell, value] of cases) {
		it(name, () => {
			const compiled = compileColumn({ ...column, name: 'c' }, 'buffer');
			assert.equal(compiled.cell(createEvent(input), row), cell);
			assert.deepEqual(compiled.value(createEvent(input), row), value);
		});
	}

	it('id is null until the row has a number', () => {
		const compiled = compileColumn({ type: 'id', name: 'c' }, 'buffer');
		assert.equal(compiled.cell(createEvent({}), {}), null);
		assert.equal(compiled.value(createEvent({}), {}), null);
	});

	it('path fails where nothing is found and there is no default', () => {
		const compiled = compileColumn({ type: 'path', path: 'a.b', name: 'c' }, 'buffer');
		assert.throws(() => compiled.value(createEvent(json('{}')), {}), {
			message: 'path "a.b" not found in the body',
		});
	});

	it('path keeps the code of an unreadable body', () => {
		const compiled = compileColumn({ type: 'path', path: 'a', name: 'c' }, 'buffer');
		assert.throws(
			() => compiled.cell(createEvent(json('{..')), {}),
			(error: unknown) => error instanceof CoreError && error.code === 'ERR_BODY_UNREADABLE',
		);
	});
});
