import assert from 'node:assert/strict';
import { parseExact } from '../../../core/pure/exact-number';
import { FIELD_KINDS } from '../../../core/pure/field-kinds';
import { FIELD_TYPES, type FieldType } from '../../../core/pure/field-types';

/** As JSON, since its numbers count by their text. */
type Row = readonly [given: string, stored: string | undefined];

/** What coerce makes of values; undefined: refused. */
const CONVERTED: Readonly<Record<FieldType, readonly Row[]>> = {
	text: [
		['"x"', '"x"'],
		['""', '""'],
		['1.10', '"1.10"'],
		['12345678901234567890', '"12345678901234567890"'],
		['true', '"true"'],
		['"\\ud800"', '"\\ud800"'],
		['{}', undefined],
		['[]', undefined],
	],
	int: [
		['3', '3'],
		['3.9', '3'],
		['-3.9', '-3'],
		['-0.9', '0'],
		['1e3', '1000'],
		['2.0', '2'],
		['" 42 "', '42'],
		['"3,9"', '3'],
		['9223372036854775807', '9223372036854775807'],
		['-9223372036854775808', '-9223372036854775808'],
		['9223372036854775808', undefined],
		['-9223372036854775809', undefined],
		['1e400', undefined],
		['1e-999999999999', undefined],
		['1e-400', '0'],
		['"x"', undefined],
		['"0x10"', undefined],
		['"NaN"', undefined],
		['true', undefined],
		['[1]', undefined],
	],
	double: [
		['3', '3'],
		['0.1000000000000000055', '0.1000000000000000055'],
		['"3.14"', '3.14'],
		['"3,14"', '3.14'],
		['"3,140"', '3.140'],
		['"+.5"', '0.5'],
		['"-007."', '-7'],
		['"1e3"', '1e3'],
		['1e400', undefined],
		['"1e400"', undefined],
		['"1.234,5"', undefined],
		['"1 234"', undefined],
		['"."', undefined],
		['"-"', undefined],
		['"NaN"', undefined],
		['"Infinity"', undefined],
		['false', undefined],
	],
	boolean: [
		['true', 'true'],
		['"True"', 'true'],
		['0', 'false'],
		['"1"', 'true'],
		['2', undefined],
		['"yes"', undefined],
	],
	date: [
		['"2025-03-04"', '"2025-03-04"'],
		['"2025/03/04"', '"2025-03-04"'],
		['"04/03/2025"', '"2025-03-04"'],
		['"31/12/2025"', '"2025-12-31"'],
		['"12/31/2025"', undefined],
		['"2024-02-29"', '"2024-02-29"'],
		['"2026-02-29"', undefined],
		['"2026-02-30"', undefined],
		['"2026-00-01"', undefined],
		['"0000-01-01"', undefined],
		['"0099-01-01"', '"0099-01-01"'],
		['"2025-03/04"', undefined],
		['"2025-3-4"', undefined],
		['"2025-03-04T00:00:00Z"', undefined],
		['20250304', undefined],
	],
	datetime: [
		['"2025-03-04T10:11:12+00:00"', '"2025-03-04T10:11:12+00:00"'],
		['"2025-03-04T10:11:12Z"', '"2025-03-04T10:11:12+00:00"'],
		['"2025-03-04T12:11:12+02:00"', '"2025-03-04T10:11:12+00:00"'],
		['"2025-03-04T00:11:12+0530"', '"2025-03-03T18:41:12+00:00"'],
		['"2025-03-04T23:11:12-02:00"', '"2025-03-05T01:11:12+00:00"'],
		['"20250304T101112Z"', '"2025-03-04T10:11:12+00:00"'],
		['"2025-03-04 10:11:12"', '"2025-03-04T10:11:12+00:00"'],
		['"2025-03-04T10:11:12.345Z"', '"2025-03-04T10:11:12.345+00:00"'],
		['"0099-03-04T10:11:12Z"', '"0099-03-04T10:11:12+00:00"'],
		['"2026-02-30T10:11:12Z"', undefined],
		['"2025-03-04T24:00:00Z"', undefined],
		['"2025-03-04T10:60:00Z"', undefined],
		['"2025-03-04T10:11:60Z"', undefined],
		['"2025-03-04T10:11:12+24:00"', undefined],
		['"2025-03-04T10:11:12+01:60"', undefined],
		['"0001-01-01T00:00:00+01:00"', undefined],
		['"9999-12-31T23:59:59-01:00"', undefined],
		['"2025-03-04"', undefined],
		['1741082400000', undefined],
	],
	geo_point_2d: [
		['"48.85,2.35"', '"48.85,2.35"'],
		['" -48.85 , 180 "', '" -48.85 , 180 "'],
		['"90.1,0"', undefined],
		['"0,180.1"', undefined],
		['"48.85"', undefined],
		['[48.85,2.35]', undefined],
	],
	geo_shape: [
		[
			'{"type":"Point","coordinates":[2.350,48.85]}',
			'{"type":"Point","coordinates":[2.350,48.85]}',
		],
		['{"type":"MultiPoint","coordinates":[]}', '{"type":"MultiPoint","coordinates":[]}'],
		['{"type":"LineString","coordinates":[[0,0]]}', undefined],
		[
			'{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}',
			'{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}',
		],
		['{"type":"Polygon","coordinates":[[0,0],[1,0],[1,1],[0,0]]}', undefined],
		[
			'{"type":"GeometryCollection","geometries":[]}',
			'{"type":"GeometryCollection","geometries":[]}',
		],
		['{"type":"GeometryCollection","geometries":[7]}', undefined],
		['{"type":"FeatureCollection","features":[]}', undefined],
		['{"type":"Feature","geometry":{"type":"Point","coordinates":[0,0]}}', undefined],
		['{"type":"Point","coordinates":["0","0"]}', undefined],
		['{"type":"Point","coordinates":[1e400,0]}', undefined],
		['{"type":"toString","coordinates":[0,0]}', undefined],
		['"{}"', undefined],
	],
	file: [
		['{"content":"aGk=","content-type":"a/b"}', '{"content":"aGk=","content-type":"a/b"}'],
		['{"content":"aGk=","content_type":"a/b"}', '{"content":"aGk=","content-type":"a/b"}'],
		['{"content":"","content-type":"a/b"}', '{"content":"","content-type":"a/b"}'],
		[
			'{"content":"","content-type":"a/b","content_type":"a/b"}',
			'{"content":"","content-type":"a/b"}',
		],
		['{"content":"","content-type":"a/b","content_type":"c/d"}', undefined],
		['{"content":"aGk","content-type":"a/b"}', undefined],
		['{"content":"<b>"}', undefined],
		['{"content":7}', undefined],
		['{"content":"aGk=","content-type":7}', undefined],
		['{"content-type":"a/b"}', undefined],
		['"aGk="', undefined],
	],
	json: [
		['{"a":[1.0]}', '{"a":[1.0]}'],
		['[null]', '[null]'],
		['""', '""'],
	],
};

/** What strict refuses of what coerce would convert, or take as it is. */
const NOT_STRICT: Partial<Record<FieldType, readonly string[]>> = {
	text: ['1', 'true'],
	int: ['3.9', '"3"', '1e400'],
	double: ['"3.14"', '1e400'],
	boolean: ['0', '"true"'],
	date: ['"2025/03/04"', '"04/03/2025"', '"2026-02-30"', '" 2025-03-04"'],
	datetime: ['"20250304T101112Z"', '"2026-02-30T00:00:00Z"', '" 2025-03-04T10:11:12Z"'],
	file: ['{"content":"<b>"}'],
};

describe('types of fields', () => {
	for (const type of FIELD_TYPES) {
		it(`${type}: what becomes of values`, () => {
			for (const [given, stored] of CONVERTED[type]) {
				const value = FIELD_KINDS[type].convert(parseExact(given));
				assert.equal(value === undefined ? undefined : JSON.stringify(value), stored, given);
			}
		});

		it(`${type}: what is stored is taken as it is, and converted to itself`, () => {
			for (const [, stored] of CONVERTED[type]) {
				if (stored === undefined || type === 'text') continue;
				const value = parseExact(stored);
				assert.ok(FIELD_KINDS[type].takes(value), stored);
				assert.equal(FIELD_KINDS[type].convert(value), value, stored);
			}
		});

		it(`${type}: what strict refuses`, () => {
			for (const given of NOT_STRICT[type] ?? [])
				assert.equal(FIELD_KINDS[type].takes(parseExact(given)), false, given);
		});
	}

	it('strict takes dates and times of ISO 8601 as they are', () => {
		for (const given of [
			'2025-03-04T12:11:12+02:00',
			'2025-03-04 10:11:12',
			'2025-03-04T10:11:12.5Z',
		])
			assert.ok(FIELD_KINDS.datetime.takes(given), given);
	});

	it('texts of a million characters are looked through once', () => {
		const digits = '1'.repeat(1_000_000);
		for (const type of FIELD_TYPES) {
			for (const text of [
				digits,
				`${digits}x`,
				` ${' '.repeat(999_999)}`,
				`0${'0'.repeat(999_999)}x`,
			])
				FIELD_KINDS[type].convert(text);
		}
		assert.equal(FIELD_KINDS.int.convert(digits), undefined);
	}).timeout(2_000);
});
