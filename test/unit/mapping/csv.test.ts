import assert from 'node:assert/strict';
import { formatCsvRow } from '../../../core/mapping/csv';

describe('formatCsvRow', () => {
	const fields: [field: string | number | boolean | null, encoded: string][] = [
		['', ''],
		[null, ''],
		[1.5, '1.5'],
		[true, 'true'],
		['a b ', 'a b '],
		["'", "'"],
		['a\tb', 'a\tb'],
		['a,b', '"a,b"'],
		['a"b', '"a""b"'],
		['a\nb', '"a\nb"'],
		['a\r\nb', '"a\r\nb"'],
		[' a', '" a"'],
		['\ta', '"\ta"'],
		['\u00a0a', '"\u00a0a"'],
		['\u0085', '"\u0085"'],
		['\u3000', '"\u3000"'],
		['\ufeffa', '\ufeffa'],
		['\\.', '"\\."'],
		['\\.x', '\\.x'],
	];
	for (const [field, encoded] of fields) {
		it(`writes ${JSON.stringify(field)} as ${JSON.stringify(encoded)} where quotes are needed`, () => {
			assert.equal(formatCsvRow([field], { quote: 'needed' }), `${encoded}\n`);
		});
	}

	it('quotes every field on request', () => {
		assert.equal(
			formatCsvRow(['a', null, 1.5, true, 'q"q'], { quote: 'always' }),
			'"a","","1.5","true","q""q"\n',
		);
	});
});
