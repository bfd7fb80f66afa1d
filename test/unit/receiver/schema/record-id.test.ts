import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parseExact } from '../../../../core/pure/exact-number';
import type { SchemaRecord } from '../../../../core/receiver/schema/check-record';
import { recordId } from '../../../../core/receiver/schema/record-id';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
const idOf = (json: string, unique: readonly string[] = []): string | undefined =>
	recordId(parseExact(json) as SchemaRecord, { unique });

describe('the id of a record (O17)', () => {
	const canonical: [given: string, text: string][] = [
		['{"b": "x", "a": 1}', '{"a":1,"b":"x"}'],
		['{"a": null, "b": 1}', '{"b":1}'],
		['{}', '{}'],
		['{"10": 1, "9": 1, "__proto__": 1}', '{"10":1,"9":1,"__proto__":1}'],
		[
			'{"o": {"b": [1.0, null], "a": {"z": 1, "10": 2}}}',
			'{"o":{"a":{"10":2,"z":1},"b":[1,null]}}',
		],
		['{"n": [1.10, 1.1, 11e-1, -0, 0.0, 1e2]}', '{"n":[1.1,1.1,1.1,0,0,100]}'],
		['{"n": 9007199254740993}', '{"n":9007199254740993e0}'],
		['{"n": -9007199254740993.0}', '{"n":-9007199254740993e0}'],
		['{"n": 10e399}', '{"n":1e400}'],
		['{"u": "\\u00fc\\ud800\\n"}', '{"u":"ü\\ud800\\n"}'],
	];
	for (const [given, text] of canonical) {
		it(`is SHA-1 over ${text}`, () => {
			assert.equal(idOf(given), sha1(text));
		});
	}

	it('is that of the unique fields, where there are any, whatever the others hold', () => {
		assert.equal(idOf('{"k": 1, "v": 2}', ['k']), sha1('{"k":1}'));
		assert.equal(idOf('{"v": 2, "l": 3, "k": 1}', ['k', 'l']), sha1('{"k":1,"l":3}'));
		assert.equal(idOf('{"k": 1, "l": null}', ['k', 'l']), sha1('{"k":1}'));
	});

	it('is none where all unique fields are missing', () => {
		assert.equal(idOf('{"v": 2}', ['k']), undefined);
		assert.equal(idOf('{"k": null}', ['k', 'toString']), undefined);
	});

	it('tells a number from a text, and a long number from its neighbour', () => {
		const ids = ['"9007199254740993"', '9007199254740993', '9007199254740992'].map((value) =>
			idOf(`{"a": ${value}}`),
		);
		assert.equal(new Set(ids).size, 3);
	});
});
