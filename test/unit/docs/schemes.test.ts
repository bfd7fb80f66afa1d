import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fieldExpectation, type SchemeField } from '../../../core/pure/scheme-description';
import { secretExpectation } from '../../../core/pure/secret-rules';
import { SCHEMES } from '../../../core/signature/schemes/index';
import { SCHEME_TEXTS } from '../../../nodes/shared/scheme-texts';

const read = (file: string): string => readFileSync(path.join(__dirname, '../../..', file), 'utf8');

interface EditorTexts {
	readonly name?: string;
	readonly hint?: string;
	readonly field?: Readonly<Record<string, { readonly label?: string; readonly hint?: string }>>;
}

const editorTexts = (JSON.parse(read('node-red/editor/locales/en-US.json')) as { scheme: object })
	.scheme as Readonly<Record<string, EditorTexts>>;

describe('the texts of the schemes', () => {
	for (const { kind, fields } of SCHEMES) {
		const plain = fields.filter(({ type }) => type !== 'secrets').map(({ name }) => name);

		it(`${kind} has its texts in Node-RED, and no others`, () => {
			const { name, hint, field = {} } = editorTexts[kind] ?? {};
			assert.ok(name, `scheme.${kind}.name`);
			assert.equal(typeof hint, 'string', `scheme.${kind}.hint`);
			assert.deepEqual(Object.keys(field).sort(), [...plain].sort());
			for (const [of, texts] of Object.entries(field)) {
				assert.ok(texts.label, of);
				assert.equal(typeof texts.hint, 'string', of);
			}
		});

		it(`${kind} has its texts in n8n, and no others`, () => {
			const { name, description, fields: texts = {} } = SCHEME_TEXTS[kind] ?? {};
			assert.ok(name && description, kind);
			assert.deepEqual(Object.keys(texts).sort(), [...plain].sort());
		});
	}

	it('there are none of schemes that are gone', () => {
		const kinds = SCHEMES.map(({ kind }) => kind).sort();
		assert.deepEqual(Object.keys(editorTexts).sort(), kinds);
		assert.deepEqual(Object.keys(SCHEME_TEXTS).sort(), kinds);
	});
});

describe('docs/schemes.md', () => {
	const page = read('docs/schemes.md');

	it('has the line of each field, as the schemes describe it', () => {
		const lines = page.split('\n').filter((line) => line.startsWith('| `'));
		const expected = SCHEMES.flatMap(({ kind, fields }) =>
			fields.length === 0
				? [`| \`${kind}\` | | | | |`]
				: fields.map((field) => lineOf(kind, field)),
		);
		assert.deepEqual(lines, expected);
	});

	it('says for each whether a sink signs with it', () => {
		for (const { kind, canSign } of SCHEMES) {
			const signs = new RegExp(`^- \`${kind}\`.* Signs\\.`, 'm').test(page);
			assert.equal(signs, canSign, kind);
		}
	});
});

function lineOf(kind: string, field: SchemeField): string {
	const [takes, fallback] =
		field.type === 'secrets'
			? [`1 to ${field.max}, each ${secretExpectation(field.rule)}`, '']
			: [fieldExpectation(field), shown([field.fallback].flat().join(', '))];
	return `| \`${kind}\` | \`${field.name}\` | ${field.use} | ${takes} | ${fallback} |`.replace(
		/ {2}/g,
		' ',
	);
}

function shown(fallback: string): string {
	return fallback === '' ? '' : `\`${fallback}\``;
}
