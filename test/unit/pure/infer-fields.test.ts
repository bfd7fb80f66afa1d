import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseExact } from '../../../core/pure/exact-number';
import { inferFields } from '../../../core/pure/infer-fields';
import { SCHEMA_MODES } from '../../../core/pure/field-types';
import { checkRecord } from '../../../core/receiver/schema/check-record';
import { compileSchema } from '../../../core/receiver/schema/compile-schema';

const typesOf = (sample: string): Record<string, string> => {
	const inferred = inferFields(sample);
	assert.ok('fields' in inferred, sample);
	return Object.fromEntries(inferred.fields.map(({ name, type }) => [name, type]));
};

describe('fields from sample records (O2)', () => {
	it('have the type of their value; a number that is written as a fraction is one', () => {
		const sample = `{"i": 7, "f": 7.0, "e": 7e0, "big": 12345678901234567890, "huge": 1e400, "day": "2025-03-04",
			"none": "2026-02-30", "at": "2025-03-04T10:11:12Z", "ok": true, "null": null, "o": {"a": 1}, "l": [1],
			"file": {"content": "aGk="}, "html": {"content": "<b>"}, "shape": {"type": "Point", "coordinates": [0, 0]},
			"feature": {"type": "Feature"}, "__proto__": "x", "constructor": 1}`;
		assert.deepEqual(
			typesOf(sample),
			Object.fromEntries([
				...Object.entries({ i: 'int', f: 'double', e: 'double', big: 'double', huge: 'json' }),
				...Object.entries({
					day: 'date',
					none: 'text',
					at: 'datetime',
					ok: 'boolean',
					null: 'text',
				}),
				...Object.entries({ o: 'json', l: 'json', file: 'file', html: 'json', shape: 'geo_shape' }),
				...Object.entries({ feature: 'json', constructor: 'int' }),
				['__proto__', 'text'],
			]),
		);
	});

	it('of several records have the type that takes the values of all, and all names in their order', () => {
		const sample = `[{"n": 1, "d": "2025-03-04", "x": 1}, {"n": 1.5, "d": "2025-03-04T10:11:12Z", "x": "a", "late": null},
			{"n": null, "d": null, "late": 7}]`;
		assert.deepEqual(typesOf(sample), { n: 'double', d: 'text', x: 'json', late: 'int' });
		assert.deepEqual(Object.keys(typesOf(sample)), ['n', 'd', 'x', 'late']);
	});

	it('are none where the sample is no record', () => {
		const faults = {
			'no-json': ['', '{', "{'a': 1}", '{"a": NaN}'],
			'no-records': ['7', '1.0', '"x"', 'null', '[]', '[{"a": 1}, 7]', '[[]]'],
			'no-fields': ['{}', '[{}, {}]'],
		};
		for (const [fault, samples] of Object.entries(faults))
			for (const sample of samples) assert.deepEqual(inferFields(sample), { fault }, sample);
	});

	it('let their own sample pass, in every mode, and strict and report change nothing', () => {
		const odd = fc.constantFrom<unknown>(
			...[
				'2025-03-04',
				'2026-02-30',
				'2025-03-04T10:11:12Z',
				'',
				' ',
				'1,5',
				'true',
				null,
				true,
				0,
				-0,
				1.5,
			],
			...[
				1e300,
				2 ** 63,
				{},
				[],
				{ content: 'aGk=' },
				{ content: 1 },
				{ type: 'Point', coordinates: [0, 1] },
			],
		);
		const name = fc.constantFrom('a', 'b', '__proto__', 'constructor', '1', 'ü', ' ');
		const record = fc.dictionary(name, fc.oneof(odd, fc.jsonValue({ maxDepth: 2 })), {
			minKeys: 1,
		});
		fc.assert(
			fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (records) => {
				const inferred = inferFields(JSON.stringify(records));
				assert.ok('fields' in inferred);
				for (const mode of SCHEMA_MODES) {
					const schema = compileSchema({ fields: inferred.fields, mode, unknown: 'refuse' });
					for (const one of records) {
						const value = parseExact(JSON.stringify(one));
						const checked = checkRecord(value, schema);
						assert.ok('record' in checked, JSON.stringify(checked));
						if (mode !== 'coerce') assert.equal(checked.record, value);
					}
				}
			}),
			{ numRuns: 300 },
		);
	});
});
