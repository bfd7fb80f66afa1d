import assert from 'node:assert/strict';
import { csvRecords, type CsvOptions } from '../../../core/event/csv-body';

const read = (text: string, options?: CsvOptions) => [...csvRecords(text, options)];

describe('csvRecords', () => {
	const cases: { name: string; text: string; options?: CsvOptions; records: object[] }[] = [
		{
			name: 'lines by the names of the first',
			text: 'a,b\n1,2\n3,4',
			records: [
				{ a: '1', b: '2' },
				{ a: '3', b: '4' },
			],
		},
		{
			name: 'CRLF, and CR alone',
			text: 'a,b\r\n1,2\r3,4\r\n',
			records: [
				{ a: '1', b: '2' },
				{ a: '3', b: '4' },
			],
		},
		{
			name: 'delimiters, quotes and line ends within quotes',
			text: 'a,"b,c"\r\n"1,""x""","2\r\n3"\r\n',
			records: [{ a: '1,"x"', 'b,c': '2\r\n3' }],
		},
		{
			name: 'quotes within a field without quotes as letters',
			text: 'a,b\n5" x,"2"',
			records: [{ a: '5" x', b: '2' }],
		},
		{
			name: 'empty fields, also quoted and at the end',
			text: 'a,b,c\n,"",\n',
			records: [{ a: '', b: '', c: '' }],
		},
		{ name: 'space as it is', text: 'a,b\n 1 , 2', records: [{ a: ' 1 ', b: ' 2' }] },
		{
			name: 'blank lines not at all',
			text: '\n\r\na,b\n\n1,2\n  \n\n',
			records: [{ a: '1', b: '2' }],
		},
		{ name: 'a quoted empty field of the only column', text: 'a\n""\n', records: [{ a: '' }] },
		{
			name: 'columns without a name by their place',
			text: 'a,,"c", \n1,2,3,4',
			records: [{ a: '1', column2: '2', c: '3', column4: '4' }],
		},
		{
			name: 'no header where there is none',
			text: '1,2\n3,4',
			options: { hasHeader: false },
			records: [
				{ column1: '1', column2: '2' },
				{ column1: '3', column2: '4' },
			],
		},
		{ name: 'names alone', text: 'a,b\r\n', records: [] },
		{ name: 'nothing', text: '', records: [] },
		{
			name: 'semicolons',
			text: 'a;b\n1,5;2',
			options: { delimiter: 'semicolon' },
			records: [{ a: '1,5', b: '2' }],
		},
		{
			name: 'tabs',
			text: 'a\tb\n1\t2',
			options: { delimiter: 'tab' },
			records: [{ a: '1', b: '2' }],
		},
		{
			name: 'pipes',
			text: 'a|b\n1|2',
			options: { delimiter: 'pipe' },
			records: [{ a: '1', b: '2' }],
		},
		{
			name: 'names that objects have as data',
			text: '__proto__,constructor\n1,2',
			records: [
				Object.fromEntries([
					['__proto__', '1'],
					['constructor', '2'],
				]),
			],
		},
	];
	for (const { name, text, options, records } of cases) {
		it(`reads ${name}`, () => assert.deepEqual(read(text, options), records));
	}

	const refused: { name: string; text: string; says: RegExp; line: number }[] = [
		{
			name: 'too few fields',
			text: 'a,b\n1,2\n3\n',
			says: /line 3 has 1 field, and there are 2 columns/,
			line: 3,
		},
		{
			name: 'too many fields',
			text: 'a\r\n"1\r\n2"\r\n3,\r\n',
			says: /line 4 has 2 fields, and there are 1 column$/,
			line: 4,
		},
		{
			name: 'quotes without an end',
			text: 'a,b\n1,"2\n3,4\n',
			says: /quotes that open in line 2 do not end/,
			line: 2,
		},
		{
			name: 'letters behind quotes',
			text: 'a,b\n"1\n" ,2',
			says: /something follows the quotes that end in line 3/,
			line: 3,
		},
		{
			name: 'two columns of one name',
			text: '\na,b,a\n1,2,3',
			says: /columns 1 and 3 have the same name in line 2/,
			line: 2,
		},
		{
			name: 'a name that one without has by its place',
			text: 'column2,\n1,2',
			says: /columns 1 and 2 have the same name/,
			line: 1,
		},
	];
	for (const { name, text, says, line } of refused) {
		it(`refuses ${name} and names the line`, () =>
			assert.throws(() => read(text), {
				code: 'ERR_BODY_UNREADABLE',
				message: says,
				details: { line },
			}));
	}

	it('shows nothing of the text in an error', () => {
		assert.throws(
			() => read('secret,b\nsecret'),
			(error: Error) => !error.message.includes('secret'),
		);
	});

	it('refuses what is small as a text and large as objects', () => {
		const names = Array.from({ length: 1_000 }, (_, i) => `${'n'.repeat(500)}${i}`).join(',');
		const lines = `${','.repeat(999)}\n`.repeat(100);
		assert.throws(() => read(`${names}\n${lines}`), {
			code: 'ERR_BODY_TOO_LARGE',
			message: /names of 1000 columns.*send it in parts/,
		});
	});

	it('does not take longer by the square of the length', () => {
		const start = performance.now();
		assert.equal(read(`a,b\n${'1,"2"\n'.repeat(170_000)}`).length, 170_000);
		assert(performance.now() - start < 5_000);
	});
});
