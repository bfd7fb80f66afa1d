import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** Files of cases, and the pages that have their rules. */
const PAGES = {
	disruptive: 'disruptive-data-connector',
	keboola: 'keboola-buffer',
	opendatasoft: 'opendatasoft-push',
};

describe('the rules that cases name', () => {
	for (const [cases, page] of Object.entries(PAGES)) {
		it(`are on the page: ${cases}`, () => {
			const sections = Object.values(JSON.parse(read(`test/cases/${cases}.json`)) as object);
			const named = sections
				.filter(Array.isArray)
				.flatMap((section) => section as { rules?: string[] }[])
				.flatMap(({ rules = [] }) => rules);
			const defined = read(`docs/spec/${page}.md`).matchAll(/\*\*([A-Z]\d+)\b/g);
			const known = new Set([...defined].map(([, rule = '']) => rule));
			assert.ok(named.length > 0);
			assert.deepEqual(
				named.filter((rule) => !known.has(rule)),
				[],
			);
		});
	}
});
