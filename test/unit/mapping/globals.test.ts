import assert from 'node:assert/strict';
import { createEvent } from '../../../core/event/create-event';
import { LazyArgument, type HostArgument } from '../../../core/jsonnet/host-function';
import { templateGlobals } from '../../../core/mapping/globals/globals';

const event = createEvent({
	ip: '1.2.3.4',
	receivedAt: Date.UTC(2006, 0, 2, 15, 4, 5, 70),
	headers: { 'Content-Type': 'application/json', 'X-Empty': '', 'X-Two': ['a', 'b'], Host: 'h' },
	body: '{"a":{"b":[1,null]}}',
	recordId: 'ab',
});
const fallback = new LazyArgument(1);

/** Both ways in which the engine may call it must agree. */
function call(
	name: string,
	args: HostArgument[],
	profile: 'buffer' | 'stream' = 'buffer',
): unknown {
	const host = templateGlobals(profile)[name] ?? assert.fail(`no ${name}`);
	const constants = args.map((arg) => (arg instanceof LazyArgument ? undefined : arg));
	const prepared = host.prepare?.(constants);
	if (prepared) assert.deepEqual(prepared(event, args), host.call(event, args));
	return host.call(event, args);
}

describe('templateGlobals', () => {
	const headers = { 'Content-Type': 'application/json', 'X-Empty': '', 'X-Two': 'a' };
	const cases: [name: string, args: HostArgument[], result: unknown][] = [
		['Ip', [], '1.2.3.4'],
		['Now', [undefined], '2006-01-02T15:04:05.070Z'],
		['Now', ['%d.%m.%Y'], '02.01.2006'],
		['RecordId', [undefined], 'ab'],
		['Operation', [], 'push'],
		['Stale', [], false],
		['HeaderStr', [], 'Content-Type: application/json\nX-Empty: \nX-Two: a\n'],
		['Header', [undefined, undefined], headers],
		['Header', ['', fallback], headers],
		['Header', ['x-TWO', undefined], 'a'],
		['Header', ['x-none', fallback], fallback],
		['Header', ['x-empty', fallback], fallback],
		['Header', ['host', fallback], fallback],
		['BodyStr', [], '{"a":{"b":[1,null]}}'],
		['Body', [undefined, undefined], { a: { b: [1, null] } }],
		['Body', ['', undefined], { a: { b: [1, null] } }],
		['Body', ['a.b[0]', undefined], 1],
		['Body', ['a.b[1]', fallback], null],
		['Body', ['a.c', fallback], fallback],
	];
	for (const [name, args, result] of cases) {
		const shown = args.map((arg) =>
			arg instanceof LazyArgument ? 'default' : JSON.stringify(arg),
		);
		it(`${name}(${shown.join(', ')})`, () => assert.deepEqual(call(name, args), result));
	}

	it('finds an empty header by the stream profile', () => {
		assert.equal(call('Header', ['X-EMPTY', fallback], 'stream'), '');
	});

	const errors: [name: string, args: HostArgument[], message: string][] = [
		['Now', ['%Q'], 'datetime format "%Q" is invalid: unknown specification %Q'],
		['Now', [5], 'parameter format must be a string'],
		['Header', ['x-header-3', undefined], 'header "X-Header-3" not found'],
		['Header', ['x-empty', undefined], 'header "X-Empty" not found'],
		['Body', ['a.c', undefined], 'path "a.c" not found in the body'],
		['Body', ['.', fallback], 'path "." is invalid'],
		['Body', [null, undefined], 'parameter path must be a string'],
	];
	for (const [name, args, message] of errors) {
		it(`${name} fails: ${message}`, () => {
			const host = templateGlobals('buffer')[name] ?? assert.fail();
			assert.throws(() => host.call(event, args), { message });
			// A wrong literal fails when the template runs, not when it is compiled.
			const prepared = host.prepare?.(args);
			if (prepared) assert.throws(() => prepared(event, args), { message });
		});
	}

	it('RecordId of what is no record is the default, else fails', () => {
		const { call } = templateGlobals('buffer')['RecordId'] ?? assert.fail();
		const { recordId: _id, ...other } = event;
		assert.equal(call(other, [fallback]), fallback);
		assert.throws(() => call(other, [undefined]), { message: /no record id; set a schema/ });
	});

	it('has the parameter names of K89, and those of times', () => {
		const names = Object.entries(templateGlobals('buffer')).map(([name, { params }]) => [
			name,
			params.map((param) => param.name),
		]);
		assert.deepEqual(Object.fromEntries(names), {
			Ip: [],
			Now: ['format'],
			Header: ['header', 'default'],
			HeaderStr: [],
			Body: ['path', 'default'],
			BodyStr: [],
			RecordId: ['default'],
			Operation: [],
			Stale: [],
			ParseTime: ['value', 'format', 'default'],
			FormatTime: ['time', 'format', 'zone'],
		});
	});
});
