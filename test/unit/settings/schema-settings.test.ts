import assert from 'node:assert/strict';
import { SCHEMA } from '../../../core/pure/bounds';
import { toReceiver } from '../../../core/settings/receiver-settings';
import { toSchema, type SchemaSettings } from '../../../core/settings/schema-settings';

const made = (settings: SchemaSettings) => toSchema(settings).schema;

describe('the schema of a dialog', () => {
	it('is none where it is off, whatever is left of it', () => {
		for (const settings of [
			{},
			{ schemaMode: 'off', schemaSample: '{', schemaUnknown: 'drop' },
		] as const)
			assert.equal('schema' in toReceiver(settings), false);
	});

	it('has the fields of the sample, with those by hand in their place and behind them', () => {
		const settings: SchemaSettings = {
			schemaMode: 'strict',
			schemaUnknown: 'refuse',
			schemaSample: '[{"id": 1, "at": "2025-03-04", "n": 2}, {"more": true}]',
			schemaFields: [
				{ name: 'id', type: 'text', unique: true },
				{ name: 'own', type: 'file' },
			],
		};
		const schema = {
			mode: 'strict',
			unknown: 'refuse',
			fields: [
				{ name: 'at', type: 'date' },
				{ name: 'n', type: 'int' },
				{ name: 'more', type: 'boolean' },
				{ name: 'id', type: 'text', unique: true },
				{ name: 'own', type: 'file' },
			],
		};
		assert.deepEqual(made(settings), schema);
		assert.deepEqual(toReceiver(settings).schema, schema);
	});

	it('is not off where half of it is said', () => {
		const fields = [{ name: 'a', type: 'int' }] as const;
		assert.equal(made({ schemaSample: '{"a": 1}' })?.mode, 'coerce');
		assert.equal(made({ schemaFields: fields })?.mode, 'coerce');
		assert.throws(() => made({ schemaUnknown: 'refuse' }), /schemaUnknown: expected keep/);
	});

	it('takes a member for the source, but for events that are only reported', () => {
		assert.equal(made({ schemaSourceField: ' from ' })?.sourceField, 'from');
		assert.equal(made({ schemaSourceField: 'from', schemaMode: 'report' })?.sourceField, undefined);
	});

	it('needs no field', () => {
		assert.deepEqual(made({ schemaMode: 'coerce', schemaSample: ' ' }), {
			...{ fields: [], mode: 'coerce', unknown: 'keep' },
		});
	});

	const wrong: [settings: object, message: RegExp][] = [
		[{ schemaMode: 'lax' }, /^options\.schemaMode: expected one of coerce/],
		[{ schemaUnknown: 'x' }, /^options\.schemaUnknown: expected one of keep/],
		[{ schemaUnknown: 'drop' }, /^options\.schemaUnknown: expected keep/],
		[{ schemaSample: "{'secret': 1}" }, /^options\.schemaSample: expected JSON, such as [^']*$/],
		[{ schemaSample: '7' }, /^options\.schemaSample: expected a JSON object, or a list/],
		[{ schemaSample: '{}' }, /^options\.schemaSample: expected an object with fields/],
		[
			{ schemaSample: ' {}'.repeat(SCHEMA.maxSampleLength) },
			/^options\.schemaSample: expected at most 1048576/,
		],
		[
			{ schemaFields: [{ name: 'a', type: 'x' }] },
			/^options\.schemaFields\[0\]\.type: expected one of/,
		],
		[
			{ schemaFields: ['a', 'a'].map((name) => ({ name, type: 'int' })) },
			/^options\.schemaFields\[1\]\.name: expected each field once/,
		],
	];
	for (const [settings, message] of wrong) {
		it(`is refused with ${String(message)}`, () => {
			const run = () =>
				toSchema({ schemaMode: 'coerce', ...settings }, (name) => `options.${name}`);
			assert.throws(run, { code: 'ERR_CONFIG_INVALID', message });
		});
	}
});
