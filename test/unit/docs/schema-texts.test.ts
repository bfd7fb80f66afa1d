import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { REFUSAL_BODIES } from '../../../core/pure/answer-bodies';
import { FIELD_TYPES, SCHEMA_MODES, UNKNOWN_FIELDS } from '../../../core/pure/field-types';
import { FIELD_TYPE_OPTIONS } from '../../../nodes/shared/field-type-texts';
import { optionsParameter } from '../../../nodes/SluiceTrigger/description/options';
import { receivingPage } from '../../support/receiving-page';

const read = (file: string): string => readFileSync(path.join(__dirname, '../../..', file), 'utf8');

/** Choices of both hosts, by the names of the settings. */
const CHOICES: Record<string, readonly string[]> = {
	schemaMode: ['off', ...SCHEMA_MODES],
	schemaUnknown: UNKNOWN_FIELDS,
	answerRefusals: REFUSAL_BODIES,
};

describe('the texts of schemas', () => {
	it('are there for each type, in both hosts and in the docs', () => {
		const { fieldType } = JSON.parse(read('node-red/editor/locales/en-US.json')) as {
			fieldType: Record<string, string>;
		};
		assert.deepEqual(Object.keys(fieldType), [...FIELD_TYPES]);
		const inN8n = FIELD_TYPE_OPTIONS.map(({ value }) => value);
		assert.deepEqual(inN8n.sort(), [...FIELD_TYPES].sort());
		const [, section = ''] = receivingPage.split('\n## Schema\n');
		const rows = [...section.matchAll(/^\| `(\w+)` \|/gm)].slice(0, FIELD_TYPES.length);
		assert.deepEqual(
			rows.map(([, type]) => type),
			[...FIELD_TYPES],
		);
	});

	for (const [name, choices] of Object.entries(CHOICES)) {
		it(`offer each choice of ${name} in both hosts`, () => {
			const dialog = read('node-red/sluice-receiver/sluice-receiver.html');
			const [, select = ''] =
				new RegExp(`<select id="node-input-${name}">(.*?)</select>`, 's').exec(dialog) ?? [];
			const inNodeRed = [...select.matchAll(/value="(\w+)"/g)].map(([, value]) => value);
			assert.deepEqual(inNodeRed, [...choices]);
			const options = (optionsParameter.options ?? []) as { name: string; options?: object[] }[];
			const inN8n = options.find((one) => one.name === name)?.options as { value: string }[];
			assert.deepEqual(inN8n.map(({ value }) => value).sort(), [...choices].sort());
		});
	}
});
