import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CoreError } from '../../../core/errors';
import { findJsonError } from '../../../core/event/json-error';
import { parseJsonBody } from '../../../core/event/json-body';

describe('parseJsonBody', () => {
	it('reads JSON, with a byte order mark too', () => {
		assert.deepEqual(parseJsonBody(Buffer.from('\ufeff {"a":[1,"ä"]}')), { a: [1, 'ä'] });
	});

	it('keeps __proto__ as data', () => {
		const value = parseJsonBody(Buffer.from('{"__proto__":{"x":1}}')) as object;
		assert.deepEqual(Object.keys(value), ['__proto__']);
		assert.equal('x' in value, false);
	});

	const bad: [text: string, line: number, column: number, position: number][] = [
		['', 1, 1, 0],
		['  ', 1, 3, 2],
		['{...', 1, 2, 1],
		['{"a":1,}', 1, 8, 7],
		['[1,]', 1, 4, 3],
		['[1 2]', 1, 4, 3],
		['{"a" 1}', 1, 6, 5],
		['{"a":}', 1, 6, 5],
		['{"a":1', 1, 7, 6],
		['"abc', 1, 5, 4],
		['nul', 1, 4, 3],
		['nulL', 1, 4, 3],
		['01', 1, 2, 1],
		['-', 1, 2, 1],
		['1.', 1, 3, 2],
		['1e+', 1, 4, 3],
		['"\\x"', 1, 2, 1],
		['"\\u12g4"', 1, 2, 1],
		['"a\nb"', 1, 3, 2],
		['{}x', 1, 3, 2],
		['{\n  "ä": 1,\n  "😀" x\n}', 3, 7, 22],
		[']', 1, 1, 0],
		['[}', 1, 2, 1],
		['{1:2}', 1, 2, 1],
		["{'a':1}", 1, 2, 1],
		['[1,\u00a02]', 1, 4, 3],
	];
	for (const [text, line, column, position] of bad) {
		it(`says where ${JSON.stringify(text)} goes wrong`, () => {
			assert.throws(
				() => parseJsonBody(Buffer.from(text)),
				(error: unknown) => {
					assert(error instanceof CoreError);
					assert.equal(error.code, 'ERR_BODY_UNREADABLE');
					assert.deepEqual(error.details, { position, line, column });
					return true;
				},
			);
		});
	}

	it('says where bytes are not UTF-8', () => {
		const bytes = Buffer.concat([Buffer.from('{\n"ä":"'), Buffer.from([0xc3, 0x28])]);
		assert.throws(() => parseJsonBody(bytes), {
			code: 'ERR_BODY_UNREADABLE',
			details: { position: 8, line: 2, column: 6 },
		});
	});

	it('never shows the body', () => {
		for (const text of ['{"password": hunter2}', 'hunter2', '{"a":"hunter2']) {
			assert.throws(
				() => parseJsonBody(Buffer.from(text)),
				(error: Error) => !error.message.includes('hunter2') && error.cause === undefined,
			);
		}
	});

	it('survives deep nesting', () => {
		assert.throws(() => parseJsonBody(Buffer.from('['.repeat(200000))), {
			code: 'ERR_BODY_UNREADABLE',
		});
	});
});

describe('findJsonError', () => {
	it('agrees with JSON.parse on what is wrong', () => {
		const text = fc.oneof(
			fc.json(),
			fc
				.tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[]",:0e.-\\ntu\n'))
				.map(([json, at, c]) => {
					const i = at % (json.length + 1);
					return json.slice(0, i) + c + json.slice(i + (at % 2));
				}),
		);
		fc.assert(
			fc.property(text, (json) => {
				let valid = true;
				try {
					JSON.parse(json);
				} catch {
					valid = false;
				}
				assert.equal(findJsonError(json).problem === 'not readable', valid);
			}),
			{ numRuns: 2000 },
		);
	});
});
