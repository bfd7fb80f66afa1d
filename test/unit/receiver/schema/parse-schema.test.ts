import assert from 'node:assert/strict';
import { parseReceiverConfig } from '../../../../core/pipeline/parse-receiver';
import type { FieldType } from '../../../../core/pure/field-types';
import { OPEN } from '../../../support/pipeline-fixtures';

const parsed = (schema: object) => parseReceiverConfig({ id: 'r1', auth: OPEN, schema }).schema;
const fields = (count: number, type: FieldType, from = 0): { name: string; type: FieldType }[] =>
	Array.from({ length: count }, (_, index) => ({ name: `${type}${index + from}`, type }));

describe('the schema of a receiver', () => {
	it('has its defaults, and no field is fine', () => {
		assert.deepEqual(parsed({}), { fields: [], mode: 'coerce', unknown: 'keep' });
		const given = [
			{ name: '__proto__', type: 'int', unique: true },
			{ name: 'a', type: 'json' },
		];
		assert.deepEqual(parsed({ fields: given, mode: 'strict' })?.fields, given);
		assert.equal(parseReceiverConfig({ id: 'r1', auth: OPEN }).schema, undefined);
	});

	const wrong: [schema: object, message: RegExp][] = [
		[{ mode: 'lax' }, /schema\.mode: expected one of coerce, strict, report/],
		[{ unknown: 'ignore' }, /schema\.unknown: expected one of keep, drop, refuse/],
		[{ unknown: 'drop' }, /schema\.unknown: expected keep, where the schema has no fields/],
		[
			{ unknown: 'drop', mode: 'report', fields: fields(1, 'int') },
			/schema\.unknown: expected keep or refuse/,
		],
		[{ sourceField: '' }, /schema\.sourceField: expected a source label beside it/],
		[{ fields: 'a' }, /schema\.fields: expected a list/],
		[{ fields: [null] }, /schema\.fields\[0\]\.name: expected a text/],
		[
			{ fields: [{ name: '', type: 'int' }] },
			/schema\.fields\[0\]\.name: expected a name of 1 to 256/,
		],
		[{ fields: [{ name: 'x'.repeat(257), type: 'int' }] }, /schema\.fields\[0\]\.name/],
		[
			{ fields: [{ name: 'a\ud800', type: 'int' }] },
			/schema\.fields\[0\]\.name: expected a text without/,
		],
		[
			{ fields: [{ name: 'a', type: 'toString' }] },
			/schema\.fields\[0\]\.type: expected one of text, int/,
		],
		[{ fields: [{ name: 'a', type: 'int', unique: 'yes' }] }, /schema\.fields\[0\]\.unique/],
		[
			{ fields: [...fields(1, 'int'), ...fields(1, 'int')] },
			/schema\.fields\[1\]\.name: expected each field once, got "int0"/,
		],
	];
	for (const [schema, message] of wrong) {
		it(`is refused with ${String(message)}`, () => {
			assert.throws(() => parsed(schema), { code: 'ERR_CONFIG_INVALID', message });
		});
	}

	it('has a member for the source where there is one, and changes what comes', () => {
		const of = (sourceField: unknown, given: object = {}) => {
			const schema = { sourceField: sourceField as string, ...given };
			return parseReceiverConfig({ id: 'r1', auth: OPEN, source: 'Feed A', schema }).schema;
		};
		assert.equal(of('from')?.sourceField, 'from');
		for (const wrong of ['', 'x'.repeat(257), 7, 'a\ud800'])
			assert.throws(() => of(wrong), { message: /schema\.sourceField: expected a name/ });
		assert.throws(() => of('from', { mode: 'report' }), {
			message: /schema\.sourceField: expected no field/,
		});
		const events = { id: 'r1', auth: OPEN, split: 'cloudevents', schema: { sourceField: 'from' } };
		assert.equal(
			parseReceiverConfig({ ...events, split: 'cloudevents' }).schema?.sourceField,
			'from',
		);
	});

	it('has as many fields as a dataset may have, of each type and in all (O32)', () => {
		const bounds: [FieldType, number][] = [
			['text', 150],
			['double', 150],
			['int', 100],
			['datetime', 100],
			['geo_shape', 50],
			['geo_point_2d', 50],
		];
		for (const [type, max] of bounds) {
			assert.equal(parsed({ fields: fields(max, type) })?.fields.length, max);
			assert.throws(
				() => parsed({ fields: fields(max + 1, type) }),
				/expected at most \d+ fields of type/,
			);
		}
		assert.throws(
			() => parsed({ fields: [...fields(60, 'date'), ...fields(41, 'datetime')] }),
			/of type date/,
		);
		assert.equal(parsed({ fields: fields(500, 'json') })?.fields.length, 500);
		assert.throws(() => parsed({ fields: fields(501, 'json') }), /at most 500 fields, got 501/);
	});
});
