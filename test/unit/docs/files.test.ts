import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FILES } from '../../../core/pure/bounds';
import { FORMAT_ENDINGS, FORMAT_NAMES } from '../../../core/pure/format-names';
import { NAME_PLACES } from '../../../core/sink/files/file-names';
import { FILE_FORMATS } from '../../../core/sink/files/files-config';
import { filesKind } from '../../../core/sink/files/files-kind';

const page = readFileSync(path.join(__dirname, '../../../docs/files.md'), 'utf8');

/** Rows of a table of the page by the name in their first cell. */
const rows = new Map(
	page.split('\n').flatMap((line): [string, string[]][] => {
		const [name, ...cells] = line
			.split('|')
			.slice(1, -1)
			.map((cell) => cell.trim());
		const [, code] = /^`([\w-]+)`$/.exec(name ?? '') ?? [];
		return code === undefined ? [] : [[code, cells]];
	}),
);
const codes = (text = ''): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, one = '']) => one);

describe('docs/files.md', () => {
	it('has a row for each format, with its ending, and one for each field, and no other', () => {
		assert.deepEqual(
			[...rows.keys()].toSorted(),
			[...FORMAT_NAMES, ...Object.keys(filesKind.fields)].toSorted(),
		);
		for (const name of FORMAT_NAMES)
			assert.deepEqual(codes(rows.get(name)?.at(-1)), [FORMAT_ENDINGS[name]]);
	});

	it('says what names may tell, and how files are called where nobody says', () => {
		const [takes, usual] = rows.get('name') ?? [];
		for (const place of NAME_PLACES) assert.ok(codes(takes).includes(`{${place}}`), place);
		assert.deepEqual(codes(usual), [FILES.name]);
		assert.match(takes ?? '', new RegExp(`at most ${FILES.nameLength.max} characters`));
	});

	it('has the formats of files, the usual one first', () => {
		const [takes, usual] = rows.get('format') ?? [];
		assert.deepEqual(codes(takes), FILE_FORMATS);
		assert.deepEqual(codes(usual), FILE_FORMATS.slice(0, 1));
	});
});
